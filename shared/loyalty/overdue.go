package loyalty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// OverdueAfter is how long a return waits for its receipt before a person is called. A till that was offline has long told by then.
const OverdueAfter = 7 * 24 * time.Hour

// Bounds of one tick; the next finds the others.
const (
	maxOverdue = 100 // returns that are seen to
	maxPassed  = 200 // returns that fail and are passed by: those at the front that always fail must not keep the others from being seen
)

// TopicOverdue is the topic of a letter about a return whose receipt has not come: the function that looks for them.
const TopicOverdue = "anniversary"

// Awaited is a return that waits for its receipt.
type Awaited struct {
	Receipt receipt.Key
	Return  string    // the return's id
	DueAt   time.Time // when a person is to look; zero: nobody needs to any more
	Version Version
}

// Overdue keeps which returns wait for their receipts, with an index of when a person is to look. It holds nothing of what came back.
type Overdue interface {
	// PutAwaited notes a return. One that is noted stays as it is, also where a person has seen to it.
	PutAwaited(ctx context.Context, a Awaited) error

	// DueReturns lists the names of returns whose moment lies before t, the earliest first, at most limit. It may lag behind.
	DueReturns(ctx context.Context, t time.Time, limit int) ([]string, error)

	// Awaited reads a return by its name; ErrNotFound if none is noted.
	Awaited(ctx context.Context, name string) (Awaited, error)

	// SeenTo takes a return off the index. ErrConflict if somebody has since it was read.
	SeenTo(ctx context.Context, a Awaited) error
}

// overdueLetter is what lies in the inbox of a return whose receipt has not come. Fields may be added.
type overdueLetter struct {
	Receipt string `json:"receipt"` // "0042/03/000173"
	Return  string `json:"return"`
}

// ParkOverdue puts a letter into the inbox for each return that has waited too long for its receipt, once, and says how many it put there.
// The return waits on: should its receipt come after all, both apply. Those that fail do not keep the others from being looked at, up to
// maxPassed of them.
func (s *Service) ParkOverdue(ctx context.Context, inbox Inbox, now time.Time) (parked int, err error) {
	due, err := s.Overdue.DueReturns(ctx, now, maxOverdue+maxPassed)
	if err != nil {
		return 0, fmt.Errorf("list returns without a receipt: %w", err)
	}
	var failed []error
	for i, name := range due {
		done, err := s.parkOverdue(ctx, inbox, name, now)
		if err != nil {
			failed = append(failed, fmt.Errorf("return %q: %w", name, err))
		}
		if done {
			parked++
		}
		if i+1-len(failed) >= maxOverdue || len(failed) >= maxPassed || ctx.Err() != nil {
			break
		}
	}
	return parked, errors.Join(failed...)
}

func (s *Service) parkOverdue(ctx context.Context, inbox Inbox, name string, now time.Time) (parked bool, err error) {
	a, err := s.Overdue.Awaited(ctx, name)
	if err != nil || a.DueAt.IsZero() || a.DueAt.After(now) {
		return false, notThere(err) // the index lags behind
	}
	_, err = s.Receipts.Receipt(ctx, a.Receipt)
	switch {
	case errors.Is(err, ErrNotFound):
		says, err := json.Marshal(overdueLetter{a.Receipt.String(), a.Return})
		if err != nil {
			return false, err
		}
		if err := inbox.Park(ctx, Parked{
			ID: LetterID(TopicOverdue, says), Vendor: ownSource, Topic: TopicOverdue, At: a.DueAt, Message: says,
			Reason: fmt.Sprintf("return %s has waited for receipt %s for 7 days; send the receipt, and both are taken", a.Return, a.Receipt),
		}); err != nil {
			return false, fmt.Errorf("park a letter: %w", err)
		}
		parked = true
	case err != nil:
		return false, err
	}
	if err := s.Overdue.SeenTo(ctx, a); err != nil && !errors.Is(err, ErrConflict) {
		return false, err // the same letter again at the next tick, which changes nothing
	}
	return parked, nil
}

// notThere takes ErrNotFound for nothing to do.
func notThere(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// OverdueReceipt reports whether the receipt has come that a letter of ParkOverdue waits for, and which that is.
func (s *Service) OverdueReceipt(ctx context.Context, says []byte) (key receipt.Key, come bool, err error) {
	var l overdueLetter
	if err = json.Unmarshal(says, &l); err == nil {
		key, err = receipt.ParseKey(l.Receipt)
	}
	if err != nil {
		return key, false, refuse(ErrInvalid, "letter_unreadable", "the letter names no receipt: %v", err)
	}
	_, err = s.Receipts.Receipt(ctx, key)
	return key, err == nil, notThere(err)
}
