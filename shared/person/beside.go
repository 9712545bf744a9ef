package person

import (
	"context"
	"strings"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Beside is what a machine keeps beside the tables: mails, queues, changes that were told, and what its files still hold of all that.
type Beside interface {
	// Forget takes away what names the shopper, and tells how many e-mails. It can be done again.
	Forget(ctx context.Context, n Names) (mails int, err error)

	// Wipe sees to it that nothing of the shopper can be read in the files, once the profile is gone. It can be done again.
	Wipe(ctx context.Context, n Names) error
}

// nowhere is where nothing is kept beside the tables.
type nowhere struct{}

func (nowhere) Forget(context.Context, Names) (int, error) { return 0, nil }
func (nowhere) Wipe(context.Context, Names) error          { return nil }

// besides is b, or nowhere.
func besides(b Beside) Beside {
	if b == nil {
		return nowhere{}
	}
	return b
}

// InMessage reports whether a message of a queue tells of the shopper what they have told the shop. One that names a card alone leads to
// nobody once the profile is gone.
func (n Names) InMessage(body string) bool {
	told := n
	told.Texts = n.Told
	if d, _, err := vendor.ReadMessage([]byte(body)); err == nil {
		return told.inDelivery(d.Vendor, string(d.Body))
	}
	return told.within(body)
}

// inDelivery reports whether what a vendor sent names the shopper: there the vendor's id stands without the vendor's name.
func (n Names) inDelivery(from, body string) bool {
	theirs := n
	theirs.Texts = append([]string{}, n.Texts...)
	for _, told := range n.Told {
		if id, ok := strings.CutPrefix(told, from+":"); ok && len(id) >= leastID {
			theirs.Texts = append(theirs.Texts, id)
		}
	}
	return theirs.within(body)
}

// leastID is how long a vendor's id is at least to name somebody by itself, in characters: a shorter number may be a count of anything.
const leastID = 6

// ChangeOf reports whether a change of the cards table tells who the shopper is: the profile, or a day of their year.
func (n Names) ChangeOf(key store.Key) bool {
	id, isCard := strings.CutPrefix(key.Partition, "card/")
	return isCard && n.Own(id) && (key.Sort == "PROFILE" || strings.HasPrefix(key.Sort, "DATE/"))
}
