package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/local"
)

// pile is a queue of dead letters of which one page shows at a time; after so many letters it breaks off.
type pile struct {
	left   []local.DeadLetter
	breaks int
}

func (p *pile) RoundTrip(r *http.Request) (*http.Response, error) {
	const page = 10
	answer := []byte("{}")
	if r.Method == http.MethodGet {
		answer, _ = json.Marshal(p.left[:min(page, len(p.left))]) // plain values
	} else {
		if p.breaks--; p.breaks == 0 {
			return nil, errors.New("the line broke")
		}
		p.left = p.left[1:]
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
}

// Letters behind the first page are seen to as well, and after a broken line the same command goes on with what is left.
func TestAllDeadLettersAreSeenToPageByPage(t *testing.T) {
	t.Parallel()
	p := &pile{breaks: 18}
	for n := range 35 {
		p.left = append(p.left, local.DeadLetter{ID: fmt.Sprint("MailDeadLetters-", n), Queue: "MailDeadLetters", From: "MailQueue"})
	}
	var out bytes.Buffer
	c := &call{program: program{stdout: &out}}
	client := &admin.Client{Base: "http://127.0.0.1/local", HTTP: &http.Client{Transport: p}, Where: "the store"}
	err := c.allDead(context.Background(), client, "/replay", struct{}{}, backIn)
	if err == nil || !strings.Contains(err.Error(), "after 17 letters") || len(p.left) != 18 {
		t.Errorf("%v, %d left", err, len(p.left))
	}
	if err := c.allDead(context.Background(), client, "/replay", struct{}{}, backIn); err != nil || len(p.left) != 0 {
		t.Errorf("%v, %d left", err, len(p.left))
	}
	if !strings.Contains(out.String(), "MailDeadLetters-34 is back in MailQueue.") || !strings.Contains(out.String(), "18 letters in all.") {
		t.Errorf("said\n%s", out.String())
	}
}
