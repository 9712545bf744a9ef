package card

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/ledger"
)

// MarkSaved is the mark of what a campaign's coupons took off a receipt, as the till told it, see Saved.
const MarkSaved = 'D'

// Saved is what the coupons of a campaign took off a receipt, in minor units.
type Saved struct {
	Campaign string
	Amount   int64
}

// Mark writes it as the mark of an entry: "birthday:350".
func (s Saved) Mark() ledger.Mark {
	return ledger.Mark{Kind: MarkSaved, Text: s.Campaign + ":" + strconv.FormatInt(s.Amount, 10)}
}

// SavedOf reads what Mark wrote.
func SavedOf(m ledger.Mark) (Saved, error) {
	campaign, amount, _ := strings.Cut(m.Text, ":")
	n, err := strconv.ParseInt(amount, 10, 64)
	if err != nil {
		return Saved{}, fmt.Errorf("mark %q holds no amount", m.Text)
	}
	return Saved{Campaign: campaign, Amount: n}, nil
}
