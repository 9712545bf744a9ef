package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var errPoison = errors.New("poison")

// poisoned plays every function of the template: it does whatever comes, but for what is poison, and remembers what it did.
type poisoned struct {
	mu     sync.Mutex
	done   map[string]bool   // "SendFunction good1"
	sick   map[string]string // the first event that a function got by a rule or a schedule: that one fails for ever
	events map[string]int    // others that it did
}

func (p *poisoned) handler(function string) edge.Handler {
	do := func(what string) error {
		if strings.Contains(what, "poison") {
			return errPoison
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done[function+" "+what] = true
		return nil
	}
	return edge.Mux{
		Batch:   edge.Batch(func(_ context.Context, m edge.Message) error { return do(string(m.Body)) }),
		Changes: edge.Changes(func(_ context.Context, c edge.Change) error { return do(c.Keys["pk"].(string)) }),
		Event: func(_ context.Context, payload []byte) ([]byte, error) {
			var e struct{ ID string }
			if err := json.Unmarshal(payload, &e); err != nil {
				return nil, err
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.sick[function] == "" {
				p.sick[function] = e.ID
			}
			if p.sick[function] == e.ID {
				return nil, errPoison
			}
			p.events[function]++
			return []byte("null"), nil
		},
		HTTP: nothing,
	}.Handle
}

// unfiltered is the template with every stream brought whole, so that any record reaches any reader.
func unfiltered() string {
	var kept []string
	skip := -1
	for line := range strings.Lines(string(regulars.Template)) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if skip >= 0 && indent > skip && strings.TrimSpace(line) != "" {
			continue
		}
		if skip = -1; filterLine.MatchString(line) {
			skip = indent
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "")
}

var filterLine = regexp.MustCompile(`^ +FilterCriteria:`)

// TestPoisonBlocksNothing walks the template: at each queue, stream, rule and schedule of every function something comes that can never be
// done, with good things before and behind it. All that is good is done, and what is poison lies where a person finds it.
func TestPoisonBlocksNothing(t *testing.T) {
	t.Parallel()
	play := &poisoned{done: map[string]bool{}, sick: map[string]string{}, events: map[string]int{}}
	template, err := sam.Read(strings.NewReader(unfiltered()))
	if err != nil {
		t.Fatal(err)
	}
	dir, clock := t.TempDir(), local.NewClock(start)
	items, err := bolt.Open(filepath.Join(dir, "items.db"), clock.Now, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	functions := map[string]local.Builder{}
	for _, f := range template.Functions {
		functions[f.LogicalID] = func(local.FunctionEnv) (edge.Handler, error) { return play.handler(f.LogicalID), nil }
	}
	run, err := local.Open(local.Options{Template: strings.NewReader(unfiltered()), Dir: dir, Store: items, Clock: clock, NoSync: true, Functions: functions,
		Weather: &local.Weather{Seldom: true}, Env: map[string]string{"PUBLIC_URL": "x", "SQUARE_URL": "x", "LINK_SECRET": "x", "WEBHOOK_SECRET": "x", "SHOPIFY_SECRETS": "x", "SQUARE_SECRETS": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	want := map[string]int{} // letters by queue, at least
	tables := map[string]bool{}
	for _, f := range template.Functions {
		for _, e := range f.Events {
			switch {
			case e.Queue != nil:
				for _, body := range []string{"good1", "poison", "good2"} {
					if err := run.Send(t.Context(), e.Queue.Queue, []byte(body), nil, 0); err != nil {
						t.Fatal(err)
					}
				}
				queue, _ := template.Queue(e.Queue.Queue)
				want[queue.DeadLetter.Target()]++
			case e.Stream != nil:
				tables[e.Stream.Table] = true
				want[e.Stream.OnFailure.Target()]++
			case e.Schedule != nil:
				want[f.OnFailure.Target()]++
			case e.Rule == nil && e.HTTP == nil:
				t.Errorf("%s.%s: nobody knows what poison is there", f.LogicalID, e.Name)
			}
		}
	}
	for _, table := range template.Tables {
		for _, partition := range []string{"good1", "poison", "good2"} {
			if !tables[table.LogicalID] {
				continue
			}
			key := store.Key{Table: store.Table(table.Store), Partition: partition, Sort: "HEAD"}
			if _, err := items.Put(t.Context(), store.Item{Key: key}, store.Always()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 16 { // longer than any queue tries, and a day's end with its own schedules
		if err := run.JumpTo(t.Context(), clock.Now().Add(15*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	play.judge(t, template)
	queues, err := run.Queues()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queues {
		if q.Messages < want[q.ID] {
			t.Errorf("%d letters lie in %s, at least %d were to be found there", q.Messages, q.ID, want[q.ID])
		}
		if _, isQueue := template.Queue(q.ID); isQueue && want[q.ID] == 0 && q.Messages > 0 {
			t.Errorf("%d messages still wait in %s", q.Messages, q.ID)
		}
	}
	seeTo(t, run)
}

// judge demands that every function did all that was good at each of its doors.
func (p *poisoned) judge(t *testing.T, template sam.Template) {
	t.Helper()
	for _, f := range template.Functions {
		for _, e := range f.Events {
			if e.Queue != nil || e.Stream != nil {
				for _, what := range []string{"good1", "good2"} {
					if !p.done[f.LogicalID+" "+what] {
						t.Errorf("%s.%s: %s was not done", f.LogicalID, e.Name, what)
					}
				}
			}
			if e.Schedule != nil && p.events[f.LogicalID] == 0 {
				t.Errorf("%s.%s: no tick came behind the poisoned one", f.LogicalID, e.Name)
			}
		}
	}
}
