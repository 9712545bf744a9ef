package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// Injected is what was done to histories that converge.
type Injected struct {
	Histories, Receipts, Returns, Spends, Adjustments, Holds, Merges, Unmerges int
	Endless, Waiting                                                           int // histories by the life of their points: for ever; with points that wait
	Deliveries, Repeats, Late, Early                                           int // Late: more than a day; Early: returns before their receipt
	Faults                                                                     int // calls of the store that failed
	Expired                                                                    int // entries of points that ended
	Reckoned                                                                   int // cards whose lots the oracle has reckoned too
}

// Add returns the sum.
func (i Injected) Add(o Injected) Injected {
	i.Histories, i.Receipts, i.Returns, i.Spends = i.Histories+o.Histories, i.Receipts+o.Receipts, i.Returns+o.Returns, i.Spends+o.Spends
	i.Adjustments, i.Holds, i.Merges, i.Unmerges = i.Adjustments+o.Adjustments, i.Holds+o.Holds, i.Merges+o.Merges, i.Unmerges+o.Unmerges
	i.Endless, i.Waiting, i.Expired, i.Reckoned = i.Endless+o.Endless, i.Waiting+o.Waiting, i.Expired+o.Expired, i.Reckoned+o.Reckoned
	i.Deliveries, i.Repeats, i.Late, i.Early, i.Faults = i.Deliveries+o.Deliveries, i.Repeats+o.Repeats, i.Late+o.Late, i.Early+o.Early, i.Faults+o.Faults
	return i
}

func (i Injected) String() string {
	return fmt.Sprintf("%d histories (%d with points that live for ever, %d with points that wait): %d receipts, %d of them paid with points; %d returns, %d adjustments, %d holds, "+
		"%d merges, %d unmerges; %d deliveries, %d of them late by more than a day, %d repeats, %d returns before their receipt; %d calls of the store failed; "+
		"%d entries of points that ended; %d cards reckoned by the oracle",
		i.Histories, i.Endless, i.Waiting, i.Receipts, i.Spends, i.Returns, i.Adjustments, i.Holds, i.Merges, i.Unmerges, i.Deliveries, i.Late, i.Repeats, i.Early, i.Faults,
		i.Expired, i.Reckoned)
}

// Converge plays the script of a seed twice: over prompt each message once, in order and at its moment; over other late, in disorder,
// more than once, with calls of the store that fail and reads that lag behind. At one instant both have the same points, and where the
// rules promise it the same lots, tiers and counters; and a slow oracle, which knows no book, reckons the same lots.
//
// Its error tells both ends. The two stores hold nothing else of that seed.
func Converge(ctx context.Context, prompt, other store.Items, seed uint64) (Injected, error) {
	s, err := write(seed, convergeCards+seed%maxSeeds*maxCards)
	if err != nil {
		return Injected{}, err
	}
	told := s.count()
	calm, err := s.play(ctx, prompt, s.promptly(), storefault.Plan{}, &Injected{})
	if err != nil {
		return told, fmt.Errorf("in order: %w", err)
	}
	r := rand.New(rand.NewPCG(seed, 13))
	plan := storefault.Plan{Seed: seed, StaleOne: []int{0, 3}[r.IntN(2)], Fail: map[int]storefault.Fault{}}
	if r.IntN(2) == 0 {
		for n := range 1_000 {
			if r.IntN(12) == 0 {
				plan.Fail[n+1] = []storefault.Fault{storefault.NotDone, storefault.ButDone}[r.IntN(2)]
			}
		}
	}
	wild, err := s.play(ctx, other, s.disorder(r), plan, &told)
	if err != nil {
		return told, fmt.Errorf("in disorder: %w\n%s", err, s)
	}
	if calm.text != wild.text {
		return told, fmt.Errorf("in order, and in disorder:\n%s\n%s\n%s", calm.text, wild.text, s)
	}
	told.Expired = calm.expired
	told.Reckoned, err = s.reckon(calm)
	if err != nil {
		return told, fmt.Errorf("the oracle: %w\n%s", err, s)
	}
	return told, nil
}

// count tells what a script is made of.
func (s *script) count() Injected {
	i := Injected{Histories: 1}
	if s.life.rules == "" {
		i.Endless = 1
	}
	if s.life.pending > 0 {
		i.Waiting = 1
	}
	for _, h := range s.list {
		switch h.kind {
		case actSale:
			i.Receipts++
			i.Spends += len(h.sale.Tenders)
		case actBack:
			i.Returns++
		case actAdjust:
			i.Adjustments++
		case actHold:
			i.Holds++
		case actMerge:
			i.Merges++
		case actPart:
			i.Unmerges++
		}
	}
	return i
}

// String writes the script, for whoever has to understand a failure.
func (s *script) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "points: %q, until %s\n", s.life.rules, s.end.Format(time.DateTime))
	for _, h := range s.list {
		fmt.Fprintf(&b, "%s %s %v %+v\n", h.at.Format("01-02 15:04"), h, h.sale.Tenders, h.back.Lines)
	}
	return b.String()
}

// delivered is one time that something is heard of.
type delivered struct {
	at time.Time
	*happening
}

// promptly is everything once, at its moment.
func (s *script) promptly() []delivered {
	var list []delivered
	for _, h := range s.list {
		list = append(list, delivered{h.at, h})
	}
	return list
}

// disorder is what comes off tills once to three times: at once, within two days or whenever, and the rest twice at its moment.
func (s *script) disorder(r *rand.Rand) []delivered {
	var list []delivered
	for _, h := range s.list {
		for range 1 + r.IntN(3) {
			late := time.Duration(0)
			switch left := s.end.Sub(h.at); {
			case !h.tills() || s.ordered():
			case r.IntN(3) == 0:
				late = time.Duration(r.Int64N(int64(min(left, 48*time.Hour))))
			case r.IntN(2) == 0:
				late = time.Duration(r.Int64N(int64(left)))
			}
			list = append(list, delivered{h.at.Add(late), h})
		}
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	slices.SortStableFunc(list, func(a, b delivered) int { return a.at.Compare(b.at) })
	return list
}

// maxTries bounds how often one delivery is tried again after a fault. Faults end with the thousandth call, so every delivery gets through.
const maxTries = 1_000

// player of a script: one store, one clock.
type playing struct {
	*script
	service *loyalty.Service
	now     time.Time
	told    *Injected
	refused map[*happening]bool
}

func (s *script) play(ctx context.Context, items store.Items, list []delivered, plan storefault.Plan, told *Injected) (ending, error) {
	p := &playing{script: s, now: begins, told: told, refused: map[*happening]bool{}}
	clock := func() time.Time { return p.now }
	calm, _ := store.NewService(items, clock)
	calm.Programmes = fixed{s.rules}
	for _, number := range s.cards {
		if _, err := calm.Enrol(ctx, loyalty.Enrolment{Number: number, Store: "0042"}, nil); err != nil {
			return ending{}, err
		}
	}
	faulty := storefault.Wrap(items, plan)
	p.service, _ = store.NewService(faulty, clock)
	p.service.Programmes = calm.Programmes
	for _, d := range list {
		p.now = d.at
		if err := p.deliver(ctx, d); err != nil {
			return ending{}, fmt.Errorf("%s, heard of at %s: %w", d.happening, d.at.Format(time.DateTime), err)
		}
	}
	for _, call := range faulty.Calls() {
		if strings.Contains(call, "failed") {
			told.Faults++
		}
	}
	p.service, p.now = calm, s.end
	for _, h := range s.list { // once more when all is quiet: everything is a repeat
		if h.kind == actHold || p.refused[h] {
			continue
		}
		if repeated, err := p.do(ctx, h); err != nil || !repeated {
			return ending{}, fmt.Errorf("%s, once more at the end: repeated %v, %w", h, repeated, err)
		}
	}
	return p.look(ctx)
}

// deliver does something until it has an answer.
func (p *playing) deliver(ctx context.Context, d delivered) error {
	p.told.Deliveries++
	if d.at.Sub(d.happening.at) > 24*time.Hour {
		p.told.Late++
	}
	var err error
	for range maxTries {
		var repeated bool
		if repeated, err = p.do(ctx, d.happening); err == nil || loyalty.Permanent(err) {
			if repeated {
				p.told.Repeats++
			}
			break
		}
	}
	if (d.kind == actHold || d.kind == actPart) && errors.Is(err, loyalty.ErrRefused) {
		p.refused[d.happening] = true
		return nil // too few points at that moment: a hold leaves no trace; or another card is to part before
	}
	return err
}

func (p *playing) do(ctx context.Context, h *happening) (repeated bool, err error) {
	hand := loyalty.ByHand{ID: h.id, Reason: "history", By: "Mira"}
	var a loyalty.Answer
	switch h.kind {
	case actSale:
		a, err = p.service.Checkout(ctx, h.sale)
	case actBack:
		ret, err := p.service.AwaitReturn(ctx, h.of.sale.Key, h.back)
		if err == nil && ret.Number == 0 {
			p.told.Early++
		}
		return ret.Repeated, err
	case actAdjust:
		a, err = p.service.Adjust(ctx, h.card, h.points, hand)
	case actHold:
		_, err = p.service.HoldPoints(ctx, h.card, h.id, h.points, time.Hour)
	case actMerge:
		a, err = p.service.Merge(ctx, h.card, h.into, hand)
	case actPart:
		a, err = p.service.Unmerge(ctx, h.card, hand)
	}
	return a.Repeated, err
}

// ending is the end of a script: what the books say, and each card's head as of then by the number that leads to it.
type ending struct {
	text    string
	heads   map[string]card.Head
	expired int
}

func (p *playing) look(ctx context.Context) (ending, error) {
	e := ending{heads: map[string]card.Head{}}
	var total int64
	seen := map[string]bool{}
	for _, number := range p.cards {
		o, err := p.service.Cards.Open(ctx, number, true)
		if err != nil {
			return e, err
		}
		pages, err := p.service.Pages.Pages(ctx, o.Head.ID)
		if err != nil {
			return e, err
		}
		pages = slices.DeleteFunc(pages, func(page ledger.Page) bool { return page.Number > o.Head.Book.Pages })
		head := p.rules.AsOf(o.Head, p.end)
		if wrong := head.Book.Sound(pages); wrong != "" {
			return e, fmt.Errorf("card %s: the book is not sound: %s", number, wrong)
		}
		e.heads[number] = head
		e.text += fmt.Sprintf("card %s leads to %s: %s\n", number, head.ID, p.tells(head))
		if seen[head.ID] {
			continue
		}
		seen[head.ID] = true
		total += head.Book.Balance
		for _, entry := range head.Book.Tail {
			if strings.HasPrefix(entry.Cause, "expired~") {
				e.expired++
			}
		}
	}
	e.text += fmt.Sprintf("%d points together\n", total)
	return e, nil
}

// tells writes of a card what the rules promise whatever came first. Spending takes the lots that are known, and what stamps bring goes
// into the lot of the receipt that filled them: of cards that were joined meanwhile the points alone are promised then, and of those that
// spent and parted again only what all have together. What a merged card's numbers count stays with the other card when they part.
func (p *playing) tells(h card.Head) string {
	if p.spends && p.parts {
		return ""
	}
	text := fmt.Sprintf("%d points", h.Book.Balance)
	if !p.joins || !p.spends && !p.bonus {
		for _, l := range h.Book.Lots {
			text += fmt.Sprintf(" %d until %s from %d of %d", l.Points, l.ExpiresOn, l.From, l.Of)
		}
	}
	if p.parts {
		return text
	}
	text += fmt.Sprintf("; %d visits for %d, %v; tiers", h.Habits.Visits, h.Habits.Spent, h.Counters)
	for _, days := range []int{0, 40, 120, 400} {
		text += fmt.Sprintf(" %q", p.rules.AsOf(h, p.end.AddDate(0, 0, days)).Tier)
	}
	return text
}
