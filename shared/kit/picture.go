package kit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/store"
)

// Picture draws what has become of a world, in lines that can be held beside those of another one: books, wallets, e-mails, carts. What
// depends on how often a thing was tried is not in it.
func (w *World) Picture(ctx context.Context, cards ...string) (string, error) {
	var lines []string
	for _, number := range cards {
		view, err := w.Service.View(ctx, number)
		if err != nil {
			return "", fmt.Errorf("draw card %s: %w", number, err)
		}
		lines = append(lines, fmt.Sprintf("card %s balance %d tier %q coupons %d", number, view.Balance, view.Tier, len(view.Coupons)))
		entries, err := w.Service.Entries(ctx, number, 0, store.MaxPage)
		if err != nil {
			return "", fmt.Errorf("draw the book of card %s: %w", number, err)
		}
		var book []string
		for _, e := range entries {
			book = append(book, fmt.Sprintf("  %+d %s", e.Points, e.Cause))
		}
		slices.Sort(book)
		lines = append(lines, book...)
		records, err := w.Service.CardMessages(ctx, number)
		if err != nil {
			return "", fmt.Errorf("draw the e-mails of card %s: %w", number, err)
		}
		var mails []string
		for _, m := range records {
			mails = append(mails, fmt.Sprintf("  e-mail %s %s %s %d", m.Campaign, m.State, m.Reason, w.mails[m.ID]))
		}
		slices.Sort(mails)
		lines = append(lines, mails...)
	}
	return strings.Join(lines, "\n"), nil
}
