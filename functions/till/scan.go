package till

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// rules are those of now: the numbers that are ours, the currency, the names of tiers and offers.
func (d *door) rules(a *ask) (*programme.Programme, error) {
	p, err := d.Service.Programmes.At(a.Context(), a.now)
	if errors.Is(err, loyalty.ErrNotFound) {
		return nil, edge.Problem{Status: http.StatusServiceUnavailable, Code: "no_programme",
			Detail: "The shop has not published its programme yet. Publish one and try again."}
	}
	if err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	return p, nil
}

// kindUnknown is what ids.Scan does not take for anything; it may still stand in a field beside faults that are worse.
const kindUnknown ids.Kind = "unknown"

// scan understands what a reader or clerk typed into a field. "" is nobody. A misread, a product or what we cannot look up is a fault of
// the field; a payment card is the answer.
func (f *faults) scan(pointer, input string, n ids.Numbering) (ids.Scanned, error) {
	if input == "" {
		return ids.Scanned{}, nil
	}
	s, err := ids.Scan(input, n)
	refusal := (*ids.Refusal)(nil)
	switch {
	case errors.Is(err, ids.ErrPaymentCard):
		return s, paymentCard(pointer)
	case errors.Is(err, ids.ErrUnknown):
		return ids.Scanned{Kind: kindUnknown}, nil
	case errors.As(err, &refusal):
		f.add(pointer, refusal.Code, "%s", refusal.Error())
	case err != nil:
		return s, err
	}
	switch s.Kind {
	case ids.KindPhone:
		f.add(pointer, "phone_unsupported", "a shopper cannot be looked up by telephone number yet: scan the card, or type the e-mail address")
	case ids.KindMember:
		f.add(pointer, "member_unsupported", "a GS1 member number leads to no card here yet: scan the card, or type the e-mail address")
	}
	return s, nil
}

// number is the card number that a scan leads to; "" for nobody.
func (d *door) number(ctx context.Context, s ids.Scanned) (string, error) {
	switch s.Kind {
	case ids.KindEmail:
		id, err := d.Service.Cards.Find(ctx, loyalty.EmailIdentity(s.Value))
		if errors.Is(err, loyalty.ErrNotFound) {
			return "", fmt.Errorf("%w: %w", errNoAddress, edge.Problem{Status: http.StatusNotFound, Code: "card_unknown",
				Detail: "No card has this e-mail address. Check its spelling, scan the card, or enrol the shopper."})
		}
		if err != nil {
			return "", fmt.Errorf("look up an e-mail address: %w", err)
		}
		return id, nil
	case kindUnknown:
		return "", edge.Problem{Status: http.StatusNotFound, Code: "card_unknown", Detail: sentence(ids.ErrUnknown.Error())}
	}
	return s.Value, nil
}

// numberIn is the card number that stands in a path or query. Who has only an e-mail address asks with a body: addresses of requests
// lie in logs that are not ours.
func (d *door) numberIn(a *ask, input string) (string, error) {
	rules, err := d.rules(a)
	if err != nil {
		return "", err
	}
	f := &faults{}
	s, err := f.scan("", input, rules.Numbering())
	if err != nil {
		return "", err
	}
	if len(f.list) > 0 {
		return "", edge.Problem{Status: http.StatusUnprocessableEntity, Code: f.list[0].Code, Detail: sentence(f.list[0].Detail)}
	}
	if s.Kind == ids.KindEmail {
		return "", edge.Problem{Status: http.StatusUnprocessableEntity, Code: "not_in_url",
			Detail: "Personal data has no place in a URL. Look the card up with POST /v1/cards/find."}
	}
	return d.number(a.Context(), s)
}
