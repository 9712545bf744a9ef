package till

import "github.com/regulars-dev/regulars/shared/loyalty"

// mergeCard merges the card into another: 201 the first time, 200 at a repeat. It answers with the card that both lead to.
func (d *door) mergeCard(a *ask) (reply, error) {
	return byHand(d, a, func(body mergeBody, f *faults) (handBody, act) {
		f.missing(body.Into != "", "/into")
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			into, err := d.numberIn(a, body.Into)
			if err != nil {
				return loyalty.Answer{}, err
			}
			return d.Service.Merge(a.Context(), number, into, by)
		}
	})
}

// unmergeCard takes the card of a number out of the one that it was merged into: 201 the first time, 200 at a repeat. It answers with the
// card that lives again.
func (d *door) unmergeCard(a *ask) (reply, error) {
	return byHand(d, a, func(body unmergeBody, _ *faults) (handBody, act) {
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.Unmerge(a.Context(), number, by)
		}
	})
}
