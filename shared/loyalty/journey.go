package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

// A campaign with steps does not speak at its occasion: the card enters a journey, which is a place in the table and a moment at which to
// look at it. What a step does is decided first and written into the place, then done under a key of its own, then taken off the place. So
// a crash anywhere changes no decision, and whoever goes on does what lies there once more, which the key knows as done.

// Placed is a place as it is kept.
type Placed struct {
	journey.Place
	Held Version
}

// PlaceKey names a place.
type PlaceKey struct{ Card, Campaign, Occasion string }

// Places keeps where cards stand in campaigns with steps.
type Places interface {
	// Place returns a place; ErrNotFound if there is none. A read sees every earlier put.
	Place(ctx context.Context, key PlaceKey) (Placed, error)

	// PutPlace stores it if Held is still its version, and returns the new one. Otherwise ErrConflict.
	PutPlace(ctx context.Context, p Placed) (Version, error)

	// PlacesOf lists the places of a card, campaign by campaign. A read sees every earlier put.
	PlacesOf(ctx context.Context, card string) ([]Placed, error)

	// DuePlaces lists the places to be looked at before t, the earliest first, at most limit. It may lag behind.
	DuePlaces(ctx context.Context, t time.Time, limit int) ([]PlaceKey, error)

	// EachPlace gives all places that go on, page by page and in no order, until each returns an error. It may lag behind, and one that moves
	// meanwhile may come twice or not at all.
	EachPlace(ctx context.Context, each func([]PlaceKey) error) error
}

// Admission is how often a card has entered a campaign, and when and by which occasion it did so last.
type Admission struct {
	Card     string
	Campaign string
	Occasion string
	Entered  time.Time
	Count    int64
	Held     Version
}

// Admissions lets cards into campaigns with steps, one at a time.
type Admissions interface {
	// Admission returns the admission of a card and a campaign; the zero Admission with their names before its first put.
	Admission(ctx context.Context, card, campaign string) (Admission, error)

	// PutEntered stores a new place together with the admission over its version, both or neither. ErrDuplicate if there is such a place already,
	// ErrConflict if the admission has moved.
	PutEntered(ctx context.Context, p journey.Place, g Admission) error
}

// Entry is an occasion of a campaign with steps.
type Entry struct {
	Campaign string
	Occasion string
	Card     string    // id
	At       time.Time // of the occasion
	Begins   time.Time // the first step is not taken before; zero for at once
}

// Enter lets a card into a campaign with steps, by the rules of a version, which the card then keeps to its journey's end. It enters once
// for an occasion, however often it is called, and not while it is under way in the campaign. It reports whether it has entered now.
func (s *Service) Enter(ctx context.Context, rules *programme.Programme, e Entry) (bool, error) {
	plan, ok := rules.Journey(e.Campaign)
	if !ok {
		return false, nil
	}
	for range maxRounds {
		admission, err := s.Admissions.Admission(ctx, e.Card, e.Campaign)
		if err != nil {
			return false, fmt.Errorf("read whether card %s is in campaign %s: %w", e.Card, e.Campaign, err)
		}
		if free, err := s.mayEnter(ctx, rules, admission, e); !free || err != nil {
			return false, err
		}
		due := s.Now()
		if e.Begins.After(due) {
			due = e.Begins
		}
		place := plan.Enter(e.Card, e.Campaign, e.Occasion, rules.From, e.At, due)
		admission.Occasion, admission.Entered, admission.Count = e.Occasion, e.At, admission.Count+1
		err = s.Admissions.PutEntered(ctx, place, admission)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, ErrDuplicate):
			return false, nil
		case !errors.Is(err, ErrConflict):
			return false, fmt.Errorf("let card %s into campaign %s: %w", e.Card, e.Campaign, err)
		}
	}
	return false, errBusy
}

// mayEnter reports whether a card is not under way in the campaign, and has not entered it as often as the campaign allows.
func (s *Service) mayEnter(ctx context.Context, rules *programme.Programme, g Admission, e Entry) (bool, error) {
	if g.Occasion == e.Occasion {
		return false, nil
	}
	if c, _ := rules.Campaign(e.Campaign); c.Bounded() {
		times, last, err := s.admitted(ctx, g)
		if err != nil || !c.MayEnter(times, day.Of(last, rules.Zone("")), day.Of(e.At, rules.Zone(""))) {
			return false, err
		}
	}
	if g.Count == 0 {
		return true, nil
	}
	last, err := s.Places.Place(ctx, PlaceKey{e.Card, e.Campaign, g.Occasion})
	if errors.Is(err, ErrNotFound) {
		return true, nil // so long ago that it is not kept any more
	}
	if err != nil {
		return false, fmt.Errorf("read where card %s stands in campaign %s: %w", e.Card, e.Campaign, err)
	}
	return last.End != "", nil
}

// admitted is how often a card has entered a campaign, with the cards that were merged into it, and when it last did.
func (s *Service) admitted(ctx context.Context, g Admission) (times int64, last time.Time, err error) {
	times, last = g.Count, g.Entered
	kept, err := s.Joins.Kept(ctx, g.Card)
	if errors.Is(err, ErrNotFound) {
		return times, last, nil
	}
	if err != nil {
		return 0, last, fmt.Errorf("read card %s: %w", g.Card, err)
	}
	for _, j := range kept.Head.Joined {
		if j.Past {
			continue
		}
		other, err := s.Admissions.Admission(ctx, j.ID, g.Campaign)
		if err != nil {
			return 0, last, fmt.Errorf("read whether card %s was in campaign %s: %w", j.ID, g.Campaign, err)
		}
		if times += other.Count; other.Entered.After(last) {
			last = other.Entered
		}
	}
	return times, last, nil
}

// enterBy lets a card into the campaigns with steps that an entry of its book is an occasion of. rules are those of the entry.
func (s *Service) enterBy(ctx context.Context, rules *programme.Programme, id string, e ledger.Entry) error {
	at := e.At
	if now := s.Now(); at.After(now) {
		at = now // a till's clock runs ahead
	}
	for _, m := range e.Marks {
		if m.Kind != card.MarkMessage {
			continue
		}
		if c, ok := rules.Campaign(m.Text); !ok || !c.HasSteps() {
			continue
		}
		if _, err := s.Enter(ctx, rules, Entry{Campaign: m.Text, Occasion: Occasion(plainCause(e.Cause)), Card: id, At: at}); err != nil {
			return err
		}
	}
	return nil
}

// enterAll lets the cards in that a run has chosen.
func (s *Service) enterAll(ctx context.Context, w *partWork) error {
	return atOnce(ctx, len(w.part.Chosen), func(i int) error {
		c := w.part.Chosen[i]
		_, err := s.Enter(ctx, w.rules, Entry{Campaign: w.plan.Campaign.ID, Occasion: w.run.Occasion, Card: c.Card, At: w.run.At, Begins: c.Before})
		return err
	})
}

// hearEntries brings the places of a card forward that wait for what an entry stands for, or that may end by it. It writes nothing else: whoever
// looks at the place reads the card's book, and so finds the entry also where nobody was woken.
func (s *Service) hearEntries(ctx context.Context, rules *programme.Programme, h card.Head, entries []ledger.Entry) error {
	heard := false
	for _, e := range entries {
		heard = heard || rules.IsHeard(e)
	}
	if !heard || !rules.HasJourneys() {
		return nil
	}
	cards := []string{h.ID}
	for _, j := range h.Joined {
		cards = append(cards, j.ID)
	}
	for _, id := range cards {
		places, err := s.Places.PlacesOf(ctx, id)
		if err != nil {
			return fmt.Errorf("list where card %s stands: %w", id, err)
		}
		for _, p := range places {
			if err := s.wakePlace(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// wakePlace makes a place due that waits for something that may have come.
func (s *Service) wakePlace(ctx context.Context, p Placed) error {
	now := s.Now()
	for range maxRounds {
		if p.End != "" || !p.Waits || !p.Due.After(now) {
			return nil
		}
		rules, err := s.rules(ctx, p.Version)
		if err != nil {
			return err
		}
		if plan, ok := rules.Journey(p.Campaign); !ok || !plan.Listens(p.Place) {
			return nil
		}
		p.Due = now
		if _, err = s.Places.PutPlace(ctx, p); err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("bring card %s forward in campaign %s: %w", p.Card, p.Campaign, err)
		}
		if p, err = s.Places.Place(ctx, PlaceKey{p.Card, p.Campaign, p.Occasion}); err != nil {
			return fmt.Errorf("read where card %s stands in campaign %s: %w", p.Card, p.Campaign, err)
		}
	}
	return errBusy
}
