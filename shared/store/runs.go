package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Attributes of RUN and its parts. A part with all the cards of a page in it takes some ten write units, which is little beside the
// messages that follow from it.
const (
	runAt     = "at"
	runParts  = "parts"
	runQueued = "q"
	partAfter = "a"
	partState = "st" // partLooked, partDone
	partChose = "c"
	partCount = "n" // JSON of loyalty.RunCounts
)

const (
	partLooked = "looked"
	partDone   = "done"
)

func runKey(campaign, sort string) Key {
	return Key{Table: Programme, Partition: "run/" + campaign, Sort: sort}
}

func partSort(occasion string, number int) string { return fmt.Sprintf("%s/%02d", occasion, number) }

// Run reads a run.
func (s *Store) Run(ctx context.Context, campaign, occasion string) (loyalty.Run, error) {
	item, err := s.items.Get(ctx, runKey(campaign, occasion), Strong)
	if err != nil {
		return loyalty.Run{}, known(err)
	}
	return readRun(campaign, item)
}

func readRun(campaign string, item Item) (loyalty.Run, error) {
	r := loyalty.Run{
		Campaign: campaign, Occasion: item.Key.Sort, Parts: int(item.Attrs.whole(runParts)), Queued: item.Attrs.whole(runQueued) != 0,
		Version: loyalty.Version(item.Version),
	}
	var err error
	if r.At, err = time.Parse(time.RFC3339, item.Attrs.text(runAt)); err != nil {
		return r, fmt.Errorf("%s: %w", item.Key, err)
	}
	return r, nil
}

// PutRun stores a run over the version that it was read at.
func (s *Store) PutRun(ctx context.Context, r loyalty.Run) error {
	a := Attrs{runAt: r.At.UTC().Format(time.RFC3339)}
	a.set(runParts, int64(r.Parts))
	if r.Queued {
		a.set(runQueued, int64(1))
	}
	_, err := s.items.Put(ctx, Item{Key: runKey(r.Campaign, r.Occasion), Attrs: a, Expires: s.expiry(messageLife)}, over(r.Version))
	return known(err)
}

// Part reads how far a part has come.
func (s *Store) Part(ctx context.Context, campaign, occasion string, number int) (loyalty.RunPart, loyalty.Version, error) {
	item, err := s.items.Get(ctx, runKey(campaign, partSort(occasion, number)), Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.RunPart{Campaign: campaign, Occasion: occasion, Number: number}, 0, nil
	}
	if err != nil {
		return loyalty.RunPart{}, 0, err
	}
	p, err := readPart(campaign, item)
	return p, loyalty.Version(item.Version), err
}

func readPart(campaign string, item Item) (loyalty.RunPart, error) {
	occasion, number, _ := strings.Cut(item.Key.Sort, "/")
	p := loyalty.RunPart{Campaign: campaign, Occasion: occasion, After: item.Attrs.text(partAfter)}
	state := item.Attrs.text(partState)
	p.Looked, p.Done = state != "", state == partDone
	_, err := fmt.Sscanf(number, "%d", &p.Number)
	err = errors.Join(err, json.Unmarshal([]byte(item.Attrs.text(partCount)), &p.Counts))
	if text := item.Attrs.text(partChose); text != "" {
		err = errors.Join(err, json.Unmarshal([]byte(text), &p.Chosen))
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", item.Key, err)
	}
	return p, nil
}

// PutPart stores how far a part has come over the version that was read.
func (s *Store) PutPart(ctx context.Context, p loyalty.RunPart, version loyalty.Version) (loyalty.Version, error) {
	counts, err := json.Marshal(p.Counts)
	if err != nil {
		return 0, err
	}
	a := Attrs{partCount: string(counts)}
	a.set(partAfter, p.After)
	switch {
	case p.Done:
		a[partState] = partDone
	case p.Looked:
		a[partState] = partLooked
	}
	if len(p.Chosen) > 0 {
		chosen, err := json.Marshal(p.Chosen)
		if err != nil {
			return 0, err
		}
		a[partChose] = string(chosen)
	}
	stored, err := s.items.Put(ctx, Item{
		Key: runKey(p.Campaign, partSort(p.Occasion, p.Number)), Attrs: a, Expires: s.expiry(messageLife),
	}, over(version))
	return loyalty.Version(stored.Version), known(err)
}

// RunsOf lists the runs of a campaign with their parts.
func (s *Store) RunsOf(ctx context.Context, campaign string) ([]loyalty.RunReport, error) {
	var list []loyalty.RunReport
	in := QueryInput{Table: Programme, Partition: "run/" + campaign, Read: Strong}
	err := every(ctx, s.items, in, func(item Item) error {
		if !strings.Contains(item.Key.Sort, "/") {
			r, err := readRun(campaign, item)
			list = append(list, loyalty.RunReport{Run: r})
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("%s has no run", item.Key)
		}
		p, err := readPart(campaign, item) // a part's sort begins with its run's, so it follows it
		list[len(list)-1].Add(p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list runs of campaign %s: %w", campaign, err)
	}
	return list, nil
}

// cardPage is how many items are read at once: a card has two to six of them, and what of it is chosen lies in one item.
const cardPage = 600

// CardsOf returns a page of the cards with their shoppers. What belongs to a card lies together, its head before its profile; where a
// page ends between the two, the profile is looked at ahead of the next one.
func (s *Store) CardsOf(ctx context.Context, part, parts int, after string) ([]loyalty.Opened, string, error) {
	in := ScanInput{Table: Cards, Segment: part, Segments: parts, After: after, Limit: cardPage}
	page, err := s.items.Scan(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("look through the cards: %w", err)
	}
	items := page.Items
	if n := len(items); n > 0 && page.Next != "" && items[n-1].Key.Sort == sortHead {
		in.After, in.Limit = page.Next, 1
		ahead, err := s.items.Scan(ctx, in)
		if err != nil {
			return nil, "", fmt.Errorf("look through the cards: %w", err)
		}
		items = append(items, ahead.Items...)
	}
	list, err := openedOf(items)
	if n := len(list); len(items) > len(page.Items) && n > 0 && items[len(page.Items)].Key.Sort == sortHead {
		list = list[:n-1] // what was looked at ahead is another card, of the next page
	}
	return list, page.Next, err
}

// openedOf puts heads and profiles together, in the order in which they lie. A profile without its head belongs to the page before.
func openedOf(items []Item) ([]loyalty.Opened, error) {
	var list []loyalty.Opened
	for _, item := range items {
		head, ok, err := HeadOf(item)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, loyalty.Opened{Head: head, Profile: card.Profile{ID: head.ID}, Number: head.ID})
			continue
		}
		if n := len(list); item.Key.Sort == sortProfile && n > 0 && item.Key.Partition == cardPartition(list[n-1].Head.ID) {
			if list[n-1].Profile, err = readProfile(list[n-1].Head.ID, item.Attrs); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}
