package loyalty

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Counted is who is in a segment now.
type Counted struct {
	Cards  int64    `json:"cards"`  // looked at
	In     int64    `json:"in"`     // of these, in the segment
	Sample []string `json:"sample"` // numbers of some of them
}

// SampleSize is how many cards a count names.
const SampleSize = 10

// CountSegment counts the cards in a segment as of now. It looks at every card, in so many parts at once; looked is told now and then how
// many that were so far, and may be nil. ErrNotFound: the programme has no such segment.
func (s *Service) CountSegment(ctx context.Context, id string, parts int, looked func(int64)) (Counted, error) {
	now := s.Now()
	rules, err := s.segmentRules(ctx, id, now)
	if err != nil {
		return Counted{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		sum    Counted
		failed error
		mu     sync.Mutex
		all    sync.WaitGroup
	)
	for part := range parts {
		all.Go(func() {
			err := eachCard(ctx, s.Shoppers, part, parts, func(page []Opened) {
				in := inSegment(rules, id, page, now)
				mu.Lock()
				defer mu.Unlock()
				sum.Cards += int64(len(page))
				sum.In += int64(len(in))
				sum.Sample = append(sum.Sample, in[:min(len(in), SampleSize-len(sum.Sample))]...)
				if looked != nil {
					looked(sum.Cards)
				}
			})
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				if failed == nil {
					failed = err
				}
				stop()
			}
		})
	}
	all.Wait()
	return sum, failed
}

// eachCard gives each page of a part to do.
func eachCard(ctx context.Context, shoppers Shoppers, part, parts int, do func([]Opened)) error {
	after := ""
	for {
		page, next, err := shoppers.CardsOf(ctx, part, parts, after)
		if err != nil {
			return fmt.Errorf("look through the cards: %w", err)
		}
		if do(page); next == "" {
			return nil
		}
		after = next
	}
}

// inSegment lists the numbers of the cards of a page that are in a segment. Cards that take no part are in none.
func inSegment(rules *programme.Programme, id string, page []Opened, now time.Time) []string {
	var in []string
	for _, o := range page {
		if o.Head.Status == card.Open && rules.InSegment(id, o.Head, o.Profile, now) {
			in = append(in, o.Head.Number())
		}
	}
	return in
}

// ExplainSegment tells why a card is not in a segment now; nothing for one that is. ErrNotFound: there is no such card or segment.
func (s *Service) ExplainSegment(ctx context.Context, id, number string) (in bool, why []rule.Failure, err error) {
	now := s.Now()
	rules, err := s.segmentRules(ctx, id, now)
	if err != nil {
		return false, nil, err
	}
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return false, nil, unknownCard(number, err)
	}
	if opened.Head.Status != card.Open {
		return false, nil, refuse(ErrRefused, "card_"+opened.Head.Status.String(), "card %s is %s, so it is in no segment", opened.Head.ID, opened.Head.Status)
	}
	why = rules.WhyNot(id, opened.Head, opened.Profile, now)
	return len(why) == 0, why, nil
}

func (s *Service) segmentRules(ctx context.Context, id string, now time.Time) (*programme.Programme, error) {
	rules, err := s.rules(ctx, now)
	if err != nil {
		return nil, err
	}
	if _, ok := rules.Segment(id); !ok {
		return nil, refuse(ErrNotFound, "segment_unknown", "the programme has no segment %q", id)
	}
	return rules, nil
}
