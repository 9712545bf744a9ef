package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/web"
)

// chooser is a shopper with three topics; the token "good" is hers.
type chooser struct {
	on    []string
	chose int
	fault error
}

func (c *chooser) Choices(_ context.Context, token string) ([]web.Choice, error) {
	var list []web.Choice
	for _, topic := range []string{"offers", "news", `"><script>`} {
		list = append(list, web.Choice{Topic: topic, Name: "About " + topic, On: token == "good" && slices.Contains(c.on, topic)})
	}
	return list, c.fault
}

func (c *chooser) Choose(_ context.Context, token string, on []string) error {
	if token != "good" {
		return message.ErrInvalid
	}
	if c.fault == nil {
		c.on = on
		c.chose++
	}
	return c.fault
}

func TestAShopperChooses(t *testing.T) {
	t.Parallel()
	c := &chooser{on: []string{"offers"}}
	page := web.Preferences(web.Host{Shop: "Shop & Co"}, c)
	ask := func(method, path, body string) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		if w.Header().Get("Content-Security-Policy") == "" || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s %s: %s", method, path, w.Body)
		}
		return w.Code, w.Body.String()
	}
	for range 10 { // scanners open every link
		if code, body := ask(http.MethodGet, "/preferences/good", ""); code != 200 || !strings.Contains(body, `value="offers" checked`) || strings.Contains(body, `value="news" checked`) || c.chose != 0 {
			t.Fatalf("%d %s", code, body)
		}
	}
	form := url.Values{"choice": {"all"}, "topic": {"news"}}.Encode()
	if code, body := ask(http.MethodPost, "/preferences/good", form); code != 200 || !strings.Contains(body, "Saved") || !strings.Contains(body, `value="news" checked`) || strings.Contains(body, `value="offers" checked`) {
		t.Errorf("%d %s", code, body)
	}
	if code, body := ask(http.MethodPost, "/preferences/good", "choice=all"); code != 200 || len(c.on) != 0 {
		t.Errorf("nothing ticked: %d %v %s", code, c.on, body)
	}
	for _, row := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodPost, "/preferences/good", "", 400}, {http.MethodPost, "/preferences/good", "choice=all&topic=" + strings.Repeat("x", 5000), 400},
		{http.MethodPost, "/preferences/bad", form, 400}, {http.MethodGet, "/preferences/bad", "", 200}, {http.MethodGet, "/preferences/", "", 404},
		{http.MethodGet, "/preferences/good/x", "", 404}, {http.MethodDelete, "/preferences/good", "", 405},
	} {
		if code, _ := ask(row.method, row.path, row.body); code != row.want || c.chose != 2 {
			t.Errorf("%s %s: %d, want %d", row.method, row.path, code, row.want)
		}
	}
	c.fault = errors.New("down")
	if code, _ := ask(http.MethodPost, "/preferences/good", form); code != 503 {
		t.Errorf("out of order: %d", code)
	}
}
