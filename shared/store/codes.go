package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Attributes of a batch of codes, and of the one secret behind all of them.
const (
	codesPartition = "codes"
	codesSecret    = "SECRET"
	batchOffer     = "o"
	batchName      = "n"
	batchCount     = "c"
	batchUses      = "u"
	batchFrom      = "f"
	batchUntil     = "t"
	batchMade      = "a"
	batchVoided    = "x"
	secretBytes    = "s"
)

const newSecret = 32 // bytes

// batchesFresh is how long a process works with a batch that it has read: the longest it takes for a voided one to be heeded.
const batchesFresh = 30 * time.Second

// codeDesk is what one process knows of codes.
type codeDesk struct {
	mu    sync.Mutex
	codes *ids.Codes // the secret never changes
	known map[uint32]knownBatch
}

type knownBatch struct {
	batch loyalty.CodeBatch
	found bool
	read  time.Time
}

func batchSort(number uint32) string { return fmt.Sprintf("B/%05d", number) }

// Codes makes and reads the shop's unique codes. The secret behind them is drawn when they are first asked for; it is in no document.
func (s *Store) Codes(ctx context.Context) (*ids.Codes, error) {
	s.codes.mu.Lock()
	defer s.codes.mu.Unlock()
	if s.codes.codes != nil {
		return s.codes.codes, nil
	}
	secret, err := s.codeSecret(ctx)
	if err != nil {
		return nil, err
	}
	if secret == nil {
		secret = make([]byte, newSecret)
		if _, err := rand.Read(secret); err != nil {
			return nil, fmt.Errorf("draw the secret of codes: %w", err)
		}
		item := Item{Key: Key{Table: Programme, Partition: codesPartition, Sort: codesSecret}, Attrs: Attrs{secretBytes: secret}}
		_, err := s.items.Put(ctx, item, IfAbsent())
		if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Stored != nil {
			secret, _ = refused.Stored.Attrs[secretBytes].([]byte)
		} else if err != nil {
			return nil, fmt.Errorf("store the secret of codes: %w", err)
		}
	}
	s.codes.codes, err = ids.NewCodes(secret)
	return s.codes.codes, err
}

// codeSecret is nil where no batch was ever made.
func (s *Store) codeSecret(ctx context.Context) ([]byte, error) {
	page, err := s.items.Query(ctx, QueryInput{Table: Programme, Partition: codesPartition, Prefix: codesSecret, Limit: 1, Read: Strong})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	secret, _ := page.Items[0].Attrs[secretBytes].([]byte)
	return secret, nil
}

// CodeBatch finds the batch of a normalised code; ErrNotFound where the text is none of our codes, or misread. No code is looked up:
// that a batch has it is reckoned from its text, so a guess costs nothing to refuse.
func (s *Store) CodeBatch(ctx context.Context, code string) (loyalty.CodeBatch, error) {
	if len(code) != ids.CodeLength {
		return loyalty.CodeBatch{}, loyalty.ErrNotFound
	}
	s.codes.mu.Lock()
	known := s.codes.codes
	s.codes.mu.Unlock()
	if known == nil {
		secret, err := s.codeSecret(ctx)
		if err != nil {
			return loyalty.CodeBatch{}, fmt.Errorf("read the secret of codes: %w", err)
		}
		if secret == nil {
			return loyalty.CodeBatch{}, loyalty.ErrNotFound
		}
		if known, err = s.Codes(ctx); err != nil {
			return loyalty.CodeBatch{}, err
		}
	}
	number, serial, err := known.Read(code)
	if err != nil {
		return loyalty.CodeBatch{}, loyalty.ErrNotFound
	}
	batch, err := s.batch(ctx, number)
	if err != nil {
		return loyalty.CodeBatch{}, err
	}
	if serial >= uint64(batch.Count) {
		return loyalty.CodeBatch{}, loyalty.ErrNotFound
	}
	return batch, nil
}

// batch reads a batch, or that there is none, and keeps it for a while.
func (s *Store) batch(ctx context.Context, number uint32) (loyalty.CodeBatch, error) {
	now := s.now()
	s.codes.mu.Lock()
	k, ok := s.codes.known[number]
	s.codes.mu.Unlock()
	if age := now.Sub(k.read); !ok || age < 0 || age > batchesFresh {
		page, err := s.items.Query(ctx, QueryInput{Table: Programme, Partition: codesPartition, Prefix: batchSort(number), Limit: 1})
		if err != nil {
			return loyalty.CodeBatch{}, fmt.Errorf("read batch %d of codes: %w", number, err)
		}
		k = knownBatch{read: now, found: len(page.Items) > 0}
		if k.found {
			k.batch = readBatch(number, page.Items[0].Attrs)
		}
		s.codes.mu.Lock()
		if s.codes.known == nil || len(s.codes.known) >= talliesKept {
			s.codes.known = map[uint32]knownBatch{}
		}
		s.codes.known[number] = k
		s.codes.mu.Unlock()
	}
	if !k.found {
		return loyalty.CodeBatch{}, loyalty.ErrNotFound
	}
	return k.batch, nil
}

func batchItem(b loyalty.CodeBatch) Item {
	a := Attrs{}
	a.set(batchOffer, b.Offer)
	a.set(batchName, b.Name)
	a.set(batchCount, b.Count)
	a.set(batchUses, b.Uses)
	a.set(batchFrom, dayOrNone(b.From))
	a.set(batchUntil, dayOrNone(b.Until))
	a.set(batchMade, b.MadeAt.UTC().Format(time.RFC3339))
	if !b.VoidedAt.IsZero() {
		a.set(batchVoided, b.VoidedAt.UTC().Format(time.RFC3339))
	}
	return Item{Key: Key{Table: Programme, Partition: codesPartition, Sort: batchSort(b.Number)}, Attrs: a}
}

func dayOrNone(d day.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func readBatch(number uint32, a Attrs) loyalty.CodeBatch {
	b := loyalty.CodeBatch{Number: number, Offer: a.text(batchOffer), Name: a.text(batchName), Count: a.whole(batchCount), Uses: a.whole(batchUses)}
	b.From, _ = day.Parse(a.text(batchFrom)) // none where it is missing, as for the others
	b.Until, _ = day.Parse(a.text(batchUntil))
	b.MadeAt, _ = time.Parse(time.RFC3339, a.text(batchMade))
	if voided := a.text(batchVoided); voided != "" {
		var err error
		if b.VoidedAt, err = time.Parse(time.RFC3339, voided); err != nil {
			b.VoidedAt = time.Unix(0, 0).UTC() // whenever it was, nobody gets anything for its codes
		}
	}
	return b
}

// AddBatch stores a new batch under the next free number, which it returns.
func (s *Store) AddBatch(ctx context.Context, b loyalty.CodeBatch) (loyalty.CodeBatch, error) {
	list, err := s.Batches(ctx)
	if err != nil {
		return b, err
	}
	b.Number = 1
	if n := len(list); n > 0 {
		b.Number = list[n-1].Number + 1
	}
	for ; b.Number <= ids.MaxCodeBatch; b.Number++ {
		_, err := s.items.Put(ctx, batchItem(b), IfAbsent())
		if refused := (*Refused)(nil); !errors.As(err, &refused) {
			return b, err
		}
	}
	return b, &loyalty.Error{Kind: loyalty.ErrRefused, Code: "batches_limit", Detail: fmt.Sprintf("there are %d batches of codes, and no more can be made", ids.MaxCodeBatch)}
}

// PutBatch stores a batch as it is now.
func (s *Store) PutBatch(ctx context.Context, b loyalty.CodeBatch) error {
	_, err := s.items.Put(ctx, batchItem(b), Always())
	return err
}

// Batches lists the batches, the oldest first.
func (s *Store) Batches(ctx context.Context) ([]loyalty.CodeBatch, error) {
	var list []loyalty.CodeBatch
	in := QueryInput{Table: Programme, Partition: codesPartition, Prefix: "B/", Read: Strong}
	err := every(ctx, s.items, in, func(item Item) error {
		var number uint32
		if _, err := fmt.Sscanf(item.Key.Sort, "B/%d", &number); err != nil {
			return fmt.Errorf("%s: %w", item.Key, err)
		}
		list = append(list, readBatch(number, item.Attrs))
		return nil
	})
	return list, err
}
