package till

import (
	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// claim brings a guest's receipt into the book of a card: 201 the first time, 200 with the same answer at a repeat.
func (d *door) claim(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	key, scanned, err := readClaim(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	number, err := d.number(a.Context(), scanned)
	if err != nil {
		return reply{}, err
	}
	said, err := d.Service.Claim(a.Context(), key, number)
	if err != nil {
		return reply{}, err
	}
	return created(said.Repeated, checkoutOf(receipt.Receipt{Key: key, Card: number}, said, rules, a.now)), nil
}

func readClaim(raw []byte, a *ask, rules *programme.Programme) (key receipt.Key, scanned ids.Scanned, err error) {
	body, f, err := decode[claimBody](raw, "card")
	if err != nil {
		return key, scanned, err
	}
	ref := f.ref("/receipt", body.Receipt)
	f.missing(body.Card != "", "/card")
	if scanned, err = f.scan("/card", body.Card, rules.Numbering()); err != nil {
		return key, scanned, err
	}
	f.contract(events.CheckoutRefunded{Return: "claim", Receipt: ref}.Validate(), asIs) // how receipts are named
	if err := f.problem(); err != nil {
		return key, scanned, err
	}
	return receipt.Key(ref), scanned, a.who.mayActFor(ref.Store)
}
