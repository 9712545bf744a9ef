package together

import (
	"context"
	"sync"
	"sync/atomic"
)

type alone struct{}

// OneByOne makes a context in which Each never works side by side, so that what is played again happens in the same order again.
func OneByOne(ctx context.Context) context.Context { return context.WithValue(ctx, alone{}, true) }

// Each calls do with 0 to n-1, at most so many side by side and in order where that is one, and returns when all have returned.
func Each(ctx context.Context, n, atOnce int, do func(i int)) {
	if one, _ := ctx.Value(alone{}).(bool); one {
		atOnce = 1
	}
	var all sync.WaitGroup
	var next atomic.Int64
	work := func() {
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			do(int(i))
		}
	}
	for range min(n, atOnce) - 1 {
		all.Go(func() {
			grown(n)
			work()
		})
	}
	work()
	all.Wait()
}

// depth makes a stack of 32 KB, within which what is done with one message of a queue stays.
const depth = 18 << 10

// grown makes a goroutine's stack deep enough at once. By itself it grows by doubling and is copied each time with all that lies on it, which for
// the short life of a goroutine of Each was a twentieth of its processor time.
//
//go:noinline
func grown(at int) byte {
	var room [depth]byte
	room[at%depth] = 1 // a room that nobody uses would not be made
	return room[at/2%depth]
}
