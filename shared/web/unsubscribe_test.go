package web

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/message"
)

// consents remembers who left; a token that is none of ours is refused, and "later" is a store out of order.
type consents struct{ left []string }

func (c *consents) Unsubscribe(_ context.Context, token string) error {
	switch token {
	case "bad":
		return message.ErrInvalid
	case "later":
		return errors.New("the store does not answer")
	}
	c.left = append(c.left, token)
	return nil
}

func post(target, kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

func TestLookingAtTheLinkChangesNothing(t *testing.T) {
	t.Parallel()
	var c consents
	page := Unsubscribe(Host{Shop: "Harbour & Sons"}, &c)
	for range 5 {
		res, body := get(t, page, "/unsubscribe/token")
		if res.StatusCode != http.StatusOK || !strings.Contains(body, "<button>Unsubscribe</button>") || !strings.Contains(body, "Harbour &amp; Sons") {
			t.Fatalf("%s\n%s", res.Status, body)
		}
		ask(t, page, httptest.NewRequest(http.MethodHead, "/unsubscribe/token", nil))
	}
	if len(c.left) != 0 {
		t.Errorf("a scanner unsubscribed %v", c.left)
	}
}

func TestOnePressIsEnoughInEitherForm(t *testing.T) {
	t.Parallel()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if err := errors.Join(w.WriteField("List-Unsubscribe", "One-Click"), w.Close()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Request{
		post("/unsubscribe/token", "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
		post("/unsubscribe/token", "application/x-www-form-urlencoded; charset=utf-8", "List-Unsubscribe=One-Click"),
		post("/unsubscribe/token", "", "List-Unsubscribe=One-Click"),
		post("/unsubscribe/token", w.FormDataContentType(), form.String()),
	} {
		var c consents
		res, body := ask(t, Unsubscribe(Host{Shop: "Shop"}, &c), r)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, "Done") || len(c.left) != 1 || c.left[0] != "token" {
			t.Errorf("%s: %s, left %v", r.Header.Get("Content-Type"), res.Status, c.left)
		}
		if res.Header.Get("Set-Cookie") != "" || res.Header.Get("Location") != "" {
			t.Errorf("%v", res.Header)
		}
	}
}

func TestAnythingElseChangesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
	}{
		{"empty body", post("/unsubscribe/token", form, ""), http.StatusBadRequest},
		{"another field", post("/unsubscribe/token", form, "Unsubscribe=One-Click"), http.StatusBadRequest},
		{"another word", post("/unsubscribe/token", form, "List-Unsubscribe=No"), http.StatusBadRequest},
		{"the field in the address only", post("/unsubscribe/token?List-Unsubscribe=One-Click", form, ""), http.StatusBadRequest},
		{"a large body", post("/unsubscribe/token", form, "List-Unsubscribe=One-Click&x="+strings.Repeat("y", maxForm)), http.StatusBadRequest},
		{"a broken form", post("/unsubscribe/token", "multipart/form-data; boundary=x", "--x\r\n"), http.StatusBadRequest},
		{"no token", post("/unsubscribe/", form, "List-Unsubscribe=One-Click"), http.StatusNotFound},
		{"two tokens", post("/unsubscribe/a/b", form, "List-Unsubscribe=One-Click"), http.StatusNotFound},
		{"a token of others", post("/unsubscribe/bad", form, "List-Unsubscribe=One-Click"), http.StatusBadRequest},
		{"the store is out of order", post("/unsubscribe/later", form, "List-Unsubscribe=One-Click"), http.StatusServiceUnavailable},
		{"another method", httptest.NewRequest(http.MethodDelete, "/unsubscribe/token", nil), http.StatusMethodNotAllowed},
	} {
		var left consents
		res, body := ask(t, Unsubscribe(Host{Shop: "Shop"}, &left), c.r)
		if res.StatusCode != c.status || len(left.left) != 0 || !strings.Contains(body, "<h1>") {
			t.Errorf("%s: %s, want %d; left %v", c.name, res.Status, c.status, left.left)
		}
		if strings.Contains(body, "does not answer") {
			t.Errorf("%s: the page tells a shopper our troubles", c.name)
		}
	}
}
