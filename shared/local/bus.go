package local

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
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
	var d delivery
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
	text, err := json.Marshal(envelope{Version: "0", ID: id, DetailType: e.DetailType, Source: e.Source, Account: account, Region: region,
		Time: e.Time.UTC().Format(time.RFC3339), Resources: append([]string{}, e.Resources...), Detail: e.Detail})
	if err != nil || len(e.Detail) == 0 || e.Detail[0] != '{' {
		return fmt.Errorf("publish %s: the detail is no JSON object", e.DetailType)
	}
	if len(text) > MaxEntryBytes {
		return fmt.Errorf("publish %s: %d bytes are more than the %d of one event", e.DetailType, len(text), MaxEntryBytes)
	}
	d.events = append(d.events, text)
	read, err := pattern.Read(text)
	if err != nil {
		return err
	}
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
	h := sha256.Sum256(append(b.Get([]byte("file")), number(n)...))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // version 8 (own making), variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16]), nil
}
