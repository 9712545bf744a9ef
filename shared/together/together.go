// Package together lets calls that come side by side share one piece of work, as writes share a commit.
package together

import (
	"sync"
	"time"
)

// A line in which this many shared the last piece of work is a crowd: then the next piece waits for as many as can go together, while
// others still come and at most for linger. Nearly all of a small commit is its fixed cost, of the disk and of the processor, so a crowd
// gets through faster by that; fewer, and a lone call above all, never wait, nor does the first after a rest.
const (
	crowd  = 32
	linger = 3 * time.Millisecond
	pause  = linger / 6 // nobody new within this: all are here
)

// Line is where calls stand for their turn. It may be used by many goroutines at once.
type Line[T any] struct {
	most int
	turn chan struct{} // holds one token; who has it works for all
	full chan struct{} // holds one token when somebody waits for most calls and they are there

	mu      sync.Mutex
	waiting []T
	last    int       // calls in the last piece of work
	ended   time.Time // when that was done
}

// New makes a line whose calls go at most so many together.
func New[T any](most int) *Line[T] {
	l := &Line[T]{most: most, turn: make(chan struct{}, 1), full: make(chan struct{}, 1)}
	l.turn <- struct{}{}
	return l
}

// Do stands call in the line and returns what done brings. One of those who wait does the work for a group of calls, in the order in
// which they came, and no two groups are in work at once. work answers on the done of each call, which must hold one answer without
// anybody taking it.
func (l *Line[T]) Do(call T, done <-chan error, work func(group []T)) error {
	l.mu.Lock()
	l.waiting = append(l.waiting, call)
	if len(l.waiting) == l.most {
		l.ring()
	}
	l.mu.Unlock()
	for {
		select {
		case err := <-done:
			return err
		case <-l.turn:
			go func() { // on a stack of its own: that of a commit is deep, and each caller's would grow to it once
				l.gather()
				if group := l.take(); len(group) > 0 {
					work(group)
					l.end()
				}
				l.turn <- struct{}{}
			}()
		}
	}
}

func (l *Line[T]) ring() {
	select {
	case l.full <- struct{}{}:
	default: // it rings already
	}
}

// gather waits for the rest of a crowd.
func (l *Line[T]) gather() {
	l.mu.Lock()
	here := len(l.waiting)
	wait := l.last >= crowd && here > 0 && here < l.most && time.Since(l.ended) < linger
	select {
	case <-l.full: // of an earlier group
	default:
	}
	l.mu.Unlock()
	if !wait {
		return
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	for range linger / pause {
		select {
		case <-l.full:
			return
		case <-t.C:
		}
		l.mu.Lock()
		before := here
		here = len(l.waiting)
		l.mu.Unlock()
		if here == before {
			return
		}
		t.Reset(pause)
	}
}

func (l *Line[T]) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = time.Now()
}

// take removes the next group from the line.
func (l *Line[T]) take() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.waiting), l.most)
	group := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	if n > 0 {
		l.last = n
	}
	return group
}
