package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A merged card keeps its head where it was, with the id of the card that it was merged into under aliasCard: to every reader of numbers
// it is an alias, and what is left of its book stays readable behind it. A write over the head as it was before is refused by its
// version, so a receipt that was under way lands on the other card.

func writeJoined(list []card.Joined) string {
	text := make([]string, len(list))
	for i, j := range list {
		text[i] = fmt.Sprintf("%s:%d:%s", j.ID, j.Depth, writeMoment(j.Newest))
		if flags := writeFlags(j); flags != "" {
			text[i] += ":" + flags
		}
	}
	return strings.Join(text, " ")
}

// writeFlags says what a joined card is beside a merged one: "p" for a book alone, "m" for a member, "pm" for a former household, "l" for a
// member that has left.
func writeFlags(j card.Joined) string {
	switch {
	case j.Left:
		return "l"
	case j.Past && j.Member:
		return "pm"
	case j.Past:
		return "p"
	case j.Member:
		return "m"
	}
	return ""
}

func readJoined(text string) ([]card.Joined, error) {
	var list []card.Joined
	for _, part := range strings.Fields(text) {
		field := append(strings.Split(part, ":"), "")
		if len(field) < 4 {
			return nil, fmt.Errorf("joined card %q has %d fields", part, len(field)-1)
		}
		j := card.Joined{ID: field[0], Past: strings.ContainsAny(field[3], "pl"), Member: strings.Contains(field[3], "m"), Left: strings.Contains(field[3], "l")}
		var err error
		if j.Depth, err = strconv.Atoi(field[1]); err != nil {
			return nil, fmt.Errorf("joined card %q: %w", part, err)
		}
		if j.Newest, err = readMoment(field[2]); err != nil {
			return nil, fmt.Errorf("joined card %q: %w", part, err)
		}
		list = append(list, j)
	}
	return list, nil
}

// maxHops bounds how an alias leads on: a number that replaced a lost one, its card, and the one that this was merged into.
const maxHops = 4

// errFollow is no kind of error: cards are being merged and parted at this moment.
var errFollow = errors.New("the number leads on and on; try again")

// follow opens the card that a number leads to, and tells the last step on the way to it: a number, "" if it leads there itself, and the
// shopper who was read with it.
func (s *Store) follow(ctx context.Context, number string, fresh bool) (opened, by loyalty.Opened, err error) {
	for range maxHops {
		o, alias, err := s.openPartition(ctx, number, fresh)
		if err != nil || alias == "" {
			return o, by, err
		}
		by, number = o, alias
		by.Number = o.Profile.ID
	}
	return opened, by, errFollow
}

// leads looks once more whether a number leads to a card whose head does not know it: the two are read one after the other, and in between
// the number may have been given to another. Once it does, a head at the version that was read says so until it is written.
func (s *Store) leads(ctx context.Context, number string, head card.Head) (bool, error) {
	if number == "" || head.Leads(number) {
		return true, nil
	}
	item, err := s.items.Get(ctx, headKey(number), Strong)
	if err != nil {
		return false, known(err)
	}
	return item.Attrs.text(aliasCard) == head.ID, nil
}

// asShopper gives an opened card the shopper whom its number belongs to: a member of a household has a profile of its own. by is the last
// step on the way to the card, which has brought that profile in nearly every case.
func (s *Store) asShopper(ctx context.Context, o, by loyalty.Opened, fresh bool) (loyalty.Opened, error) {
	whose := o.Shopper()
	if whose == o.Head.ID {
		return o, nil
	}
	if by.Number != whose {
		var err error
		if by, _, err = s.openPartition(ctx, whose, fresh); err != nil {
			return o, err
		}
	}
	o.Profile, o.ProfileVersion = by.Profile, by.ProfileVersion
	return o, nil
}

func headKey(id string) Key { return Key{Table: Cards, Partition: cardPartition(id), Sort: sortHead} }

// Kept reads the head of a card by its id as it lies there, also that of one that was merged into another.
func (s *Store) Kept(ctx context.Context, id string) (loyalty.Kept, error) {
	item, err := s.items.Get(ctx, headKey(id), Strong)
	if err != nil {
		return loyalty.Kept{}, known(err)
	}
	head, err := readHead(id, item.Attrs)
	if err != nil {
		return loyalty.Kept{}, fmt.Errorf("head of card %s: %w", id, err)
	}
	return loyalty.Kept{Head: head, Version: loyalty.Version(item.Version), Into: item.Attrs.text(aliasCard)}, nil
}

// PutKept stores heads over their versions, and makes numbers lead to cards: all or nothing.
func (s *Store) PutKept(ctx context.Context, heads []loyalty.Kept, numbers map[string]string) error {
	var writes []Write
	for _, k := range heads {
		item := headItem(k.Head)
		item.Attrs.set(aliasCard, k.Into)
		writes = append(writes, Write{Item: item, If: over(k.Version)})
	}
	for number, id := range numbers {
		item, err := s.items.Get(ctx, headKey(number), Strong)
		if err != nil {
			return fmt.Errorf("read card number %s: %w", number, err)
		}
		if item.Attrs.text(aliasCard) != id {
			writes = append(writes, Write{Item: Item{Key: item.Key, Attrs: Attrs{aliasCard: id}}, If: IfVersion(item.Version)})
		}
	}
	return known(s.items.Transact(ctx, writes))
}

// JoinedOf reads what is left of a card that was merged into another from its item, and into which; false from any other item. An
// alias without a book says where it leads to, and false.
func JoinedOf(item Item) (head card.Head, into string, joined bool, err error) {
	id, isCard := strings.CutPrefix(item.Key.Partition, "card/")
	if item.Key.Sort == sortHead {
		into = item.Attrs.text(aliasCard)
	}
	if !isCard || into == "" || item.Attrs.whole(headPosted) == 0 {
		return card.Head{}, "", false, nil
	}
	head, err = readHead(id, item.Attrs)
	if err != nil {
		err = fmt.Errorf("head of card %s: %w", id, err)
	}
	return head, into, err == nil, err
}
