package till

import (
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// The answers. Lists are never null, and whatever a till prints has its name beside its id.

type lotAnswer struct {
	Points    int64  `json:"points"`
	ExpiresOn string `json:"expires_on,omitempty"`  // last day; absent: never
	From      string `json:"usable_from,omitempty"` // first day; absent: at once
}

type couponAnswer struct {
	ID        string `json:"id"`
	Offer     string `json:"offer"`
	Name      string `json:"name"`
	Detail    string `json:"detail,omitempty"`
	Campaign  string `json:"campaign,omitempty"`
	ExpiresOn string `json:"expires_on"`
}

type refusedCoupon struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

type quoteAnswer struct {
	Card     string          `json:"card,omitempty"`
	Lines    []pricedAnswer  `json:"lines"`
	Subtotal money.Amount    `json:"subtotal"`
	Discount money.Amount    `json:"discount"`
	Total    money.Amount    `json:"total"`
	Tax      *money.Amount   `json:"tax,omitempty"`
	Combined offer.Proof     `json:"combined"`
	Offers   []offerAnswer   `json:"offers"`
	Points   int64           `json:"points"`
	Balance  *int64          `json:"balance,omitempty"`
	Pending  int64           `json:"pending,omitempty"`         // beside the balance
	Payable  *payableAnswer  `json:"pay_with_points,omitempty"` // how many points may pay for this basket; absent: none
	Tier     *tierAnswer     `json:"tier,omitempty"`
	NextTier *nextTierAnswer `json:"next_tier,omitempty"` // before this basket
	Standing *standingAnswer `json:"standing,omitempty"`
	Coupons  []couponAnswer  `json:"coupons"`
	Refused  []refusedCoupon `json:"coupons_refused"`
	Codes    []codeAnswer    `json:"codes"`
	Reserved *reservedAnswer `json:"reserved,omitempty"`
	LeftOut  []leftOutAnswer `json:"lines_left_out"`
	Stamps   []stampAnswer   `json:"stamps,omitempty"` // before this basket
}

type pricedAnswer struct {
	ID       string             `json:"id"`
	SKU      string             `json:"sku,omitempty"`
	Category string             `json:"category,omitempty"`
	Kind     string             `json:"kind,omitempty"`
	Quantity int64              `json:"quantity"`
	Amount   money.Amount       `json:"amount"`
	Discount money.Amount       `json:"discount"`
	Total    money.Amount       `json:"total"`
	Tax      *money.Amount      `json:"tax,omitempty"`
	Offers   []adjustmentAnswer `json:"offers"`
}

type adjustmentAnswer struct {
	Offer  string       `json:"offer"`
	Name   string       `json:"name"`
	Coupon string       `json:"coupon,omitempty"`
	Code   string       `json:"code,omitempty"`
	Amount money.Amount `json:"amount"`
}

type offerAnswer struct {
	Offer   string        `json:"offer"`
	Name    string        `json:"name"`
	Coupon  string        `json:"coupon,omitempty"`
	Code    string        `json:"code,omitempty"`
	Applied bool          `json:"applied"`
	Reason  offer.Reason  `json:"reason"`
	Detail  string        `json:"detail,omitempty"`
	Missing *money.Amount `json:"missing,omitempty"`
	Pieces  int64         `json:"missing_pieces,omitempty"`
	By      string        `json:"by,omitempty"`
	Amount  money.Amount  `json:"amount"`
}

type checkoutAnswer struct {
	Receipt    receiptBody     `json:"receipt"`
	Repeated   bool            `json:"repeated"`
	Guest      bool            `json:"guest"`
	Enrolled   bool            `json:"enrolled"`
	Card       string          `json:"card,omitempty"`
	Points     int64           `json:"points"`
	Capped     int64           `json:"points_capped,omitempty"` // cut off by the most that a receipt, a time or a card brings
	Balance    *int64          `json:"balance,omitempty"`
	Pending    int64           `json:"pending,omitempty"` // beside the balance
	Tier       *tierAnswer     `json:"tier,omitempty"`
	TierBefore *tierAnswer     `json:"tier_before,omitempty"` // only where it has changed
	NextTier   *nextTierAnswer `json:"next_tier,omitempty"`   // as of now
	Standing   *standingAnswer `json:"standing,omitempty"`    // as of now
	Redeemed   []couponAnswer  `json:"coupons_redeemed"`
	Refused    []refusedCoupon `json:"coupons_refused"`
	Granted    []couponAnswer  `json:"coupons_granted"`
	Uses       []useAnswer     `json:"uses"`
	Lots       []lotAnswer     `json:"lots"`
	Tenders    []tenderAnswer  `json:"tenders,omitempty"` // points and gift cards; absent: none was named
	LeftOut    []leftOutAnswer `json:"lines_left_out"`    // earned nothing
	Stamps     []stampAnswer   `json:"stamps,omitempty"`
	countedAnswer
}

type returnAnswer struct {
	Return     string          `json:"return"`
	Receipt    receiptBody     `json:"receipt"`
	Repeated   bool            `json:"repeated"`
	Guest      bool            `json:"guest"`
	Card       string          `json:"card,omitempty"`
	Refund     money.Amount    `json:"refund"`
	Basis      string          `json:"basis"`
	Why        string          `json:"basis_reason,omitempty"` // where the programme asks for another basis
	Lines      []refundLine    `json:"lines"`
	Points     int64           `json:"points"`
	Balance    *int64          `json:"balance,omitempty"`
	Pending    int64           `json:"pending,omitempty"` // beside the balance
	Tier       *tierAnswer     `json:"tier,omitempty"`
	TierBefore *tierAnswer     `json:"tier_before,omitempty"`
	NextTier   *nextTierAnswer `json:"next_tier,omitempty"` // as of now
	Standing   *standingAnswer `json:"standing,omitempty"`  // as of now
	Reinstated []couponAnswer  `json:"coupons_reinstated"`
	Voided     []couponAnswer  `json:"coupons_voided"`
	Refused    []refusedCoupon `json:"coupons_refused"`
	Refunds    []tenderAnswer  `json:"refunds,omitempty"` // how the refund is split; absent: all goes back as it was paid
	Lots       []lotAnswer     `json:"lots"`
	Stamps     []stampAnswer   `json:"stamps,omitempty"`
	countedAnswer
}

type refundLine struct {
	ID       string       `json:"id"`
	Quantity int64        `json:"quantity"`
	Refund   money.Amount `json:"refund"`
}

type cartAnswer struct {
	Cart    string            `json:"cart"`
	Version int64             `json:"version"`
	Applied bool              `json:"applied"` // false: a newer version is kept, or the cart was bought
	State   loyalty.CartState `json:"state"`
	Card    string            `json:"card,omitempty"`
	Total   money.Amount      `json:"total"`
	DueAt   time.Time         `json:"due_at,omitzero"`
}

type messagesAnswer struct {
	Card     string          `json:"card"`
	Messages []messageAnswer `json:"messages"`
	More     bool            `json:"more"`
}

type messageAnswer struct {
	ID        string         `json:"id"`
	Campaign  string         `json:"campaign"`
	Occasion  string         `json:"occasion"`
	Template  string         `json:"template"`
	Topic     string         `json:"topic"`
	State     string         `json:"state"`
	Reason    message.Reason `json:"reason,omitempty"`
	Coupon    string         `json:"coupon,omitempty"`
	Cart      string         `json:"cart,omitempty"`
	OrderedAt time.Time      `json:"ordered_at"`
	SentAt    time.Time      `json:"sent_at,omitzero"`
	SettledAt time.Time      `json:"settled_at,omitzero"`
}

// listed makes a list that JSON writes as one even when it is empty.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func lotsOf(lots []ledger.Lot) []lotAnswer {
	list := make([]lotAnswer, 0, len(lots))
	for _, l := range lots {
		list = append(list, lotAnswer{Points: l.Points, ExpiresOn: l.ExpiresOn.String(), From: l.From.String()})
	}
	return list
}

func couponsOf(rules *programme.Programme, coupons []card.Coupon) []couponAnswer {
	list := make([]couponAnswer, 0, len(coupons))
	for _, c := range coupons {
		name, detail := rules.OfferText(c.Offer)
		list = append(list, couponAnswer{ID: c.ID, Offer: c.Offer, Name: name, Detail: detail, Campaign: c.Campaign, ExpiresOn: c.ExpiresOn.String()})
	}
	return list
}

// live leaves out coupons whose last day is over; the wallet keeps them a while for receipts that come late.
func live(coupons []card.Coupon, today day.Day) []card.Coupon {
	var list []card.Coupon
	for _, c := range coupons {
		if c.ExpiresOn >= today {
			list = append(list, c)
		}
	}
	return list
}

// whyNotTaken says a reason in words for the clerk.
var whyNotTaken = map[string]string{
	programme.CouponUnknown: "is not in the wallet of this card, or was used before",
	programme.CouponExpired: "was good until a day before this receipt",
	programme.CouponNoRoom:  "had no room: the card holds as many coupons as it can",

	programme.CouponBudgetSpent: "was not given: the campaign has given away all that it may",
	programme.CouponSpent:       "is spent with its sale: its offer does not give it back with the goods",
	programme.CouponIDTaken:     "could not be given back: the card holds another coupon of this id by now",
}

func refusedOf(list []loyalty.NotTaken) []refusedCoupon {
	refused := make([]refusedCoupon, 0, len(list))
	for _, n := range list {
		refused = append(refused, refusedCoupon{ID: n.Coupon, Reason: n.Reason, Detail: whyNotTaken[n.Reason]})
	}
	return refused
}

func checkoutOf(r receipt.Receipt, said loyalty.Answer, rules *programme.Programme, now time.Time) checkoutAnswer {
	a := checkoutAnswer{
		Receipt: receiptBody(r.Key), Repeated: said.Repeated, Guest: said.Guest, Enrolled: said.Enrolled, Card: r.Card, Points: said.Points, Capped: said.Capped, LeftOut: leftOutOf(said.LeftOut),
		Redeemed: couponsOf(rules, said.Redeemed), Refused: refusedOf(said.NotTaken), Granted: couponsOf(rules, said.Granted), Lots: lotsOf(said.Lots),
		Uses:    usesOf(rules, said.Uses),
		Tenders: tendersOf(said, rules.Currency, false),
	}
	if said.Guest {
		return a
	}
	a.Balance, a.Pending, a.Tier = &said.Balance, said.Pending, tierOf(rules, said.Tier)
	if said.Tier != said.TierBefore {
		a.TierBefore = tierOf(rules, said.TierBefore)
	}
	a.NextTier, a.Standing = tiersNow(rules, said.Head, now)
	a.Stamps, a.countedAnswer = stampsOf(rules, said.Head, now), countedOf(said.Stamps, said.Bonuses)
	return a
}

func returnOf(key receipt.Key, ret receipt.Return, said loyalty.Returned, rules *programme.Programme, now time.Time) returnAnswer {
	a := returnAnswer{
		Return: ret.ID, Receipt: receiptBody(key), Repeated: said.Repeated, Guest: said.Guest, Card: said.Card, Points: said.Points,
		Refund: money.Amount{Minor: said.Refund.Amount, Currency: rules.Currency}, Basis: string(said.Refund.Basis), Why: said.Refund.Why, Lines: []refundLine{},
		Reinstated: couponsOf(rules, said.Reinstated), Voided: couponsOf(rules, said.Voided), Refused: refusedOf(said.NotTaken), Lots: lotsOf(said.Lots),
		Refunds: refundsOf(said, rules.Currency),
	}
	for _, l := range said.Refund.Lines {
		a.Lines = append(a.Lines, refundLine{ID: l.ID, Quantity: l.Quantity, Refund: money.Amount{Minor: l.Amount, Currency: rules.Currency}})
	}
	if said.Guest {
		return a
	}
	a.Balance, a.Pending, a.Tier = &said.Balance, said.Pending, tierOf(rules, said.Tier)
	if said.Tier != said.TierBefore {
		a.TierBefore = tierOf(rules, said.TierBefore)
	}
	a.NextTier, a.Standing = tiersNow(rules, said.Head, now)
	a.Stamps, a.countedAnswer = stampsOf(rules, said.Head, now), countedOf(said.Stamps, said.Bonuses)
	return a
}

// quoteOf gives the lines in the order in which they were asked.
func quoteOf(basket receipt.Receipt, q loyalty.Quoted, today day.Day) quoteAnswer {
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: q.Rules.Currency} }
	a := quoteAnswer{
		Card: basket.Card, Subtotal: amount(q.Subtotal), Discount: amount(q.Discount), Total: amount(q.Total), Points: q.Points, LeftOut: leftOutOf(q.LeftOut),
		Combined: q.Proof, Offers: []offerAnswer{}, Coupons: couponsOf(q.Rules, live(q.Usable, today)), Refused: []refusedCoupon{},
		Payable: payableOf(q, q.Rules),
		Codes:   codesOf(q),
	}
	if !q.Until.IsZero() {
		a.Reserved = &reservedAnswer{ID: basket.Reservation, Until: q.Until}
	}
	if basket.Card != "" {
		a.Pending = q.Pending
		a.Balance, a.Tier, a.NextTier, a.Standing = &q.Balance, tierOf(q.Rules, q.Tier), nextTierOf(q.Rules, q.Next), standingOf(q.Rules, q.Stand)
		a.Stamps = stampsOf(q.Rules, q.Head, q.At)
	}
	priced := make(map[string]offer.PricedLine, len(q.Lines))
	for _, l := range q.Lines {
		priced[l.ID] = l
	}
	for _, asked := range basket.Lines {
		l := priced[asked.ID]
		line := pricedAnswer{
			ID: l.ID, SKU: l.SKU, Category: l.Category, Kind: l.Kind, Quantity: l.Quantity,
			Amount: amount(l.Amount), Discount: amount(l.Discount), Total: amount(l.Net()), Offers: []adjustmentAnswer{},
		}
		if l.Tax != 0 {
			tax := amount(l.Tax)
			line.Tax = &tax
		}
		for _, adj := range l.Adjustments {
			name, _ := q.Rules.OfferText(adj.Offer)
			code, coupon := codeOrCoupon(q, adj.Coupon)
			line.Offers = append(line.Offers, adjustmentAnswer{Offer: adj.Offer, Name: name, Coupon: coupon, Code: code, Amount: amount(adj.Amount)})
		}
		a.Lines = append(a.Lines, line)
	}
	if q.Tax != 0 {
		tax := amount(q.Tax)
		a.Tax = &tax
	}
	for _, c := range q.Considered {
		name, _ := q.Rules.OfferText(c.Offer)
		code, coupon := codeOrCoupon(q, c.Coupon)
		told := offerAnswer{Offer: c.Offer, Name: name, Coupon: coupon, Code: code, Applied: c.Applied, Reason: c.Reason, Detail: c.Detail, By: c.By, Amount: amount(c.Amount), Pieces: c.MissingPieces}
		if c.Missing > 0 {
			missing := amount(c.Missing)
			told.Missing = &missing
		}
		a.Offers = append(a.Offers, told)
	}
	for _, id := range q.Unknown {
		a.Refused = append(a.Refused, refusedCoupon{ID: id, Reason: programme.CouponUnknown, Detail: whyNotTaken[programme.CouponUnknown]})
	}
	return a
}

func cartOf(kept loyalty.Cart, asked int64, rules *programme.Programme) cartAnswer {
	return cartAnswer{
		Cart: kept.ID, Version: kept.Version, Applied: kept.Version == asked && kept.State == loyalty.CartOpen, State: kept.State, Card: kept.Card,
		Total: money.Amount{Minor: kept.Total, Currency: rules.Currency}, DueAt: kept.DueAt,
	}
}

func messagesOf(number string, list []message.Record, limit int) messagesAnswer {
	a := messagesAnswer{Card: number, Messages: []messageAnswer{}, More: len(list) > limit}
	for _, r := range list[:min(limit, len(list))] {
		state := string(r.State)
		if r.State == message.StateOrdered {
			state = "ordered"
		}
		a.Messages = append(a.Messages, messageAnswer{
			ID: r.ID, Campaign: r.Campaign, Occasion: string(r.Occasion), Template: r.Template, Topic: r.Topic, State: state, Reason: r.Reason,
			Coupon: r.Coupon, Cart: r.Cart, OrderedAt: r.OrderedAt, SentAt: r.SentAt, SettledAt: r.SettledAt,
		})
	}
	return a
}

func entriesOf(number string, list []loyalty.Posted, limit int, rules *programme.Programme) (reply, error) {
	a := entriesAnswer{Card: number, Entries: []entryAnswer{}}
	for i, p := range list {
		if i == limit {
			a.Next = fmt.Sprintf("/v1/cards/%s/entries?before=%d&limit=%d", number, list[limit-1].Number, limit)
			break
		}
		told, err := entryOf(p, rules)
		if err != nil {
			return reply{}, err
		}
		a.Entries = append(a.Entries, told)
	}
	return reply{status: http.StatusOK, body: a}, nil
}
