package till

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// maxBatch is how many events one body holds.
const maxBatch = 100

// sourceOwn is the source of facts that we publish ourselves. From outside it would make an event unheard.
const sourceOwn = "regulars"

type heardAnswer struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Status int    `json:"status"`
}

type batchAnswer struct {
	Done    int          `json:"done"`
	Refused int          `json:"refused"` // and will be again
	Again   int          `json:"again"`   // not done for the moment: send these again
	Results []itemAnswer `json:"results"`
}

// itemAnswer is what became of one event: 200, or the status that a problem document would have.
type itemAnswer struct {
	Index  int               `json:"index"`
	ID     string            `json:"id,omitempty"`
	Type   string            `json:"type,omitempty"`
	Status int               `json:"status"`
	Code   string            `json:"code,omitempty"`
	Detail string            `json:"detail,omitempty"`
	Errors []edge.FieldError `json:"errors,omitempty"` // pointers into this event
}

// hear does what one event from outside says, or up to maxBatch of them, one after the other. An event may come twice.
func (d *door) hear(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	batch, isBatch, err := readBatch(raw)
	if err != nil {
		return reply{}, err
	}
	if !isBatch {
		e, err := d.hearOne(a, raw, rules)
		if err != nil {
			return reply{}, err
		}
		return ok(heardAnswer{ID: e.Metadata.ID, Type: e.Type, Status: http.StatusOK}), nil
	}
	answer := batchAnswer{Results: make([]itemAnswer, 0, len(batch))}
	for i, one := range batch {
		told := d.hearItem(a, one, rules)
		told.Index = i
		switch told.Status {
		case http.StatusOK:
			answer.Done++
		case http.StatusServiceUnavailable:
			answer.Again++
		default:
			answer.Refused++
		}
		answer.Results = append(answer.Results, told)
	}
	return ok(answer), nil
}

// readBatch tells a batch from a single event, and takes it apart.
func readBatch(raw []byte) (batch []json.RawMessage, isBatch bool, err error) {
	if err := refusePaymentCards(raw, "card"); err != nil {
		return nil, false, err
	}
	if !json.Valid(raw) {
		return nil, false, edge.Problem{Status: http.StatusBadRequest, Code: "malformed_json", Detail: "The body is not one JSON document."}
	}
	var top map[string]json.RawMessage
	if json.Unmarshal(raw, &top) == nil {
		_, isBatch = top["events"]
	}
	if !isBatch {
		return nil, false, nil
	}
	body, f, err := decode[eventsBody](raw, "card")
	if err != nil {
		return nil, true, err
	}
	if len(f.list) == 0 {
		f.missing(len(body.Events) > 0, "/events")
	}
	f.atMost("/events", len(body.Events), maxBatch)
	return body.Events, true, f.problem()
}

// hearItem is hearOne within a batch, where a refusal is an answer among others.
func (d *door) hearItem(a *ask, raw []byte, rules *programme.Programme) itemAnswer {
	e, err := d.hearOne(a, raw, rules)
	told := itemAnswer{ID: e.Metadata.ID, Type: e.Type, Status: http.StatusOK}
	if err == nil {
		return told
	}
	p := problemOf(err)
	if p.Status == http.StatusServiceUnavailable {
		d.Log.ErrorContext(a.Context(), "an event could not be heard and may come again", "type", e.Type, "event", e.Metadata.ID, "error", err)
		edge.Count(a.Context(), countFailed, 1)
	}
	told.Status, told.Code, told.Detail, told.Errors = p.Status, p.Code, p.Detail, p.Errors
	return told
}

func (d *door) hearOne(a *ask, raw []byte, rules *programme.Programme) (events.Event, error) {
	e, err := readEvent(raw, a, rules)
	if err != nil {
		return e, err
	}
	return e, d.Service.Hear(edge.WithCorrelation(a.Context(), correlation(a.Context(), e)), e)
}

// correlation follows the event's own id of the story, so that its e-mail can be found by it.
func correlation(ctx context.Context, e events.Event) string {
	if e.Metadata.CorrelationID != "" {
		return e.Metadata.CorrelationID
	}
	return edge.Correlation(ctx)
}

// readEvent judges one event: its contract, and what a caller of this door may say.
func readEvent(raw []byte, a *ask, rules *programme.Programme) (events.Event, error) {
	e, err := events.Decode(raw)
	if invalid := (*events.Invalid)(nil); errors.As(err, &invalid) {
		f := &faults{}
		f.contract(invalid.Problems, inEnvelope(raw))
		return e, f.problem()
	}
	if errors.Is(err, events.ErrUnknown) {
		return e, edge.Problem{Status: http.StatusUnprocessableEntity, Code: "event_unknown",
			Detail: "No event of this type is published. The contract lists those that are."}
	}
	if err != nil {
		return e, err
	}
	if spec, err := events.Lookup(e.Type); err != nil || !spec.Direction.Hears() {
		return e, edge.Problem{Status: http.StatusUnprocessableEntity, Code: "event_not_heard",
			Detail: "Events of type " + e.Type + " are said by us and not heard."}
	}
	f := &faults{}
	if e.Metadata.OccurredAt.After(a.now.Add(futureMax)) {
		f.add("/metadata/occurred_at", "in_future", "lies more than %d hours in the future; set the clock", int(futureMax.Hours()))
	}
	if e.Metadata.Source == sourceOwn {
		f.add("/metadata/source", "invalid", "is ours alone; name the system that says this")
	}
	store, err := judgeData(&e, f, rules.Numbering())
	if err != nil {
		return e, err
	}
	if err := f.problem(); err != nil {
		return e, err
	}
	if store == "" {
		return e, nil
	}
	return e, a.who.mayActFor(store)
}

// judgeData writes the card as we store it, and returns the store that the event acts for, "" where it names none.
func judgeData(e *events.Event, f *faults, n ids.Numbering) (store string, err error) {
	switch data := e.Data.(type) {
	case events.CheckoutCompleted:
		f.atMost("/data/coupons", len(data.Coupons), receipt.MaxCoupons)
		data.Card, err = canonical(data.Card, n)
		e.Data, store = data, data.Receipt.Store
	case events.CheckoutRefunded:
		store = data.Receipt.Store
	case events.CartUpdated:
		data.Card, err = canonical(data.Card, n)
		e.Data = data
	case events.ShopperEnrolled:
		data.Card, err = canonical(data.Card, n)
		e.Data, store = data, data.Store
	case events.ShopperUpdated:
		data.Card, err = canonical(data.Card, n)
		e.Data = data
		if slices.Contains(slices.Collect(maps.Values(data.Consent)), true) {
			store = loyalty.AllStores // it names no store in which the shopper could have said so; taking back is open to all
		}
	case events.ShopperTouched:
		data.Card, err = canonical(data.Card, n)
		e.Data, store = data, loyalty.AllStores // it sets off campaigns, which are the marketer's and no till's
	}
	return store, err
}

// canonical is a card number as we store it. One that is not ours stays as it is for the use case to refuse, unless it looks like a
// payment card.
func canonical(number string, n ids.Numbering) (string, error) {
	s, err := ids.Scan(number, n)
	if number != "" && errors.Is(err, ids.ErrPaymentCard) {
		return "", paymentCard("/data/card")
	}
	if err == nil && s.Kind == ids.KindCard {
		return s.Value, nil
	}
	return number, nil
}

// inEnvelope turns the contract's pointers into those of the event as it came: an envelope has its parts under detail.
func inEnvelope(raw []byte) func(string) string {
	var top struct {
		DetailType *json.RawMessage `json:"detail-type"`
	}
	if json.Unmarshal(raw, &top) != nil || top.DetailType == nil {
		return asIs
	}
	return func(pointer string) string {
		if strings.HasPrefix(pointer, "/metadata") || strings.HasPrefix(pointer, "/data") {
			return "/detail" + pointer
		}
		return pointer
	}
}
