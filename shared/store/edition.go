package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// ErrOvertaken says that somebody has published since the edition that a publication was judged by. Nothing was stored: read the versions
// again, and judge again.
var ErrOvertaken = errors.New("somebody else has published meanwhile")

// Publication is a checked document as it is to be stored.
type Publication struct {
	From     time.Time
	Document []byte
	By, Note string // who does it and why; those of the first time stay

	// Over is the edition after which nobody may have published, as Edition told it before the versions were read; nil asks nothing.
	Over *int64
}

// editionKey is the item that each publication writes along with its version, whatever moment that holds from: two that were judged by
// the same versions meet there, and one of them is refused.
func editionKey() Key {
	return Key{Table: Programme, Partition: programmePartition, Sort: "EDITION"}
}

// Edition is how many times somebody has published until now.
func (s *Store) Edition(ctx context.Context) (int64, error) {
	item, err := s.items.Get(ctx, editionKey(), Strong)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the edition of the programme: %w", err)
	}
	return item.Version, nil
}

// publishTries is how often a publication that asks nothing stands in line behind others before it is told to come again.
const publishTries = 8

// PublishOver stores a checked document as the version that holds from its From. The same document again changes nothing; another one
// for the same moment is ErrConflict, and one that comes after Over is ErrOvertaken.
func (s *Store) PublishOver(ctx context.Context, p Publication) error {
	key := Key{Table: Programme, Partition: programmePartition, Sort: "V/" + p.From.UTC().Format(dueMoments)}
	a := Attrs{versionDocument: string(p.Document)}
	a.set(versionAt, s.now().UTC().Format(time.RFC3339))
	a.set(versionBy, p.By)
	a.set(versionNote, p.Note)
	count, tries := Always(), publishTries
	if p.Over != nil {
		count, tries = over(loyalty.Version(*p.Over)), 1
	}
	for ; ; tries-- {
		err := s.items.Transact(ctx, []Write{{Item: Item{Key: key, Attrs: a}, If: IfAbsent()}, {Item: Item{Key: editionKey()}, If: count}})
		refused := (*Refused)(nil)
		switch {
		case errors.Is(err, ErrBusy) && tries > 1:
			continue
		case errors.Is(err, ErrBusy), errors.As(err, &refused) && refused.Index > 0:
			return fmt.Errorf("%w: %w", ErrOvertaken, err)
		case refused != nil && refused.Stored != nil && refused.Stored.Attrs.text(versionDocument) == string(p.Document):
			return nil
		}
		return known(err)
	}
}
