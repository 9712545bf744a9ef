package loyalty

import "github.com/regulars-dev/regulars/shared/card"

// staysErased refuses to put anybody behind a closed card that leads to nobody: a shop system that was not told of an erasure would otherwise
// bring the shopper back with its next change. To withdraw consent is open always.
func staysErased(o Opened, next card.Profile) error {
	if o.Head.Status != card.Closed || LeadsToSomebody(o.Profile) || !LeadsToSomebody(next) {
		return nil
	}
	return refuse(ErrRefused, "card_closed", "card %s is closed and leads to nobody; enrol the shopper with a new one", o.Head.ID)
}

// LeadsToSomebody reports whether a profile says who a shopper is, or that they may be written to.
func LeadsToSomebody(p card.Profile) bool {
	for _, c := range p.Consents {
		if c.Allowed || c.Asked {
			return true
		}
	}
	return p.Given != "" || p.Family != "" || p.Email != "" || p.Phone != "" || p.BirthYear != 0 || p.Birthday != (card.Profile{}).Birthday ||
		p.Home != (card.Home{}) || !p.Attributes.Equal(nil) || len(p.Identities) > 0
}
