package local

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/local/schedule"
)

// CatchUp is how far back moments of cron and at schedules are made good that passed while nothing ran; older ones are left out and
// logged. A rate promises an interval and no moments: of those that passed only the last is made good.
const CatchUp = 7 * 24 * time.Hour

// maxCatchUp is how many passed moments of one schedule are looked at in one step.
const maxCatchUp = 20_000

var ticksBucket = []byte("ticks")

// ticker fires all schedules. What fires lies in the function's queue in the same transaction that remembers the firing, so a crash
// neither doubles nor loses it.
type ticker struct {
	r    *Runtime
	mu   sync.Mutex
	list []*tick
}

// tick is one schedule and the moment it last fired for.
type tick struct {
	key      string // Function/Event
	schedule schedule.Schedule
	queue    *queue
	input    string // payload of the template; "" for the scheduler's own
	kept     keptTick

	asked, next time.Time // the next moment after one, as it was last asked for: the calendar is long to search
}

// after is the next moment of the schedule after one; false if there is none.
func (t *tick) after(last time.Time) (time.Time, bool) {
	if !t.asked.Equal(last) || t.next.IsZero() {
		at, ok := t.schedule.Next(last)
		if !ok {
			return at, false
		}
		t.asked, t.next = last, at
	}
	return t.next, true
}

// keptTick is how a tick lies in the file. Another expression than the kept one begins anew.
type keptTick struct {
	Expression string    `json:"expression"`
	Last       time.Time `json:"last"`
}

func (r *Runtime) newTick(s sam.Schedule) (*tick, error) {
	zone, err := r.names.text(s.TimeZone)
	if err != nil {
		return nil, err
	}
	input, err := r.names.text(s.Input)
	if err != nil {
		return nil, err
	}
	parsed, err := schedule.Parse(s.Expression, zone)
	if err != nil {
		return nil, err
	}
	f, ok := r.functions[s.Function]
	if !ok {
		return nil, fmt.Errorf("no function %s", s.Function)
	}
	q, err := r.async(f, "schedule/"+s.Function+s.Event, s.DeadLetter)
	if err != nil {
		return nil, err
	}
	return &tick{key: s.Function + "/" + s.Event, schedule: parsed, queue: q, input: input,
		kept: keptTick{Expression: s.Expression + " " + zone, Last: r.clock.Now()}}, nil
}

// restore takes over when the schedule last fired, or writes down that it begins now.
func (t *tick) restore(tx *bbolt.Tx) error {
	var kept keptTick
	if text := tx.Bucket(ticksBucket).Get([]byte(t.key)); text != nil {
		if err := json.Unmarshal(text, &kept); err != nil {
			return fmt.Errorf("read last firing of %s: %w", t.key, err)
		}
	}
	if kept.Expression == t.kept.Expression {
		t.kept = kept
		return nil
	}
	return t.save(tx)
}

func (t *tick) save(tx *bbolt.Tx) error {
	text, err := json.Marshal(t.kept)
	if err != nil {
		return err
	}
	return tx.Bucket(ticksBucket).Put([]byte(t.key), text)
}

func (k *ticker) listen() <-chan struct{} { return nil }
func (k *ticker) workers() int            { return 1 }

func (k *ticker) next() (first time.Time, any bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.list {
		if at, ok := t.after(t.kept.Last); ok && (!any || at.Before(first)) {
			first, any = at, true
		}
	}
	return first, any
}

func (k *ticker) step(ctx context.Context, _ bool) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, worked := k.r.clock.Now(), false
	for _, t := range k.list {
		moments, last := t.due(now)
		if last.Equal(t.kept.Last) {
			continue
		}
		if w := k.r.options.Weather; w != nil && w.Seldom && len(moments) > 1 {
			moments = moments[len(moments)-1:]
		}
		worked = true
		before := t.kept
		t.kept.Last = last
		err := k.r.update(ctx, func(tx *bbolt.Tx) error {
			for _, at := range moments {
				if now.Sub(at) > CatchUp {
					k.r.log.WarnContext(ctx, "a moment passed too long ago and is left out", "schedule", t.key, "at", at)
					continue
				}
				if err := k.fire(tx, t, at); err != nil {
					return err
				}
			}
			return t.save(tx)
		})
		if err != nil {
			t.kept = before
			return false, fmt.Errorf("fire %s: %w", t.key, err)
		}
		t.queue.bell.ring()
	}
	return worked, nil
}

// due lists the moments up to now that have not fired, and up to where that was looked at.
func (t *tick) due(now time.Time) (moments []time.Time, last time.Time) {
	last = t.kept.Last
	if every := t.schedule.Rate(); every > 0 {
		if gone := now.Sub(last) / every; gone > 0 {
			last = last.Add(gone * every)
			moments = append(moments, last)
		}
		return moments, last
	}
	for range maxCatchUp {
		at, ok := t.after(last)
		if !ok || at.After(now) {
			break
		}
		moments, last = append(moments, at), at
	}
	return moments, last
}

// fire puts the payload into the function's queue, in the shape of EventBridge Scheduler: detail is a string, time the moment it was
// meant for.
func (k *ticker) fire(tx *bbolt.Tx, t *tick, at time.Time) error {
	id, err := k.r.nextID(tx)
	if err != nil {
		return err
	}
	meant := at.UTC().Format(time.RFC3339)
	payload := strings.NewReplacer("<aws.scheduler.scheduled-time>", meant, "<aws.scheduler.execution-id>", id).Replace(t.input)
	if payload == "" {
		text, err := json.Marshal(map[string]any{"version": "0", "id": id, "detail-type": "Scheduled Event", "source": "aws.scheduler",
			"account": account, "region": region, "time": meant, "detail": "{}",
			"resources": []string{arn("scheduler", "schedule/default/"+strings.ReplaceAll(t.key, "/", ""))}})
		if err != nil {
			return err
		}
		payload = string(text)
	}
	_, err = t.queue.put(tx, k.r.clock.Now(), payload, nil, 0)
	return err
}
