package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// sortDate begins the sort of a shopper's date; the kind follows.
const sortDate = "DATE/"

// dateWrites moves the shopper's dates in the due index.
func dateWrites(from, to card.Profile) []Write {
	var writes []Write
	date := func(kind string, before, now day.Yearly) {
		if before == now && (from.TimeZone == to.TimeZone || now == day.Yearly{}) {
			return
		}
		item := Item{Key: Key{Table: Cards, Partition: cardPartition(to.ID), Sort: sortDate + kind}, Attrs: Attrs{}}
		item.Attrs.set("on", now.String())
		if now != (day.Yearly{}) {
			item.Due = Due{Kind: kind, At: now.String() + zoneAfter + to.TimeZone}
		}
		writes = append(writes, Write{Item: item, If: Always()})
	}
	date(dateBirthday, from.Birthday, to.Birthday)
	date(dateEnrolled, yearly(from.Since), yearly(to.Since))
	return writes
}

func yearly(d day.Day) day.Yearly {
	if d == 0 {
		return day.Yearly{}
	}
	y, _ := day.ParseYearly(d.String()) // what String writes can be read
	return y
}

// zoneAfter stands between a day of the year and the shopper's zone in the index, so that a run knows on whose clock the hour has come
// before it reads a card.
const zoneAfter = "|"

// OnDay lists the cards with a date on a day of the year, and the zones of their shoppers.
func (s *Store) OnDay(ctx context.Context, kind, monthDay string, each func(id, zone string) error) error {
	for shard := range DueShards {
		in := DueInput{Kind: kind, Shard: shard, From: monthDay, To: monthDay + "~", Limit: MaxPage}
		for {
			page, err := s.items.Due(ctx, in)
			if err != nil {
				return fmt.Errorf("list %s on %s: %w", kind, monthDay, err)
			}
			for _, item := range page.Items {
				_, zone, _ := strings.Cut(item.Due.At, zoneAfter)
				if err := each(strings.TrimPrefix(item.Key.Partition, "card/"), zone); err != nil {
					return err
				}
			}
			if page.Next == "" {
				break
			}
			in.After = page.Next
		}
	}
	return nil
}

// DateChange tells whose date a change of the cards table has moved, from the images that its stream brings: one of the due index, or what
// the shopper has told in an attribute, or the zone of their clock. false for a change of anything else, and for a date that was taken back.
func DateChange(was, is map[string]any) (id string, ok bool) {
	partition, _ := is[NamePartition].(string)
	sort, _ := is[NameSort].(string)
	at, _ := is[NameDueAt].(string)
	id, isCard := strings.CutPrefix(partition, "card/")
	if isCard && sort == sortProfile {
		return id, attributesDiffer(id, was, is)
	}
	return id, isCard && strings.HasPrefix(sort, sortDate) && at != ""
}

// attributesDiffer reports whether what a shopper has told differs between two images of a profile. One that cannot be read does.
func attributesDiffer(id string, was, is map[string]any) bool {
	read := func(image map[string]any) (p card.Profile, err error) {
		if image == nil {
			return p, nil
		}
		text, _ := image["d"].(string)
		return readProfile(id, Attrs{"d": text})
	}
	before, wasErr := read(was)
	after, isErr := read(is)
	if wasErr != nil || isErr != nil {
		return true
	}
	return len(after.Attributes) > 0 && (!before.Attributes.Equal(after.Attributes) || before.TimeZone != after.TimeZone)
}

// spokenKey is where campaigns of dates remember how far they have come.
var spokenKey = Key{Table: Programme, Partition: "progress", Sort: "anniversaries"}

// SpokenUntil is the moment up to which campaigns of dates have spoken.
func (s *Store) SpokenUntil(ctx context.Context) (time.Time, loyalty.Version, error) {
	item, err := s.items.Get(ctx, spokenKey, Strong)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, 0, nil
	}
	if err != nil {
		return time.Time{}, 0, err
	}
	until, err := time.Parse(time.RFC3339, item.Attrs.text("until"))
	return until, loyalty.Version(item.Version), err
}

// PutSpokenUntil stores that moment.
func (s *Store) PutSpokenUntil(ctx context.Context, until time.Time, version loyalty.Version) error {
	_, err := s.items.Put(ctx, Item{Key: spokenKey, Attrs: Attrs{"until": until.UTC().Format(time.RFC3339)}}, over(version))
	return known(err)
}
