package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/mapped"
	"github.com/regulars-dev/regulars/shared/store"
)

// call is one write waiting for its commit. Its do either does all it promises, or returns *store.Refused and what it has touched so far stays,
// or returns another error, after which the whole transaction is thrown away.
type call struct {
	ctx  context.Context
	do   func(tx *txn) error
	done chan error
}

// txn is a bbolt transaction that remembers what its end has to do.
type txn struct {
	*bbolt.Tx
	dirty bool // something is to be committed
	fed   bool // the feed has grown
}

// write runs do in a transaction and returns when that is on disk.
//
// Calls that arrive while another commit is at work wait and then share one, as shared/together has it; a lone call never waits. Inside the shared transaction calls run one after the other, each seeing those before it.
func (d *DB) write(ctx context.Context, do func(tx *txn) error) error {
	c := &call{ctx: ctx, do: do, done: make(chan error, 1)}
	return d.line.Do(c, c.done, d.together)
}

// together commits a group, and now and then gives back what it has read of the file.
func (d *DB) together(group []*call) {
	d.commit(group)
	mapped.After(d.file)
}

// errUndone marks an error of one call, for which the others of its group are not to suffer.
var errUndone = errors.New("the transaction was undone")

// commit runs a group and answers each of its calls. When one call fails, the others get transactions of their own; when the disk
// fails, all get its error, since nobody knows what has reached it.
func (d *DB) commit(group []*call) {
	answers, err := d.attempt(group)
	if errors.Is(err, errUndone) && len(group) > 1 {
		for _, c := range group {
			d.commit([]*call{c})
		}
		return
	}
	for n, c := range group {
		if err != nil {
			answers[n] = err
		}
		c.done <- answers[n]
	}
}

// attempt runs the group in one transaction. The answers are good only if the error is nil.
//
// bbolt panics over pages that it cannot follow. That becomes an error here, because those who wait for their answer would wait for ever.
func (d *DB) attempt(group []*call) (answers []error, err error) {
	answers = make([]error, len(group))
	if len(group) == 0 {
		return answers, nil
	}
	raw, err := d.file.Begin(true)
	if err != nil {
		return answers, fmt.Errorf("begin: %w", err)
	}
	committing := false
	defer func() {
		_ = raw.Rollback() // does nothing after a commit
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errDamaged, cause)
			if !committing {
				err = fmt.Errorf("%w: %w", errUndone, err)
			}
		}
	}()
	tx := &txn{Tx: raw}
	for n, c := range group {
		if answers[n] = c.ctx.Err(); answers[n] != nil {
			continue // it gave up in the queue: not done
		}
		err := c.do(tx)
		var refused *store.Refused
		if err != nil && !errors.As(err, &refused) {
			return answers, fmt.Errorf("%w: %w", errUndone, err)
		}
		answers[n] = err
	}
	if !tx.dirty {
		return answers, nil
	}
	committing = true
	if err := raw.Commit(); err != nil {
		return answers, fmt.Errorf("commit to %s: %w (see whether the disk is full or ill)", d.file.Path(), err)
	}
	if tx.fed {
		d.signal()
	}
	return answers, nil
}
