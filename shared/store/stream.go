package store

import (
	"errors"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/message"
)

// HeadChange reads a change of the cards table off the images that its stream brings: the head before and after, nil where there was
// or is none. A change of anything but a head is nil twice.
//
// It fails on an image that this package did not write, and will fail on it again.
func HeadChange(was, is map[string]any) (before, after *card.Head, err error) {
	if before, err = headImage(was, true); err != nil {
		return nil, nil, err
	}
	if after, err = headImage(is, false); err != nil {
		return nil, nil, err
	}
	return before, after, nil
}

// headImage reads a head; with joined also what was left of one that was merged into another, so that what it told then is not told again.
func headImage(image map[string]any, joined bool) (*card.Head, error) {
	if image == nil {
		return nil, nil
	}
	for name, value := range image {
		switch value.(type) {
		case string, int64, []byte:
		default:
			return nil, errors.Join(errImage, errors.New("attribute "+name+" is of a type that we never write"))
		}
	}
	item, err := ItemOf(Cards, image)
	if err != nil {
		return nil, err
	}
	head, ok, err := HeadOf(item)
	if !ok && err == nil && joined {
		head, _, ok, err = JoinedOf(item)
	}
	if !ok || err != nil {
		return nil, err
	}
	return &head, nil
}

// PlaceChange reads a change of the cards table off the images that its stream brings: a place of a journey before and after. A change of
// anything else is nil twice. It fails on an image that this package did not write.
func PlaceChange(was, is map[string]any) (before, after *journey.Place, err error) {
	for _, each := range []struct {
		image map[string]any
		place **journey.Place
	}{{was, &before}, {is, &after}} {
		partition, _ := each.image[NamePartition].(string)
		if sort, _ := each.image[NameSort].(string); !strings.HasPrefix(partition, journeyPartition) || !strings.Contains(sort, "/") {
			continue
		}
		item, err := ItemOf(Cards, each.image)
		if err != nil {
			return nil, nil, err
		}
		placed, err := readPlace(item)
		if err != nil {
			return nil, nil, err
		}
		*each.place = &placed.Place
	}
	return before, after, nil
}

// MessageChange reads a change of the records table off the images that its stream brings: the record of a message after it, and of the one before
// what counting takes back: its state, when it went out and its clicks. A change of anything else is nil twice. It fails on an image that this package
// did not write.
func MessageChange(was, is map[string]any) (before, after *message.Record, err error) {
	if item, ok, err := messageOf(was); err != nil {
		return nil, nil, err
	} else if ok {
		rec, err := readMessage(item)
		if err != nil {
			return nil, nil, err
		}
		before = &message.Record{State: rec.State, SentAt: rec.SentAt, Clicks: rec.Clicks}
	}
	item, ok, err := messageOf(is)
	if err != nil || !ok {
		return before, nil, err
	}
	rec, err := readMessage(item)
	if err != nil {
		return nil, nil, err
	}
	return before, &rec, nil
}

// messageOf takes an image apart if it is of a message's record.
func messageOf(image map[string]any) (Item, bool, error) {
	if sort, _ := image[NameSort].(string); !strings.HasPrefix(sort, messageSort) {
		return Item{}, false, nil
	}
	item, err := ItemOf(Records, image)
	return item, err == nil, err
}
