// Package bus puts events on the EventBridge bus, and says exactly which of them are not on it.
package bus

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/regulars-dev/regulars/events"
)

// Bounds of PutEvents (EventBridge quotas), and of our patience with entries that it did not take.
const (
	maxEntries = 10        // a call
	maxCall    = 256 << 10 // bytes of one call's entries; every Region takes that many
	entryRoom  = 256       // bytes that EventBridge counts beside the detail: source, type, time
	maxRounds  = 3         // calls for the same entries
	firstPause = 50 * time.Millisecond
)

// Bus publishes on one event bus.
type Bus struct {
	client *eventbridge.Client
	name   string
	pause  func(ctx context.Context, round int) error
}

// Open makes a Bus of the one named.
func Open(cfg aws.Config, name string) *Bus {
	return &Bus{client: eventbridge.NewFromConfig(cfg), name: name, pause: pause}
}

// Unpublished is the error of a Publish that could not put everything on the bus. All other events are on it.
type Unpublished struct {
	Events []events.Event
	Why    []string // for each of the events
}

func (u *Unpublished) Error() string {
	var list []string
	for i, e := range u.Events {
		list = append(list, fmt.Sprintf("%s %s (%s)", e.Type, e.Metadata.ID, u.Why[i]))
	}
	return fmt.Sprintf("%d events are not on the bus: %s", len(list), strings.Join(list, "; "))
}

// Publish puts the events on the bus, in their order as far as EventBridge keeps one. Entries that EventBridge did not take are put
// again, alone, a few times; an event may arrive twice, with the same id.
//
// An event that breaks its contract fails the whole before anything is sent, with the error of events.Encode. *Unpublished names what
// is not on the bus; publish again, all or those.
func (b *Bus) Publish(ctx context.Context, list []events.Event) error {
	entries := make([]entry, len(list))
	for i, e := range list {
		detail, err := events.Encode(e)
		if err != nil {
			return fmt.Errorf("publish %s %s: %w", e.Type, e.Metadata.ID, err)
		}
		entries[i] = entry{event: e, detail: string(detail)}
	}
	left := &Unpublished{}
	for len(entries) > 0 {
		n := batch(entries)
		b.put(ctx, entries[:n], left)
		entries = entries[n:]
	}
	if len(left.Events) > 0 {
		return left
	}
	return nil
}

type entry struct {
	event  events.Event
	detail string
	why    string
}

// batch is how many of the first entries fit in one call; at least one, so that an entry that is too large fails by its own.
func batch(entries []entry) int {
	size := 0
	for i, e := range entries {
		if size += len(e.detail) + entryRoom; i == maxEntries || i > 0 && size > maxCall {
			return i
		}
	}
	return len(entries)
}

// put sends one batch until all of it is taken or patience ends, and adds what is left to left.
func (b *Bus) put(ctx context.Context, batch []entry, left *Unpublished) {
	for round := 1; len(batch) > 0; round++ {
		batch = b.call(ctx, batch)
		if len(batch) == 0 {
			return
		}
		if round == maxRounds || b.pause(ctx, round) != nil {
			break
		}
	}
	for _, e := range batch {
		left.Events, left.Why = append(left.Events, e.event), append(left.Why, e.why)
	}
}

// call sends the entries once and returns those that were not taken, each with the reason.
func (b *Bus) call(ctx context.Context, batch []entry) []entry {
	in := &eventbridge.PutEventsInput{Entries: make([]types.PutEventsRequestEntry, len(batch))}
	for i, e := range batch {
		in.Entries[i] = types.PutEventsRequestEntry{
			EventBusName: &b.name,
			Source:       aws.String(events.EnvelopeSource),
			DetailType:   aws.String(e.event.Type),
			Detail:       aws.String(e.detail),
			Time:         aws.Time(e.event.Metadata.OccurredAt),
		}
	}
	out, err := b.client.PutEvents(ctx, in)
	if err == nil && len(out.Entries) != len(batch) {
		err = fmt.Errorf("EventBridge answered for %d of %d entries", len(out.Entries), len(batch))
	}
	var rest []entry
	for i, e := range batch {
		switch {
		case err != nil:
			e.why = err.Error()
		case aws.ToString(out.Entries[i].ErrorCode) != "":
			e.why = aws.ToString(out.Entries[i].ErrorCode) + ": " + aws.ToString(out.Entries[i].ErrorMessage)
		default:
			continue
		}
		rest = append(rest, e)
	}
	return rest
}

// pause waits longer from round to round, and never two functions alike.
func pause(ctx context.Context, round int) error {
	wait := firstPause << (round - 1)
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
