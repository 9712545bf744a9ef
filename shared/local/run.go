package local

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits of driving a run by hand.
const (
	maxSteps = 1_000_000 // pieces of work in one Drain; more means that work makes work for ever
	maxJumps = 1_000_000 // due moments in one AdvanceTo
)

// Grace is how long Close waits for work in hand.
const Grace = 10 * time.Second

// Start lets everything run: each source wakes when there is work, within milliseconds, and not by asking. It returns at once; call
// it once, before Close.
func (r *Runtime) Start() {
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	for _, s := range r.sources {
		for range s.workers() {
			r.loops.Add(1)
			go func() {
				defer r.loops.Done()
				r.loop(ctx, s)
			}()
		}
	}
	r.loops.Add(1)
	go func() {
		defer r.loops.Done()
		r.keepClock(ctx)
	}()
}

// errorPause is how long a source rests after an error of its own, such as a full disk.
const errorPause = time.Second

func (r *Runtime) loop(ctx context.Context, s source) {
	for ctx.Err() == nil {
		wake := s.listen()
		worked, err := r.step(s, false)
		switch {
		case err != nil && ctx.Err() == nil:
			r.log.Error("a source rests after an error", "error", err)
			pause(ctx, errorPause)
		case !worked:
			at, _ := s.next()
			r.clock.wait(at, wake, ctx.Done())
		}
	}
}

// step keeps count of work in hand, so that Drain knows when there is none.
func (r *Runtime) step(s source, hurry bool) (bool, error) {
	r.begin()
	defer r.end()
	return s.step(r.ctx, hurry)
}

func (r *Runtime) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active++
}

func (r *Runtime) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.active--; r.active == 0 {
		r.idle.ring()
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// keepClock writes the clock down each second, and at the end.
func (r *Runtime) keepClock(ctx context.Context) {
	for {
		if err := r.clock.Keep(); err != nil {
			r.log.Error("the clock was not kept", "error", err)
		}
		if ctx.Err() != nil {
			return
		}
		pause(ctx, time.Second)
	}
}

// Drain works until nothing is due by the clock as it stands: messages, changes, schedules, retries. It waits for no batch to fill.
// What a function refused is due later and stays. The order is the same each time if nothing else runs.
//
// It returns an error of the disk, of ctx, or if work goes on making work.
func (r *Runtime) Drain(ctx context.Context) error {
	for steps := 0; ; {
		idle, worked := r.idle.listen(), false
		for _, s := range r.sources {
			for {
				if err := ctx.Err(); err != nil {
					return err
				}
				did, err := r.step(s, true)
				if err != nil {
					return err
				}
				if !did {
					break
				}
				worked = true
				if steps++; steps > maxSteps {
					return fmt.Errorf("drain: still busy after %d pieces of work: something goes round for ever", maxSteps)
				}
			}
		}
		if worked {
			continue
		}
		r.mu.Lock()
		busy := r.active > 0
		r.mu.Unlock()
		if !busy {
			return nil
		}
		select { // a loop of Start, or a request, still has work in hand
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// AdvanceTo moves the clock to t by way of each moment at which something is due, and drains at each: every firing of every schedule
// happens at its own time. It returns ErrBackwards for a t that has passed.
func (r *Runtime) AdvanceTo(ctx context.Context, t time.Time) error {
	for range maxJumps {
		if err := r.Drain(ctx); err != nil {
			return err
		}
		at, ok := r.NextDue()
		if !ok || at.After(t) {
			if err := r.clock.Set(t); err != nil {
				return err
			}
			return r.Drain(ctx)
		}
		if now := r.clock.Now(); at.Before(now) {
			at = now
		}
		if err := r.clock.Set(at); err != nil && !errors.Is(err, ErrBackwards) {
			return err
		}
	}
	return fmt.Errorf("advance to %s: more than %d due moments on the way", t.Format(time.RFC3339), maxJumps)
}

// JumpTo sets the clock to t at once and drains: rates that passed meanwhile fire once, cron moments each, at the time of t. It is the
// quick way over weeks in which a schedule of every minute has nothing to do.
func (r *Runtime) JumpTo(ctx context.Context, t time.Time) error {
	if err := r.Drain(ctx); err != nil {
		return err
	}
	if err := r.clock.Set(t); err != nil {
		return err
	}
	return r.Drain(ctx)
}

// NextDue is the earliest moment at which there will be work without anybody's doing.
func (r *Runtime) NextDue() (first time.Time, any bool) {
	for _, s := range r.sources {
		if at, ok := s.next(); ok && (!any || at.Before(first)) {
			first, any = at, true
		}
	}
	return first, any
}

// NextWork is NextDue without the schedules and without the removal of what has expired: what waits for a moment of its own, such as a
// message that was held up.
func (r *Runtime) NextWork() (first time.Time, any bool) {
	for _, s := range r.sources {
		switch s.(type) {
		case *ticker, *sweeper:
			continue
		}
		if at, ok := s.next(); ok && (!any || at.Before(first)) {
			first, any = at, true
		}
	}
	return first, any
}

// Close stops taking up work, waits at most Grace for what is in hand, and lets go of the file. What was not done comes again at the
// next Open. Requests should have ended before.
func (r *Runtime) Close() error {
	r.ending.Store(true)
	if r.stop != nil {
		r.stop()
	}
	late := time.AfterFunc(Grace, r.cancel)
	r.loops.Wait()
	late.Stop()
	r.cancel()
	err := r.clock.Keep()
	if closing := r.db.Close(); closing != nil {
		err = errors.Join(err, fmt.Errorf("close %s: %w", r.db.Path(), closing))
	}
	return err
}
