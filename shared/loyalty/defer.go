package loyalty

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/together"
)

// Waiting keeps orders of e-mails that wait for longer than a queue holds a message back: for the morning, for a cap to ease, for the
// mail service's next day.
type Waiting interface {
	// AwaitOrder keeps the order until its moment, in the place of what was kept for the same message.
	AwaitOrder(ctx context.Context, o message.Order, until time.Time) error

	// DueOrders lists the messages whose moment lies before t, the earliest first, at most limit. It may lag behind.
	DueOrders(ctx context.Context, t time.Time, limit int) ([]string, error)

	// AwaitedOrder returns what is kept for a message. ErrNotFound if nothing is, or no longer.
	AwaitedOrder(ctx context.Context, id string) (AwaitedOrder, error)

	// Woken takes what was read off the list. Another order that has taken its place stays.
	Woken(ctx context.Context, a AwaitedOrder) error
}

// AwaitedOrder is an order and the moment for which it waits.
type AwaitedOrder struct {
	Order   message.Order
	Until   time.Time
	Version Version
}

// orderAt brings an order back at a moment: by the queue where that is soon, else by WakeMail.
func (s *Service) orderAt(ctx context.Context, o message.Order, at, now time.Time) error {
	if at.Sub(now) <= maxDelay {
		return s.order(ctx, o, wait(at, now))
	}
	if err := s.Waiting.AwaitOrder(ctx, o, at); err != nil {
		return fmt.Errorf("let message %s wait: %w", o.ID, err)
	}
	return nil
}

// Bounds of one WakeMail: it ends well within a function's life, and the next one goes on.
const (
	wakeAtOnce = 32
	wakePage   = 960
	wakePages  = 25
)

// WakeMail puts the orders whose moment has come on the mail queue, the earliest first, and returns how many. One that dies in between
// has put some there that the next puts there again, and the message's record knows them.
func (s *Service) WakeMail(ctx context.Context, now time.Time) (woken int, err error) {
	for range wakePages {
		due, err := s.Waiting.DueOrders(ctx, now, wakePage)
		if err != nil {
			return woken, fmt.Errorf("list orders that waited: %w", err)
		}
		n, err := s.wakeAll(ctx, due, now)
		if woken += n; err != nil || n == 0 { // what the index still shows and is not there has been woken before
			return woken, err
		}
	}
	return woken, nil
}

func (s *Service) wakeAll(ctx context.Context, due []string, now time.Time) (woken int, err error) {
	var mu sync.Mutex
	together.Each(ctx, len(due), wakeAtOnce, func(i int) {
		done, failed := s.wake(ctx, due[i], now)
		mu.Lock()
		defer mu.Unlock()
		if done {
			woken++
		}
		err = errors.Join(err, failed)
	})
	return woken, err
}

func (s *Service) wake(ctx context.Context, id string, now time.Time) (bool, error) {
	a, err := s.Waiting.AwaitedOrder(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && a.Until.After(now) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read order %s: %w", id, err)
	}
	if err := s.order(ctx, a.Order, 0); err != nil {
		return false, err
	}
	if err := s.Waiting.Woken(ctx, a); err != nil && !errors.Is(err, ErrConflict) {
		return true, fmt.Errorf("wake order %s: %w", id, err)
	}
	return true, nil
}

// How long a message waits after the mail service asked us to slow down: longer with each time, so that a day's quota that is used up
// is asked for a few times an hour and no more.
const (
	throttleFirst   = 30 * time.Second
	throttleLongest = 20 * time.Minute
)

func throttlePause(attempt int) time.Duration {
	pause := throttleFirst
	for range attempt - 1 {
		if pause *= 2; pause >= throttleLongest {
			return throttleLongest
		}
	}
	return pause
}
