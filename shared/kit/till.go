package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
)

// ErrNoAnswer is told of a request that nobody has answered. Whether it was done is unknown: the same may be asked again.
var ErrNoAnswer = errors.New("no answer")

// maxTries is how often a till sends the same request before it gives up.
const maxTries = 20

// Answer is what a till gets.
type Answer struct {
	Status int
	Body   []byte
}

// Read reads the answer's JSON.
func (a Answer) Read(into any) error {
	if err := json.Unmarshal(a.Body, into); err != nil {
		return fmt.Errorf("read answer %d %s: %w", a.Status, a.Body, err)
	}
	return nil
}

// Ask sends a request of a till. One that does not hear an answer, or hears that something went wrong at our side, asks the same again.
func (w *World) Ask(ctx context.Context, method, path, body string) (Answer, error) {
	for range maxTries {
		before := w.wrongs
		r := httptest.NewRequestWithContext(ctx, method, path, bytes.NewReader([]byte(body)))
		r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:8080"
		r.Header.Set("Authorization", "Bearer "+tillKey)
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		w.front.ServeHTTP(answer, r)
		if w.down && w.busy {
			return Answer{}, nil // whoever was interrupted starts the process again
		}
		died := w.down
		if err := w.rise(); err != nil {
			return Answer{}, err
		}
		if !died && answer.Code < http.StatusInternalServerError {
			if w.busy {
				return Answer{answer.Code, answer.Body.Bytes()}, nil
			}
			return Answer{answer.Code, answer.Body.Bytes()}, w.look(ctx)
		}
		if !died && before == w.wrongs {
			w.fault("%s %s gives %d, and nothing had gone wrong: %s", method, path, answer.Code, answer.Body.Bytes())
		}
	}
	return Answer{}, fmt.Errorf("%s %s: %w in %d tries", method, path, ErrNoAnswer, maxTries)
}

// must asks and demands an answer of success.
func (w *World) must(ctx context.Context, method, path, body string) (Answer, error) {
	a, err := w.Ask(ctx, method, path, body)
	if err == nil && a.Status/100 != 2 && !w.down {
		err = fmt.Errorf("%s %s gives %d: %s", method, path, a.Status, a.Body)
	}
	return a, err
}

// Address is where the n-th shopper of a world gets e-mail.
func Address(n uint64) string { return fmt.Sprintf("%s%d@%s", Planted.Mailbox, n, Planted.Domain) }

// Enrol makes the n-th card of the world, whose owner allows offers. The birthday is "12-24" or "".
func (w *World) Enrol(ctx context.Context, n uint64, birthday string) (string, error) {
	number := w.Rules.IssueNumber(n)
	day := ""
	if birthday != "" {
		day = fmt.Sprintf(`,"birthday":%q`, birthday)
	}
	_, err := w.must(ctx, "POST", "/v1/cards", fmt.Sprintf(
		`{"number":%q,"store":"0042","given_name":%q,"family_name":%q,"email":%q,"phone":%q,"country":"DE","postcode":%q,"city":%q,`+
			`"consents":{"offers":{"allowed":true,"text_version":"1"}}%s}`,
		number, Planted.Given, Planted.Family, Address(n), fmt.Sprint(Planted.Phone, n%10), Planted.Postcode, Planted.City, day))
	return number, err
}

// Sale is a receipt of one line.
type Sale struct {
	Till, Number string
	Card         string
	Cents        int64
	Category     string
	More         string // further fields of the request: `,"cart":"81"`
}

// Key is the receipt's name.
func (s Sale) Key() string { return "0042/" + s.Till + "/" + s.Number }

func (s Sale) body(more string) string {
	return fmt.Sprintf(`{"receipt":{"store":"0042","till":%q,"number":%q},"card":%q,"lines":[{"id":"1","category":%q,"quantity":1,`+
		`"amount":{"amount":%d,"currency":"EUR"}}],"total":{"amount":%d,"currency":"EUR"}%s}`, s.Till, s.Number, s.Card, s.Category, s.Cents, s.Cents, s.More+more)
}

// Sell brings a receipt in by a till. What was answered with success must never be lost.
func (w *World) Sell(ctx context.Context, s Sale) (Answer, error) {
	a, err := w.Ask(ctx, "POST", "/v1/checkouts", s.body(fmt.Sprintf(`,"occurred_at":%q`, w.Now().UTC().Format(time.RFC3339))))
	if err == nil && a.Status/100 == 2 {
		w.Answered(s.Key())
	}
	return a, err
}

// Answered notes that a till was told that its receipt is filed: it must never be lost.
func (w *World) Answered(receipt string) { w.sold[receipt] = false }

// TakenBack notes that a till was told that its return is filed.
func (w *World) TakenBack(receipt, id string) { w.back[receipt+"~"+id] = true }

// Publish puts an event of another system on the bus. The receipt that it tells of, "" for none, is nowhere lost either.
func (w *World) Publish(ctx context.Context, kind, receipt, detail string) error {
	err := w.Shop.Run.Publish(ctx, shop.Bus, local.Entry{Source: "regulars", DetailType: kind, Detail: []byte(detail)})
	if _, there := w.sold[receipt]; err == nil && !there && receipt != "" {
		w.sold[receipt] = true
	}
	return err
}

// Tell brings a receipt in over the bus, where another system has put it.
func (w *World) Tell(ctx context.Context, s Sale) error {
	detail := fmt.Sprintf(`{"metadata":{"id":%q,"occurred_at":%q,"source":"partner"},"data":%s}`, "e-"+s.Till+s.Number, w.Now().Format(time.RFC3339), s.body(""))
	return w.Publish(ctx, "checkout.completed.v1", s.Key(), detail)
}

// GiveBack returns a receipt whole.
func (w *World) GiveBack(ctx context.Context, id string, s Sale) (Answer, error) {
	a, err := w.Ask(ctx, "POST", "/v1/returns", fmt.Sprintf(`{"return":%q,"receipt":{"store":"0042","till":%q,"number":%q}}`, id, s.Till, s.Number))
	if err == nil && a.Status/100 == 2 {
		w.TakenBack(s.Key(), id)
	}
	return a, err
}

// Fill puts something into a cart of the web shop.
func (w *World) Fill(ctx context.Context, cart, card string, version int) (Answer, error) {
	return w.Ask(ctx, "PUT", "/v1/carts/"+cart, fmt.Sprintf(`{"version":%d,"card":%q,"lines":[{"id":"1","sku":"mug","quantity":1,`+
		`"amount":{"amount":1450,"currency":"EUR"}}],"total":{"amount":1450,"currency":"EUR"},"url":"https://shop.example/cart"}`, version, card))
}

// Allow changes what the shopper of a card allows.
func (w *World) Allow(ctx context.Context, card string, offers bool) (Answer, error) {
	return w.Ask(ctx, "PATCH", "/v1/cards/"+card, fmt.Sprintf(`{"store":"0042","consents":{"offers":{"allowed":%t,"text_version":"1"}}}`, offers))
}
