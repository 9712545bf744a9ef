package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Letter is what lies in the inbox: something that could not be done, and whether a person has seen to it.
type Letter struct {
	loyalty.Parked
	State   LetterState
	Note    string // what the person did
	Version loyalty.Version
}

// LetterState is where a letter of the inbox stands.
type LetterState string

// The states: a letter is open until it was replayed with success, or somebody decided that nothing is to be done.
const (
	LetterOpen     LetterState = "open"
	LetterReplayed LetterState = "replayed"
	LetterDropped  LetterState = "dropped"
)

// Attributes of a letter, in full words: few are ever written, and people read them in a console.
const (
	inboxPartition = "inbox"
	inboxReason    = "reason"
	inboxVendor    = "source"
	inboxTopic     = "topic"
	inboxShop      = "shop"
	inboxBody      = "body"
	inboxState     = "state"
	inboxNote      = "note"
)

// Park keeps p. A letter that lies there already stays as it is, whatever has become of it since.
func (s *Store) Park(ctx context.Context, p loyalty.Parked) error {
	_, err := s.items.Put(ctx, s.letterItem(Letter{Parked: p, State: LetterOpen}), IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("put a letter into the inbox: %w", err)
	}
	return nil
}

// Letters lists at most limit letters, the newest first, that were received before a moment (zero: from the newest).
func (s *Store) Letters(ctx context.Context, before time.Time, limit int) ([]Letter, error) {
	in := QueryInput{Table: Records, Partition: inboxPartition, Backward: true, Limit: limit, Read: Strong}
	if !before.IsZero() {
		in.After = before.UTC().Format(dueMoments) // "/" and an id follow in a sort, so those of this very second are left out
	}
	var list []Letter
	for {
		page, err := s.items.Query(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("list the inbox: %w", err)
		}
		for _, item := range page.Items {
			l, err := readLetter(item)
			if err != nil {
				return nil, err
			}
			if list = append(list, l); len(list) == limit {
				return list, nil
			}
		}
		if page.Next == "" {
			return list, nil
		}
		in.After = page.Next // letters are large, so a page may end early
	}
}

// Letter returns one letter by its name, "2026-11-21T10:00:00Z/Q7M4K2..."; ErrNotFound if there is none.
func (s *Store) Letter(ctx context.Context, name string) (Letter, error) {
	item, err := s.items.Get(ctx, Key{Table: Records, Partition: inboxPartition, Sort: name}, Strong)
	if err != nil {
		return Letter{}, known(err)
	}
	return readLetter(item)
}

// SettleLetter writes down what became of a letter. ErrConflict if it was settled since it was read.
func (s *Store) SettleLetter(ctx context.Context, l Letter, state LetterState, note string) error {
	l.State, l.Note = state, note
	_, err := s.items.Put(ctx, s.letterItem(l), over(l.Version))
	return known(err)
}

// Name is how a letter is called: when it was received, and its id.
func (l Letter) Name() string { return l.At.UTC().Format(dueMoments) + "/" + l.ID }

func (s *Store) letterItem(l Letter) Item {
	a := Attrs{inboxBody: l.Message, inboxState: string(l.State)}
	if utf8.Valid(l.Message) { // as text a console shows it
		a[inboxBody] = string(l.Message)
	}
	for name, text := range map[string]string{
		inboxReason: l.Reason, inboxVendor: l.Vendor, inboxTopic: l.Topic, inboxShop: l.Shop, inboxNote: l.Note,
	} {
		a.set(name, text)
	}
	return Item{Key: Key{Table: Records, Partition: inboxPartition, Sort: l.Name()}, Attrs: a, Expires: s.expiry(inboxLife)}
}

func readLetter(item Item) (Letter, error) {
	at, id, _ := strings.Cut(item.Key.Sort, "/")
	received, err := time.Parse(dueMoments, at)
	if err != nil {
		return Letter{}, fmt.Errorf("%s: %w", item.Key, err)
	}
	a := item.Attrs
	body, isBytes := a[inboxBody].([]byte)
	if !isBytes {
		body = []byte(a.text(inboxBody))
	}
	return Letter{
		Parked: loyalty.Parked{
			ID: id, Vendor: a.text(inboxVendor), Topic: a.text(inboxTopic), Shop: a.text(inboxShop), Reason: a.text(inboxReason),
			At: received, Message: body,
		},
		State: LetterState(a.text(inboxState)), Note: a.text(inboxNote), Version: loyalty.Version(item.Version),
	}, nil
}
