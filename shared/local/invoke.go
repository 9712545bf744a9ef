package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

// maxConcurrent is how many invocations of one function run at once where the template reserves none. Up to about this many, more at once
// get more done, because they share commits; beyond it they only wait for each other (`make bench-till`).
const maxConcurrent = 64

// function is one function of the template, ready to be invoked.
type function struct {
	sam    sam.Function
	handle edge.Handler
	guard  *guard
	slots  chan struct{}
	tally  *tally
	log    *slog.Logger

	weather *Weather
}

// invoke runs the handler as Lambda would: bounded at once, with the timeout of the template, its panics caught. An answer after the
// timeout is a failure, as it is on AWS. ctx ends only when the whole run gives up.
func (f *function) invoke(ctx context.Context, trigger string, payload []byte) (out []byte, err error) {
	select {
	case f.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.slots }()
	return f.run(ctx, trigger, payload)
}

// errBusy is told to whoever does not wait, when all that may run at once do.
var errBusy = errors.New("the function is at its limit")

// invokeNow is invoke for a caller who would rather come again than wait: it returns errBusy at once.
func (f *function) invokeNow(ctx context.Context, trigger string, payload []byte) ([]byte, error) {
	select {
	case f.slots <- struct{}{}:
	default:
		f.tally.add("throttles", 1, "function", f.sam.Name)
		return nil, errBusy
	}
	defer func() { <-f.slots }()
	return f.run(ctx, trigger, payload)
}

// run invokes the function, whatever else runs.
func (f *function) run(ctx context.Context, trigger string, payload []byte) (out []byte, err error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(edge.WithMeter(f.weather.context(ctx), f.tally.add), f.sam.Timeout)
	defer cancel()
	err = f.weather.call(ctx, Call{Function: f.sam.LogicalID, Action: ActionInvoke, On: trigger}, func() error {
		out, err = f.guarded(ctx, payload)
		return err
	})
	took := time.Since(began)
	if err == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("%s took %s and may take %s", f.sam.LogicalID, took.Round(time.Millisecond), f.sam.Timeout)
	}
	f.tally.add("invocations", 1, "function", f.sam.Name)
	level := slog.LevelDebug
	if err != nil {
		f.tally.add("errors", 1, "function", f.sam.Name)
		level = slog.LevelError
	}
	f.log.Log(ctx, level, "invoked", "function", f.sam.Name, "trigger", trigger, "ms", took.Milliseconds(), "in_bytes", len(payload), "error", err)
	return out, err
}

func (f *function) guarded(ctx context.Context, payload []byte) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			f.tally.add("panics", 1, "function", f.sam.Name)
			f.log.ErrorContext(ctx, "recovered from a panic", "function", f.sam.Name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: panic: %v", f.sam.LogicalID, p)
		}
	}()
	return f.handle(ctx, payload)
}

// tally adds up the metrics of a run.
type tally struct {
	mu     sync.Mutex
	counts map[string]int64
}

// add is an edge.Meter. The name in the tally is "errors{function=send}".
func (t *tally) add(name string, n int64, dims ...string) {
	var parts []string
	for i := 0; i+1 < len(dims); i += 2 {
		parts = append(parts, dims[i]+"="+dims[i+1])
	}
	if slices.Sort(parts); len(parts) > 0 {
		name += "{" + strings.Join(parts, ",") + "}"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[name] += n
}

func (t *tally) all() map[string]int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.counts)
}
