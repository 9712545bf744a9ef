package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// history is one random history on its way. One worker runs at a time, so nothing here is guarded.
type history struct {
	ctx     context.Context
	setting Setting
	random  *rand.Rand
	now     time.Time
	till    string
	cards   []string
	service *loyalty.Service // what is tested, over a store that fails
	calm    *loyalty.Service // the same over the store as it is

	sales   []*sale
	pending []*delivery
	hands   int // deliveries in work
	coupons map[string][]string
	current func(struct{}) bool // gives up the turn of the worker that runs; nil while none does
	failed  error
	steps   []string
	tally   Tally
	worth   map[string]ledger.Worth // of each card, by the oracle
	tiers   []programme.Tier
}

// sale is one receipt number. Where a till gave it out twice, twin is the other receipt: one of the two is accepted.
type sale struct {
	key     receipt.Key
	number  int
	first   *delivery
	twin    *delivery // nil where there is none
	returns []*delivery
}

// delivery is a message on its way: a receipt, or a return if back is set. What it says is fixed when it is first delivered.
type delivery struct {
	sale    *sale
	made    bool
	receipt receipt.Receipt
	back    *receipt.Return
	left    int // deliveries to come, without those after a fault
	settled bool
	answer  string
	number  int   // of a return that was accepted
	refused error // for good
}

func (d *delivery) String() string {
	switch {
	case d.back != nil:
		return fmt.Sprintf("return %s of %s", d.back.ID, d.sale.key)
	case d == d.sale.twin:
		return "twin of " + d.sale.key.String()
	}
	return "receipt " + d.sale.key.String()
}

// One in so many receipts has a twin, comes back, or is bought by nobody we know.
const (
	twinOne   = 12
	returnOne = 3
	guestOne  = 15
)

// queue makes all messages, in the order of the tills but for what is late.
func (h *history) queue() {
	for n := range h.setting.Receipts {
		s := &sale{key: receipt.Key{Store: "0042", Till: h.till, Number: strconv.Itoa(n + 1)}, number: n}
		h.sales = append(h.sales, s)
		s.first = &delivery{sale: s}
		h.post(s.first)
		if h.setting.Copies > 1 && h.random.IntN(twinOne) == 0 {
			s.twin = &delivery{sale: s}
			h.post(s.twin)
		}
		for h.random.IntN(returnOne) == 0 && len(s.returns) < 4 {
			d := &delivery{sale: s, back: &receipt.Return{ID: fmt.Sprintf("r%d", len(s.returns)+1)}}
			s.returns = append(s.returns, d)
			h.post(d)
		}
	}
}

func (h *history) post(d *delivery) {
	d.left = 1 + h.random.IntN(h.setting.Copies)
	late := h.random.IntN(h.setting.Disorder + 1)
	h.insert(d, max(0, len(h.pending)-late))
}

func (h *history) insert(d *delivery, at int) {
	h.pending = append(h.pending[:at], append([]*delivery{d}, h.pending[at:]...)...)
}

// maxDeliveries bounds a history: one that is not done after so many deliveries a message goes round for ever.
const maxDeliveries = 60

// work lets the workers deliver until nothing is left. Whose turn it is, is chosen at random before each call of the store.
func (h *history) work() error {
	type worker struct {
		next func() (struct{}, bool)
		give func(struct{}) bool
	}
	var workers []*worker
	for n := range h.setting.Workers {
		w := &worker{}
		next, stop := iter.Pull(func(give func(struct{}) bool) {
			w.give = give
			h.current = give
			h.carry(n)
		})
		defer stop()
		w.next = next
		workers = append(workers, w)
	}
	for len(workers) > 0 {
		n := h.random.IntN(len(workers))
		h.current = workers[n].give
		if _, goesOn := workers[n].next(); !goesOn {
			workers = append(workers[:n], workers[n+1:]...)
		}
	}
	h.current = nil
	return h.failed
}

// pause gives up the turn.
func (h *history) pause() {
	if h.current != nil {
		h.current(struct{}{})
	}
}

// fault counts a failed call.
func (h *history) fault(err error) error {
	if errors.Is(err, storefault.ErrFault) {
		h.tally.Faults++
	}
	return err
}

// carry is one worker: it takes the first message, delivers it, and puts it back if it is to come again.
func (h *history) carry(worker int) {
	for h.failed == nil && h.ctx.Err() == nil {
		if len(h.pending) == 0 {
			if h.hands == 0 {
				return
			}
			h.pause()
			continue
		}
		d := h.pending[0]
		h.pending = h.pending[1:]
		h.hands++
		h.deliver(worker, d)
		h.hands--
		if h.tally.Deliveries > maxDeliveries*h.setting.Receipts {
			h.failed = fmt.Errorf("%d deliveries, and %s is still not done", h.tally.Deliveries, d)
		}
	}
}

func (h *history) deliver(worker int, d *delivery) {
	h.tally.Deliveries++
	h.now = h.now.Add(time.Minute)
	if !d.made {
		h.make(d)
	}
	answer, repeated, err := h.say(h.service, d)
	h.step("worker %d: %s -> %s %v", worker, d, answer, err)
	if repeated {
		h.tally.Repeats++
	}
	if err != nil && !loyalty.Permanent(err) {
		h.insert(d, h.random.IntN(min(len(h.pending), h.setting.Disorder)+1))
		return
	}
	h.failed = errors.Join(h.failed, d.settle(answer, err))
	if d.left--; d.left > 0 {
		h.insert(d, h.random.IntN(len(h.pending)+1))
	}
}

// settle notes the answer, or holds it against the first one.
func (d *delivery) settle(answer string, err error) error {
	if answer == "waits" {
		return nil // the receipt will bring it; the answer comes at the end
	}
	if !d.settled {
		d.settled, d.answer, d.refused = true, answer, err
		return nil
	}
	if d.answer != answer || (d.refused == nil) != (err == nil) {
		return fmt.Errorf("%s was answered first with %s %v, and then with %s %v", d, d.answer, d.refused, answer, err)
	}
	return nil
}

// say delivers a message and writes the answer as text, without what tells a repeat.
func (h *history) say(service *loyalty.Service, d *delivery) (answer string, repeated bool, err error) {
	if d.back != nil {
		r, err := service.AwaitReturn(h.ctx, d.sale.key, *d.back)
		if err != nil {
			return "", false, err
		}
		if r.Number == 0 {
			h.tally.Early++
			return "waits", false, nil
		}
		d.number = r.Number
		return fmt.Sprintf("number %d refund %d %s", r.Number, r.Refund.Amount, told(r.Answer)), r.Repeated, nil
	}
	a, err := service.Checkout(h.ctx, d.receipt)
	if err != nil {
		return "", false, err
	}
	for _, c := range a.Granted {
		if !slices.Contains(h.coupons[a.Card], c.ID) {
			h.coupons[a.Card] = append(h.coupons[a.Card], c.ID)
		}
	}
	return told(a), a.Repeated, nil
}

// told writes what an answer says of the message itself, which is the same for ever.
func told(a loyalty.Answer) string {
	text := fmt.Sprintf("card %s cause %s %+d balance %d tier %s>%s", a.Card, a.Cause, a.Points, a.Balance, a.TierBefore, a.Tier)
	if a.Enrolled || a.Guest {
		text += fmt.Sprintf(" enrolled %v guest %v", a.Enrolled, a.Guest)
	}
	for _, list := range []struct {
		verb    string
		coupons []card.Coupon
	}{{"redeemed", a.Redeemed}, {"granted", a.Granted}, {"reinstated", a.Reinstated}, {"voided", a.Voided}} {
		for _, c := range list.coupons {
			text += fmt.Sprintf(" %s %s until %s", list.verb, c.ID, c.ExpiresOn)
		}
	}
	for _, n := range a.NotTaken {
		text += fmt.Sprintf(" not taken %s %s", n.Coupon, n.Reason)
	}
	return text
}

// make fixes what a message says. But for the coupons, that does not depend on what happened before.
func (h *history) make(d *delivery) {
	d.made = true
	h.now = later(h.now, d.sale.at().Add(time.Minute))
	stream := uint64(d.sale.number) * 100
	if d == d.sale.twin {
		stream++
	}
	if d.back != nil {
		makeReturn(d, rand.New(rand.NewPCG(h.setting.Seed, stream+10+uint64(slices.Index(d.sale.returns, d)))))
		return
	}
	random := rand.New(rand.NewPCG(h.setting.Seed, stream))
	r := receipt.Receipt{Key: d.sale.key, At: d.sale.at(), Card: h.cards[random.IntN(len(h.cards))], Total: money.Amount{Currency: "EUR"}, Source: "till"}
	if random.IntN(guestOne) == 0 {
		r.Card = ""
	}
	for n := range 1 + random.IntN(3) {
		l := receipt.Line{
			ID: strconv.Itoa(n + 1), Category: []string{"food", "beans", "tobacco"}[random.IntN(3)],
			Quantity: int64(1 + random.IntN(4)), Amount: int64(50 + random.IntN(2500)),
		}
		if random.IntN(6) == 0 {
			l.Amount += 5_000 // enough for a coupon
		}
		if random.IntN(3) == 0 {
			l.Discount = int64(random.IntN(50))
		}
		r.Lines = append(r.Lines, l)
		r.Total.Minor += l.Net()
	}
	if known := h.coupons[r.Card]; len(known) > 0 && random.IntN(2) == 0 {
		r.Coupons = []string{known[random.IntN(len(known))]} // perhaps one that was used before
	}
	d.receipt = r
}

// at is when the till made the receipt.
func (s *sale) at() time.Time {
	return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(s.number)*47*time.Minute + time.Duration(s.number%4)*250*time.Millisecond)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// makeReturn chooses all, some pieces, or money; perhaps more than is left.
func makeReturn(d *delivery, random *rand.Rand) {
	d.back.At = d.sale.at().Add(time.Hour)
	switch random.IntN(4) {
	case 0:
		d.back.Money = int64(1 + random.IntN(1500))
	case 1:
		for _, id := range []string{"1", "2"}[:1+random.IntN(2)] {
			d.back.Lines = append(d.back.Lines, receipt.ReturnedLine{ID: id, Quantity: int64(1 + random.IntN(2))})
		}
	case 2:
		d.back.Lines = []receipt.ReturnedLine{{ID: "1", Quantity: 1}}
	}
}

// again delivers everything once more when all is quiet: every message has an answer by then, and keeps it.
func (h *history) again() error {
	for _, s := range h.sales {
		for _, d := range append([]*delivery{s.first, s.twin}, s.returns...) {
			if d == nil {
				continue
			}
			answer, _, err := h.say(h.calm, d)
			if err != nil && !loyalty.Permanent(err) {
				return fmt.Errorf("%s cannot be delivered when all is quiet: %w", d, err)
			}
			if answer == "waits" {
				return fmt.Errorf("%s still waits for a receipt that is there", d)
			}
			if err := d.settle(answer, err); err != nil {
				return err
			}
		}
	}
	return nil
}

const maxSteps = 60 // that a failure shows

func (h *history) step(format string, args ...any) {
	h.steps = append(h.steps, fmt.Sprintf(format, args...))
	if len(h.steps) > 2*maxSteps {
		h.steps = h.steps[len(h.steps)-maxSteps:]
	}
}

func (h *history) lastSteps() string {
	return "the last steps were\n" + strings.Join(h.steps[max(0, len(h.steps)-maxSteps):], "\n")
}
