package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store"
)

// asyncRetry is how long Lambda waits before it calls a function again that failed on an event.
const asyncRetry = time.Minute

// asyncRetries is how often it does where the template says nothing.
const asyncRetries = 2

// wire makes everything of the template and takes over what the folder kept. All faults are told at once.
func (r *Runtime) wire() error {
	var faults []error
	for _, b := range r.template.Buses {
		r.buses[b.LogicalID] = true
	}
	for _, q := range r.template.Queues {
		made := newQueue(q.LogicalID)
		made.visibility, made.retention, made.dead, made.maxReceive = q.Visibility, q.Retention, q.DeadLetter.Target(), q.MaxReceive
		r.queues[q.LogicalID] = made
	}
	for _, f := range r.template.Functions {
		faults = append(faults, r.build(f))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	for _, in := range r.template.Rules {
		if in.Disabled {
			continue
		}
		made, err := r.newRule(in)
		if err != nil {
			faults = append(faults, fmt.Errorf("rule %s at line %d: %w", in.LogicalID, in.Line, err))
		}
		r.rules = append(r.rules, made)
	}
	var pumps []*pump
	for _, f := range r.template.Functions {
		for _, e := range f.Events {
			p, err := r.event(r.functions[f.LogicalID], e)
			if err != nil {
				faults = append(faults, fmt.Errorf("event %s of %s at line %d: %w", e.Name, f.LogicalID, e.Line, err))
			}
			if p != nil {
				pumps = append(pumps, p)
			}
		}
	}
	ticks := &ticker{r: r}
	for _, s := range r.template.Schedules {
		if s.Disabled {
			continue
		}
		t, err := r.newTick(s)
		if err != nil {
			faults = append(faults, fmt.Errorf("schedule %s of %s at line %d: %w", s.Event, s.Function, s.Line, err))
			continue
		}
		ticks.list = append(ticks.list, t)
	}
	r.sources = append(r.sources, ticks, &sweeper{r: r, at: r.clock.Now().Add(sweepEvery)})
	if err := errors.Join(faults...); err != nil {
		return err
	}
	r.keepRead()
	r.expose()
	return r.restore(pumps, ticks)
}

// restore makes the buckets of all queues and takes over the cursors and last firings.
func (r *Runtime) restore(pumps []*pump, ticks *ticker) error {
	return r.db.Update(func(tx *bbolt.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(r.queues)) {
			if err := r.queues[id].prepare(tx); err != nil {
				return err
			}
		}
		for _, p := range pumps {
			p.restore(tx)
		}
		for _, t := range ticks.list {
			if err := t.restore(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// build makes one function from its Builder.
func (r *Runtime) build(f sam.Function) error {
	builder, ok := r.options.Functions[f.LogicalID]
	if !ok {
		return fmt.Errorf("%s at line %d has no code here", f.LogicalID, f.Line)
	}
	if f.URLAuth != "" {
		return fmt.Errorf("%s at line %d has a function URL, which this machine does not serve; give it a path of the HTTP API", f.LogicalID, f.Line)
	}
	env, err := r.names.environment(f, r.options.Env)
	if err != nil {
		return err
	}
	tables := map[store.Table]string{}
	for _, t := range r.template.Tables {
		tables[store.Table(t.Store)] = t.LogicalID
	}
	g := newGuard(f, r.names)
	handle, err := builder(FunctionEnv{Function: f, Items: guardedItems{r.outsideItems(f.LogicalID), g, tables}, Now: r.options.Weather.clock(f.LogicalID, r.clock.Now),
		Log: r.log.With("function", f.Name), env: env, run: r, guard: g})
	if err != nil {
		return fmt.Errorf("build %s: %w", f.LogicalID, err)
	}
	slots := maxConcurrent
	if resource, ok := r.template.Resource(f.LogicalID); ok {
		if reserved := resource.Properties.At("ReservedConcurrentExecutions").Int(0); reserved > 0 {
			slots = reserved
		}
	}
	r.functions[f.LogicalID] = &function{sam: f, handle: handle, guard: g, slots: make(chan struct{}, slots), tally: r.tally, log: r.log, weather: r.options.Weather}
	return nil
}

// event makes the source behind one event of a function; rules and schedules are made from the template's own lists.
func (r *Runtime) event(f *function, e sam.Event) (*pump, error) {
	switch {
	case e.HTTP != nil:
		r.routes = append(r.routes, newRoute(f, *e.HTTP))
		return nil, nil
	case e.Queue != nil:
		q, ok := r.queues[e.Queue.Queue]
		if !ok {
			return nil, fmt.Errorf("no queue %s", e.Queue.Queue)
		}
		from := *e.Queue
		if said := from.Concurrency; said.Ref != "" {
			text, err := r.names.text(said)
			if err != nil {
				return nil, err
			}
			if from.MaxConcurrency, err = strconv.Atoi(text); err != nil {
				return nil, fmt.Errorf("MaximumConcurrency at line %d is %q, no number", said.Line, text)
			}
		}
		filters, err := parseFilters(e.Queue.Filters)
		r.sources = append(r.sources, &consumer{r: r, queue: q, dead: r.queues[q.dead], f: f, from: from, filters: filters})
		return nil, err
	case e.Stream != nil:
		return r.stream(f, *e.Stream)
	case e.Rule != nil, e.Schedule != nil:
		return nil, nil
	default:
		return nil, fmt.Errorf("%s is no event that this machine knows", e.Type)
	}
}

func (r *Runtime) stream(f *function, from sam.StreamSource) (*pump, error) {
	t, ok := r.template.Table(from.Table)
	if !ok {
		return nil, fmt.Errorf("no table %s", from.Table)
	}
	filters, err := parseFilters(from.Filters)
	if err != nil {
		return nil, err
	}
	p := &pump{r: r, f: f, from: from, table: store.Table(t.Store), filters: filters, onFailure: r.queues[from.OnFailure.Target()],
		arn: arn("dynamodb", "table/"+t.LogicalID+"/stream/1")}
	r.readers[p.table] = append(r.readers[p.table], p)
	r.sources = append(r.sources, p)
	return p, nil
}

func parseFilters(list []sam.Filter) ([]pattern.Pattern, error) {
	var filters []pattern.Pattern
	for _, f := range list {
		p, err := pattern.Parse([]byte(f.Pattern))
		if err != nil {
			return nil, fmt.Errorf("filter at line %d: %w", f.Line, err)
		}
		filters = append(filters, p)
	}
	return filters, nil
}

// async is the queue in front of a function that is called and not waited for. What fails after the last try goes to the function's
// on-failure destination, or to the dead letters of whoever calls.
func (r *Runtime) async(f *function, id string, deadLetter sam.Value) (*queue, error) {
	if _, twice := r.queues[id]; twice {
		return nil, fmt.Errorf("%s calls %s twice", id, f.sam.LogicalID)
	}
	q := newQueue(id)
	q.visibility, q.maxReceive, q.dead = max(asyncRetry, f.sam.Timeout), asyncRetries+1, deadLetter.Target()
	if resource, ok := r.template.Resource(f.sam.LogicalID); ok {
		config := resource.Properties.At("EventInvokeConfig")
		q.maxReceive = config.At("MaximumRetryAttempts").Int(asyncRetries) + 1
		if to := config.At("DestinationConfig", "OnFailure", "Destination").Value; !to.IsZero() {
			q.dead = to.Target()
		}
	}
	r.queues[id] = q
	r.sources = append(r.sources, &consumer{r: r, queue: q, dead: r.queues[q.dead], f: f, from: sam.QueueSource{BatchSize: 1}, direct: true})
	return q, nil
}

// sweepEvery is how often expired items are removed. DynamoDB takes up to some days.
const sweepEvery = 6 * time.Hour

// sweeper removes what has expired.
type sweeper struct {
	r  *Runtime
	mu sync.Mutex
	at time.Time
}

func (s *sweeper) listen() <-chan struct{} { return nil }
func (s *sweeper) workers() int            { return 1 }

func (s *sweeper) next() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, true
}

func (s *sweeper) step(ctx context.Context, _ bool) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.r.clock.Now()
	if now.Before(s.at) {
		return false, nil
	}
	n, err := s.r.options.Store.Sweep(ctx)
	s.at = now.Add(sweepEvery)
	return n > 0, err
}
