package local

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

// source is where work comes from: a queue with its function, a stream, the schedules.
type source interface {
	// step does one piece of work that is due and reports whether there was any. With hurry it waits for no batch to fill.
	step(ctx context.Context, hurry bool) (bool, error)
	// next is when there will be work without anybody's doing; false: never. A moment that has passed means now.
	next() (time.Time, bool)
	// listen returns a channel that is closed when there may be work earlier than next has said.
	listen() <-chan struct{}
	// workers is how many may step at once in a live run.
	workers() int
}

// How many batches of one queue are in work at once on one machine: where the template says nothing, and at most.
const (
	workers    = 4
	maxWorkers = 64
)

// consumer hands the messages of a queue to a function: as batches of SQS, or (direct) one by one as the payload itself, which is how
// a rule or a schedule calls a function.
type consumer struct {
	r       *Runtime
	queue   *queue
	dead    *queue // nil for none
	f       *function
	from    sam.QueueSource
	filters []pattern.Pattern
	direct  bool
}

func (c *consumer) listen() <-chan struct{} { return c.queue.bell.listen() }

func (c *consumer) workers() int {
	if n := c.from.MaxConcurrency; n > 0 {
		return min(n, maxWorkers)
	}
	return workers
}

func (c *consumer) next() (at time.Time, ok bool) {
	err := c.r.db.View(func(tx *bbolt.Tx) error {
		at, ok = c.queue.next(tx)
		if !ok {
			return nil
		}
		if numbers, since := c.queue.ready(tx, c.r.clock.Now(), c.from.BatchSize); len(numbers) > 0 && len(numbers) < c.from.BatchSize {
			at = since.Add(c.from.Window)
		}
		return nil
	})
	return at, ok && err == nil
}

// maxRounds is how many batches one step takes at most: the next is handed out in the commit that removes the last.
const maxRounds = 32

func (c *consumer) step(ctx context.Context, hurry bool) (bool, error) {
	if at, ok := c.next(); !ok || at.After(c.r.clock.Now()) && !(hurry && c.from.Window > 0) {
		return false, nil
	}
	h := &handed{c: c}
	defer h.finish()
	if err := c.r.update(ctx, func(tx *bbolt.Tx) error { return h.next(tx, true) }); err != nil {
		return false, err
	}
	h.ring()
	if len(h.list) == 0 {
		return h.moved, nil
	}
	if c.direct {
		return true, c.call(ctx, h.list[0])
	}
	for round := 1; len(h.list) > 0; round++ {
		if err := c.batch(ctx, h, !hurry && round < maxRounds); err != nil {
			return true, err
		}
	}
	return true, nil
}

// handed is the batch that one worker has in hand.
type handed struct {
	c     *consumer
	list  []message
	moved bool
}

// next hands out a batch in place of the last. A batch that is not full waits for its window unless anyway is set.
func (h *handed) next(tx *bbolt.Tx, anyway bool) error {
	h.finish() // also what a run that was undone has taken
	c, now := h.c, h.c.r.clock.Now()
	if !anyway && c.from.Window > 0 {
		if numbers, since := c.queue.ready(tx, now, c.from.BatchSize); len(numbers) < c.from.BatchSize && since.Add(c.from.Window).After(now) {
			return nil
		}
	}
	var err error
	h.list, h.moved, err = c.queue.receive(tx, now, c.from.BatchSize, c.dead)
	c.queue.take(h.list)
	return err
}

// finish lets go of the batch.
func (h *handed) finish() {
	h.c.queue.finish(h.list)
	h.list, h.moved = nil, false
}

// ring tells the dead letters that there are more of them.
func (h *handed) ring() {
	if h.moved && h.c.dead != nil {
		h.c.dead.bell.ring()
	}
}

// batch invokes the function with those that the filters let through and removes what it did not report as failed. With more it hands out the next
// batch in the same commit, unless the run is about to end.
func (c *consumer) batch(ctx context.Context, h *handed, more bool) error {
	list := h.list
	var passed []message
	for _, m := range list {
		if len(c.filters) == 0 || matches(c.filters, messageJSON(m)) {
			passed = append(passed, m)
		}
	}
	failed := map[string]bool{}
	if len(passed) > 0 {
		out, err := c.f.invoke(ctx, "queue "+c.queue.id, c.event(passed))
		failed = failedMessages(passed, out, err, c.from.ReportFailures)
	}
	err := c.r.update(context.WithoutCancel(ctx), func(tx *bbolt.Tx) error {
		for _, m := range list {
			if failed[m.id] {
				continue
			}
			if err := c.queue.done(tx, m); err != nil {
				return err
			}
		}
		if !more || c.r.ending.Load() {
			h.finish()
			return nil
		}
		return h.next(tx, false)
	})
	h.ring()
	return err
}

// failedMessages reads the answer as AWS does: an error fails all, and so does an answer that names an unknown message.
func failedMessages(list []message, out []byte, err error, reports bool) map[string]bool {
	all := map[string]bool{}
	for _, m := range list {
		all[m.id] = true
	}
	if err != nil {
		return all
	}
	failed := map[string]bool{}
	if !reports || len(out) == 0 {
		return failed
	}
	var answer events.SQSEventResponse
	if json.Unmarshal(out, &answer) != nil {
		return all
	}
	for _, f := range answer.BatchItemFailures {
		if !all[f.ItemIdentifier] {
			return all
		}
		failed[f.ItemIdentifier] = true
	}
	return failed
}

// event writes a batch as SQS does. Attributes of a message go in the order of their names.
func (c *consumer) event(list []message) []byte {
	size := 0
	for _, m := range list {
		size += len(m.Body)*9/8 + recordBytes/2
	}
	b := append(make([]byte, 0, size), `{"Records":[`...)
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendField(append(b, '{'), "messageId", m.id)
		b = appendField(b, "receiptHandle", m.id+"#"+strconv.Itoa(m.Receives))
		b = appendField(b, "body", m.Body)
		b = append(b, `,"attributes":{`...)
		b = appendField(b, "ApproximateReceiveCount", strconv.Itoa(m.Receives))
		b = appendField(b, "SentTimestamp", millis(m.Sent))
		b = appendField(b, "ApproximateFirstReceiveTimestamp", millis(m.First))
		b = appendField(b, "SenderId", account)
		b = append(b, `},"messageAttributes":{`...)
		for j, name := range slices.Sorted(maps.Keys(m.Attributes)) {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(appendJSON(b, name), ':', '{')
			b = appendField(b, "stringValue", m.Attributes[name])
			b = append(appendField(b, "dataType", "String"), '}')
		}
		b = append(b, '}')
		b = appendField(b, "eventSource", "aws:sqs")
		b = appendField(b, "eventSourceARN", arn("sqs", c.queue.id))
		b = append(appendField(b, "awsRegion", region), '}')
	}
	return append(b, ']', '}')
}

func millis(nanos int64) string { return strconv.FormatInt(nanos/int64(time.Millisecond), 10) }

// messageJSON is what filters of a queue see: the body as JSON where it is some.
func messageJSON(m message) []byte {
	body := json.RawMessage(m.Body)
	if !json.Valid(body) {
		body, _ = json.Marshal(m.Body) // a string always has JSON
	}
	text, err := json.Marshal(map[string]any{"messageId": m.id, "body": body})
	if err != nil {
		return nil
	}
	return text
}

// matches reports whether any filter lets the record through; without filters all pass.
func matches(filters []pattern.Pattern, record []byte) bool {
	for _, f := range filters {
		if ok, err := f.Match(record); err == nil && ok {
			return true
		}
	}
	return len(filters) == 0
}

// call invokes the function with the message as its payload. After the last try it goes to the dead letters at once.
func (c *consumer) call(ctx context.Context, m message) error {
	_, failure := c.f.invoke(ctx, c.queue.id, []byte(m.Body))
	if errors.Is(failure, context.Canceled) || failure != nil && m.Receives < c.queue.maxReceive {
		return nil // hidden now, and comes again
	}
	err := c.r.update(context.WithoutCancel(ctx), func(tx *bbolt.Tx) error {
		if err := c.queue.done(tx, m); err != nil || failure == nil || c.dead == nil {
			return err
		}
		m.stored.Attributes = map[string]string{"ERROR_MESSAGE": failure.Error()}
		return c.queue.bury(tx, c.r.clock.Now(), m.stored, c.dead)
	})
	if err == nil && failure != nil && c.dead != nil {
		c.dead.bell.ring()
	}
	return err
}
