package till

import (
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
)

// giveBackBlind takes back what goods without a receipt may have earned: 201 the first time, 200 at a repeat.
func (d *door) giveBackBlind(a *ask) (reply, error) {
	rules, err := d.rules(a)
	if err != nil {
		return reply{}, err
	}
	return byHand(d, a, func(body blindBody, f *faults) (handBody, act) {
		f.missing(body.Value != nil, "/value")
		value := f.minor("/value", body.Value, rules.Currency)
		if body.Value != nil && (value < 1 || value > money.MaxMinor) {
			f.add("/value/amount", "invalid", "should be from 1 to %d", int64(money.MaxMinor))
		}
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.BlindReturn(a.Context(), number, value, by)
		}
	})
}
