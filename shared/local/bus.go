package local

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

// Limits of PutEvents.
const (
	MaxEntries    = 10      // events in one call
	MaxEntryBytes = 1 << 20 // of one event with its envelope
	DefaultBus    = "default"
)

// Entry is one event to be published; Detail is a JSON object.
type Entry struct {
	Source     string
	DetailType string
	Detail     []byte
	Time       time.Time // zero: now
	Resources  []string
}

// check refuses what PutEvents would refuse of a caller who is not AWS.
func (e Entry) check() error {
	switch {
	case e.Source == "" || e.DetailType == "":
		return errors.New("publish: source and detail-type must be there")
	case strings.HasPrefix(e.Source, "aws."):
		return fmt.Errorf("publish %s: the source %s is AWS's own", e.DetailType, e.Source)
	}
	return nil
}

// envelope is an event as rules and functions see it.
type envelope struct {
	id string
	Entry
}

func (e envelope) when() string { return e.Time.UTC().Format(time.RFC3339) }

// text writes the event. It fails on a detail that is no JSON object.
func (e envelope) text() ([]byte, error) {
	if len(e.Detail) == 0 || e.Detail[0] != '{' || !json.Valid(e.Detail) {
		return nil, fmt.Errorf("publish %s: the detail is no JSON object", e.DetailType)
	}
	b := append(make([]byte, 0, len(e.Detail)+512), '{')
	b = appendField(b, "version", envelopeVersion)
	b = appendField(b, "id", e.id)
	b = appendField(b, "detail-type", e.DetailType)
	b = appendField(b, "source", e.Source)
	b = appendField(b, "account", account)
	b = appendField(b, "time", e.when())
	b = appendField(b, "region", region)
	b = append(b, `,"resources":[`...)
	for i, resource := range e.Resources {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, resource)
	}
	b = append(append(b, `],"detail":`...), e.Detail...)
	return append(b, '}'), nil
}

const envelopeVersion = "0"

// fields is the event for patterns. Its detail is read only for one that asks for it: most look at the source and the type alone.
func (e envelope) fields() pattern.Fields {
	detail := sync.OnceValues(func() (any, bool) {
		read, err := pattern.Read(e.Detail)
		if err != nil {
			return nil, false
		}
		return read.Field()
	})
	words := map[string]string{"version": envelopeVersion, "id": e.id, "detail-type": e.DetailType, "source": e.Source, "account": account,
		"time": e.when(), "region": region}
	return func(name string) (any, bool) {
		switch name {
		case "detail":
			return detail()
		case "resources":
			list := make([]any, len(e.Resources))
			for i, resource := range e.Resources {
				list[i] = resource
			}
			return list, true
		}
		word, ok := words[name]
		if !ok {
			return nil, false
		}
		return word, true
	}
}

// rule is one rule of a bus: events that match go to the queues. A function that is the target of a rule has a queue of its own.
type rule struct {
	id      string
	bus     string
	pattern pattern.Pattern
	targets []*queue
}

// newRule reads a rule of the template; its pattern may name resources and parameters.
func (r *Runtime) newRule(in sam.Rule) (rule, error) {
	bus, err := r.names.text(in.Bus)
	if err != nil {
		return rule{}, err
	}
	text, err := r.names.text(sam.Value{Sub: string(in.Pattern), Line: in.Line})
	if err != nil {
		return rule{}, err
	}
	p, err := pattern.Parse([]byte(text))
	if err != nil {
		return rule{}, err
	}
	out := rule{id: in.LogicalID, bus: busName(bus), pattern: p}
	for _, t := range in.Targets {
		q, err := r.target(in, t)
		if err != nil {
			return rule{}, err
		}
		out.targets = append(out.targets, q)
	}
	return out, nil
}

// target is the queue that a rule's target means.
func (r *Runtime) target(in sam.Rule, t sam.Target) (*queue, error) {
	id := t.Arn.Target()
	if q, ok := r.queues[id]; ok {
		return q, nil
	}
	if f, ok := r.functions[id]; ok {
		return r.async(f, "rule/"+in.LogicalID, t.DeadLetter)
	}
	return nil, fmt.Errorf("target %s is neither a queue nor a function of the template", t.Arn)
}

func busName(text string) string {
	if text == "" {
		return DefaultBus
	}
	return logical(text)
}

// Publish puts events on a bus, all or none, as an operator may: also in the name of AWS. They lie in the queues of the rules that
// match when it returns.
func (r *Runtime) Publish(ctx context.Context, bus string, entries ...Entry) error {
	bus = busName(bus)
	if len(entries) > MaxEntries {
		return fmt.Errorf("publish: %d events are more than the %d of one call", len(entries), MaxEntries)
	}
	if bus != DefaultBus && !r.buses[bus] {
		return fmt.Errorf("publish: no bus %s in the template", bus)
	}
	d := delivery{bus: bus}
	if r.untaken(bus, entries) {
		return r.pass(d, entries)
	}
	err := r.update(ctx, func(tx *bbolt.Tx) error {
		d = delivery{bus: bus}
		for _, e := range entries {
			if err := r.route(tx, &d, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		r.deliver(d)
	}
	return err
}

// delivery is what has to be told once the transaction that routed some events of one bus is on disk.
type delivery struct {
	bus    string
	events [][]byte
	queues []*queue
}

// add writes an event that is to be told.
func (d *delivery) add(e envelope) (text []byte, err error) {
	if text, err = e.text(); err != nil {
		return nil, err
	}
	if len(text) > MaxEntryBytes {
		return nil, fmt.Errorf("publish %s: %d bytes are more than the %d of one event", e.DetailType, len(text), MaxEntryBytes)
	}
	d.events = append(d.events, text)
	return text, nil
}

func (r *Runtime) deliver(d delivery) {
	for _, q := range d.queues {
		q.bell.ring()
	}
	for _, e := range d.events {
		if r.options.OnEvent != nil {
			r.options.OnEvent(d.bus, e)
		}
	}
}

// route puts one event into the queues of all rules that match, within the caller's transaction.
func (r *Runtime) route(tx *bbolt.Tx, d *delivery, e Entry) error {
	id, err := r.nextID(tx)
	if err != nil {
		return err
	}
	now := r.clock.Now()
	if e.Time.IsZero() {
		e.Time = now
	}
	in := envelope{id: id, Entry: e}
	text, err := d.add(in)
	if err != nil {
		return err
	}
	read := pattern.Made(in.fields())
	for _, rule := range r.rules {
		if rule.bus != d.bus || !rule.pattern.Matches(read) {
			continue
		}
		for _, q := range rule.targets {
			if _, err := q.put(tx, now, string(text), nil, 0); err != nil {
				return fmt.Errorf("rule %s: %w", rule.id, err)
			}
			if !slices.Contains(d.queues, q) {
				d.queues = append(d.queues, q)
			}
		}
	}
	return nil
}

var metaBucket = []byte("meta")

// nextID makes an id in the shape of a UUID, never given twice by this file.
func (r *Runtime) nextID(tx *bbolt.Tx) (string, error) {
	b := tx.Bucket(metaBucket)
	n, err := b.NextSequence()
	if err != nil {
		return "", err
	}
	return uuid(sha256.Sum256(append(b.Get([]byte("file")), number(n)...))), nil
}

func uuid(h [32]byte) string {
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // version 8 (own making), variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
