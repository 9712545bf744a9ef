package till

import (
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// release gives back what a quote held, under the id that it was given: 204 also where nothing is held.
func (d *door) release(a *ask) (reply, error) {
	q := a.URL.Query()
	store, till := a.who.storeOf(q.Get("store")), q.Get("till")
	for name, value := range map[string]string{"store": store, "till": till} {
		if !ids.ValidPart(value) {
			return reply{}, badQuery(name, "must name the "+name+" that asked for the reservation")
		}
	}
	if err := a.who.mayActFor(store); err != nil {
		return reply{}, err
	}
	if err := d.Service.Release(a.Context(), store, till, a.PathValue("id")); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusNoContent}, nil
}

type reserveBody struct {
	ID      string `json:"id"`
	Minutes *int64 `json:"minutes"`
}

// reserve reads what a till wants held: its id, and for how long. A zero life holds nothing.
func (f *faults) reserve(said *reserveBody) (id string, life time.Duration) {
	if said == nil {
		return "", 0
	}
	life = loyalty.ReserveFor
	if said.Minutes != nil {
		life = time.Duration(*said.Minutes) * time.Minute
		if *said.Minutes < 1 || *said.Minutes > int64(loyalty.MaxReserve/time.Minute) {
			f.add("/reserve/minutes", "invalid", "should be from 1 to %d", int64(loyalty.MaxReserve/time.Minute))
		}
	}
	f.missing(said.ID != "", "/reserve/id")
	f.part("/reserve/id", said.ID)
	return said.ID, life
}

// part tells a text that cannot be an id.
func (f *faults) part(pointer, text string) {
	if text != "" && !ids.ValidPart(text) {
		f.add(pointer, "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
}

type reservedAnswer struct {
	ID    string    `json:"id"`
	Until time.Time `json:"until"`
}

// codeAnswer is what became of a code in a quote.
type codeAnswer struct {
	Code    string       `json:"code"` // as codes are compared
	Offer   string       `json:"offer,omitempty"`
	Name    string       `json:"name,omitempty"`
	Applied bool         `json:"applied"`
	Reason  offer.Reason `json:"reason"`
	Detail  string       `json:"detail,omitempty"`
}

// useAnswer is what became of a code, or of an offer with limits, at a checkout.
type useAnswer struct {
	Offer    string        `json:"offer,omitempty"`
	Name     string        `json:"name,omitempty"`
	Code     string        `json:"code,omitempty"`
	Coupon   string        `json:"coupon,omitempty"`
	Redeemed bool          `json:"redeemed"`
	Reason   string        `json:"reason,omitempty"`
	Detail   string        `json:"detail,omitempty"`
	Amount   *money.Amount `json:"amount,omitempty"`
}

// whyNotHad says in words for the clerk why a code or an offer could not be had.
var whyNotHad = map[string]string{
	receipt.OverLimit:            "was given at the till beyond its limit; it is booked apart",
	receipt.CodeUnknown:          "is no code of this shop; read it again",
	receipt.CodeExpired:          "was good until an earlier day",
	receipt.CodeEarly:            "is not good yet",
	receipt.NoEffect:             "took nothing off and is as good as before",
	receipt.CardMissing:          "is counted by card, and none was shown",
	string(offer.LimitReached):   "was had as often as it can be",
	string(offer.BudgetSpent):    "has no money left",
	string(offer.Stopped):        "is stopped by the shop",
	string(offer.Reserved):       "is held for another basket; it may come free",
	string(offer.CodeVoid):       "was taken back by the shop",
	loyalty.ReasonTooMany:        "is one limit too many for one receipt",
	string(offer.CouponUnknown):  "is for an offer that does not exist any more",
	string(offer.OutsideWindow):  "is not good on this day or at this hour",
	string(offer.BasketCap):      "adds nothing to what is taken off already",
	string(offer.ExcludedLines):  "is not for anything in this basket",
	string(offer.PiecesMissing):  "needs more of its goods",
	string(offer.BelowMinBasket): "needs a larger basket",
}

func codesOf(q loyalty.Quoted) []codeAnswer {
	list := make([]codeAnswer, 0, len(q.Codes))
	for _, u := range q.Codes {
		a := codeAnswer{Code: u.Code, Offer: u.Offer, Reason: offer.Reason(u.Reason), Detail: whyNotHad[u.Reason]}
		if u.Offer != "" {
			a.Name, _ = q.Rules.OfferText(u.Offer)
		}
		for _, c := range q.Considered {
			if u.Reason == "" && c.Coupon == u.Code {
				a.Applied, a.Reason, a.Detail = c.Applied, c.Reason, c.Detail
				if a.Detail == "" && !c.Applied {
					a.Detail = whyNotHad[string(c.Reason)]
				}
			}
		}
		list = append(list, a)
	}
	return list
}

// isCode reports whether what an offer was given for is a code of the quote, and not a coupon.
func isCode(q loyalty.Quoted, id string) bool {
	for _, u := range q.Codes {
		if id != "" && u.Code == id {
			return true
		}
	}
	return false
}

// codeOrCoupon says for which of the two an offer was given.
func codeOrCoupon(q loyalty.Quoted, id string) (code, coupon string) {
	if isCode(q, id) {
		return id, ""
	}
	return "", id
}

func usesOf(rules *programme.Programme, uses []receipt.Use) []useAnswer {
	list := make([]useAnswer, 0, len(uses))
	for _, u := range uses {
		a := useAnswer{Offer: u.Offer, Code: u.Code, Coupon: u.Coupon, Redeemed: u.Redeemed(), Reason: u.Reason, Detail: whyNotHad[u.Reason]}
		if u.Offer != "" {
			a.Name, _ = rules.OfferText(u.Offer)
		}
		if u.Amount > 0 && u.Given() {
			a.Amount = &money.Amount{Minor: u.Amount, Currency: rules.Currency}
		}
		list = append(list, a)
	}
	return list
}
