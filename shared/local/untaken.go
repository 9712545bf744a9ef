package local

import (
	"crypto/rand"
	"slices"

	"github.com/regulars-dev/regulars/shared/local/pattern"
)

// untaken reports that no rule of the bus takes any of the events: nothing of them would lie in the file. So it is with most of what the
// shop says of itself until somebody adds a rule for it.
func (r *Runtime) untaken(bus string, entries []Entry) bool {
	now := r.clock.Now()
	for _, e := range entries {
		if e.Time.IsZero() {
			e.Time = now
		}
		read := pattern.Made(envelope{Entry: e}.fields())
		if slices.ContainsFunc(r.rules, func(in rule) bool { return in.bus == bus && in.pattern.Matches(read) }) {
			return false
		}
	}
	return true
}

// pass tells events that no rule takes, all or none, without a write. Their ids are of chance, since the file does not number them.
func (r *Runtime) pass(d delivery, entries []Entry) error {
	now := r.clock.Now()
	for _, e := range entries {
		if e.Time.IsZero() {
			e.Time = now
		}
		var id [32]byte
		_, _ = rand.Read(id[:]) // never fails
		if _, err := d.add(envelope{id: uuid(id), Entry: e}); err != nil {
			return err
		}
	}
	r.deliver(d)
	return nil
}
