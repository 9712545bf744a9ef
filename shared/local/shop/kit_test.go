package shop_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
)

const (
	tillKey       = "rk_a-key-of-the-tests"
	webhookSecret = "a webhook secret of the tests"
)

// world is a whole shop on a clock that stands still, with the demo's programme and no past.
type world struct {
	*testing.T
	shop  *shop.Shop
	front http.Handler
	rules *programme.Programme
	clock *local.Clock
}

// morning is a Saturday at ten in the shop's zone.
var morning = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func open(t *testing.T) *world {
	t.Helper()
	return openIn(t, t.TempDir(), local.NewClock(morning))
}

// openIn opens the shop of a folder, which may have been opened before.
func openIn(t *testing.T, dir string, clock *local.Clock) *world {
	t.Helper()
	w := &world{T: t, clock: clock}
	var err error
	w.shop, err = shop.Open(shop.Options{
		Dir: dir, Template: regulars.Template, URL: "http://127.0.0.1:8080", Clock: w.clock, NoSync: true,
		Env: map[string]string{"SHOPIFY_SECRETS": webhookSecret, "SQUARE_SECRETS": webhookSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.shop.Close(); err != nil {
			t.Error(err)
		}
	})
	rules, document, faults, err := yamldoc.Read(strings.NewReader(demo.Programme))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	w.rules = rules
	if err := w.shop.Store.Publish(t.Context(), rules.From, document); err != nil {
		t.Fatal(err)
	}
	if err := w.shop.Store.PutTillKey(t.Context(), store.TillKey{Hash: store.HashKey(tillKey), Store: "*", Name: "tests", CreatedAt: morning}); err != nil {
		t.Fatal(err)
	}
	w.front = w.shop.Handler(func() shop.Home { return shop.Home{Key: tillKey} }, nil)
	return w
}

func (w *world) drain() {
	w.Helper()
	if err := w.shop.Run.Drain(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func (w *world) jump(d time.Duration) {
	w.Helper()
	if err := w.shop.Run.JumpTo(w.Context(), w.clock.Now().Add(d)); err != nil {
		w.Fatal(err)
	}
}

func (w *world) jumpTo(t time.Time) {
	w.Helper()
	w.jump(t.Sub(w.clock.Now()))
}

// call sends a request of the till and returns the answer's JSON.
func (w *world) call(method, path, body string, want int) map[string]any {
	w.Helper()
	status, answer := w.send(method, path, body, map[string]string{"Authorization": "Bearer " + tillKey, "Content-Type": "application/json"})
	if status != want {
		w.Fatalf("%s %s gives %d, want %d: %s", method, path, status, want, answer)
	}
	var doc map[string]any
	if len(answer) > 0 && answer[0] == '{' {
		if err := json.Unmarshal(answer, &doc); err != nil {
			w.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return doc
}

func (w *world) send(method, path, body string, headers map[string]string) (int, []byte) {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, path, bytes.NewReader([]byte(body)))
	r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:8080"
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	w.front.ServeHTTP(rec, r)
	answer, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		w.Fatal(err)
	}
	return rec.Code, answer
}

// enrol makes a card with an owner who wants offers.
func (w *world) enrol(email, birthday string) string {
	w.Helper()
	body := fmt.Sprintf(`{"store":"0042","given_name":"Ida","email":%q,"consents":{"offers":{"allowed":true,"text_version":"2025-01"}}`, email)
	if birthday != "" {
		body += fmt.Sprintf(`,"birthday":%q`, birthday)
	}
	doc := w.call("POST", "/v1/cards", body+"}", http.StatusCreated)
	number, ok := doc["number"].(string)
	if card, nested := doc["card"].(map[string]any); nested {
		number, ok = card["number"].(string)
	}
	if !ok {
		w.Fatalf("no number in %v", doc)
	}
	return number
}

func (w *world) checkout(card, number string, cents int64, more string, want int) map[string]any {
	w.Helper()
	return w.call("POST", "/v1/checkouts", fmt.Sprintf(
		`{"receipt":{"store":"0042","till":"03","number":%q},"card":%q,"lines":[{"id":"1","category":"bakery","quantity":1,"amount":{"amount":%d,"currency":"EUR"}}],"total":{"amount":%d,"currency":"EUR"}%s}`,
		number, card, cents, cents, more), want)
}

// mails lists the subjects in the mailbox for an address, the oldest first.
func (w *world) mails(to string) []string {
	w.Helper()
	mails, err := w.shop.Run.Mailbox().List(0, 100)
	if err != nil {
		w.Fatal(err)
	}
	var list []string
	for _, m := range mails {
		if strings.Join(m.To, ",") == to {
			list = append([]string{m.Subject}, list...)
		}
	}
	return list
}

func (w *world) wantMails(to string, want ...string) {
	w.Helper()
	if got := w.mails(to); strings.Join(got, "|") != strings.Join(want, "|") {
		w.Errorf("mails to %s:\n got %q\nwant %q", to, got, want)
	}
}

func (w *world) publish(bus, source, name, detail string) {
	w.Helper()
	if err := w.shop.Run.Publish(w.Context(), bus, local.Entry{Source: source, DetailType: name, Detail: []byte(detail)}); err != nil {
		w.Fatal(err)
	}
}

// publishWith publishes the demo's programme with more lines, from now on.
func (w *world) publishWith(more string) {
	w.Helper()
	text := strings.Replace(demo.Programme, "\nmail:\n", "\n"+more+"mail:\n", 1)
	text = strings.Replace(text, "from: 2025-01-01T00:00:00+01:00", "from: "+w.clock.Now().UTC().Format(time.RFC3339), 1)
	rules, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		w.Fatal(err, faults)
	}
	if err := w.shop.Store.Publish(w.Context(), rules.From, document); err != nil {
		w.Fatal(err)
	}
	w.jump(time.Hour) // each function reads the rules anew
}

// exported is everything that is held about one shopper, as `regulars person export` writes it.
func (w *world) exported(who string) string {
	w.Helper()
	_, names, err := person.Find(w.Context(), w.shop.Store, who)
	if err != nil {
		w.Fatal(err)
	}
	var out bytes.Buffer
	if err := exporter.WriteShopper(w.Context(), w.shop.Items, w.clock.Now, names, &out); err != nil {
		w.Fatal(err)
	}
	return out.String()
}
