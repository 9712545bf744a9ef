package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Outcome is what became of a delivery. At most one of Published, Request and Ignored is set.
type Outcome struct {
	Published []events.Event
	Request   *vendor.Request // asked of a person; nothing was published
	Shopper   vendor.Shopper  // whom a request is about; personal
	Ignored   string          // why nothing follows
	Adjusted  int64           // minor units of a receipt that no line explains
}

// Process reads a delivery, finds the card and publishes the events. It is what stands behind the queue and behind a replay, so it
// parks nothing itself.
//
// It returns *vendor.Problem, vendor.ErrUnknownVendor or events.ErrInvalid for what will never be right. Any other error leaves it unknown whether
// the events were published: process the same delivery again, their ids stay the same.
func (d Deps) Process(ctx context.Context, in vendor.Delivery) (Outcome, error) {
	r, err := vendor.Parse(in, d.Shops[in.Vendor])
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Request: r.Request, Shopper: r.Shopper, Ignored: r.Ignored, Adjusted: r.Adjusted}
	if len(r.Events) == 0 {
		return out, nil
	}
	card := ""
	if r.Shopper.Known() {
		card, err = d.Cards.CardFor(ctx, r.Shopper)
		if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
			return Outcome{}, fmt.Errorf("find the card of a shopper of %s: %w", in.Vendor, err)
		}
	}
	for _, e := range r.Events {
		if card == "" && vendor.NeedsCard(e) {
			continue
		}
		if card != "" {
			e = vendor.With(e, card)
		}
		if e.Metadata.CorrelationID = edge.Correlation(ctx); len(e.Metadata.Validate()) > 0 {
			e.Metadata.CorrelationID = "" // an id of the gateway's that may not stand in an event
		}
		out.Published = append(out.Published, e)
	}
	if len(out.Published) == 0 {
		out.Ignored = "shopper without a card"
		return out, nil
	}
	if err := d.Bus.Publish(ctx, out.Published); err != nil {
		return Outcome{}, fmt.Errorf("publish %s %s: %w", in.Vendor, out.Published[0].Type, err)
	}
	return out, nil
}

// take does one message of the queue. What is permanent goes to the inbox and is acknowledged; an error comes again.
func (d Deps) take(ctx context.Context, m edge.Message) error {
	in, correlation, err := vendor.ReadMessage(m.Body)
	if err != nil {
		return d.park(ctx, vendor.Delivery{Vendor: "unknown", Body: m.Body, ReceivedAt: d.Now()}, m.Body, err)
	}
	if correlation != "" {
		ctx = edge.WithCorrelation(ctx, correlation)
	}
	out, err := d.Process(ctx, in)
	problem := (*vendor.Problem)(nil)
	switch {
	case errors.As(err, &problem) || errors.Is(err, vendor.ErrUnknownVendor) || errors.Is(err, events.ErrInvalid):
		return d.park(ctx, in, m.Body, err)
	case err != nil:
		return err
	case out.Request != nil:
		return d.park(ctx, in, m.Body, errors.New(asked(out.Request.Kind)))
	case out.Ignored != "":
		edge.Count(ctx, countIgnored, 1, "vendor", in.Vendor, "reason", out.Ignored)
	default:
		edge.Count(ctx, countDone, int64(len(out.Published)), "vendor", in.Vendor, "type", out.Published[0].Type)
	}
	if out.Adjusted != 0 {
		edge.Count(ctx, countAdjusted, 1, "vendor", in.Vendor)
	}
	return nil
}

// asked says a request in words for the person who finds it in the inbox.
func asked(kind string) string {
	switch kind {
	case vendor.RequestExport:
		return "asks for a shopper's data: hand it over within 30 days; replay this, and it lies here"
	case vendor.RequestErase:
		return "asks to erase a shopper within 30 days: replay this, and it is done"
	case vendor.RequestEraseShop:
		return "says that the shop was left: replay this within 30 days, and the vendor's ids leave all shoppers, and its letters are emptied; cards, names and consents " +
			"stay, as shoppers gave them to you (`regulars person erase` takes one out)"
	case vendor.RequestMerge:
		return "says that two shoppers are one: merge their cards"
	case vendor.RequestAccess:
		return "says that access was withdrawn: nothing more will come until the shop is connected again"
	}
	return "asks for " + kind
}

// park keeps a delivery for a person. If that fails the message comes again.
func (d Deps) park(ctx context.Context, in vendor.Delivery, message []byte, reason error) error {
	err := d.Inbox.Park(ctx, loyalty.Parked{
		ID:     ids.Derive(20, in.Vendor, in.Topic, in.Shop, string(in.Body)),
		Vendor: in.Vendor, Topic: in.Topic, Shop: in.Shop, Reason: reason.Error(), At: in.ReceivedAt, Message: message,
	})
	if err != nil {
		return fmt.Errorf("park a delivery of %s: %w", in.Vendor, err)
	}
	edge.Count(ctx, countParked, 1, "vendor", in.Vendor)
	return nil
}
