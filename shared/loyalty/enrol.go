package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Enrolment is what a new card begins with. Number is "" where we are to issue one.
type Enrolment struct {
	Number  string
	ID      string // what the till calls this enrolment, where Number is "": the same again issues the same number
	Store   string
	Profile card.Profile // without ID

	// ReferredBy is the code of who recommended us, "" for nobody. A code that cannot be used refuses the enrolment, so that the shopper can
	// be told; without it the same enrolment goes through.
	ReferredBy string
}

// NumberSource gives the random body of a new card number. A repeat of a body is harmless: enrolling goes on to the next.
type NumberSource func() (uint64, error)

// maxIssue is how many numbers are tried before issuing gives up; with a thousand million bodies a second try is rare.
const maxIssue = 8

// Enrol makes a card with an owner. With a number that a first swipe has enrolled already it adds the owner, unless the card
// has one: then it is ErrConflict. The same enrolment of the same number, or of the same id, again changes nothing and answers the same; with
// neither, each call makes a card.
func (s *Service) Enrol(ctx context.Context, e Enrolment, issue NumberSource) (Opened, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return Opened{}, err
	}
	if e.Number != "" {
		if err := rules.CheckNumber(e.Number); err != nil {
			return Opened{}, refuse(ErrInvalid, "card_unknown", "card %s is not one of ours: %v; scan it again or leave the number out", e.Number, err)
		}
		return s.enrolAgain(ctx, e, rules, sameOwner)
	}
	if e.ID != "" {
		return s.enrolOnce(ctx, e, rules, issue)
	}
	if e.Number, err = s.freeNumber(ctx, rules, issue); err != nil {
		return Opened{}, err
	}
	return s.enrolNumber(ctx, e, rules)
}

func (s *Service) enrolNumber(ctx context.Context, e Enrolment, rules *programme.Programme) (Opened, error) {
	opened, err := s.Cards.Open(ctx, e.Number, true)
	if err != nil && !errors.Is(err, ErrNotFound) { // before anything is refused: it may be this card's own address
		return Opened{}, fmt.Errorf("open card %s: %w", e.Number, err)
	}
	if err == nil && opened.ProfileVersion > 0 && sameOwner(opened.Profile, e.Profile) {
		return opened, nil
	}
	if taken := s.emailFree(ctx, e.Profile.Email, ""); taken != nil {
		return Opened{}, taken
	}
	switch {
	case errors.Is(err, ErrNotFound):
		opened = Opened{Number: e.Number}
		if opened.Head, err = s.begun(ctx, e, rules); err != nil {
			return Opened{}, err
		}
	case opened.ProfileVersion > 0:
		return Opened{}, refuse(ErrConflict, "card_taken", "card %s has an owner already; change it or enrol another number", e.Number)
	}
	advocate := ""
	if e.ReferredBy != "" {
		if advocate, err = s.refer(ctx, rules, opened.Head, e.Profile, e.ReferredBy); err != nil {
			return Opened{}, err
		}
	}
	if opened.HeadVersion == 0 {
		if opened.HeadVersion, err = s.Cards.PutHead(ctx, opened.Head, 0); err != nil {
			if moved := (*Moved)(nil); !errors.As(err, &moved) {
				return Opened{}, fmt.Errorf("store card %s: %w", e.Number, err)
			}
			return s.enrolNumber(ctx, e, rules) // its first swipe came in between
		}
	}
	if advocate != "" {
		if err := s.referred(ctx, opened.Head.ID, advocate); err != nil {
			return Opened{}, fmt.Errorf("keep who recommended us to card %s: %w", e.Number, err)
		}
	}
	e.Profile.ID = opened.Shopper()
	if e.Profile.Since == 0 {
		e.Profile.Since = day.Of(s.Now(), rules.Zone(e.Store))
	}
	if _, own := revived(card.Profile{}, e.Profile); own {
		if err := s.lift(ctx, e.Profile); err != nil {
			return Opened{}, err
		}
	}
	if opened.ProfileVersion, err = s.Cards.PutProfile(ctx, e.Profile, 0); err != nil {
		if errors.Is(err, ErrConflict) {
			if taken := s.emailFree(ctx, e.Profile.Email, e.Profile.ID); taken != nil {
				return Opened{}, taken
			}
			if said := (*Error)(nil); errors.As(err, &said) {
				return Opened{}, said
			}
			return Opened{}, refuse(ErrConflict, "card_taken", "card %s has got an owner at this moment; read it again", e.Number)
		}
		return Opened{}, fmt.Errorf("store the shopper of card %s: %w", e.Number, err)
	}
	opened.Profile = e.Profile
	return opened, nil
}

// begun is the head of a card that is enrolled, with what campaigns that may speak say to it.
func (s *Service) begun(ctx context.Context, e Enrolment, rules *programme.Programme) (card.Head, error) {
	rules, err := s.withholding(ctx, rules)
	if err != nil {
		return card.Head{}, err
	}
	return s.withinBudgets(ctx, card.Head{}, rules.Begin(e.Number, e.Store, e.Profile, s.Now()))
}

// emailFree refuses an address that leads to a card other than id.
func (s *Service) emailFree(ctx context.Context, email, id string) error {
	if email == "" {
		return nil
	}
	other, err := s.Cards.Find(ctx, EmailIdentity(email))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up the e-mail address: %w", err)
	}
	switch opened, err := s.Cards.Open(ctx, other, true); {
	case err != nil:
		return fmt.Errorf("look up the card of the e-mail address: %w", err)
	case opened.Shopper() == id:
		return nil
	}
	return refuse(ErrConflict, "email_taken", "this e-mail address belongs to another card already; look the shopper up by it")
}

// EmailIdentity is the identity of an e-mail address: letter case and surrounding space do not count.
func EmailIdentity(email string) string {
	return "email:" + strings.ToLower(strings.TrimSpace(email))
}

// UpdateProfile changes the shopper of a card: change gets what is stored now and returns what it should be, and may be asked
// again. It returns the profile and the names of the fields that differ.
func (s *Service) UpdateProfile(ctx context.Context, number string, change func(card.Profile) (card.Profile, error)) (Opened, []string, error) {
	for range maxRounds {
		opened, err := s.Cards.Open(ctx, number, true)
		if err != nil {
			return Opened{}, nil, unknownCard(number, err)
		}
		opened.Profile.ID = opened.Shopper()
		next, err := change(opened.Profile)
		if err != nil {
			return Opened{}, nil, err
		}
		if next.Since == 0 && opened.ProfileVersion == 0 {
			next.Since = opened.Head.EnrolledOn // a swiped card gets its owner
		}
		changed := changes(opened.Profile, next)
		if len(changed) == 0 {
			return opened, nil, nil
		}
		if err := staysErased(opened, next); err != nil {
			return Opened{}, nil, err
		}
		if slices.Contains(changed, "tags") && slices.ContainsFunc(next.Tags, noTag) {
			return Opened{}, nil, refuse(ErrInvalid, "tag_invalid", "a tag is 1 to %d of A-Z a-z 0-9 . _ - #", card.MaxTag)
		}
		if slices.Contains(changed, "email") {
			if EmailIdentity(opened.Profile.Email) != EmailIdentity(next.Email) {
				next.Suppressed = nil // what stood against the old address says nothing of the new one
			}
			if err := s.emailFree(ctx, next.Email, opened.Shopper()); err != nil {
				return Opened{}, nil, err
			}
		}
		next, own := revived(opened.Profile, next)
		if own { // first: whoever is off the list and has not allowed mail yet gets none
			if err := s.lift(ctx, next); err != nil {
				return Opened{}, nil, err
			}
		}
		opened.ProfileVersion, err = s.Cards.PutProfile(ctx, next, opened.ProfileVersion)
		if said := (*Error)(nil); errors.As(err, &said) {
			return Opened{}, nil, said // what is asked for is another card's, and will be
		}
		if errors.Is(err, ErrConflict) {
			continue
		}
		opened.Profile = next
		return opened, changed, err
	}
	return Opened{}, nil, errBusy
}

// changes names the fields in which two profiles differ, in order.
func changes(a, b card.Profile) []string {
	var names []string
	add := func(name string, differ bool) {
		if differ {
			names = append(names, name)
		}
	}
	add("given_name", a.Given != b.Given)
	add("family_name", a.Family != b.Family)
	add("email", a.Email != b.Email)
	add("phone", a.Phone != b.Phone)
	add("birthday", a.Birthday != b.Birthday || a.BirthYear != b.BirthYear)
	add("place", a.Home != b.Home)
	add("attributes", !a.Attributes.Equal(b.Attributes))
	add("language", a.Language != b.Language)
	add("time_zone", a.TimeZone != b.TimeZone)
	add("tags", !slices.Equal(a.Tags, b.Tags))
	add("lists", !slices.Equal(a.Lists, b.Lists))
	add("identities", !slices.Equal(a.Identities, b.Identities))
	add("suppressed", (a.Suppressed == nil) != (b.Suppressed == nil) || a.Suppressed != nil && a.Suppressed.Reason != b.Suppressed.Reason)
	consent := len(a.Consents) != len(b.Consents)
	for topic, c := range b.Consents {
		old := a.Consents[topic]
		sameMoment := old.At.Equal(c.At)
		sameMoment = sameMoment && old.ConfirmedAt.Equal(c.ConfirmedAt)
		old.At, old.ConfirmedAt = c.At, c.ConfirmedAt // moments of different zones are not comparable as they stand
		consent = consent || !sameMoment || old != c
	}
	add("consent", consent)
	return names
}

func noTag(tag string) bool { return !ids.ValidPart(tag) || len(tag) > card.MaxTag }

// unknownCard says that there is no such card. What could be a payment card's number is not repeated.
func unknownCard(number string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return refuse(ErrNotFound, "card_unknown", "no card has the number %s; scan it again or enrol it", ids.BlankPaymentCards(number))
	}
	return fmt.Errorf("open card %s: %w", ids.BlankPaymentCards(number), err)
}

// Replaced is a card with the number that took the place of a lost one.
type Replaced struct {
	Opened
	Number   string // the new one
	Repeated bool   // it was replaced before
}

// Replace gives a card a new number because the old one was lost at a moment. Receipts of the old number from before that moment
// still count. The same call again returns the number that replaced it; asking for another one then is ErrConflict.
func (s *Service) Replace(ctx context.Context, old, number string, lost time.Time, issue NumberSource) (Replaced, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return Replaced{}, err
	}
	opened, err := s.Cards.Open(ctx, old, true)
	if err != nil {
		return Replaced{}, unknownCard(old, err)
	}
	if by, gone := replacement(opened.Head, old); gone {
		if number == "" || number == by {
			return Replaced{Opened: opened, Number: by, Repeated: true}, nil
		}
		return Replaced{}, refuse(ErrConflict, "card_lost", "card number %s was replaced by %s already; replace that one", old, by)
	}
	if opened.Head.LostBy(opened.Shopper()) >= maxLost {
		return Replaced{}, refuse(ErrRefused, "replace_limit", "card %s was replaced %d times; close it and enrol a new one", opened.Head.ID, maxLost)
	}
	if number, err = s.aliasNumber(ctx, number, old, opened.Head, rules, issue); err != nil {
		return Replaced{}, err
	}
	for range maxRounds {
		if by, gone := replacement(opened.Head, old); gone { // somebody else was faster; the number made here leads to the card too
			return Replaced{Opened: opened, Number: by, Repeated: true}, nil
		}
		head := opened.Head
		head.Lost = append(slices.Clone(head.Lost), card.Lost{Number: old, At: lost, By: number})
		version, err := s.Cards.PutHead(ctx, head, opened.HeadVersion)
		if err == nil {
			opened.Head, opened.HeadVersion = head, version
			return Replaced{Opened: opened, Number: number}, nil
		}
		moved := (*Moved)(nil)
		if !errors.As(err, &moved) || !sameJoined(head, moved.Head) {
			return Replaced{}, fmt.Errorf("store card %s: %w", head.ID, err)
		}
		opened.Head, opened.HeadVersion = moved.Head, moved.Version
	}
	return Replaced{}, errBusy
}

// replacement is the number that took the place of a lost one.
func replacement(h card.Head, number string) (by string, gone bool) {
	for _, l := range h.Lost {
		if l.Number == number {
			return l.By, true
		}
	}
	return "", false
}

// maxLost bounds the numbers that one card has gone through.
const maxLost = 5

// aliasNumber makes a new number lead to the card: the one given, or one that is issued. A number that the card has lost, or is losing,
// leads to it already and is none.
func (s *Service) aliasNumber(ctx context.Context, number, losing string, h card.Head, rules *programme.Programme, issue NumberSource) (string, error) {
	given := number != ""
	if given {
		if err := rules.CheckNumber(number); err != nil {
			return "", refuse(ErrInvalid, "card_unknown", "card %s is not one of ours: %v; scan it again or leave the number out", number, err)
		}
	}
	for range maxIssue {
		if !given {
			body, err := issue()
			if err != nil {
				return "", fmt.Errorf("issue a card number: %w", err)
			}
			number = rules.IssueNumber(body)
		}
		err := ErrConflict
		if _, lost := h.LostAt(number); !lost && number != losing {
			err = s.Cards.PutAlias(ctx, number, h.ID)
		}
		switch {
		case err == nil:
			return number, nil
		case !errors.Is(err, ErrConflict):
			return "", fmt.Errorf("store card number %s: %w", number, err)
		case given:
			return "", refuse(ErrConflict, "card_taken", "card number %s is in use already", number)
		}
	}
	return "", errors.New("no free card number found; try again")
}
