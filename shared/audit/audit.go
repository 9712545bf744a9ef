// Package audit holds every book of a shop to what a book must be: the balance is the sum of its entries and of its lots, each receipt
// and return is posted once and on its own card, no coupon is redeemed twice, and no occasion is mailed twice.
//
// It reads and changes nothing. It may run beside a working shop: what has moved on meanwhile is read again before it is called a fault.
package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

const (
	segments = 8   // parts of a table that are read at once
	maxFound = 500 // faults that are listed; beyond them they are counted
)

// Fault is one thing that is wrong. Kind is stable; Detail says to a person what it is and what to do.
type Fault struct {
	Kind   string `json:"kind"`
	Card   string `json:"card,omitempty"`
	Cause  string `json:"cause,omitempty"`
	Detail string `json:"detail"`
}

// Kinds of fault.
const (
	Unreadable    = "unreadable"      // an item that this program cannot read
	Unsound       = "book_unsound"    // a book whose sums or causes are wrong
	CouponTwice   = "coupon_twice"    // a coupon redeemed that was not there to redeem
	CouponNowhere = "coupon_nowhere"  // a coupon in the wallet that no entry brought
	CauseTwice    = "cause_twice"     // a receipt or return posted on two cards
	NoReceipt     = "receipt_missing" // an entry without its receipt
	NoReturn      = "return_missing"  // an entry without its return
	NotPosted     = "not_posted"      // a receipt or return without its entry
	WrongCard     = "wrong_card"      // a receipt whose entry stands on another card
	TooMuchBack   = "too_much_back"   // more came back than was sold
	MessageTwice  = "message_twice"   // two messages for one occasion
	MessageWrong  = "message_wrong"   // a message that does not belong where it lies
	MergeWrong    = "merge_wrong"     // a merged card that the other knows nothing of
	NoCard        = "card_missing"    // a page or shopper without a card
)

// Report is what an audit found.
type Report struct {
	Cards     int64   `json:"cards"`
	Entries   int64   `json:"entries"`
	Points    int64   `json:"points"` // sum of all balances
	Coupons   int64   `json:"coupons"`
	Receipts  int64   `json:"receipts"`
	Guests    int64   `json:"guests"` // of the receipts: without a card, and not claimed
	Silent    int64   `json:"silent"` // of the receipts: kept without earning, for their card takes no part
	Returns   int64   `json:"returns"`
	Messages  int64   `json:"messages"`
	Waiting   int64   `json:"returns_waiting"`      // for receipts that have not arrived
	GiftCards []Gifts `json:"gift_cards,omitempty"` // by currency; none where there are no gift cards
	Wrong     int64   `json:"wrong"`
	Faults    []Fault `json:"faults"`
}

// Sound reports that nothing is wrong.
func (r Report) Sound() bool { return r.Wrong == 0 }

// Progress is told how many cards and receipts have been looked at. It is called often.
type Progress func(stage string, done int64)

// auditor is one audit at work.
type auditor struct {
	items    store.Items
	store    *store.Store
	now      time.Time
	zone     *time.Location // in which the shop's days end
	progress Progress

	mu     sync.Mutex
	report Report
	causes map[uint64]int32 // of receipts and returns, by hash: whose they are
	cards  []string
	done   atomic.Int64
}

// Run looks at everything. An error means that it could not be read, not that something is wrong with it.
func Run(ctx context.Context, items store.Items, now time.Time, progress Progress) (Report, error) {
	a := &auditor{
		items: items, store: store.New(items, func() time.Time { return now }), now: now, progress: progress, causes: map[uint64]int32{},
	}
	a.report.Faults = []Fault{}
	var err error
	if a.zone, err = zoneOf(ctx, items, now); err != nil {
		return a.report, err
	}
	if err := a.each(ctx, store.Cards, "cards", a.card); err != nil {
		return a.report, err
	}
	a.done.Store(0)
	if err := a.each(ctx, store.Records, "receipts", a.record); err != nil {
		return a.report, err
	}
	return a.report, nil
}

// each calls look for every item of a table, from as many goroutines as there are segments.
func (a *auditor) each(ctx context.Context, table store.Table, stage string, look func(context.Context, store.Item) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	fails := make([]error, segments)
	for segment := range segments {
		group.Go(func() {
			in := store.ScanInput{Table: table, Segment: segment, Segments: segments, Read: store.Strong}
			for {
				page, err := a.items.Scan(ctx, in)
				for i := 0; i < len(page.Items) && err == nil; i++ {
					err = look(ctx, page.Items[i])
				}
				a.progress(stage, a.done.Load())
				if err != nil {
					fails[segment] = fmt.Errorf("read the %s: %w", stage, err)
					stop()
					return
				}
				if page.Next == "" {
					return
				}
				in.After = page.Next
			}
		})
	}
	group.Wait()
	for _, err := range fails {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(fails...)
}

// fault counts what is wrong and lists the first of it; a store that is wholly broken must still end in a report.
func (a *auditor) fault(kind, card, cause, format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.report.Wrong++
	if len(a.report.Faults) < maxFound {
		a.report.Faults = append(a.report.Faults, Fault{Kind: kind, Card: card, Cause: cause, Detail: fmt.Sprintf(format, args...)})
	}
}

// count adds to the report.
func (a *auditor) count(add func(r *Report)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	add(&a.report)
}

// missing reports that there is no such item.
func missing(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, loyalty.ErrNotFound)
}
