package loyalty

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

// elsewhere brings into the head what a shopper was told by other books in the last programme.GiftGap days: those of the cards that were merged
// into this one, and of households that the shopper has left. So nobody celebrates twice who had two cards. A card that stands alone costs nothing.
func (s *Service) elsewhere(ctx context.Context, h card.Head, shopper string, now time.Time) (card.Head, error) {
	since := now.AddDate(0, 0, -programme.GiftGap-1)
	own, households := h.Books(shopper)
	own = slices.DeleteFunc(own, func(j card.Joined) bool { return j.Past || j.ID == h.ID })
	h.Elsewhere = nil
	for i, j := range append(own, households...) {
		if !j.MayHold(since) {
			continue
		}
		kept, err := s.Joins.Kept(ctx, j.ID)
		if err != nil {
			return h, fmt.Errorf("open the book of card %s: %w", j.ID, err)
		}
		entries, err := s.entriesSince(ctx, kept.Head, since)
		if err != nil {
			return h, err
		}
		for _, e := range entries {
			if _, member, _ := strings.Cut(e.Cause, "@"); e.Kind == ledger.Grant && (i < len(own) && member == "" || member == shopper) {
				h.Elsewhere = append(h.Elsewhere, e)
			}
		}
	}
	return h, nil
}
