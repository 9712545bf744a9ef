package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/mapped"
)

// Traces says what of the mailbox and of the queues is about somebody.
type Traces struct {
	Mail    func(Mail) bool        // without its raw text
	Message func(body string) bool // of a queue, also of dead letters
}

// Forget takes away mails and messages that are about somebody, and tells how many mails. A message that is being worked on goes too: whoever
// works on it is done with nothing more to do. It can be done again.
func (r *Runtime) Forget(ctx context.Context, t Traces) (mails int, err error) {
	return forget(r.db, t, func(work func(tx *bbolt.Tx) error) error { return r.update(ctx, work) })
}

// Wipe sees to it that what has left the mailbox and the queues before can no longer be read in their file.
func (r *Runtime) Wipe() error { return mapped.Wipe(r.db) }

// ForgetIn is Forget and Wipe for a folder that no run has open. One without a file holds nothing.
func ForgetIn(dir string, t Traces) (mails int, err error) {
	path := filepath.Join(dir, queueFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	db, err := openFile(path, false)
	if err != nil {
		return 0, err
	}
	mails, err = forget(db, t, db.Update)
	if err == nil {
		err = mapped.Wipe(db)
	}
	return mails, errors.Join(err, db.Close())
}

// traces are the places of what is to go.
type traces struct {
	mails    [][2][]byte         // number and id
	messages map[string][]uint64 // by queue
}

// forget looks first and takes away then, so that a large mailbox holds nobody up.
func forget(db *bbolt.DB, t Traces, update func(func(tx *bbolt.Tx) error) error) (int, error) {
	var found traces
	err := db.View(func(tx *bbolt.Tx) (err error) {
		found, err = t.find(tx)
		return err
	})
	if err == nil && len(found.mails)+len(found.messages) > 0 {
		err = update(found.remove)
	}
	if err != nil {
		return 0, fmt.Errorf("forget in %s: %w", db.Path(), err)
	}
	return len(found.mails), nil
}

func (t Traces) find(tx *bbolt.Tx) (traces, error) {
	found := traces{messages: map[string][]uint64{}}
	err := tx.Bucket(mailBucket).ForEach(func(k, v []byte) error {
		var m Mail
		if err := json.Unmarshal(v, &m); err != nil {
			return fmt.Errorf("read mail %x: %w", k, err)
		}
		if m.Raw = nil; t.Mail(m) {
			found.mails = append(found.mails, [2][]byte{bytes.Clone(k), []byte(m.ID)})
		}
		return nil
	})
	if err != nil {
		return found, err
	}
	err = tx.Bucket(queuesBucket).ForEachBucket(func(id []byte) error {
		return tx.Bucket(queuesBucket).Bucket(id).Bucket([]byte("m")).ForEach(func(k, v []byte) error {
			s, err := readStored(v)
			if err != nil {
				return fmt.Errorf("read message %s-%d: %w", id, numbered(k), err)
			}
			if t.Message(s.Body) {
				found.messages[string(id)] = append(found.messages[string(id)], numbered(k))
			}
			return nil
		})
	})
	return found, err
}

// remove takes away what is still there.
func (f traces) remove(tx *bbolt.Tx) error {
	for _, m := range f.mails {
		if err := errors.Join(tx.Bucket(mailBucket).Delete(m[0]), tx.Bucket(mailIDBucket).Delete(m[1])); err != nil {
			return err
		}
	}
	for id, numbers := range f.messages {
		q := newQueue(id)
		messages, _ := q.buckets(tx)
		for _, n := range numbers {
			if messages.Get(number(n)) == nil {
				continue
			}
			s, err := q.load(tx, n)
			if err == nil {
				err = q.remove(tx, n, s)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
