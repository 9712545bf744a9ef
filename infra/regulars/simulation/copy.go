package simulation

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// copied is what was seen of the shop while it was copied.
type copied struct {
	cards   int64
	entries map[string]int64 // how many entries the book of a card had, by its id
	visits  int64
	spent   int64             // minor units, on all visits
	again   []receipt.Receipt // that will be played, the earliest first
}

// weeksBack is how far receipts that are played again lie back: a whole number of weeks, so that a Saturday stays one.
const weeksBack = 52 * 7 // days

// left says which records the game does without: what only returns, webhooks and reports of mails ask for.
func left(k store.Key) bool {
	return k.Table == store.Records && !strings.HasPrefix(k.Partition, "card/") && !strings.HasPrefix(k.Partition, "limit/")
}

// copyInto copies the shop into a new store, without a feed: what has happened already is not told a second time.
func (g *game) copyInto(ctx context.Context, dir string) (err error) {
	into, err := bolt.Open(filepath.Join(dir, shop.File), func() time.Time { return g.begins }, bolt.Feed(), bolt.Unsynced())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, into.Close()) }()
	g.copied.entries = map[string]int64{}
	from := store.New(g.source, func() time.Time { return g.begins })
	for _, table := range []store.Table{store.Programme, store.Cards, store.Records} {
		in := store.ScanInput{Table: table, Segments: 1, Read: store.Stale}
		for more := true; more; more = in.After != "" {
			page, err := g.source.Scan(ctx, in)
			if err != nil {
				return fmt.Errorf("copy the %s table: %w", table, err)
			}
			for _, item := range page.Items {
				if err := g.look(ctx, from, item); err != nil {
					return fmt.Errorf("copy %s: %w", item.Key, err)
				}
			}
			if err := g.put(ctx, into, page.Items); err != nil {
				return err
			}
			g.tell("copying", g.copied.cards, 0)
			in.After = page.Next
		}
	}
	slices.SortFunc(g.copied.again, func(a, b receipt.Receipt) int { return a.At.Compare(b.At) })
	return nil
}

// putsAtOnce is how many items are on their way into the copy at the same time; they share commits.
const putsAtOnce = 64

// put writes the items of a page.
func (g *game) put(ctx context.Context, into store.Items, items []store.Item) error {
	var (
		room   = make(chan struct{}, putsAtOnce)
		failed atomic.Pointer[error]
		all    sync.WaitGroup
	)
	for _, item := range items {
		if left(item.Key) || g.later(item.Key) {
			continue
		}
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if _, err := into.Put(ctx, item, store.Always()); err != nil {
				failed.Store(&err)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return fmt.Errorf("write the copy: %w", *err)
	}
	return nil
}

// later reports whether an item is a version of the rules that a draft takes the place of.
func (g *game) later(k store.Key) bool {
	if k.Table != store.Programme || k.Partition != "programme" || g.ask.Draft == nil {
		return false
	}
	from, err := time.Parse("2006-01-02T15:04:05Z", strings.TrimPrefix(k.Sort, "V/"))
	return err == nil && !from.Before(g.begins)
}

// look notes what the report needs to know of an item.
func (g *game) look(ctx context.Context, from *store.Store, item store.Item) error {
	switch {
	case item.Key.Table == store.Cards:
		head, is, err := store.HeadOf(item)
		if err != nil || !is {
			return err
		}
		g.copied.cards++
		g.copied.entries[head.ID] = count(head)
		g.copied.visits, g.copied.spent = g.copied.visits+head.Habits.Visits, g.copied.spent+max(0, head.Habits.Spent)
	case g.ask.Again && item.Key.Sort == "RECEIPT" && strings.HasPrefix(item.Key.Partition, "receipt/"):
		key, err := receipt.ParseKey(strings.TrimPrefix(item.Key.Partition, "receipt/"))
		if err != nil {
			return err
		}
		filed, err := from.Receipt(ctx, key)
		if errors.Is(err, loyalty.ErrNotFound) {
			return nil // only returns wait there
		}
		if r, plays := g.dated(filed.Owned()); err == nil && plays {
			g.copied.again = append(g.copied.again, r)
		}
		return err
	}
	return nil
}

// dated is a receipt as it is played: on its day 52 weeks on, under a number of its own, and without what it had used up. false for one
// of another time, or without a card.
func (g *game) dated(r receipt.Receipt) (receipt.Receipt, bool) {
	next := receipt.Receipt{Key: r.Key, Card: r.Card, Lines: r.Lines, Total: r.Total, Tax: r.Tax, Source: "simulation", Goods: r.Goods}
	next.Key.Number = "again-" + ids.Derive(20, r.Key.String())
	local := r.At.In(g.zone)
	next.At = time.Date(local.Year(), local.Month(), local.Day()+weeksBack, local.Hour(), local.Minute(), local.Second(), 0, g.zone)
	return next, r.Card != "" && next.At.After(g.begins) && day.Of(next.At, g.zone) <= g.to
}

// again plays the receipts whose moment has come by a time.
func (g *game) again(ctx context.Context, until time.Time) error {
	for len(g.copied.again) > 0 && !g.copied.again[0].At.After(until) {
		r := g.copied.again[0]
		g.copied.again = g.copied.again[1:]
		g.played++
		_, err := g.shop.Service.Checkout(ctx, r)
		if err != nil && !errors.Is(err, loyalty.ErrRefused) && !errors.Is(err, loyalty.ErrNotFound) && !errors.Is(err, loyalty.ErrInvalid) {
			return fmt.Errorf("receipt %s again: %w", r.Key, err)
		}
	}
	return nil
}
