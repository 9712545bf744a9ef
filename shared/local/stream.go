package local

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store"
)

// Limits of a stream.
const (
	firstRetry  = time.Second // and twice as long each time
	longestWait = time.Minute
	trimEvery   = 1_000 // changes between two trims of the feed
)

var cursorsBucket = []byte("cursors")

// pump hands the changes of one table to one function, in order, one batch at a time: so changes of one item never overtake each
// other. The cursor is kept when a batch is done; after a crash the last batch may come again, and its tries are counted anew. Records
// are given up by their tries and never by their age: the feed does not say when a change was made.
type pump struct {
	r         *Runtime
	f         *function
	from      sam.StreamSource
	table     store.Table
	arn       string
	filters   []pattern.Pattern
	onFailure *queue // nil: what is given up is only logged

	done atomic.Uint64 // the cursor, for the table's other readers

	mu       sync.Mutex
	cursor   uint64
	trimmed  uint64
	limit    int // records of the next batch; halved while one fails
	attempts int // failures of the batch that begins at the cursor
	retryAt  time.Time
}

func (p *pump) key() []byte { return []byte(p.f.sam.LogicalID + "/" + string(p.table)) }

func (p *pump) restore(tx *bbolt.Tx) {
	if v := tx.Bucket(cursorsBucket).Get(p.key()); len(v) == 8 {
		p.cursor = binary.BigEndian.Uint64(v)
		p.done.Store(p.cursor)
	}
	p.limit = p.from.BatchSize
}

func (p *pump) listen() <-chan struct{} { return p.r.options.Store.Watch() }
func (p *pump) workers() int            { return 1 }

// next is the end of a wait after a failure. New changes ring the bell of the feed.
func (p *pump) next() (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.retryAt, !p.retryAt.IsZero()
}

func (p *pump) step(ctx context.Context, _ bool) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.r.clock.Now().Before(p.retryAt) {
		return false, nil
	}
	changes, err := p.r.options.Store.Changes(ctx, p.table, p.cursor, p.limit)
	if err != nil || len(changes) == 0 {
		return false, err
	}
	last := changes[len(changes)-1].Seq
	batch := p.passed(changes)
	if len(batch) == 0 {
		return true, p.advance(ctx, last)
	}
	out, failure := p.f.invoke(ctx, "stream "+string(p.table), p.event(batch))
	if errors.Is(failure, context.Canceled) {
		return false, nil
	}
	done, all := doneBefore(batch, out, failure, p.from.ReportFailures)
	if all {
		p.attempts, p.retryAt, p.limit = 0, time.Time{}, min(p.from.BatchSize, p.limit*2)
		return true, p.advance(ctx, last)
	}
	left := 0
	for _, c := range changes {
		if c.Seq >= batch[done].Seq {
			left++
		}
	}
	return true, p.failed(ctx, batch[done:], left, done > 0)
}

// doneBefore tells how many records of the batch are done: all of them, or those before the first that the answer names.
func doneBefore(batch []store.Change, out []byte, failure error, reports bool) (int, bool) {
	if failure != nil {
		return 0, false
	}
	var answer events.DynamoDBEventResponse
	if !reports || len(out) == 0 {
		return 0, true
	}
	if json.Unmarshal(out, &answer) != nil {
		return 0, false
	}
	first := len(batch)
	for _, f := range answer.BatchItemFailures {
		at := 0 // an unknown one fails all
		for i, c := range batch {
			if sequence(c) == f.ItemIdentifier {
				at = i
			}
		}
		first = min(first, at)
	}
	return first, first == len(batch)
}

// failed goes on behind what is done, halves the batch where the template wants that, waits longer each time, and at last puts rest
// aside: the records from the failed one on. left counts them with those that the filters keep back.
func (p *pump) failed(ctx context.Context, rest []store.Change, left int, progress bool) error {
	if progress {
		p.attempts = 0
		if err := p.advance(ctx, rest[0].Seq-1); err != nil {
			return err
		}
	}
	p.retryAt = time.Time{}
	if p.from.Bisect && len(rest) > 1 {
		p.limit = left / 2
		return nil
	}
	p.limit = left
	p.attempts++
	if p.from.MaxRetries >= 0 && p.attempts > p.from.MaxRetries {
		return p.giveUp(ctx, rest)
	}
	wait := longestWait
	if p.attempts < 7 {
		wait = min(longestWait, firstRetry<<(p.attempts-1))
	}
	p.retryAt = p.r.clock.Now().Add(wait)
	return nil
}

// giveUp tells the on-failure destination where the records lie, as AWS does, and goes on behind them.
func (p *pump) giveUp(ctx context.Context, rest []store.Change) error {
	first, last := sequence(rest[0]), sequence(rest[len(rest)-1])
	p.r.log.ErrorContext(ctx, "changes are given up", "function", p.f.sam.Name, "first", first, "last", last)
	now := p.r.clock.Now()
	if p.onFailure != nil {
		text, err := json.Marshal(map[string]any{
			"version": "1.0", "timestamp": now.UTC().Format(time.RFC3339),
			"requestContext": map[string]any{"functionArn": arn("lambda", "function:"+p.f.sam.LogicalID), "condition": "RetryAttemptsExhausted",
				"approximateInvokeCount": p.attempts},
			"DDBStreamBatchInfo": map[string]any{"streamArn": p.arn, "shardId": onlyShard, "startSequenceNumber": first, "endSequenceNumber": last,
				"batchSize": len(rest)},
		})
		if err != nil {
			return err
		}
		err = p.r.update(ctx, func(tx *bbolt.Tx) error {
			_, err := p.onFailure.put(tx, now, string(text), nil, 0)
			return err
		})
		if err != nil {
			return err
		}
		p.onFailure.bell.ring()
	}
	p.attempts, p.limit = 0, p.from.BatchSize
	return p.advance(ctx, rest[len(rest)-1].Seq)
}

// advance keeps that everything up to seq is done, and now and then lets the store forget what every reader has read.
func (p *pump) advance(ctx context.Context, seq uint64) error {
	if seq <= p.cursor {
		return nil
	}
	err := p.r.update(context.WithoutCancel(ctx), func(tx *bbolt.Tx) error {
		return tx.Bucket(cursorsBucket).Put(p.key(), number(seq))
	})
	if err != nil {
		return fmt.Errorf("keep the cursor of %s: %w", p.f.sam.LogicalID, err)
	}
	p.cursor = seq
	p.done.Store(seq)
	all := seq // done by every reader of the table
	for _, other := range p.r.readers[p.table] {
		all = min(all, other.done.Load())
	}
	if all >= p.trimmed+trimEvery {
		p.trimmed = all
		return p.r.options.Store.Trim(p.table, all)
	}
	return nil
}

// passed leaves out what the filters keep back.
func (p *pump) passed(changes []store.Change) []store.Change {
	if len(p.filters) == 0 {
		return changes
	}
	var list []store.Change
	for _, c := range changes {
		if p.takes(c) {
			list = append(list, c)
		}
	}
	return list
}

// takes reports whether the filters let a change through.
func (p *pump) takes(c store.Change) bool {
	if len(p.filters) == 0 {
		return true
	}
	e := pattern.Made(recordFields(c, p.arn, p.r.clock.Now()))
	return slices.ContainsFunc(p.filters, func(f pattern.Pattern) bool { return f.Matches(e) })
}

// keepRead leaves out of each feed what the filters of all its readers keep back: most of what a table is written is for nobody's stream.
func (r *Runtime) keepRead() {
	for table, readers := range r.readers {
		r.options.Store.Keep(table, func(c store.Change) bool {
			return slices.ContainsFunc(readers, func(p *pump) bool { return p.takes(c) })
		})
	}
}

func sequence(c store.Change) string { return strconv.FormatUint(c.Seq, 10) }
