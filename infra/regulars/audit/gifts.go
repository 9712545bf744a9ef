package audit

import "github.com/regulars-dev/regulars/shared/store"

// gift holds a gift card's book to what a book must be: both sides tie, and its balance was never below zero nor above what was paid in.
func (a *auditor) gift(item store.Item) {
	card, is, err := store.GiftCardOf(item)
	switch {
	case err != nil:
		a.fault(Unreadable, item.Key.Partition, "", "the gift card cannot be read: %v", err)
	case is:
		if wrong := card.Sound(); wrong != "" {
			a.fault(Unsound, item.Key.Partition, "", "gift card: %s; keep a copy of the store and report it", wrong)
		}
	}
}
