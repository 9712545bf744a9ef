package loyalty

import (
	"context"
	"fmt"
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
	who, err := s.whoIn(ctx, id, now)
	if err != nil {
		return Counted{}, err
	}
	sum, err := s.counted(ctx, parts, looked, func(ctx context.Context, page []Opened) (*Audience, error) {
		in, err := s.inSegment(ctx, who, page, now)
		if err != nil {
			return nil, err
		}
		seen := &Audience{}
		seen.add(page, in)
		return seen, nil
	})
	return sum.Counted, err
}

// eachCard gives each page of a part to do.
func eachCard(ctx context.Context, shoppers Shoppers, part, parts int, do func([]Opened) error) error {
	after := ""
	for {
		page, next, err := shoppers.CardsOf(ctx, part, parts, after)
		if err != nil {
			return fmt.Errorf("look through the cards: %w", err)
		}
		if err := do(page); err != nil || next == "" {
			return err
		}
		after = next
	}
}

// inSegment lists the numbers of the cards of a page that are in a segment. Cards that take no part are in none.
func (s *Service) inSegment(ctx context.Context, who programme.Who, page []Opened, now time.Time) ([]string, error) {
	meant, err := s.meantOf(ctx, who, page, now)
	if err != nil {
		return nil, err
	}
	var in []string
	for i, o := range page {
		if meant[i] {
			in = append(in, o.Head.Number())
		}
	}
	return in, nil
}

// ExplainSegment tells why a card is not in a segment now; nothing for one that is. ErrNotFound: there is no such card or segment.
func (s *Service) ExplainSegment(ctx context.Context, id, number string) (in bool, why []rule.Failure, err error) {
	now := s.Now()
	who, err := s.whoIn(ctx, id, now)
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
	history, err := s.history(ctx, opened, who.Reads(opened.Head, opened.Profile, now), who.Programme())
	if err != nil {
		return false, nil, err
	}
	if history.Scores, err = s.scores(ctx, who); err != nil {
		return false, nil, err
	}
	why = who.Why(opened.Head, opened.Profile, history, now)
	return len(why) == 0, why, nil
}

func (s *Service) whoIn(ctx context.Context, id string, now time.Time) (programme.Who, error) {
	rules, err := s.rules(ctx, now)
	if err != nil {
		return programme.Who{}, err
	}
	who, ok := rules.WhoIn(id)
	if !ok {
		return who, refuse(ErrNotFound, "segment_unknown", "the programme has no segment %q", id)
	}
	return who, nil
}
