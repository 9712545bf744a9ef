package local

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/mapped"
)

// maxTogether is how many changes of the queue file share one commit.
const maxTogether = 256

// change is one call of update. Its do is called again, in a transaction of its own, where a neighbour's failed.
type change struct {
	ctx  context.Context
	do   func(tx *bbolt.Tx) error
	done chan error
}

// update runs do in a transaction of the queue file; what it returns nil for is on disk. do may run more than once, and the last run
// counts: it begins by setting whatever it sets outside.
func (r *Runtime) update(ctx context.Context, do func(tx *bbolt.Tx) error) error {
	c := &change{ctx: ctx, do: do, done: make(chan error, 1)}
	return r.commits.Do(c, c.done, func(group []*change) {
		r.together(group)
		mapped.After(r.db)
	})
}

// together commits a group and answers each of its changes. Where one fails, each gets a transaction of its own; where the disk fails,
// all get its error, since nobody knows what has reached it.
func (r *Runtime) together(group []*change) {
	var left []*change
	for _, c := range group {
		if err := c.ctx.Err(); err != nil {
			c.done <- err // it gave up in the queue: not done
			continue
		}
		left = append(left, c)
	}
	if len(left) == 0 {
		return
	}
	undone, err := r.attempt(left)
	if undone && len(left) > 1 {
		for _, c := range left {
			r.together([]*change{c})
		}
		return
	}
	if err != nil {
		err = fmt.Errorf("write %s: %w", r.db.Path(), err)
	}
	for _, c := range left {
		c.done <- err
	}
}

// attempt runs the group in one transaction. undone says that a change failed, and that nothing of any was written. A panic becomes an
// error, because those who wait for their answer would wait for ever.
func (r *Runtime) attempt(group []*change) (undone bool, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	err = r.db.Update(func(tx *bbolt.Tx) error {
		undone = true
		for _, c := range group {
			if err := c.do(tx); err != nil {
				return err
			}
		}
		undone = false
		return nil
	})
	return undone, err
}
