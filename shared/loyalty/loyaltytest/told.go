package loyaltytest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// told writes an answer as the books do.
func (p *player) told(a loyalty.Answer, err error) string {
	var e *loyalty.Error
	switch {
	case errors.As(err, &e):
		return "refused: " + e.Code
	case err != nil:
		return "error: " + err.Error()
	case a.Guest:
		return "guest" + gifts(a)
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if a.Repeated {
		add("repeated")
	}
	if a.Enrolled {
		add("enrolled")
	}
	if a.Cause == "" {
		return "waits"
	}
	add("%+d", a.Points)
	add("balance=%d", a.Balance)
	if a.Pending != 0 {
		add("pending=%d", a.Pending)
	}
	if a.Tier != a.TierBefore {
		add("tier=%s", a.Tier)
	}
	each := func(verb string, list []card.Coupon) {
		for _, c := range list {
			add("%s=%s", verb, c.Offer)
		}
	}
	each("redeemed", a.Redeemed)
	each("granted", a.Granted)
	each("reinstated", a.Reinstated)
	each("voided", a.Voided)
	for _, s := range a.Stamps {
		add("%s", strings.TrimSuffix(fmt.Sprintf("stamps=%s:%+d:%s", s.ID, s.Count, s.Reason), ":"))
	}
	for _, b := range a.Bonuses {
		add("bonus=%s:%+d", b.By, b.Points)
	}
	for _, n := range a.NotTaken {
		add("not-taken=%s", n.Reason)
	}
	return strings.Join(out, " ") + paid(a) + gifts(a)
}
