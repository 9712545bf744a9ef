package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Attributes of TALLY. A tally without holds lies within one write unit; each hold is some forty bytes.
const (
	tallyUses      = "u"
	tallyMoney     = "m"  // minor units
	tallyOverUses  = "ou" // beyond the limit
	tallyOverMoney = "om"
	tallyHolds     = "h" // "0042/03/7:tlsyyo:1:500": who holds, until when, uses and money
	tallyVoided    = "x" // 1
	tallyGoodUntil = "g"
)

// tallyRounds is how often a change is decided anew because somebody else moved one of its tallies; each round means that one did.
const tallyRounds = 200

// talliesKept bounds the tallies that a process remembers from its own writes.
const talliesKept = 1_000

// tallyDesk is what one process knows of tallies: as it wrote them last, and who of it is at work on which. It saves reads and lost
// rounds and is never believed: each write stands under the version that was decided on.
type tallyDesk struct {
	mu    sync.Mutex
	known map[string]tallied
	turns [64]chan struct{}
}

// tallied is a tally at a version of the store.
type tallied struct {
	limit.Tally
	version int64
}

func (d *tallyDesk) get(key string) (tallied, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.known[key]
	return t, ok
}

func (d *tallyDesk) keep(key string, t tallied) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil || len(d.known) >= talliesKept {
		d.known = map[string]tallied{}
	}
	d.known[key] = t
}

// turn waits until nobody of this process is at work on the first of the keys, so that its goroutines do not undo each other's rounds.
func (d *tallyDesk) turn(ctx context.Context, key string) (leave func(), err error) {
	h := fnv.New32a()
	h.Write([]byte(key))
	d.mu.Lock()
	turn := &d.turns[h.Sum32()%uint32(len(d.turns))]
	if *turn == nil {
		*turn = make(chan struct{}, 1)
	}
	d.mu.Unlock()
	select {
	case *turn <- struct{}{}:
		return func() { <-*turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func tallyKey(key string) Key { return Key{Table: Records, Partition: "limit/" + key, Sort: "TALLY"} }

func (s *Store) tallyItem(key string, t limit.Tally) Item {
	a := Attrs{}
	a.set(tallyUses, t.Used.Uses)
	a.set(tallyMoney, t.Used.Money)
	a.set(tallyOverUses, t.Over.Uses)
	a.set(tallyOverMoney, t.Over.Money)
	var holds []string
	for _, h := range t.Holds {
		holds = append(holds, h.ID+":"+writeMoment(h.Until)+":"+number(h.Take.Uses)+":"+number(h.Take.Money))
	}
	a.set(tallyHolds, strings.Join(holds, " "))
	if t.Voided {
		a.set(tallyVoided, int64(1))
	}
	if t.GoodUntil != 0 {
		a.set(tallyGoodUntil, writeDay(t.GoodUntil))
	}
	item := Item{Key: tallyKey(key), Attrs: a}
	if part := strings.Split(key, "/"); part[0] == "card" || part[0] == "offer" && part[2] != "ever" || part[0] == "campaign" && len(part) > 2 {
		item.Expires = s.expiry(receiptLife) // of a period to which nobody can give back any more, or of a cause that does not come again
	}
	return item
}

func readTally(a Attrs) (limit.Tally, error) {
	t := limit.Tally{
		Used: limit.Take{Uses: a.whole(tallyUses), Money: a.whole(tallyMoney)},
		Over: limit.Take{Uses: a.whole(tallyOverUses), Money: a.whole(tallyOverMoney)}, Voided: a.whole(tallyVoided) != 0,
	}
	var err error
	if t.GoodUntil, err = readDay(a.text(tallyGoodUntil)); err != nil {
		return t, err
	}
	for _, part := range strings.Fields(a.text(tallyHolds)) {
		field := strings.Split(part, ":")
		if len(field) != 4 {
			return t, fmt.Errorf("hold %q has %d fields", part, len(field))
		}
		until, err := readMoment(field[1])
		uses, err1 := strconv.ParseInt(field[2], 10, 64)
		minor, err2 := strconv.ParseInt(field[3], 10, 64)
		if err := errors.Join(err, err1, err2); err != nil {
			return t, fmt.Errorf("hold %q: %w", part, err)
		}
		t.Holds = append(t.Holds, limit.Hold{ID: field[0], Take: limit.Take{Uses: uses, Money: minor}, Until: until})
	}
	return t, nil
}

// Tallies reads what may be stale by a moment.
func (s *Store) Tallies(ctx context.Context, keys []string) ([]limit.Tally, error) {
	list := make([]limit.Tally, len(keys))
	for i, key := range keys {
		t, err := s.tally(ctx, key, Stale)
		if err != nil {
			return nil, err
		}
		list[i] = t.Tally
	}
	return list, nil
}

func (s *Store) tally(ctx context.Context, key string, read Read) (tallied, error) {
	item, err := s.items.Get(ctx, tallyKey(key), read)
	if errors.Is(err, ErrNotFound) {
		return tallied{}, nil
	}
	if err != nil {
		return tallied{}, fmt.Errorf("read tally %s: %w", key, err)
	}
	t, err := readTally(item.Attrs)
	if err != nil {
		return tallied{}, fmt.Errorf("tally %s: %w", key, err)
	}
	return tallied{t, item.Version}, nil
}

// ChangeTallies brings tallies on by what decide says: all or none, and over the very tallies that it was shown.
func (s *Store) ChangeTallies(ctx context.Context, keys []string, decide func([]limit.Tally) ([]limit.Tally, error)) error {
	return s.change(ctx, keys, false, decide, nil)
}

// change does what ChangeTallies does, together with another write. first makes it anew for each round; where its condition does not hold,
// that is the error.
func (s *Store) change(ctx context.Context, keys []string, guess bool, decide func([]limit.Tally) ([]limit.Tally, error), first func() (Write, error)) error {
	if len(keys) == 0 && first == nil {
		return nil
	}
	if len(keys) > 0 {
		leave, err := s.desk.turn(ctx, slices.Max(keys)) // the offer's tally, which many ask for, rather than that of one code
		if err != nil {
			return err
		}
		defer leave()
	}
	known := make([]tallied, len(keys))
	for i, key := range keys {
		var err error
		if known[i], err = s.begin(ctx, key, guess); err != nil {
			return err
		}
	}
	for range tallyRounds {
		again, err := s.round(ctx, keys, known, decide, first)
		if err != nil || !again {
			return err
		}
	}
	return fmt.Errorf("too many ask for the same limit at once; try again: %w", ErrBusy)
}

// begin is a tally to begin with. A code is taken for unused where guess is set: most are, and the refusal brings the tally.
func (s *Store) begin(ctx context.Context, key string, guess bool) (tallied, error) {
	if t, ok := s.desk.get(key); ok {
		return t, nil
	}
	if guess && strings.HasPrefix(key, "code/") {
		return tallied{}, nil
	}
	return s.tally(ctx, key, Stale)
}

// round decides once and writes. again says that somebody was faster; known is as it is now.
func (s *Store) round(ctx context.Context, keys []string, known []tallied, decide func([]limit.Tally) ([]limit.Tally, error), first func() (Write, error)) (again bool, err error) {
	seen := make([]limit.Tally, len(known))
	for i := range known {
		seen[i] = known[i].Tally
	}
	next, err := decide(seen)
	if err != nil {
		return false, err
	}
	var writes []Write
	if first != nil {
		w, err := first()
		if err != nil {
			return false, err
		}
		writes = append(writes, w)
	}
	for i, t := range next {
		writes = append(writes, Write{Item: s.tallyItem(keys[i], t), If: over(loyalty.Version(known[i].version))})
	}
	err = s.write(ctx, writes)
	refused, before := (*Refused)(nil), len(writes)-len(next)
	switch {
	case errors.Is(err, ErrBusy):
		return true, s.refresh(ctx, keys, known)
	case errors.As(err, &refused) && refused.Index >= before:
		i := refused.Index - before
		known[i] = tallied{}
		if refused.Stored != nil {
			known[i].version = refused.Stored.Version
			known[i].Tally, err = readTally(refused.Stored.Attrs)
			return err == nil, err
		}
		return true, nil
	case err != nil:
		return false, err
	}
	for i, t := range next {
		s.desk.keep(keys[i], tallied{t, known[i].version + 1})
	}
	return false, nil
}

// write is one put, or a transaction where there are more.
func (s *Store) write(ctx context.Context, writes []Write) error {
	if len(writes) > 1 {
		return s.items.Transact(ctx, writes)
	}
	_, err := s.items.Put(ctx, writes[0].Item, writes[0].If)
	return err
}

func (s *Store) refresh(ctx context.Context, keys []string, known []tallied) error {
	for i, key := range keys {
		var err error
		if known[i], err = s.tally(ctx, key, Strong); err != nil {
			return err
		}
	}
	return nil
}

// FileUsing keeps a receipt as File does, and in the same write counts what it used. A receipt that is kept already counts nothing.
func (s *Store) FileUsing(ctx context.Context, r receipt.Receipt, keys []string, decide func([]limit.Tally) ([]limit.Tally, []receipt.Use)) (loyalty.Filed, error) {
	var waiting *Item // a placeholder with returns that arrived before
	filed := loyalty.Filed{Receipt: r}
	for {
		err := s.change(ctx, keys, r.Reservation == "", func(now []limit.Tally) ([]limit.Tally, error) {
			next, uses := decide(now)
			filed.Receipt.Uses = uses
			return next, nil
		}, func() (Write, error) {
			item, err := s.receiptItem(filed.Receipt)
			w := Write{Item: item, If: IfAbsent()}
			if waiting != nil {
				w.Item.Attrs[recWaiting], w.If = waiting.Attrs[recWaiting], IfVersion(waiting.Version)
			}
			return w, err
		})
		refused := (*Refused)(nil)
		if !errors.As(err, &refused) || refused.Stored == nil {
			return filed, err
		}
		if filed.Waiting, err = readWaiting(refused.Stored.Attrs); err != nil {
			return loyalty.Filed{}, err
		}
		if refused.Stored.Attrs.text(recAt) != "" {
			return s.filedBefore(r, *refused.Stored, filed.Waiting)
		}
		waiting = refused.Stored
	}
}

// FileReturnUsing keeps a return as FileReturn does, and in the same write gives back what its receipt had used.
func (s *Store) FileReturnUsing(ctx context.Context, key receipt.Key, n int, ret receipt.Return, keys []string, decide func([]limit.Tally) []limit.Tally) error {
	return known(s.change(ctx, keys, false, func(now []limit.Tally) ([]limit.Tally, error) { return decide(now), nil }, func() (Write, error) {
		return Write{Item: s.returnItem(key, n, ret), If: IfAbsent()}, nil
	}))
}

func reservationKey(id string) Key {
	return Key{Table: Records, Partition: "reservation/" + id, Sort: "KEYS"}
}

const reservationKeys = "k" // with spaces between

// PutReservation keeps which tallies a till holds a part of, until a day after the hold has ended.
func (s *Store) PutReservation(ctx context.Context, id string, keys []string, until time.Time) error {
	a := Attrs{}
	a.set(reservationKeys, strings.Join(keys, " "))
	_, err := s.items.Put(ctx, Item{Key: reservationKey(id), Attrs: a, Expires: until.Add(24 * time.Hour).UTC().Truncate(time.Second)}, Always())
	return err
}

// Reservation returns what PutReservation kept; nothing where there is none.
func (s *Store) Reservation(ctx context.Context, id string) ([]string, error) {
	item, err := s.items.Get(ctx, reservationKey(id), Strong)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return strings.Fields(item.Attrs.text(reservationKeys)), err
}
