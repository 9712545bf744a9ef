package till

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// explainReceipt tells how a receipt came to its points, its discounts and what its returns took back, as `regulars explain --json` does. It
// wants the key of the receipt's store, for it tells what somebody has bought.
func (d *door) explainReceipt(a *ask) (reply, error) {
	key := receipt.Key{Store: a.PathValue("store"), Till: a.PathValue("till"), Number: a.PathValue("number")}
	key.Number, _, _ = strings.Cut(key.Number, "~") // an entry of a return is named so
	f := &faults{}
	for _, part := range []struct{ pointer, said string }{{"/store", key.Store}, {"/till", key.Till}, {"/number", key.Number}} {
		if !ids.ValidPart(part.said) {
			f.add(part.pointer, "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
		}
	}
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	if err := a.who.mayActFor(key.Store); err != nil {
		return reply{}, err
	}
	told, err := d.Service.Explain(a.Context(), key)
	return ok(told), err
}
