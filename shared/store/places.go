package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A place lies beside its card, not in it, so that no checkout pays for it: about 300 bytes, and 60 more for each step that was passed. It is
// in the due index while the journey goes on, and stays for as long as messages do, so that its occasion is known.
const (
	journeyPartition = "journey/"
	dueJourney       = "journey"

	placeVersion = "pv" // moments are written in full, as RFC 3339
	placeEntered = "e"
	placeStep    = "s"
	placeSince   = "si"
	placeUntil   = "u" // of a wait that has begun; missing before
	placePending = "p" // JSON of journey.Effect
	placeEnd     = "x"
	placeEnded   = "xa"
	placeLines   = "l" // JSON of []journey.Line
	placeHeard   = "h" // JSON of []journey.Happening

	gateOccasion = "o"
	gateEntered  = "e"
	gateCount    = "n"
)

func journeyKey(card, sort string) Key {
	return Key{Table: Cards, Partition: journeyPartition + card, Sort: sort}
}

func placeSort(campaign, occasion string) string { return campaign + "/" + occasion }

// Place reads a place.
func (s *Store) Place(ctx context.Context, k loyalty.PlaceKey) (loyalty.Placed, error) {
	item, err := s.items.Get(ctx, journeyKey(k.Card, placeSort(k.Campaign, k.Occasion)), Strong)
	if err != nil {
		return loyalty.Placed{}, known(err)
	}
	return readPlace(item)
}

// PutPlace stores a place over the version that it was read at.
func (s *Store) PutPlace(ctx context.Context, p loyalty.Placed) (loyalty.Version, error) {
	item, err := s.placeItem(p.Place)
	if err != nil {
		return 0, err
	}
	stored, err := s.items.Put(ctx, item, over(p.Held))
	return loyalty.Version(stored.Version), known(err)
}

// PlacesOf lists the places of a card.
func (s *Store) PlacesOf(ctx context.Context, card string) ([]loyalty.Placed, error) {
	var list []loyalty.Placed
	err := every(ctx, s.items, QueryInput{Table: Cards, Partition: journeyPartition + card, Read: Strong}, func(item Item) error {
		if !strings.Contains(item.Key.Sort, "/") {
			return nil // a gate
		}
		p, err := readPlace(item)
		list = append(list, p)
		return err
	})
	return list, err
}

// DuePlaces lists the places whose moment has come.
func (s *Store) DuePlaces(ctx context.Context, t time.Time, limit int) ([]loyalty.PlaceKey, error) {
	due, err := s.due(ctx, dueJourney, t.UTC().Add(time.Second).Format(dueMoments), limit)
	keys := make([]loyalty.PlaceKey, 0, len(due))
	for _, item := range due {
		keys = append(keys, placeKeyOf(item.Key))
	}
	return keys, err
}

// EachPlace gives the places that are in the due index.
func (s *Store) EachPlace(ctx context.Context, each func([]loyalty.PlaceKey) error) error {
	for shard := range DueShards {
		in := DueInput{Kind: dueJourney, Shard: shard, To: endOfTime, Limit: MaxPage}
		for more := true; more; more = in.After != "" {
			page, err := s.items.Due(ctx, in)
			if err != nil {
				return fmt.Errorf("list who is under way: %w", err)
			}
			keys := make([]loyalty.PlaceKey, 0, len(page.Items))
			for _, item := range page.Items {
				keys = append(keys, placeKeyOf(item.Key))
			}
			if err := each(keys); err != nil {
				return err
			}
			in.After = page.Next
		}
	}
	return nil
}

// endOfTime lies behind every moment of the due index.
const endOfTime = "9999"

func placeKeyOf(k Key) loyalty.PlaceKey {
	campaign, occasion, _ := strings.Cut(k.Sort, "/")
	return loyalty.PlaceKey{Card: strings.TrimPrefix(k.Partition, journeyPartition), Campaign: campaign, Occasion: occasion}
}

// Admission reads how often a card has entered a campaign.
func (s *Store) Admission(ctx context.Context, card, campaign string) (loyalty.Admission, error) {
	g := loyalty.Admission{Card: card, Campaign: campaign}
	item, err := s.items.Get(ctx, journeyKey(card, campaign), Strong)
	if errors.Is(err, ErrNotFound) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	g.Occasion, g.Count, g.Held = item.Attrs.text(gateOccasion), item.Attrs.whole(gateCount), loyalty.Version(item.Version)
	if g.Entered, err = time.Parse(time.RFC3339Nano, item.Attrs.text(gateEntered)); err != nil {
		return g, fmt.Errorf("%s: %w", item.Key, err)
	}
	return g, nil
}

// PutEntered stores a new place with the gate that it came through.
func (s *Store) PutEntered(ctx context.Context, p journey.Place, g loyalty.Admission) error {
	item, err := s.placeItem(p)
	if err != nil {
		return err
	}
	gate := Item{Key: journeyKey(g.Card, g.Campaign), Attrs: Attrs{gateEntered: g.Entered.UTC().Format(time.RFC3339Nano)}}
	gate.Attrs.set(gateOccasion, g.Occasion)
	gate.Attrs.set(gateCount, g.Count)
	err = s.items.Transact(ctx, []Write{{Item: item, If: IfAbsent()}, {Item: gate, If: over(g.Held)}})
	if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Index == 0 {
		return fmt.Errorf("%w: %w", loyalty.ErrDuplicate, err)
	}
	return known(err)
}

func (s *Store) placeItem(p journey.Place) (Item, error) {
	item := Item{Key: journeyKey(p.Card, placeSort(p.Campaign, p.Occasion)), Attrs: Attrs{}, Expires: s.expiry(messageLife)}
	lines, err := json.Marshal(p.Lines)
	if err != nil {
		return item, err
	}
	moment := func(name string, t time.Time) {
		if !t.IsZero() {
			item.Attrs[name] = t.UTC().Format(time.RFC3339Nano)
		}
	}
	moment(placeVersion, p.Version)
	moment(placeEntered, p.Entered)
	moment(placeSince, p.Since)
	moment(placeEnded, p.Ended)
	if p.Waits {
		moment(placeUntil, p.Until)
	}
	item.Attrs.set(placeStep, p.Step)
	item.Attrs.set(placeEnd, string(p.End))
	item.Attrs[placeLines] = string(lines)
	if p.Pending != nil {
		pending, err := json.Marshal(p.Pending)
		if err != nil {
			return item, err
		}
		item.Attrs[placePending] = string(pending)
	}
	if len(p.Heard) > 0 {
		heard, err := json.Marshal(p.Heard)
		if err != nil {
			return item, err
		}
		item.Attrs[placeHeard] = string(heard)
	}
	if kept := p.Due.Add(messageLife); kept.After(item.Expires) {
		item.Expires = kept.Truncate(time.Second) // it waits for a day that lies far ahead
	}
	if !p.Due.IsZero() {
		item.Due = Due{Kind: dueJourney, At: p.Due.UTC().Add(time.Second - 1).Truncate(time.Second).Format(dueMoments)} // never too early
	}
	return item, nil
}

func readPlace(item Item) (loyalty.Placed, error) {
	k, a := placeKeyOf(item.Key), item.Attrs
	p := loyalty.Placed{Held: loyalty.Version(item.Version), Place: journey.Place{
		Card: k.Card, Campaign: k.Campaign, Occasion: k.Occasion, Step: a.text(placeStep), End: journey.End(a.text(placeEnd)), Waits: a.text(placeUntil) != "",
	}}
	var failed error
	moment := func(name string) time.Time {
		text := a.text(name)
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339Nano, text)
		failed = errors.Join(failed, err)
		return t
	}
	p.Version, p.Entered, p.Since = moment(placeVersion), moment(placeEntered), moment(placeSince)
	p.Until, p.Ended = moment(placeUntil), moment(placeEnded)
	if item.Due.At != "" {
		var err error
		p.Due, err = time.Parse(dueMoments, item.Due.At)
		failed = errors.Join(failed, err)
	}
	if text := a.text(placePending); text != "" {
		failed = errors.Join(failed, json.Unmarshal([]byte(text), &p.Pending))
	}
	if text := a.text(placeHeard); text != "" {
		failed = errors.Join(failed, json.Unmarshal([]byte(text), &p.Heard))
	}
	failed = errors.Join(failed, json.Unmarshal([]byte(a.text(placeLines)), &p.Lines))
	if failed != nil {
		return p, fmt.Errorf("%s: %w", item.Key, failed)
	}
	return p, nil
}
