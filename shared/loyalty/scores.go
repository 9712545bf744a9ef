package loyalty

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/rfm"
)

// Scores keeps reports of recency, frequency and money. Segments ask by the newest one, so its cuts stay what they are until the next.
type Scores interface {
	// PutScores stores a report. One of the same moment takes its place.
	PutScores(ctx context.Context, t rfm.Table) error

	// NewestScores returns the report of the latest moment; ErrNotFound before the first.
	NewestScores(ctx context.Context) (rfm.Table, error)
}

// scores is the newest report, where a condition asks for it; nil before the first.
func (s *Service) scores(ctx context.Context, who programme.Who) (*rfm.Table, error) {
	if !who.Scores() {
		return nil, nil
	}
	t, err := s.Scores.NewestScores(ctx)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the scores: %w", err)
	}
	return &t, nil
}

// ScoreCards measures all cards that have bought something and stores the cuts of their recency, frequency and money as of a moment, which
// may lie in the past. It looks at every card, in so many parts at once; looked is told now and then how many that were so far, and may be
// nil. Cards that take no part are left out. A moment ahead is ErrInvalid.
func (s *Service) ScoreCards(ctx context.Context, at time.Time, parts int, looked func(int64)) (rfm.Table, error) {
	if at.After(s.Now()) {
		return rfm.Table{}, refuse(ErrInvalid, "moment_ahead", "%s lies ahead; scores are of now or of the past", at.UTC().Format(time.DateTime))
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return rfm.Table{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		all    rfm.Population
		cards  int64
		failed error
		mu     sync.Mutex
		work   sync.WaitGroup
	)
	for part := range parts {
		work.Go(func() {
			err := eachCard(ctx, s.Shoppers, part, parts, func(page []Opened) error {
				measured, err := s.measure(ctx, rules, page, at)
				mu.Lock()
				defer mu.Unlock()
				for _, b := range measured {
					all.Add(b.recency, b.visits, b.spent)
				}
				if cards += int64(len(page)); looked != nil {
					looked(cards)
				}
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil && failed == nil {
				failed = err
				stop()
			}
		})
	}
	work.Wait()
	if failed != nil {
		return rfm.Table{}, failed
	}
	t := all.Table(at.UTC())
	if err := s.Scores.PutScores(ctx, t); err != nil {
		return t, fmt.Errorf("store the scores: %w", err)
	}
	return t, nil
}

// bought is what a card had bought up to a moment.
type bought struct{ recency, visits, spent int64 }

// measure measures the cards of a page. The head tells of a card that has bought nothing since the moment; of the others the receipts do,
// as far back as they are kept.
func (s *Service) measure(ctx context.Context, rules *programme.Programme, page []Opened, at time.Time) ([]bought, error) {
	var list []bought
	for _, o := range page {
		b, visited := o.Head.Habits, o.Head.Habits.LastOn
		if o.Head.Status != card.Open || b.Visits <= 0 || visited == 0 {
			continue
		}
		today := day.Of(at, rules.ShopperZone(o.Profile.TimeZone))
		if visited < today || today == day.Of(s.Now(), rules.ShopperZone(o.Profile.TimeZone)) {
			list = append(list, bought{int64(today - visited), b.Visits, b.Spent})
			continue
		}
		history, err := s.history(ctx, o, programme.Reads{Receipts: true}, rules)
		if err != nil {
			return nil, err
		}
		var sum bought
		last := day.Day(0)
		for _, p := range history.Bought {
			if p.At.Before(at) && !p.Kept.Nothing() {
				sum.visits++
				sum.spent += p.Kept.Net - p.Kept.Money
				last = max(last, day.Of(p.At, rules.Zone(p.Store)))
			}
		}
		if sum.visits > 0 {
			sum.recency = int64(today - last)
			list = append(list, sum)
		}
	}
	return list, nil
}
