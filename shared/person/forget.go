package person

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Forgotten is what was taken away of a vendor's shop.
type Forgotten struct {
	Shoppers int // who lost the vendor's ids
	Letters  int // of the inbox, emptied
}

// Forget takes away what came from a vendor's shop: the ids by which the vendor knows shoppers, and the letters of the inbox that it sent.
// The shoppers stay: their cards, names and consents are the shop's own. It can be done again, and goes on where it was cut short.
func (d Desk) Forget(ctx context.Context, vendor, shop string) (Forgotten, error) {
	items, s, service := d.Items, d.Store, d.Service
	var out Forgotten
	theirs := func(identity string) bool { return strings.HasPrefix(identity, vendor+":") }
	in := store.ScanInput{Table: store.Cards, Segments: 1, Read: store.Strong}
	for {
		page, err := items.Scan(ctx, in)
		if err != nil {
			return out, fmt.Errorf("look through the cards: %w", err)
		}
		for _, item := range page.Items {
			id, isCard := strings.CutPrefix(item.Key.Partition, "card/")
			text, _ := item.Attrs["d"].(string)
			if !isCard || item.Key.Sort != "PROFILE" || !strings.Contains(text, `"`+vendor+`:`) {
				continue
			}
			_, changed, err := service.UpdateProfile(ctx, id, func(p card.Profile) (card.Profile, error) {
				p.Identities = slices.DeleteFunc(slices.Clone(p.Identities), theirs)
				return p, nil
			})
			if err != nil {
				return out, fmt.Errorf("take the ids of %s from card %s: %w", vendor, id, err)
			}
			if len(changed) > 0 {
				out.Shoppers++
			}
		}
		if page.Next == "" {
			break
		}
		in.After = page.Next
	}
	letters, err := s.Letters(ctx, time.Time{}, maxForgotten)
	for _, l := range letters {
		asks := l.State == store.LetterOpen && strings.HasPrefix(l.Topic, "customers/") // what shoppers have asked for is still to be done
		if l.Vendor != vendor || l.Shop != shop || asks {
			continue
		}
		done, err := emptyLetter(ctx, s, l.Name())
		if err != nil {
			return out, err
		}
		if done {
			out.Letters++
		}
	}
	return out, err
}

// maxForgotten is how many letters of the inbox are looked at, the newest first.
const maxForgotten = 1_000

// unpacked is a vendor's delivery that lies in the inbox, and which vendor's; "" for any other text.
func unpacked(item store.Item, text string) (from, body string) {
	if item.Key.Table != store.Records || item.Key.Partition != "inbox" {
		return "", ""
	}
	if d, _, err := vendor.ReadMessage([]byte(text)); err == nil {
		return d.Vendor, string(d.Body)
	}
	from, _ = item.Attrs["source"].(string)
	return from, text
}
