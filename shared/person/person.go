// Package person finds everything that a shop holds about one shopper: to give it to them, or to take them out of it.
//
// What belongs to a shopper is found by looking at every item for one of the names that lead to them (card numbers, e-mail address,
// phone number, vendors' ids), and not by a list of places to look: what a later feature stores is found as well.
package person

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// Names are the texts that lead to a shopper.
type Names struct {
	Card     string   // the id of the shopper's card
	Cards    []string // that one, and those that were merged into it
	Texts    []string // in small letters
	Told     []string // those of them that the shopper has told, and no number of the shop's
	Somebody bool     // anything at all is known of who the shopper is
}

// Own implements exporter.Whose.
func (n Names) Own(card string) bool { return slices.Contains(n.Cards, card) }

// Find opens the card of a shopper, by its number or the shopper's e-mail address, and tells all names that lead to them. Of a household it
// is one member, or the holder.
func Find(ctx context.Context, s *store.Store, who string) (loyalty.Opened, Names, error) {
	number := who
	if strings.Contains(who, "@") {
		var err error
		if number, err = s.Find(ctx, loyalty.EmailIdentity(who)); err != nil {
			return loyalty.Opened{}, Names{}, nobody(err)
		}
	}
	opened, err := s.Open(ctx, number, true)
	if err != nil {
		return loyalty.Opened{}, Names{}, nobody(err)
	}
	n := Names{Card: opened.Shopper()}
	n.Cards = append(n.Cards, n.Card)
	own, _ := opened.Head.Books(n.Card)
	for _, j := range own {
		if !j.Past && j.ID != n.Card {
			n.Cards = append(n.Cards, j.ID)
		}
	}
	n.Texts = append(n.Texts, number)
	for _, id := range n.Cards {
		n.Texts = append(n.Texts, id, opened.Head.NumberOf(id))
		p, _, err := s.Profile(ctx, id)
		if err != nil {
			return loyalty.Opened{}, Names{}, err
		}
		n.Told = append(append(n.Told, p.Email, p.Phone), p.Identities...)
		n.Somebody = n.Somebody || loyalty.LeadsToSomebody(p)
	}
	for _, l := range opened.Head.Lost {
		if opened.Head.ShopperOf(l.Number) == n.Card {
			n.Texts = append(n.Texts, l.Number, l.By)
		}
	}
	if strings.Contains(who, "@") {
		n.Told = append(n.Told, who)
	}
	n.Told = plain(n.Told)
	n.Texts = plain(append(n.Texts, n.Told...))
	return opened, n, nil
}

// plain is a list in small letters, in order, each once.
func plain(list []string) []string {
	for i, t := range list {
		list[i] = strings.ToLower(strings.TrimSpace(t))
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(t string) bool { return t == "" })
}

func nobody(err error) error {
	if errors.Is(err, loyalty.ErrNotFound) {
		return &loyalty.Error{Kind: loyalty.ErrNotFound, Code: "person_unknown", Detail: "no card has this number or belongs to this e-mail address"}
	}
	return err
}

// In reports whether an item names the shopper anywhere.
func (n Names) In(item store.Item) bool {
	if n.within(item.Key.Partition) || n.within(item.Key.Sort) {
		return true
	}
	for _, value := range item.Attrs {
		text, _ := value.(string)
		if raw, ok := value.([]byte); ok {
			text = string(raw)
		}
		if from, body := unpacked(item, text); n.within(text) || from != "" && n.inDelivery(from, body) {
			return true
		}
	}
	return false
}

// within reports whether one of the names stands in a text by itself: a card's number is not part of a longer one.
func (n Names) within(text string) bool {
	text = strings.ToLower(text)
	for _, name := range n.Texts {
		for rest := text; ; {
			at := strings.Index(rest, name)
			if at < 0 {
				break
			}
			end := at + len(name)
			if (at == 0 || !wordy(rest[at-1])) && (end == len(rest) || !wordy(rest[end])) {
				return true
			}
			rest = rest[at+1:]
		}
	}
	return false
}

func wordy(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' }

// Tables are looked through in this order.
var tables = []store.Table{store.Programme, store.Cards, store.Records}

// Place is how far a look through the shop has come. The zero Place is the beginning.
type Place struct {
	Table store.Table `json:"t,omitempty"`
	After string      `json:"a,omitempty"`
	Over  bool        `json:"-"` // all was looked through
}

// some looks at the items behind a place that name the shopper, until all were looked at or enough says that it is time to stop, which
// is asked after each page. It returns the place that it has come to.
func some(ctx context.Context, items store.Items, n Names, from Place, enough func(looked int64) bool, do func(store.Item) error) (Place, error) {
	var count int64
	begun := from.Table == ""
	for _, table := range tables {
		if begun = begun || table == from.Table; !begun {
			continue
		}
		in := store.ScanInput{Table: table, Segments: 1, Read: store.Strong}
		if table == from.Table {
			in.After = from.After
		}
		for {
			page, err := items.Scan(ctx, in)
			if err != nil {
				return from, fmt.Errorf("look through the %s table: %w", table, err)
			}
			for _, item := range page.Items {
				if !n.In(item) {
					continue
				}
				if err := do(item); err != nil {
					return from, err
				}
			}
			count += int64(len(page.Items))
			if page.Next == "" {
				break
			}
			in.After = page.Next
			if enough(count) {
				return Place{Table: table, After: page.Next}, nil
			}
		}
		if next := slices.Index(tables, table) + 1; next < len(tables) && enough(count) {
			return Place{Table: tables[next]}, nil
		}
	}
	return Place{Over: true}, nil
}

// Erased is what an erasure did.
type Erased struct {
	Card     string `json:"card"`
	Carts    int    `json:"carts"`
	Letters  int    `json:"letters"`            // of the inbox, emptied
	Journeys int    `json:"journeys,omitempty"` // ended
	Mails    int    `json:"mails,omitempty"`    // taken out of the mailbox of this machine
	Repeated bool   `json:"repeated"`
}

// noted is what stands in a letter of the inbox that was emptied.
const noted = "emptied: its shopper was erased"

// EraseAll takes the person out of the shop and leaves the arithmetic: carts and letters of the inbox that name them are emptied, the
// card is closed, its journeys end, and the profile with every address and id that led to it goes last, so that an erasure that was cut
// short is simply done again, by whom and for whatever reason. A keyed hash of the address stays on the suppression list, so that an old
// file does not bring the person back. Receipts, entries and points stay under the card's number, which leads to nobody then.
func (d Desk) EraseAll(ctx context.Context, who string, by loyalty.ByHand, looked func(int64)) (Erased, error) {
	out, _, err := d.eraseSome(ctx, who, by, Place{}, func(n int64) bool {
		if looked != nil {
			looked(n)
		}
		return false
	})
	return out, err
}

// eraseSome is EraseAll from a place on, until enough says that it is time to stop; whoever asks goes on at the place that it returns. The
// card is closed with the first part, so nothing new begins meanwhile; the person is out of the shop when the place is over.
func (d Desk) eraseSome(ctx context.Context, who string, by loyalty.ByHand, from Place, enough func(looked int64) bool) (Erased, Place, error) {
	if !loyalty.SaidPlainly(by.Reason, loyalty.MaxReason) || !loyalty.SaidPlainly(by.By, loyalty.MaxBy) {
		return Erased{}, from, &loyalty.Error{
			Kind: loyalty.ErrInvalid, Code: "reason",
			Detail: fmt.Sprintf("an erasure wants a reason of 1 to %d characters and the name of who does it, of 1 to %d", loyalty.MaxReason, loyalty.MaxBy),
		}
	}
	s, service := d.Store, d.Service
	opened, names, err := Find(ctx, s, who)
	if err != nil {
		return Erased{}, from, err
	}
	out := Erased{Card: names.Card, Repeated: from == Place{} && opened.Head.Status == card.Closed && !names.Somebody}
	if opened.Head.ID != names.Card { // what a household shares stays with the others
		if _, err := service.LeaveHousehold(ctx, names.Card, by); err != nil {
			return out, from, err
		}
		if opened, names, err = Find(ctx, s, names.Card); err != nil {
			return out, from, err
		}
	}
	if opened.Head.Status != card.Closed { // else it may have been closed by somebody else, for another reason
		if _, err := service.SetStatus(ctx, names.Card, card.Closed, by); err != nil && loyalty.Code(err) != "card_closed" {
			return out, from, err
		}
	}
	from, err = some(ctx, d.Items, names, from, enough, func(item store.Item) error { return out.empty(ctx, s, item) })
	if err != nil || !from.Over {
		return out, from, err
	}
	if out.Journeys, err = service.EraseJourneys(ctx, opened.Head); err != nil {
		return out, from, err
	}
	if out.Mails, err = besides(d.Beside).Forget(ctx, names); err != nil {
		return out, from, err
	}
	for _, id := range slices.Backward(names.Cards) { // the card that leads to the others last
		if err := outOfShop(ctx, s, service, id); err != nil {
			return out, from, err
		}
	}
	return out, from, besides(d.Beside).Wipe(ctx, names)
}

// empty takes the person out of a cart or a letter.
func (e *Erased) empty(ctx context.Context, s *store.Store, item store.Item) error {
	id, isCart := strings.CutPrefix(item.Key.Partition, "cart/")
	switch {
	case isCart:
		done, err := emptyCart(ctx, s, id)
		if done {
			e.Carts++
		}
		return err
	case item.Key.Table == store.Records && item.Key.Partition == "inbox":
		done, err := emptyLetter(ctx, s, item.Key.Sort)
		if done {
			e.Letters++
		}
		return err
	}
	return nil
}

// outOfShop takes away the profile that lies with a card, and keeps that nobody writes to its address.
func outOfShop(ctx context.Context, s *store.Store, service *loyalty.Service, id string) error {
	for range maxRounds {
		p, version, err := s.Profile(ctx, id)
		if err != nil || version == 0 {
			return err
		}
		if p.Email != "" {
			said := card.Suppression{At: service.Now(), Reason: loyalty.SuppressedByErasure}
			if p.Suppressed != nil {
				said.Reason = p.Suppressed.Reason
			}
			if err := s.SuppressAddress(ctx, p.Email, said); err != nil {
				return fmt.Errorf("keep that the address is not to be written to: %w", err)
			}
		}
		if _, err = s.PutProfile(ctx, card.Profile{ID: id}, version); err == nil {
			return nil
		}
		if !errors.Is(err, loyalty.ErrConflict) {
			return fmt.Errorf("take away the shopper of card %s: %w", id, err)
		}
	}
	return errBusy
}

// maxRounds is how often something is emptied that others change at the same moment.
const maxRounds = 5

// emptyCart leaves of a cart that there was one. One whose time has ended meanwhile is empty.
func emptyCart(ctx context.Context, s *store.Store, id string) (bool, error) {
	for range maxRounds {
		c, over, err := s.Cart(ctx, id)
		if errors.Is(err, loyalty.ErrNotFound) || err == nil && c.URL == "" && len(c.Lines) == 0 {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read cart %s: %w", id, err)
		}
		if c.State == loyalty.CartOpen {
			c.State = loyalty.CartEmptied
		}
		c.URL, c.Lines, c.DueAt = "", nil, time.Time{}
		if _, err = s.PutCart(ctx, c, over); !errors.Is(err, loyalty.ErrConflict) {
			return err == nil, err
		}
	}
	return false, errBusy
}

// emptyLetter leaves of a letter when it came, from whom and why. One whose time has ended meanwhile is empty.
func emptyLetter(ctx context.Context, s *store.Store, name string) (bool, error) {
	for range maxRounds {
		l, err := s.Letter(ctx, name)
		if errors.Is(err, loyalty.ErrNotFound) || err == nil && bytes.Equal(l.Message, []byte(noted)) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read letter %s: %w", name, err)
		}
		l.Message = []byte(noted)
		state := l.State
		if state == store.LetterOpen {
			state = store.LetterDropped
		}
		if err = s.SettleLetter(ctx, l, state, noted); !errors.Is(err, loyalty.ErrConflict) {
			return err == nil, err
		}
	}
	return false, errBusy
}

// errBusy is no kind of error: somebody else changes it at every moment.
var errBusy = errors.New("it is being changed by somebody else at this moment; try again")
