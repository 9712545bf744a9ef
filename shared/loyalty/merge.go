package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

// maxLostTogether bounds the lost numbers of two cards that are merged: each lies in the head.
const maxLostTogether = 3 * maxLost

// Merge brings a whole card into another: points, coupons, numbers, habits, and what counts towards a tier. From then on all its numbers
// lead to the other, and so do receipts and returns that name them, whenever they were made. Both books tell it.
//
// The same id again gets the same answer and changes nothing, whatever has been done since. ErrInvalid and ErrConflict as Adjust.
// ErrRefused: the two are one card already, one of them takes no part, or there are more points or cards than one card holds.
func (s *Service) Merge(ctx context.Context, from, into string, by ByHand) (Answer, error) {
	act, rules, now, err := s.joining(ctx, "merge:", by)
	if err != nil {
		return Answer{}, err
	}
	return s.bring(ctx, from, into, act, rules, now, func(a, b Opened) error { return cmp.Or(mayMerge(b.Head, a.Head), apart(a, b)) })
}

// bring joins a whole card to another, if the two may.
func (s *Service) bring(ctx context.Context, from, into string, act programme.Act, rules *programme.Programme, now time.Time, may func(from, into Opened) error) (Answer, error) {
	for range maxRounds {
		a, err := s.Cards.Open(ctx, from, true)
		if err != nil {
			return Answer{}, unknownCard(from, err)
		}
		b, err := s.Cards.Open(ctx, into, true)
		if err != nil {
			return Answer{}, unknownCard(into, err)
		}
		if said, done, err := s.joinedBefore(ctx, act, b.Head, a.Head); done || err != nil {
			return said, err
		}
		if err := may(a, b); err != nil {
			return Answer{}, err
		}
		if a.Head, err = s.withPages(ctx, a.Head); err != nil {
			return Answer{}, err
		}
		merged, gone := rules.Merge(b.Head, a.Head, act, now)
		if merged.Book.Balance > events.MaxPoints {
			return Answer{}, refuse(ErrRefused, "points_full", "the cards have %d points together, and one holds no more than %d", merged.Book.Balance, events.MaxPoints)
		}
		heads, err := s.leading(ctx, a.Head.Joined, merged.ID)
		if err != nil {
			return Answer{}, err
		}
		if merged.ShopperOf(a.Shopper()) != a.Shopper() { // in a household each stays on their own
			if err := s.shareLists(ctx, a, b); err != nil {
				return Answer{}, err
			}
		}
		if merged, err = s.turnPage(ctx, b.Head, merged); err == nil {
			gone, err = s.turnPage(ctx, a.Head, gone)
		}
		if err != nil {
			return Answer{}, err
		}
		heads = append(heads, Kept{Head: merged, Version: b.HeadVersion}, Kept{Head: gone, Version: a.HeadVersion, Into: merged.ID})
		err = s.Joins.PutKept(ctx, heads, nil)
		switch {
		case err == nil:
			e, balance, _ := merged.Book.Find(act.Cause)
			return answer(merged, e, balance, false)
		case !errors.Is(err, ErrConflict):
			return Answer{}, fmt.Errorf("merge card %s into %s: %w", gone.ID, merged.ID, err)
		}
	}
	return Answer{}, errBusy
}

// Unmerge takes a card out again, named by one of its numbers. What is left of its points goes back, with what its numbers have earned
// meanwhile; what was spent stays spent. Its numbers lead to it as before.
//
// The answer is that of the card that lives again. The same id again gets it again. ErrRefused: the number belongs to no merged card, or to
// one that came with another, which is to be taken out first.
func (s *Service) Unmerge(ctx context.Context, number string, by ByHand) (Answer, error) {
	act, rules, now, err := s.joining(ctx, "unmerge:", by)
	if err != nil {
		return Answer{}, err
	}
	return s.takeOut(ctx, number, act, rules, now, func(h card.Head) (int, error) {
		place := h.OriginOf(number)
		return place, mayUnmerge(h, place, number)
	})
}

// takeOut makes a joined card one of its own again: which names its place, if it may.
func (s *Service) takeOut(ctx context.Context, number string, act programme.Act, rules *programme.Programme, now time.Time, which func(card.Head) (int, error)) (Answer, error) {
	for range maxRounds {
		o, err := s.Cards.Open(ctx, number, true)
		if err != nil {
			return Answer{}, unknownCard(number, err)
		}
		if said, done, err := s.joinedBefore(ctx, act, o.Head); done || err != nil {
			return said, cmp.Or(err, s.inherit(ctx, o.Head))
		}
		place, err := which(o.Head)
		if err != nil {
			return Answer{}, err
		}
		kept, err := s.Joins.Kept(ctx, o.Head.Joined[place-1].ID)
		if err != nil {
			return Answer{}, fmt.Errorf("open the book of card %s: %w", o.Head.Joined[place-1].ID, err)
		}
		if kept.Into != o.Head.ID {
			continue // it has been parted at this moment
		}
		if o.Head, err = s.withPages(ctx, o.Head); err != nil {
			return Answer{}, err
		}
		rest, parted, err := rules.Unmerge(o.Head, place, kept.Head, act, now)
		if err != nil {
			return Answer{}, err
		}
		err = s.part(ctx, o, kept, rest, parted)
		switch {
		case err == nil:
			if err := s.inherit(ctx, parted); err != nil {
				return Answer{}, err
			}
			e, balance, _ := parted.Book.Find(act.Cause)
			return answer(parted, e, balance, false)
		case !errors.Is(err, ErrConflict):
			return Answer{}, fmt.Errorf("unmerge card %s: %w", parted.ID, err)
		}
	}
	return Answer{}, errBusy
}

// part stores what an unmerge has left of two cards. Numbers that were given out meanwhile in place of lost ones follow their card.
func (s *Service) part(ctx context.Context, o Opened, kept Kept, rest, parted card.Head) error {
	heads, err := s.leading(ctx, parted.Joined, parted.ID)
	if err != nil {
		return err
	}
	if rest, err = s.turnPage(ctx, o.Head, rest); err == nil {
		parted, err = s.turnPage(ctx, kept.Head, parted)
	}
	if err != nil {
		return err
	}
	numbers := map[string]string{}
	for _, l := range parted.Lost {
		numbers[l.By] = parted.ID
	}
	heads = append(heads, Kept{Head: rest, Version: o.HeadVersion}, Kept{Head: parted, Version: kept.Version})
	return s.Joins.PutKept(ctx, heads, numbers)
}

// leading makes the cards that came with one lead straight to where that one is now: a number is found in as many steps as before.
func (s *Service) leading(ctx context.Context, joined []card.Joined, to string) ([]Kept, error) {
	var heads []Kept
	for _, j := range joined {
		if j.Past {
			continue
		}
		kept, err := s.Joins.Kept(ctx, j.ID)
		if err != nil {
			return nil, fmt.Errorf("open the book of card %s: %w", j.ID, err)
		}
		kept.Into = to
		heads = append(heads, kept)
	}
	return heads, nil
}

// joining reads what every merge begins with.
func (s *Service) joining(ctx context.Context, kind string, by ByHand) (programme.Act, *programme.Programme, time.Time, error) {
	now := s.Now()
	if err := by.check(); err != nil {
		return programme.Act{}, nil, now, err
	}
	rules, err := s.rules(ctx, now)
	return programme.Act{Cause: kind + by.ID, Reason: by.Reason, By: by.By}, rules, now, err
}

// joinedBefore answers for an act that stands in one of the books already.
func (s *Service) joinedBefore(ctx context.Context, act programme.Act, heads ...card.Head) (Answer, bool, error) {
	for _, h := range heads {
		e, balance, found, err := s.recall(ctx, h, act.Cause, time.Time{})
		if err != nil {
			return Answer{}, false, err
		}
		if !found {
			continue
		}
		a, err := answer(h, e, balance, true)
		if err == nil && (e.Kind != ledger.Move || a.Reason != act.Reason || a.By != act.By) {
			err = refuse(ErrConflict, "id_conflict", "%s was already recorded with other content; give a new act a new id", act.Cause)
		}
		return a, true, err
	}
	return Answer{}, false, nil
}

func mayMerge(into, from card.Head) error {
	if into.ID == from.ID {
		return refuse(ErrRefused, "same_card", "both numbers lead to card %s already", into.ID)
	}
	for _, h := range []card.Head{into, from} {
		switch h.Status {
		case card.Closed:
			return refuse(ErrRefused, "card_closed", "card %s is closed, and stays so", h.ID)
		case card.Blocked:
			return refuse(ErrRefused, "card_blocked", "card %s is blocked; open it before it is merged", h.ID)
		}
	}
	if n := len(into.Merged()) + 1 + len(from.Merged()); n > card.MaxJoined || len(into.Joined)+len(from.Joined) >= card.MaxPlaces {
		return refuse(ErrRefused, "merge_limit", "card %s would hold %d cards; it holds at most %d beside its own", into.ID, n, card.MaxJoined)
	}
	if n := len(into.Lost) + len(from.Lost); n > maxLostTogether {
		return refuse(ErrRefused, "replace_limit", "the cards have lost %d numbers together; one may hold at most %d", n, maxLostTogether)
	}
	return nil
}

func mayUnmerge(h card.Head, place int, number string) error {
	if place == 0 {
		return refuse(ErrRefused, "not_merged", "number %s belongs to no card that was merged into another", number)
	}
	if h.MemberAt(number) > 0 {
		return refuse(ErrRefused, "in_household", "number %s is in a household of several shoppers; let it leave that first", number)
	}
	if h.Joined[place-1].Depth == 1 {
		return nil
	}
	outer := place - 1
	for h.Joined[outer-1].Depth > 1 {
		outer--
	}
	return refuse(ErrRefused, "merged_deeper", "number %s came with card %s; take that one out first", number, h.Joined[outer-1].ID)
}
