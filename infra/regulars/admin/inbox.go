package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Letter is one entry of the inbox. Body is what was delivered, in the answer to asking for one letter alone.
type Letter struct {
	Name    string    `json:"name"`
	ID      string    `json:"id"`
	At      time.Time `json:"received_at"`
	Vendor  string    `json:"vendor"`
	Topic   string    `json:"topic,omitempty"`
	Shop    string    `json:"shop,omitempty"`
	Reason  string    `json:"reason"`
	State   string    `json:"state"`
	Note    string    `json:"note,omitempty"`
	Body    string    `json:"body,omitempty"`
	Outcome *Outcome  `json:"outcome,omitempty"` // in the answer to replaying it
}

// Outcome is what became of a delivery that was fed in again. One of Published, Asked, Ignored and Problem is set.
type Outcome struct {
	Published []Heard `json:"published,omitempty"`
	Asked     string  `json:"asked,omitempty"`   // a person has to do this
	Ignored   string  `json:"ignored,omitempty"` // why nothing follows
	Problem   string  `json:"problem,omitempty"` // why it will never be understood as it stands
	Adjusted  int64   `json:"adjusted,omitempty"`
	Done      string  `json:"done,omitempty"` // what was done of what a vendor asks for a shopper

	asks ingest.Outcome // with whom it is about
}

// Heard names an event that a delivery became.
type Heard struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Object string `json:"object"` // the receipt, cart or card that it tells of
}

// Delivery is a saved webhook, or one of our own events where Vendor is "".
type Delivery struct {
	Vendor     string            `json:"vendor,omitempty"`
	Topic      string            `json:"topic,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Body       []byte            `json:"body"` // base64 in JSON, so that the vendor's bytes stay as they were
	ReceivedAt time.Time         `json:"received_at,omitzero"`
}

const (
	maxLetters  = 1_000 // letters in one list
	maxNote     = 200   // characters
	maxDelivery = 4 << 20
)

func letter(l store.Letter) Letter {
	return Letter{Name: l.Name(), ID: l.ID, At: l.At, Vendor: l.Vendor, Topic: l.Topic, Shop: l.Shop, Reason: l.Reason, State: string(l.State), Note: l.Note}
}

// listInbox lists open letters, or with ?all=1 settled ones too, the newest first.
func (h *handler) listInbox(w http.ResponseWriter, r *http.Request) {
	limit := maxLetters
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLetters {
			fail(w, refuse(loyalty.ErrInvalid, "limit_invalid", fmt.Sprintf("limit is 1 to %d", maxLetters)))
			return
		}
		limit = n
	}
	letters, err := h.store.Letters(r.Context(), time.Time{}, limit)
	if err != nil {
		fail(w, err)
		return
	}
	list := []Letter{}
	for _, l := range letters {
		if l.State == store.LetterOpen || r.URL.Query().Get("all") != "" {
			list = append(list, letter(l))
		}
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

// find reads a letter by its id or the beginning of it.
func (h *handler) find(ctx context.Context, id string) (store.Letter, error) {
	letters, err := h.store.Letters(ctx, time.Time{}, maxLetters)
	if err != nil {
		return store.Letter{}, err
	}
	letters = slices.DeleteFunc(letters, func(l store.Letter) bool { return !strings.HasPrefix(l.ID, strings.ToUpper(id)) })
	switch {
	case len(letters) == 0:
		return store.Letter{}, refuse(loyalty.ErrNotFound, "letter_unknown", fmt.Sprintf("nothing in the inbox is called %s; `regulars inbox --all` lists it", id))
	case len(letters) > 1:
		return store.Letter{}, refuse(loyalty.ErrInvalid, "letter_ambiguous", fmt.Sprintf("%d letters begin with %s; give more of the characters", len(letters), id))
	}
	return letters[0], nil
}

// showParked answers with a letter and what was delivered. A vendor's delivery is unpacked; anything else is shown as it lies there.
func (h *handler) showParked(w http.ResponseWriter, r *http.Request) {
	l, err := h.find(r.Context(), r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	out := letter(l)
	out.Body = string(l.Message)
	if in, _, err := vendor.ReadMessage(l.Message); err == nil {
		out.Body = string(in.Body)
	}
	edge.WriteJSON(w, http.StatusOK, out)
}

// replayParked does a letter again by the code that could not. What is understood now is settled; what is not stays.
func (h *handler) replayParked(w http.ResponseWriter, r *http.Request) {
	l, err := h.find(r.Context(), r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	if l.State != store.LetterOpen {
		fail(w, refuse(loyalty.ErrConflict, "letter_settled", fmt.Sprintf("letter %s is %s already", l.ID, l.State)))
		return
	}
	outcome, err := h.again(r.Context(), l)
	if err != nil {
		fail(w, fmt.Errorf("replay letter %s: %w", l.ID, err))
		return
	}
	if outcome.Problem == "" && outcome.Asked == "" {
		note := "replayed"
		if outcome.Ignored != "" {
			note = "replayed; nothing follows: " + outcome.Ignored
		}
		if outcome.Done != "" {
			note = outcome.Done
		}
		if l, err = h.settled(r.Context(), l, outcome, note); err != nil {
			fail(w, err)
			return
		}
	}
	onRecord(r, l.ID, string(store.LetterOpen), string(l.State))
	out := letter(l)
	out.Outcome = &outcome
	edge.WriteJSON(w, http.StatusOK, out)
}

// again does what a letter says: a vendor's delivery, or an event that came by one of our own queues.
func (h *handler) again(ctx context.Context, l store.Letter) (Outcome, error) {
	if vendor.Known(l.Vendor) {
		in, _, err := vendor.ReadMessage(l.Message)
		if err != nil {
			return Outcome{Problem: err.Error()}, nil
		}
		out, err := h.process(ctx, in)
		if err != nil || out.Asked == "" {
			return out, err
		}
		return h.fulfil(ctx, l, out)
	}
	switch l.Topic {
	case "checkout", "cart":
		return h.hear(ctx, l.Message)
	case loyalty.TopicOverdue:
		return h.overdue(ctx, l)
	}
	if h.Redo == nil {
		return Outcome{}, refuse(loyalty.ErrRefused, "needs_server", "a message of the function "+l.Topic+" can only be done again by the running system; start `regulars run` and repeat this")
	}
	return h.redo(ctx, l)
}

// overdue looks whether the receipt has come that a return waited for: then nothing is left to do.
func (h *handler) overdue(ctx context.Context, l store.Letter) (Outcome, error) {
	key, come, err := h.Service.OverdueReceipt(ctx, l.Message)
	switch {
	case loyalty.Permanent(err):
		return Outcome{Problem: err.Error()}, nil
	case err != nil:
		return Outcome{}, err
	case come:
		return Outcome{Done: "receipt " + key.String() + " has come, and the return was taken with it"}, nil
	}
	return Outcome{Problem: "receipt " + key.String() + " has not come; send it (`regulars send FILE`), and the return is taken with it"}, nil
}

// redo hands a message back to its function. What can only fail again is a problem of the letter; any other error is the function's,
// and the letter stays open.
func (h *handler) redo(ctx context.Context, l store.Letter) (Outcome, error) {
	err := h.Redo(ctx, l.Topic, l.Message)
	if loyalty.Permanent(err) {
		return Outcome{Problem: err.Error()}, nil
	}
	return Outcome{}, err
}

// dropParked settles a letter that nothing is to be done about. It stays readable, with the reason, until it expires.
func (h *handler) dropParked(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Reason string `json:"reason"`
	}
	if !read(w, r, &in, 0) {
		return
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Reason == "" || len([]rune(in.Reason)) > maxNote {
		fail(w, refuse(loyalty.ErrInvalid, "reason_invalid", fmt.Sprintf("a reason of 1 to %d characters is needed, for whoever asks later", maxNote)))
		return
	}
	l, err := h.find(r.Context(), r.PathValue("id"))
	if err == nil && l.State != store.LetterOpen {
		err = refuse(loyalty.ErrConflict, "letter_settled", fmt.Sprintf("letter %s is %s already", l.ID, l.State))
	}
	if err == nil {
		err = h.store.SettleLetter(r.Context(), l, store.LetterDropped, in.Reason)
	}
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, l.ID, string(store.LetterOpen), string(store.LetterDropped))
	l.State, l.Note = store.LetterDropped, in.Reason
	edge.WriteJSON(w, http.StatusOK, letter(l))
}

// replay feeds in a saved delivery.
func (h *handler) replay(w http.ResponseWriter, r *http.Request) {
	var in Delivery
	if !read(w, r, &in, maxDelivery) {
		return
	}
	onRecord(r, strings.TrimSpace(in.Vendor+" "+in.Topic), "", "")
	var out Outcome
	var err error
	if in.Vendor == "" {
		out, err = h.hear(r.Context(), in.Body)
	} else {
		header := http.Header{}
		for name, value := range in.Headers {
			header.Set(name, value)
		}
		received := in.ReceivedAt
		if received.IsZero() {
			received = h.Now()
		}
		d := vendor.Receive(in.Vendor, header, in.Body, received)
		if in.Topic != "" {
			d.Topic = in.Topic
		}
		out, err = h.process(r.Context(), d)
	}
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, out)
}

// process runs a delivery through the code of functions/ingest.
func (h *handler) process(ctx context.Context, in vendor.Delivery) (Outcome, error) {
	if h.Replay == nil {
		return Outcome{}, errors.New("this server cannot replay deliveries")
	}
	got, err := h.Replay(ctx, in)
	problem := (*vendor.Problem)(nil)
	switch {
	case errors.As(err, &problem), errors.Is(err, vendor.ErrUnknownVendor), loyalty.Permanent(err):
		return Outcome{Problem: err.Error()}, nil
	case err != nil:
		return Outcome{}, err
	}
	out := Outcome{Ignored: got.Ignored, Adjusted: got.Adjusted}
	if got.Request != nil {
		out.Asked, out.asks = got.Request.Kind, got
	}
	for _, e := range got.Published {
		out.Published = append(out.Published, named(e))
	}
	return out, nil
}

// hear does one of our own events, as functions/checkout and functions/cart do behind their queues.
func (h *handler) hear(ctx context.Context, raw []byte) (Outcome, error) {
	e, err := events.Decode(raw)
	if err == nil {
		err = h.Service.Hear(ctx, e)
	}
	if loyalty.Permanent(err) {
		return Outcome{Problem: err.Error()}, nil
	}
	return Outcome{Published: []Heard{named(e)}}, err
}

// named tells an event by what it is about. None of it is personal.
func named(e events.Event) Heard {
	p := Heard{Type: e.Type, ID: e.Metadata.ID}
	switch data := e.Data.(type) {
	case events.CheckoutCompleted:
		p.Object = ref(data.Receipt)
	case events.CheckoutRefunded:
		p.Object = ref(data.Receipt)
	case events.CartUpdated:
		p.Object = data.Cart
	case events.CartCleared:
		p.Object = data.Cart
	case events.ShopperEnrolled:
		p.Object = data.Card
	case events.ShopperUpdated:
		p.Object = data.Card
	case events.ShopperTouched:
		p.Object = data.Card
	}
	return p
}

func ref(r events.ReceiptRef) string { return r.Store + "/" + r.Till + "/" + r.Number }
