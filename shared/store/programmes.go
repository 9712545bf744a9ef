package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// programmeFresh is how long a function works with the versions that it has read: the longest it takes for a published version to
// be heeded everywhere.
const programmeFresh = 30 * time.Second

// maxVersions bounds what a function keeps in memory; older versions are dropped, and the oldest kept one stands in for them.
const maxVersions = 50

// Programmes reads versions of the rules and keeps them for a while.
type Programmes struct {
	items Items
	now   func() time.Time

	mu       sync.Mutex
	read     time.Time
	versions []*programme.Programme // the oldest From first
	kept     map[string]compiled    // what was compiled already, by sort: a published version never changes
}

// compiled is a version of the rules as it was read off an item.
type compiled struct {
	version int64 // of the item
	rules   *programme.Programme
}

// NewProgrammes returns the reader over an adapter.
func NewProgrammes(items Items, now func() time.Time) *Programmes {
	return &Programmes{items: items, now: now}
}

// At returns the version that holds at t.
func (p *Programmes) At(ctx context.Context, t time.Time) (*programme.Programme, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if age := now.Sub(p.read); len(p.versions) == 0 || age > programmeFresh || age < 0 {
		if err := p.load(ctx); err != nil {
			return nil, err
		}
		p.read = now
	}
	if len(p.versions) == 0 {
		return nil, loyalty.ErrNotFound
	}
	found := p.versions[0]
	for _, v := range p.versions {
		if !v.From.After(t) {
			found = v
		}
	}
	return found, nil
}

func (p *Programmes) load(ctx context.Context) error {
	in := QueryInput{Table: Programme, Partition: programmePartition, Prefix: "V/", Backward: true, Limit: maxVersions}
	var versions []*programme.Programme
	kept := map[string]compiled{}
	err := every(ctx, p.items, in, func(item Item) error { // three large versions fill a page
		if len(versions) == maxVersions {
			return errEnough
		}
		c, known := p.kept[item.Key.Sort]
		if !known || c.version != item.Version {
			parsed, err := programme.Load([]byte(item.Attrs.text(versionDocument)))
			if err != nil {
				return fmt.Errorf("%s: %w", item.Key, err)
			}
			c = compiled{item.Version, parsed}
		}
		kept[item.Key.Sort] = c
		versions = append(versions, c.rules)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	slices.Reverse(versions)
	p.versions, p.kept = versions, kept
	return nil
}

// errEnough ends a reading before the end of what lies there.
var errEnough = errors.New("enough was read")

const programmePartition = "programme"

// Publish stores a checked document as the version that holds from its From. The same document again changes nothing; another one for
// the same moment is ErrConflict.
func (s *Store) Publish(ctx context.Context, from time.Time, document []byte) error {
	return s.PublishOver(ctx, Publication{From: from, Document: document})
}
