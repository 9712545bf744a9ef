package loyalty

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// List is shoppers that somebody has put together by hand; rules ask for it with `{list: <id>}`. Who is on it stands with each shopper, so
// that a rule reads nothing for it.
type List struct {
	ID     string    `json:"id"`
	Name   string    `json:"name,omitempty"`
	MadeAt time.Time `json:"made_at"`

	// Gone says that it is deleted, or that this has begun. Its id is not used again: nobody comes back onto a list by what was left over.
	Gone bool `json:"gone,omitempty"`
}

// MaxListName is how many characters the name of a list has.
const MaxListName = 100

// MaxListed is how many cards one call puts on a list or takes off it.
const MaxListed = 500

var listID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,24}$`)

// Lists keeps what lists there are.
type Lists interface {
	// List returns a list and its version, also one that is gone; ErrNotFound if there never was one.
	List(ctx context.Context, id string) (List, Version, error)

	// AllLists returns all lists in the order of their ids, without those that are gone.
	AllLists(ctx context.Context) ([]List, error)

	// PutList stores the list if over is still its version. Otherwise ErrConflict.
	PutList(ctx context.Context, l List, over Version) (Version, error)
}

// MakeList makes an empty list. The same again changes nothing and says repeated. ErrInvalid: the id or the name cannot be one. ErrConflict:
// there is a list of that id with another name, or there was one.
func (s *Service) MakeList(ctx context.Context, id, name string) (l List, repeated bool, err error) {
	switch {
	case !listID.MatchString(id):
		return l, false, refuse(ErrInvalid, "list_id", "a list's id is 1 to 24 letters, digits and any of . _ -")
	case name != "" && !SaidPlainly(name, MaxListName):
		return l, false, refuse(ErrInvalid, "list_name", "a list's name has at most %d characters, on one line", MaxListName)
	}
	l = List{ID: id, Name: name, MadeAt: s.Now().UTC().Truncate(time.Second)}
	if _, err = s.Lists.PutList(ctx, l, 0); !errors.Is(err, ErrConflict) {
		return l, false, err
	}
	there, _, err := s.Lists.List(ctx, id)
	switch {
	case err != nil:
		return l, false, fmt.Errorf("read list %s: %w", id, err)
	case there.Gone:
		return l, false, refuse(ErrConflict, "list_gone", "there was a list %s, which is deleted; give the new one another id", id)
	case there.Name != name:
		return l, false, refuse(ErrConflict, "list_taken", "there is a list %s already, with the name %q", id, there.Name)
	}
	return there, true, nil
}

// openList finds a list that people can be put on.
func (s *Service) openList(ctx context.Context, id string) error {
	unknown := func() error {
		return refuse(ErrNotFound, "list_unknown", "there is no list %q; `regulars list create` makes one", id)
	}
	if !listID.MatchString(id) {
		return unknown() // a store may have no place for such a name, which is no reason to try again
	}
	l, _, err := s.Lists.List(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && l.Gone {
		return unknown()
	}
	if err != nil {
		return fmt.Errorf("read list %s: %w", id, err)
	}
	return nil
}

// Listed is what came of putting cards on a list or taking them off. The four numbers add up to the cards that were named.
type Listed struct {
	Added     int     `json:"added"`
	Removed   int     `json:"removed"`
	Unchanged int     `json:"unchanged"` // they were on it, or off it, already
	Refused   []Unfit `json:"refused"`
}

// Unfit is a card that a list does not take, and why. Place is where it stood among those that were named, from 0 on.
type Unfit struct {
	Place  int    `json:"place"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// ListCards puts the shoppers of cards on a list, or takes them off it. A card is named by its number, or by the e-mail address of its
// shopper. Cards that do not fit are told one by one, and the others go on: it may be called again with the same cards at any time.
//
// ErrNotFound: there is no such list. ErrInvalid: more than MaxListed cards at once. Any other error leaves it open which cards were done.
func (s *Service) ListCards(ctx context.Context, list string, cards []string, on bool) (Listed, error) {
	out := Listed{Refused: []Unfit{}}
	if len(cards) > MaxListed {
		return out, refuse(ErrInvalid, "too_many", "%d cards at once, and at most %d are taken", len(cards), MaxListed)
	}
	if err := s.openList(ctx, list); err != nil {
		return out, err
	}
	changed, errs := make([]bool, len(cards)), make([]error, len(cards))
	room := make(chan struct{}, askedAtOnce)
	var all sync.WaitGroup
	for i, named := range cards {
		room <- struct{}{}
		all.Go(func() {
			changed[i], errs[i] = s.listCard(ctx, list, named, on)
			<-room
		})
	}
	all.Wait()
	for i, err := range errs {
		said := (*Error)(nil)
		switch {
		case err == nil && !changed[i]:
			out.Unchanged++
		case err == nil && on:
			out.Added++
		case err == nil:
			out.Removed++
		case errors.As(err, &said):
			out.Refused = append(out.Refused, Unfit{Place: i, Code: said.Code, Detail: said.Detail})
		default:
			return out, err
		}
	}
	return out, nil
}

// ListCard puts the shopper of one card on a list, or takes them off it, and reports whether that is new.
//
// ErrNotFound: there is no such list or card. ErrRefused: the card is closed, belongs to nobody yet, or is on MaxLists lists.
func (s *Service) ListCard(ctx context.Context, list, number string, on bool) (changed bool, err error) {
	if err := s.openList(ctx, list); err != nil {
		return false, err
	}
	return s.listCard(ctx, list, number, on)
}

// listCard puts one shopper on a list or takes them off.
func (s *Service) listCard(ctx context.Context, list, named string, on bool) (changed bool, err error) {
	number := strings.TrimSpace(named)
	if number == "" {
		return false, refuse(ErrInvalid, "card_missing", "no card is named")
	}
	if strings.Contains(number, "@") {
		if number, err = s.Cards.Find(ctx, EmailIdentity(number)); errors.Is(err, ErrNotFound) {
			return false, refuse(ErrNotFound, "card_unknown", "no card belongs to this e-mail address")
		} else if err != nil {
			return false, fmt.Errorf("look up an e-mail address: %w", err)
		}
	}
	for range maxRounds {
		o, err := s.Cards.Open(ctx, number, true)
		if err != nil {
			return false, unknownCard(number, err)
		}
		if err := mayBeListed(o, number, list, on); err != nil || slices.Contains(o.Profile.Lists, list) == on {
			return false, err
		}
		p := o.Profile
		p.ID = o.Shopper()
		p.Lists = slices.DeleteFunc(slices.Clone(p.Lists), func(id string) bool { return id == list })
		if on {
			p.Lists = append(p.Lists, list)
			slices.Sort(p.Lists)
		}
		if _, err = s.Cards.PutProfile(ctx, p, o.ProfileVersion); !errors.Is(err, ErrConflict) {
			return err == nil, err
		}
	}
	return false, errBusy
}

// mayBeListed refuses who cannot be put on a list. Everybody can be taken off one.
func mayBeListed(o Opened, number, list string, on bool) error {
	switch {
	case !on || slices.Contains(o.Profile.Lists, list):
		return nil
	case o.Head.Status == card.Closed:
		return refuse(ErrRefused, "card_closed", "card %s is closed, and stays so", number)
	case o.ProfileVersion == 0:
		return refuse(ErrRefused, "no_shopper", "card %s was swiped and belongs to nobody yet; enrol its shopper first", number)
	case len(o.Profile.Lists) >= card.MaxLists:
		return refuse(ErrRefused, "lists_full", "card %s is on %d lists, and no shopper is on more", number, card.MaxLists)
	}
	return nil
}

// CountList counts who is on a list, as CountSegment counts a segment. each, which may be nil, is given the numbers of those who are, some
// at a time and never twice at once.
func (s *Service) CountList(ctx context.Context, id string, parts int, looked func(int64), each func([]string) error) (Counted, error) {
	if err := s.openList(ctx, id); err != nil {
		return Counted{}, err
	}
	var sum Counted
	err := s.walk(ctx, parts, func(page []Opened) error {
		var in []string
		for _, o := range page {
			if slices.Contains(o.Profile.Lists, id) && o.Head.Status != card.Closed {
				in = append(in, o.Head.Number())
			}
		}
		sum.add(page, in)
		if looked != nil {
			looked(sum.Cards)
		}
		if each == nil || len(in) == 0 {
			return nil
		}
		return each(in)
	})
	slices.Sort(sum.Sample)
	return sum, err
}

// DeleteList takes everybody off a list and ends it, and returns how many it took off; one that broke off is called again. A list that one
// of the programmes asks for, those that hold now or later, is ErrConflict: segments that leave it out would fill up at once.
func (s *Service) DeleteList(ctx context.Context, id string, held []*programme.Programme, parts int, looked func(int64)) (taken int64, err error) {
	l, version, err := s.Lists.List(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return 0, refuse(ErrNotFound, "list_unknown", "there is no list %q", id)
	}
	if err != nil {
		return 0, fmt.Errorf("read list %s: %w", id, err)
	}
	for _, rules := range held {
		if slices.ContainsFunc(rules.Lists(), func(named programme.NamedList) bool { return named.ID == id }) {
			return 0, refuse(ErrConflict, "list_in_use", "the programme asks for list %s; publish one that does not, and delete it then", id)
		}
	}
	if !l.Gone {
		l.Gone = true
		if _, err := s.Lists.PutList(ctx, l, version); err != nil {
			return 0, fmt.Errorf("end list %s: %w", id, err)
		}
	}
	cards := int64(0)
	err = s.walk(ctx, parts, func(page []Opened) error {
		for _, o := range page {
			if !slices.Contains(o.Profile.Lists, id) {
				continue
			}
			if changed, err := s.listCard(ctx, id, o.Number, false); err != nil {
				return err
			} else if changed {
				taken++
			}
		}
		if cards += int64(len(page)); looked != nil {
			looked(cards)
		}
		return nil
	})
	return taken, err
}

// shareLists puts whose card is being merged into another on the lists of both. It comes before the merge, so that one that breaks off is
// done again with it. A card without a shopper takes over none, as it takes over nothing else of a shopper.
func (s *Service) shareLists(ctx context.Context, from, into Opened) error {
	if into.ProfileVersion == 0 {
		return nil
	}
	missing := slices.DeleteFunc(slices.Clone(from.Profile.Lists), func(id string) bool { return slices.Contains(into.Profile.Lists, id) })
	if n := len(missing) + len(into.Profile.Lists); n > card.MaxLists {
		return refuse(ErrRefused, "lists_full", "the shopper would be on %d lists, and no shopper is on more than %d; take some of them off first", n, card.MaxLists)
	}
	for _, id := range missing {
		if _, err := s.listCard(ctx, id, into.Number, true); err != nil {
			return fmt.Errorf("put card %s on list %s: %w", into.Number, id, err)
		}
	}
	return nil
}

// MissingLists are the lists that a programme asks for and that nobody has made, or that are deleted.
func (s *Service) MissingLists(ctx context.Context, rules *programme.Programme) ([]programme.NamedList, error) {
	var missing []programme.NamedList
	for _, named := range rules.Lists() {
		l, _, err := s.Lists.List(ctx, named.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("read list %s: %w", named.ID, err)
		}
		if err != nil || l.Gone {
			missing = append(missing, named)
		}
	}
	return missing, nil
}
