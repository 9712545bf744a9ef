package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// An act is two items: that it was asked, and how it ended. Neither is ever written again, and neither has an end. All lie in one partition,
// which a right can be narrowed to; people are few and slow.
const (
	ActsPartition = "acts" // of the records table
	actMoments    = "2006-01-02T15:04:05.000000000Z"
	actAsked      = "/ASKED"
	actEnded      = "/ENDED"
)

// actAttrs are the texts of an act by their attributes.
func actAttrs(a *loyalty.Act) map[string]*string {
	return map[string]*string{
		"by": &a.By, "through": &a.Through, "what": &a.What, "on": &a.On, "why": &a.Why, "before": &a.Before, "after": &a.After, "code": &a.Code,
	}
}

// PutAct implements loyalty.Acts.
func (s *Store) PutAct(ctx context.Context, a loyalty.Act) error {
	attrs, end := Attrs{}, actEnded
	attrs.set("state", string(a.State))
	for name, text := range actAttrs(&a) {
		attrs.set(name, *text)
	}
	if a.State == loyalty.ActAsked {
		end = actAsked
	} else {
		attrs.set("ended", a.EndedAt.UTC().Format(actMoments))
	}
	key := Key{Table: Records, Partition: ActsPartition, Sort: a.At.UTC().Format(actMoments) + "/" + a.ID + end}
	_, err := s.items.Put(ctx, Item{Key: key, Attrs: attrs}, IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("put an act on record: %w", err)
	}
	return nil
}

// EachAct implements loyalty.Acts.
func (s *Store) EachAct(ctx context.Context, from, to time.Time, each func(loyalty.Act) error) error {
	var open loyalty.Act // asked, and its end not seen yet: the two lie side by side
	tell := func() error {
		if a := open; a.ID != "" {
			open = loyalty.Act{}
			return each(a)
		}
		return nil
	}
	in := QueryInput{Table: Records, Partition: ActsPartition, After: from.UTC().Format(actMoments), Read: Strong}
	err := every(ctx, s.items, in, func(item Item) error {
		a, err := readAct(item)
		switch {
		case err != nil:
			return err
		case !a.At.Before(to):
			return errEnough
		}
		if a.ID != open.ID || !a.At.Equal(open.At) {
			if err := tell(); err != nil {
				return err
			}
		}
		open = a
		return nil
	})
	if err == nil || errors.Is(err, errEnough) {
		err = tell()
	}
	if err != nil {
		return fmt.Errorf("read what people have changed: %w", err)
	}
	return nil
}

func readAct(item Item) (loyalty.Act, error) {
	at, id, _ := strings.Cut(item.Key.Sort, "/")
	id, _, _ = strings.Cut(id, "/")
	a := loyalty.Act{ID: id, State: loyalty.ActState(item.Attrs.text("state"))}
	var err error
	if a.At, err = time.Parse(actMoments, at); err == nil && item.Attrs.text("ended") != "" {
		a.EndedAt, err = time.Parse(actMoments, item.Attrs.text("ended"))
	}
	if err != nil {
		return a, fmt.Errorf("act %s: %w", item.Key, err)
	}
	for name, text := range actAttrs(&a) {
		*text = item.Attrs.text(name)
	}
	return a, nil
}
