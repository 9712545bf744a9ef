package together_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regulars-dev/regulars/shared/together"
)

type call struct {
	n    int
	done chan error
}

// walk is a line whose work takes a while and remembers its groups.
type walk struct {
	line   *together.Line[call]
	work   time.Duration
	groups [][]int
}

func (w *walk) do(n int) {
	c := call{n, make(chan error, 1)}
	_ = w.line.Do(c, c.done, func(group []call) {
		var numbers []int
		for _, c := range group {
			numbers = append(numbers, c.n)
		}
		if len(numbers) > 0 {
			w.groups = append(w.groups, numbers)
		}
		<-time.After(w.work)
		for _, c := range group {
			c.done <- nil
		}
	})
}

func TestALoneCallNeverWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &walk{line: together.New[call](256), work: time.Millisecond}
		began := time.Now()
		for n := range 5 {
			w.do(n)
		}
		if took := time.Since(began); took != 5*time.Millisecond || len(w.groups) != 5 {
			t.Errorf("five calls took %s in %d groups", took, len(w.groups))
		}
	})
}

// Many callers who come again and again go in few groups, nobody is left out, none is done twice, and after a rest nobody waits.
func TestACrowdGoesTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const callers, rounds = 100, 20
		w := &walk{line: together.New[call](256), work: time.Millisecond}
		var all sync.WaitGroup
		for n := range callers {
			all.Go(func() {
				for range rounds {
					w.do(n)
					<-time.After(time.Duration(n) * 10 * time.Microsecond) // their ways between two calls differ
				}
			})
		}
		all.Wait()
		times := map[int]int{}
		for _, group := range w.groups {
			for _, n := range group {
				times[n]++
			}
		}
		for n := range callers {
			if times[n] != rounds {
				t.Errorf("caller %d was done %d times", n, times[n])
			}
		}
		if len(w.groups) > 3*rounds {
			t.Errorf("%d calls went in %d groups", callers*rounds, len(w.groups))
		}
		<-time.After(time.Second)
		began := time.Now()
		if w.do(0); time.Since(began) != time.Millisecond {
			t.Errorf("the first after a rest took %s", time.Since(began))
		}
	})
}

func TestAGroupHasItsBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &walk{line: together.New[call](40), work: time.Millisecond}
		var all sync.WaitGroup
		for n := range 400 {
			all.Go(func() { w.do(n) })
		}
		all.Wait()
		done := 0
		for _, group := range w.groups {
			if done += len(group); len(group) > 40 {
				t.Errorf("%d calls went together", len(group))
			}
		}
		if done != 400 {
			t.Errorf("%d were done", done)
		}
	})
}
