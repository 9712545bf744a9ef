package message

import (
	"encoding/json"
	"time"

	"github.com/regulars-dev/regulars/shared/quick"
)

// A record is JSON, and so is an order. Each e-mail's is written twice and read three times, so both are done by hand where nothing in them asks for
// more; a test holds what comes of it against encoding/json, byte by byte.

// Write is the record as JSON.
func (r Record) Write() ([]byte, error) {
	if r.Grant == nil && r.Clicks == (Clicks{}) {
		w := writer{b: append(make([]byte, 0, 512), '{')}
		w.order(r.Order)
		w.record(r)
		if !w.bad {
			return append(w.b, '}'), nil
		}
	}
	return json.Marshal(r)
}

// writer is JSON under way. bad is set by what only encoding/json can write.
type writer struct {
	b   []byte
	bad bool
}

func (w *writer) text(name, value string) {
	var ok bool
	w.b, ok = quick.AppendText(w.b, name, value)
	w.bad = w.bad || !ok
}

func (w *writer) some(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *writer) count(name string, n int64) {
	if n != 0 {
		w.b = quick.AppendInt(w.b, name, n)
	}
}

func (w *writer) is(name string, is bool) {
	if is {
		w.b = quick.AppendTrue(w.b, name)
	}
}

func (w *writer) time(name string, t time.Time) {
	var ok bool
	w.b, ok = quick.AppendTime(w.b, name, t)
	w.bad = w.bad || !ok
}

func (w *writer) moment(name string, t time.Time) {
	if !t.IsZero() {
		w.time(name, t)
	}
}

func (w *writer) order(o Order) {
	w.text("id", o.ID)
	w.text("campaign", o.Campaign)
	w.text("occasion", o.Occasion)
	w.text("card", o.Card)
	w.some("arm", o.Arm)
	w.text("template", o.Template)
	w.text("topic", o.Topic)
	w.some("coupon", o.Coupon)
	w.count("points", o.Points)
	w.some("cart", o.Cart)
	w.count("cart_version", o.CartVersion)
	w.some("journey", o.Journey)
	w.count("cart_step", int64(o.CartStep))
	w.time("ordered_at", o.OrderedAt)
	w.moment("earliest_at", o.EarliestAt)
	w.time("expires_at", o.ExpiresAt)
	w.is("repeatable", o.Repeatable)
	w.count("priority", int64(o.Priority))
	w.is("bulk", o.Bulk)
	w.some("correlation_id", o.CorrelationID)
}

func (w *writer) record(r Record) {
	w.text("state", string(r.State))
	w.b = quick.AppendInt(w.b, "attempt", int64(r.Attempt))
	w.count("lapsed", int64(r.Lapsed))
	w.moment("lease_until", r.LeaseUntil)
	w.moment("not_before", r.NotBefore)
	w.moment("sent_at", r.SentAt)
	w.moment("settled_at", r.SettledAt)
	w.some("reason", string(r.Reason))
	w.some("provider_id", r.ProviderID)
	w.some("detail", r.Detail)
	w.is("soft", r.Soft)
	w.is("reported", r.Reported)
	w.moment("opened_at", r.OpenedAt)
}

// ReadRecord reads what Write has written, and every JSON of a record.
func ReadRecord(text []byte) (Record, error) {
	r := quick.Read(text)
	var rec Record
	r.Object(func(name []byte) {
		if !readOrder(r, string(name), &rec.Order) && !readState(r, string(name), &rec) {
			r.Fail()
		}
	})
	if r.Whole() {
		return rec, nil
	}
	rec = Record{}
	return rec, json.Unmarshal(text, &rec)
}

// readAnOrder reads every JSON of an order.
func readAnOrder(text []byte) (Order, error) {
	r := quick.Read(text)
	var o Order
	r.Object(func(name []byte) {
		if !readOrder(r, string(name), &o) {
			r.Fail()
		}
	})
	if r.Whole() {
		return o, nil
	}
	o = Order{}
	return o, json.Unmarshal(text, &o)
}

// readOrder reads the field of that name, if it is one that an order has.
func readOrder(r *quick.Reader, name string, o *Order) bool {
	switch name {
	case "id":
		o.ID = r.Text()
	case "campaign":
		o.Campaign = r.Text()
	case "occasion":
		o.Occasion = r.Text()
	case "card":
		o.Card = r.Text()
	case "arm":
		o.Arm = r.Text()
	case "template":
		o.Template = r.Text()
	case "topic":
		o.Topic = r.Text()
	case "coupon":
		o.Coupon = r.Text()
	case "points":
		o.Points = r.Int()
	case "cart":
		o.Cart = r.Text()
	case "cart_version":
		o.CartVersion = r.Int()
	case "journey":
		o.Journey = r.Text()
	case "cart_step":
		o.CartStep = int(r.Int())
	case "ordered_at":
		o.OrderedAt = r.Time()
	case "earliest_at":
		o.EarliestAt = r.Time()
	case "expires_at":
		o.ExpiresAt = r.Time()
	case "repeatable":
		o.Repeatable = r.Bool()
	case "priority":
		o.Priority = int(r.Int())
	case "bulk":
		o.Bulk = r.Bool()
	case "correlation_id":
		o.CorrelationID = r.Text()
	default:
		return false
	}
	return true
}

// readState reads the field of that name, if it is one that a record has beside its order.
func readState(r *quick.Reader, name string, rec *Record) bool {
	switch name {
	case "state":
		rec.State = State(r.Text())
	case "attempt":
		rec.Attempt = int(r.Int())
	case "lapsed":
		rec.Lapsed = int(r.Int())
	case "lease_until":
		rec.LeaseUntil = r.Time()
	case "not_before":
		rec.NotBefore = r.Time()
	case "sent_at":
		rec.SentAt = r.Time()
	case "settled_at":
		rec.SettledAt = r.Time()
	case "reason":
		rec.Reason = Reason(r.Text())
	case "provider_id":
		rec.ProviderID = r.Text()
	case "detail":
		rec.Detail = r.Text()
	case "soft":
		rec.Soft = r.Bool()
	case "reported":
		rec.Reported = r.Bool()
	case "opened_at":
		rec.OpenedAt = r.Time()
	default:
		return false
	}
	return true
}
