package till

import (
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Why a cart is cleared.
const (
	reasonBought  = "bought"
	reasonEmptied = "emptied"
)

// putCart keeps an online basket as it stands. A version that is not newer than the kept one changes nothing, which the answer shows.
func (d *door) putCart(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	c, scanned, err := readCart(raw, a.PathValue("id"), a, rules)
	if err != nil {
		return reply{}, err
	}
	if c.Card, err = d.number(a.Context(), scanned); err != nil {
		return reply{}, err
	}
	kept, err := d.Service.UpdateCart(a.Context(), c)
	if err != nil {
		return reply{}, err
	}
	return ok(cartOf(kept, c.Version, rules)), nil
}

// readCart judges the body and makes the cart that it describes, without its card.
func readCart(raw []byte, id string, a *ask, rules *programme.Programme) (loyalty.Cart, ids.Scanned, error) {
	if err := cartID(id); err != nil {
		return loyalty.Cart{}, ids.Scanned{}, err
	}
	body, f, err := decode[cartBody](raw, "card")
	if err != nil {
		return loyalty.Cart{}, ids.Scanned{}, err
	}
	f.missing(body.Total != nil, "/total")
	at := f.moment("/updated_at", body.UpdatedAt, a.now)
	scanned, err := f.scan("/card", body.Card, rules.Numbering())
	if err != nil {
		return loyalty.Cart{}, scanned, err
	}
	data := events.CartUpdated{
		Cart: id, Version: version(body, a.now), Lines: f.lines(body.Lines, rules.Currency), URL: body.URL,
		Total: money.Amount{Minor: f.minor("/total", body.Total, rules.Currency), Currency: rules.Currency},
	}
	f.contract(data.Validate(), moneyAt)
	if err := f.problem(); err != nil {
		return loyalty.Cart{}, scanned, err
	}
	return loyalty.CartOf(events.Metadata{OccurredAt: at, Source: sourceTill}, data), scanned, nil
}

// version is the shop's own, or the moment of the change in milliseconds, which grows as well.
func version(body cartBody, now time.Time) int64 {
	if body.Version != nil {
		return *body.Version
	}
	if body.UpdatedAt != nil {
		if at, err := time.Parse(time.RFC3339, *body.UpdatedAt); err == nil {
			return at.UnixMilli()
		}
	}
	return now.UnixMilli()
}

// clearCart says that a cart was emptied, or with ?reason=bought that it was bought.
func (d *door) clearCart(a *ask) (reply, error) {
	id, reason := a.PathValue("id"), a.URL.Query().Get("reason")
	if err := cartID(id); err != nil {
		return reply{}, err
	}
	if reason != "" && reason != reasonBought && reason != reasonEmptied {
		return reply{}, badQuery("reason", "must be "+reasonBought+" or "+reasonEmptied)
	}
	if err := d.Service.ClearCart(a.Context(), id, reason == reasonBought); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusNoContent}, nil
}

// cartID refuses an id that no cart can have.
func cartID(id string) error {
	if ids.HasPaymentCard(id) && !isIdentifier("cart", id) {
		return paymentCard("")
	}
	if !ids.ValidPart(id) {
		return edge.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_path",
			Detail: "The cart's id in the path must be 1 to 64 of A-Z a-z 0-9 . _ - #."}
	}
	return nil
}

// badQuery is the answer to a parameter of the query that is not as it should be.
func badQuery(name, why string) error {
	return edge.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_query", Detail: "The parameter " + name + " of the query " + why + "."}
}
