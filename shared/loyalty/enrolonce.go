package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Enrolments remembers for a month which number was issued for what a till calls an enrolment.
type Enrolments interface {
	// Issued is the number of an enrolment. ErrNotFound if none was kept.
	Issued(ctx context.Context, store, id string) (string, error)

	// KeepIssued keeps the number of an enrolment and tells the one that is kept: the first, whoever kept it.
	KeepIssued(ctx context.Context, store, id, number string) (string, error)
}

// enrolOnce issues a number once for an id of the till's: it is kept before the card is made, so that whoever heard no answer gets the card
// that was begun and not a second one.
//
// ErrConflict: the id enrolled somebody else, or the shopper has been changed since.
func (s *Service) enrolOnce(ctx context.Context, e Enrolment, rules *programme.Programme, issue NumberSource) (Opened, error) {
	if !ids.ValidPart(e.ID) {
		return Opened{}, refuse(ErrInvalid, "id", "the id must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	var err error
	if e.Number, err = s.Enrolments.Issued(ctx, e.Store, e.ID); errors.Is(err, ErrNotFound) {
		if e.Number, err = s.freeNumber(ctx, rules, issue); err == nil {
			e.Number, err = s.Enrolments.KeepIssued(ctx, e.Store, e.ID, e.Number)
		}
	}
	if err != nil {
		return Opened{}, fmt.Errorf("issue a number for an enrolment of store %s: %w", e.Store, err) // its id may be somebody's name
	}
	opened, err := s.enrolAgain(ctx, e, rules, saysTheSame)
	if Code(err) == "card_taken" {
		return Opened{}, refuse(ErrConflict, "id_conflict", "enrolment %s made card %s, whose shopper is another or was changed since; look at the card, or give a new enrolment a new id", e.ID, e.Number)
	}
	return opened, err
}

// enrolAgain is enrolNumber for an enrolment that may have been done before, or is being done at this moment by a call whose answer was not waited
// for: the card is that enrolment's if its shopper is the same.
func (s *Service) enrolAgain(ctx context.Context, e Enrolment, rules *programme.Programme, same func(has, says card.Profile) bool) (Opened, error) {
	opened, err := s.enrolNumber(ctx, e, rules)
	if code := Code(err); code != "card_taken" && code != "email_taken" {
		return opened, err
	}
	made, missed := s.Cards.Open(ctx, e.Number, true)
	switch {
	case missed != nil && !errors.Is(missed, ErrNotFound):
		return Opened{}, fmt.Errorf("open card %s: %w", e.Number, missed)
	case missed == nil && made.ProfileVersion > 0 && same(made.Profile, e.Profile):
		return made, nil
	}
	return Opened{}, err
}

// freeNumber issues a number that no card has.
func (s *Service) freeNumber(ctx context.Context, rules *programme.Programme, issue NumberSource) (string, error) {
	for range maxIssue {
		body, err := issue()
		if err != nil {
			return "", fmt.Errorf("issue a card number: %w", err)
		}
		number := rules.IssueNumber(body)
		if _, err := s.Cards.Open(ctx, number, true); errors.Is(err, ErrNotFound) {
			return number, nil
		} else if err != nil {
			return "", fmt.Errorf("look for card %s: %w", number, err)
		}
	}
	return "", errors.New("no free card number found; try again")
}
