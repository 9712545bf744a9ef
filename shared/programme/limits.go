package programme

import (
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Limits is how often an offer can be had. They are hard: however many tills ask at once, none is passed by one. With Per all but PerCode
// begin anew with each day, week (from Monday), month or year of the store.
type Limits struct {
	Total    int64   `json:"total,omitempty"`     // uses, by everybody together
	Money    Decimal `json:"money,omitempty"`     // taken off, from everybody together
	PerStore int64   `json:"per_store,omitempty"` // uses in one store
	PerCard  int64   `json:"per_card,omitempty"`  // uses of one card; who shows none gets nothing
	PerCode  int64   `json:"per_code,omitempty"`  // uses of one code of a batch; 1 if missing
	Per      string  `json:"per,omitempty"`       // "day", "week", "month", "year": each has the limits anew; missing: for ever
}

// Bounds of what a marketer writes.
const (
	maxUses    = 1_000_000_000
	minCode    = 3  // symbols of a code for everybody
	maxCode    = 24 //
	codeSymbol = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// limited is what is known of an offer beside its price.
type limited struct {
	total, store limit.Limit
	perCard      int64
	perCode      int64 // of a batch's codes; 0 where the offer takes none
	per          string
	keeps        bool // nothing comes back with a return
}

// limits reads what bounds the uses of an offer.
func (c *compiler) limits(at string, o Offer) {
	made := limited{keeps: o.GivenBack != nil && !*o.GivenBack}
	if o.Codes {
		made.perCode = 1
	}
	c.code(at, o)
	if o.GivenBack != nil && o.Limits == nil && o.Code == "" && !o.Codes && !o.Coupon {
		c.fault(at+"/given_back", "the offer has no coupon, code or limit, so there is nothing to give back")
	}
	if l := o.Limits; l != nil {
		at += "/limits"
		made.total = limit.Limit{Uses: c.uses(at+"/total", l.Total), Money: c.amount(at+"/money", l.Money)}
		made.store.Uses, made.perCard = c.uses(at+"/per_store", l.PerStore), c.uses(at+"/per_card", l.PerCard)
		made.per = l.Per
		if made.perCode = max(made.perCode, c.uses(at+"/per_code", l.PerCode)); l.PerCode != 0 && !o.Codes {
			c.fault(at+"/per_code", "only codes of a batch are each another; set codes: true, or bound this offer by total and per_card")
		}
		timed := l.Total != 0 || l.Money != "" || l.PerStore != 0 || l.PerCard != 0
		if !timed && l.PerCode == 0 {
			c.fault(at, "nothing is limited; give total, money, per_store, per_card or per_code")
		}
		if l.Per != "" && !slices.Contains(limit.Periods, l.Per) {
			c.fault(at+"/per", "%q is not one of %s", l.Per, strings.Join(limit.Periods, ", "))
		} else if l.Per != "" && !timed {
			c.fault(at+"/per", "what begins anew each %s is missing: total, money, per_store or per_card", l.Per)
		}
	}
	c.p.limited[o.ID] = made
}

func (c *compiler) uses(pointer string, n int64) int64 {
	if n < 0 || n > maxUses {
		c.fault(pointer, "a limit is 1 to %d uses, or left out", maxUses)
	}
	return n
}

// code reads the code that everybody may use.
func (c *compiler) code(at string, o Offer) {
	if o.Code == "" {
		return
	}
	code := ids.NormaliseCode(o.Code)
	wrong := strings.IndexFunc(code, func(r rune) bool { return !strings.ContainsRune(codeSymbol, r) })
	switch {
	case o.Codes:
		c.fault(at+"/code", "an offer has one code for everybody or codes of batches, not both")
	case len(code) < minCode || len(code) > maxCode || wrong >= 0:
		c.fault(at+"/code", "a code is %d to %d letters and digits, such as WELCOME10", minCode, maxCode)
	case ids.LooksLikePaymentCard(code):
		c.fault(at+"/code", "the code reads like a payment card number, which no till may take: give the offer another")
	case c.p.codes[code] != "":
		c.fault(at+"/code", "%q reads like the code of offer %q; O is read as 0, I and L as 1, and dashes do not count", o.Code, c.p.codes[code])
	default:
		c.p.codes[code] = o.ID
	}
}

// CodeOffer is the offer of a code that everybody may use, given as ids.NormaliseCode writes it.
func (p *Programme) CodeOffer(code string) (offer string, ok bool) {
	offer, ok = p.codes[code]
	return offer, ok
}

// TakesCodes reports whether an offer can be had for a code of a batch.
func (p *Programme) TakesCodes(offer string) bool { return p.offers[offer].Codes }

// HasOffer reports whether the programme has an offer of that id.
func (p *Programme) HasOffer(offer string) bool {
	_, ok := p.offers[offer]
	return ok
}

// Counters are the limits that one use of an offer counts for, each with the name of its tally. code is one of a batch, "" for none, and
// uses how often it may be used where its batch says so; on is the day of the receipt at the store. There are none without limits.
func (p *Programme) Counters(offer, code string, uses int64, store string, on day.Day) []limit.Counter {
	l, list := p.limited[offer], []limit.Counter(nil)
	period := limit.Period(l.per, on)
	if code != "" && l.perCode > 0 {
		if uses == 0 {
			uses = l.perCode
		}
		list = append(list, limit.Counter{Key: CodeTally(code), Limit: limit.Limit{Uses: uses}})
	}
	if !l.total.IsZero() {
		list = append(list, limit.Counter{Key: "offer/" + offer + "/" + period, Limit: l.total})
	}
	if !l.store.IsZero() {
		list = append(list, limit.Counter{Key: "offer/" + offer + "/" + period + "/" + store, Limit: l.store})
	}
	return list
}

// CodeTally names the tally of one code of a batch.
func CodeTally(code string) string { return "code/" + code }

// CardLimit is how often one card may use an offer in a period, and the name of the period that a day lies in. uses is 0 for no bound.
func (p *Programme) CardLimit(offer string, on day.Day) (uses int64, period string) {
	l := p.limited[offer]
	return l.perCard, limit.Period(l.per, on)
}

// IsLimited reports whether somebody else's use of an offer can keep this one from it.
func (p *Programme) IsLimited(offer string) bool {
	l := p.limited[offer]
	return !l.total.IsZero() || !l.store.IsZero() || l.perCard > 0
}

// GivesBack reports whether a receipt that has come back whole with this return gives back its use of an offer. A sale that is undone was
// none, so it gives back whatever it used.
func (p *Programme) GivesBack(offer string, newest receipt.Return) bool {
	return newest.Void || !p.limited[offer].keeps
}

// countUses counts what a receipt used of the offers that a card may use so often only. What is beyond was given away at the till; it
// is told, and does not count.
func (p *Programme) countUses(h card.Head, marks []ledger.Mark, r receipt.Receipt, on day.Day) (card.Head, []ledger.Mark) {
	for _, u := range r.Uses {
		most, period := p.CardLimit(u.Offer, on)
		switch {
		case most == 0 || !u.Given():
		case h.Uses.Of(u.Offer, period) >= most:
			marks = append(marks, card.NotTaken(u.Name(), receipt.OverLimit))
		default:
			h.Uses = h.Uses.Add(u.Offer, period, 1)
			marks = append(marks, card.UsedMark(u.Offer, period))
		}
	}
	return h, marks
}

// uncountUses gives back what the receipt of an entry had used.
func (p *Programme) uncountUses(h card.Head, sale ledger.Entry, newest receipt.Return) card.Head {
	for _, u := range card.UsedOf(sale) {
		if p.GivesBack(u.Offer, newest) {
			h.Uses = h.Uses.Add(u.Offer, u.Period, -1)
		}
	}
	return h
}

// SpentByCard says which offers a card has used as often as it may on a day; without a card, which of them need one.
func (p *Programme) SpentByCard(h card.Head, shown bool, on day.Day) Spent {
	spent := Spent{}
	for id, l := range p.limited {
		switch {
		case l.perCard == 0:
		case !shown:
			spent[id] = offer.CardMissing
		case h.Uses.Of(id, limit.Period(l.per, on)) >= l.perCard:
			spent[id] = offer.LimitReached
		}
	}
	return spent
}
