package loyalty

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/together"
)

// A campaign of time is published, and most cards are not written to for weeks: nobody would look at them when their moment comes. So
// all cards are looked through once, a slice with each tick, and each that has a moment ahead is watched from then on.

// Catchup is how far all cards have been looked through since the campaigns of time have changed.
type Catchup struct {
	Mark  string        `json:"mark"` // of those campaigns; "" where there are none
	Begun time.Time     `json:"begun_at"`
	Parts []CatchupPart `json:"parts,omitempty"`
}

// CatchupPart is how far one part of the cards has come.
type CatchupPart struct {
	After   string `json:"after,omitempty"`
	Looked  int64  `json:"looked"`  // cards
	Watched int64  `json:"watched"` // of these: a moment lies ahead
	Done    bool   `json:"done"`
}

// Done reports whether every card has been looked at.
func (c Catchup) Done() bool {
	for _, p := range c.Parts {
		if !p.Done {
			return false
		}
	}
	return true
}

// Sum adds up the parts.
func (c Catchup) Sum() (looked, watched int64) {
	for _, p := range c.Parts {
		looked, watched = looked+p.Looked, watched+p.Watched
	}
	return looked, watched
}

// Catchups keeps it.
type Catchups interface {
	// Catchup returns it with its version; the zero Catchup and 0 before its first put. A read sees every earlier put.
	Catchup(ctx context.Context) (Catchup, Version, error)

	// PutCatchup stores it if over is still its version, and returns the new one. Otherwise ErrConflict.
	PutCatchup(ctx context.Context, c Catchup, over Version) (Version, error)
}

// CaughtUp remembers in a process under which version of the rules all cards have been looked through, so that a tick under the same
// version asks the store nothing. It is the version and not the mark of its campaigns: these may have been others in between, as another
// process knows. A nil CaughtUp remembers nothing, which costs a read for each tick.
type CaughtUp struct {
	rules atomic.Pointer[programme.Programme]
}

func (c *CaughtUp) under(rules *programme.Programme) bool { return c != nil && c.rules.Load() == rules }

func (c *CaughtUp) note(rules *programme.Programme) {
	if c != nil {
		c.rules.Store(rules)
	}
}

// Bounds of one tick: it looks through some 80,000 cards at the pace of bringAtOnce, under a minute, so that a million takes three to four
// hours and its writes stay far below what a table takes at once.
const (
	catchupParts  = 4
	catchupRounds = 100
	bringAtOnce   = 16
)

// CatchUp goes on with looking through all cards, if the campaigns of time are others than when it was last done, and returns how many
// cards it has looked at. The same again, also at the same time, watches no card twice; what a crash leaves undone the next tick does.
func (s *Service) CatchUp(ctx context.Context, now time.Time) (looked int64, err error) {
	rules, err := s.rules(ctx, now)
	if err != nil {
		return 0, err
	}
	if s.CaughtUp.under(rules) {
		return 0, nil
	}
	c, over, err := s.Catchups.Catchup(ctx)
	if err != nil {
		return 0, fmt.Errorf("read how far cards were looked through: %w", err)
	}
	if mark := rules.TimedMark(); mark != c.Mark {
		c = Catchup{Mark: mark, Begun: now}
		if mark != "" {
			c.Parts = make([]CatchupPart, catchupParts)
		} else if over, err = s.Catchups.PutCatchup(ctx, c, over); err != nil {
			return 0, orBegun(err)
		}
	}
	before, _ := c.Sum()
	for round := 0; round < catchupRounds && !c.Done() && ctx.Err() == nil; round++ {
		if err = s.catchUpPages(ctx, rules, &c, now); err != nil {
			break
		}
		if over, err = s.Catchups.PutCatchup(ctx, c, over); err != nil {
			return looked, orBegun(err) // another tick is at it
		}
		after, _ := c.Sum()
		looked = after - before
	}
	if err == nil && c.Done() {
		s.CaughtUp.note(rules)
	}
	return looked, err
}

// catchUpPages looks through a page of each part that is not done.
func (s *Service) catchUpPages(ctx context.Context, rules *programme.Programme, c *Catchup, now time.Time) error {
	pages, next, errs := make([][]Opened, len(c.Parts)), make([]string, len(c.Parts)), make([]error, len(c.Parts))
	together.Each(ctx, len(c.Parts), len(c.Parts), func(i int) {
		if !c.Parts[i].Done {
			pages[i], next[i], errs[i] = s.Shoppers.CardsOf(ctx, i, len(c.Parts), c.Parts[i].After)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	type ahead struct {
		card string
		at   time.Time
	}
	var list []ahead
	came := *c
	came.Parts = append([]CatchupPart(nil), c.Parts...)
	for i := range came.Parts {
		p := &came.Parts[i]
		if p.Done {
			continue
		}
		for _, o := range pages[i] {
			if at, comes := momentAhead(rules, o, now); comes {
				list = append(list, ahead{o.Head.ID, at})
				p.Watched++
			}
		}
		p.Looked += int64(len(pages[i]))
		p.After, p.Done = next[i], next[i] == ""
	}
	failed := make([]error, len(list))
	together.Each(ctx, len(list), bringAtOnce, func(i int) { failed[i] = s.bringForward(ctx, list[i].card, list[i].at, nil) })
	if err := errors.Join(append(failed, ctx.Err())...); err != nil {
		return err
	}
	*c = came
	return nil
}

// momentAhead is when a card has to be looked at next, for what its book or what its shopper has told.
func momentAhead(rules *programme.Programme, o Opened, now time.Time) (time.Time, bool) {
	if o.Head.Status != card.Open {
		return time.Time{}, false
	}
	at, comes := rules.NextMoment(o.Head, now)
	if own, also := rules.NextOwnDate(o.Profile, now); also && (!comes || own.Before(at)) {
		return own, true
	}
	return at, comes
}

// Finding is how far cards have been looked through for campaigns of time.
type Finding struct {
	Begun   time.Time `json:"begun_at"`
	Looked  int64     `json:"looked"`
	Watched int64     `json:"watched"`
	Done    bool      `json:"done"`
}

// FindingFor tells it of a campaign of time; nil for any other, and before the first tick.
func (s *Service) FindingFor(ctx context.Context, campaign string) (*Finding, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil || !rules.Timed(campaign) {
		return nil, err
	}
	c, over, err := s.Catchups.Catchup(ctx)
	if err != nil || over == 0 || c.Mark != rules.TimedMark() {
		return nil, err
	}
	f := Finding{Begun: c.Begun, Done: c.Done()}
	f.Looked, f.Watched = c.Sum()
	return &f, nil
}
