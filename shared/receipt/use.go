package receipt

// Use is what became of a code, or of an offer with limits, when its receipt was filed. It is found by us and no part of what the till
// told, and it never changes: a repeat gets the same answer, and a return knows what to give back.
type Use struct {
	Offer  string // "" of a code that is not known
	Code   string // as it is compared, see ids.NormaliseCode
	Coupon string // of the card
	Amount int64  // taken off, as far as the till told it
	Reason string // why it was not redeemed; "" if it was
	Uses   int64  // how often its code may be used, where the code's batch says so
}

// Why something was given away and not redeemed, or not given.
const (
	OverLimit   = "over_limit_offline" // given at the till, and beyond the limit
	CodeUnknown = "code_unknown"
	CodeExpired = "code_expired"
	CodeEarly   = "code_not_yet_valid"
	NoEffect    = "no_effect"    // the till took nothing off for it; it is as good as before
	CardMissing = "card_missing" // its uses are counted by card, and none was shown
)

// Redeemed reports whether it counts towards its limits.
func (u Use) Redeemed() bool { return u.Reason == "" }

// Given reports whether the shopper had the advantage.
func (u Use) Given() bool { return u.Reason == "" || u.Reason == OverLimit }

// Name is what a till knows it by: its code, else its coupon, else its offer.
func (u Use) Name() string {
	switch {
	case u.Code != "":
		return u.Code
	case u.Coupon != "":
		return u.Coupon
	}
	return u.Offer
}

// Holder is under which name the till held what the basket of this receipt uses; "" if it held nothing.
func (r Receipt) Holder() string {
	if r.Reservation == "" {
		return ""
	}
	return r.Key.Store + "/" + r.Key.Till + "/" + r.Reservation
}
