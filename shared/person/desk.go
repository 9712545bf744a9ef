package person

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/store"
)

// A part ends after the page that passes one of these: some seconds of work, and an answer that a function may give.
const (
	maxLooked = 20_000    // items
	maxLines  = 1_000_000 // bytes
)

// Desk gives shoppers what is held about them and takes them out, part by part, for somebody who cannot wait for the whole.
type Desk struct {
	Items   store.Items
	Store   *store.Store
	Service *loyalty.Service
	Secrets []string // places are hidden with the first, since they name other people's items
	Beside  Beside   // nil: nothing is kept beside the tables
	Looks   int64    // items that a part looks at; 0 is maxLooked
}

var _ loyalty.Persons = Desk{}

// Export implements loyalty.Persons.
func (d Desk) Export(ctx context.Context, number, by, after string) (loyalty.HeldPart, error) {
	_, names, err := Find(ctx, d.Store, number)
	if err != nil {
		return loyalty.HeldPart{}, err
	}
	from, err := d.place(names.Card, after)
	if err != nil {
		return loyalty.HeldPart{}, err
	}
	if err := d.note(ctx, from, loyalty.AskedAbout{Card: names.Card, Matter: loyalty.AskedExport, By: by}); err != nil {
		return loyalty.HeldPart{}, err
	}
	var out bytes.Buffer
	lines := exporter.ShopperLines(d.Items, d.Service.Now, names, &out)
	to, err := some(ctx, d.Items, names, from, func(n int64) bool { return n >= d.looks() || out.Len() >= maxLines }, func(item store.Item) error {
		return lines.Write(ctx, item)
	})
	if err != nil {
		return loyalty.HeldPart{}, err
	}
	part := loyalty.HeldPart{Card: names.Card, Lines: []json.RawMessage{}}
	for line := range strings.Lines(out.String()) {
		part.Lines = append(part.Lines, json.RawMessage(strings.TrimSuffix(line, "\n")))
	}
	part.Next, err = d.next(names.Card, to)
	return part, err
}

// Erase implements loyalty.Persons.
func (d Desk) Erase(ctx context.Context, number string, by loyalty.ByHand, after string) (loyalty.ErasedPart, error) {
	_, names, err := Find(ctx, d.Store, number)
	if err != nil {
		return loyalty.ErasedPart{}, err
	}
	from, err := d.place(names.Card, after)
	if err != nil {
		return loyalty.ErasedPart{}, err
	}
	if err := d.note(ctx, from, loyalty.AskedAbout{Card: names.Card, Matter: loyalty.AskedErase, By: by.By, Reason: by.Reason}); err != nil {
		return loyalty.ErasedPart{}, err
	}
	by.ID = "erase-" + names.Card
	done, to, err := d.eraseSome(ctx, number, by, from, func(n int64) bool { return n >= d.looks() })
	if err != nil {
		return loyalty.ErasedPart{}, err
	}
	part := loyalty.ErasedPart{Card: done.Card, Repeated: done.Repeated, Done: to.Over, Carts: done.Carts, Letters: done.Letters, Journeys: done.Journeys}
	part.Next, err = d.next(names.Card, to)
	return part, err
}

func (d Desk) looks() int64 {
	if d.Looks > 0 {
		return d.Looks
	}
	return maxLooked
}

// note records what was asked for, with its first part.
func (d Desk) note(ctx context.Context, from Place, a loyalty.AskedAbout) error {
	if from != (Place{}) {
		return nil
	}
	a.At = d.Service.Now()
	if err := d.Store.NoteAsked(ctx, a); err != nil {
		return fmt.Errorf("record what is asked about card %s: %w", a.Card, err)
	}
	return nil
}

// next hides a place from whoever asks for the rest.
func (d Desk) next(id string, to Place) (string, error) {
	if to.Over {
		return "", nil
	}
	text, err := json.Marshal(to)
	if err == nil && len(d.Secrets) == 0 {
		err = fmt.Errorf("%w: there is no secret to hide places with", message.ErrInvalid)
	}
	if err != nil {
		return "", err
	}
	return message.PlaceToken(d.Secrets[0], id+"\x00"+string(text))
}

// place reads where the part before ended.
func (d Desk) place(id, after string) (Place, error) {
	var p Place
	if after == "" {
		return p, nil
	}
	text, err := message.ParsePlace(d.Secrets, after)
	if whose, at, _ := strings.Cut(text, "\x00"); err == nil && whose == id {
		err = json.Unmarshal([]byte(at), &p)
		if err == nil {
			return p, nil
		}
	}
	return Place{}, &loyalty.Error{Kind: loyalty.ErrInvalid, Code: "after", Detail: "this is not where a part about this card has ended; begin without it"}
}
