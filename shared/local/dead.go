package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

// DeadLetter is a message that was tried as often as its queue allows. Its body may hold personal data.
type DeadLetter struct {
	ID     string    `json:"id"`             // "EventDeadLetters-3"
	Queue  string    `json:"queue"`          // in which it lies
	From   string    `json:"from,omitempty"` // the queue it came from; none: from a stream, which has gone on behind it
	At     time.Time `json:"since"`
	Reason string    `json:"reason"`
	Body   string    `json:"body"`
}

// Why a dead letter cannot be dealt with.
var (
	ErrNoLetter = errors.New("there is no such dead letter")
	ErrNoOrigin = errors.New("it came from no queue, so it cannot be put back")
)

const deadSuffix = "DeadLetters" // of the names of the queues that they lie in

// DeadLetters lists what lies in the queues of dead letters, at most store.MaxPage of each, the oldest first. Those behind them show when these are seen to.
func (r *Runtime) DeadLetters() ([]DeadLetter, error) {
	var list []DeadLetter
	err := r.db.View(func(tx *bbolt.Tx) error {
		for id, q := range r.queues {
			if !strings.HasSuffix(id, deadSuffix) {
				continue
			}
			numbers, _ := q.ready(tx, r.clock.Now(), store.MaxPage)
			for _, n := range numbers {
				s, err := q.load(tx, n)
				if err != nil {
					return err
				}
				list = append(list, deadLetter(q, n, s))
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b DeadLetter) int { return a.At.Compare(b.At) })
	return list, err
}

// DeadLetter reads one by its id, however many lie before it. ErrNoLetter.
func (r *Runtime) DeadLetter(id string) (l DeadLetter, err error) {
	q, n, err := r.deadAt(id)
	if err != nil {
		return l, err
	}
	err = r.db.View(func(tx *bbolt.Tx) error {
		messages, _ := q.buckets(tx)
		if messages.Get(number(n)) == nil {
			return ErrNoLetter
		}
		s, err := q.load(tx, n)
		if err == nil {
			l = deadLetter(q, n, s)
		}
		return err
	})
	return l, err
}

// deadAt reads the id of a dead letter: its queue and its number there. ErrNoLetter for what is none.
func (r *Runtime) deadAt(id string) (q *queue, n uint64, err error) {
	at := strings.LastIndexByte(id, '-')
	if at < 0 || !strings.HasSuffix(id[:at], deadSuffix) || r.queues[id[:at]] == nil {
		return nil, 0, ErrNoLetter
	}
	if _, err := fmt.Sscan(id[at+1:], &n); err != nil {
		return nil, 0, ErrNoLetter
	}
	return r.queues[id[:at]], n, nil
}

func deadLetter(q *queue, n uint64, s stored) DeadLetter {
	l := DeadLetter{ID: q.messageID(n), Queue: q.id, From: s.From, At: time.Unix(0, s.Sent).UTC(), Body: s.Body, Reason: s.Attributes["ERROR_MESSAGE"]}
	switch {
	case l.Reason != "":
	case l.From == "":
		l.Reason = "changes of a table were given up; the log says why"
	default:
		l.Reason = "tried as often as " + l.From + " allows; the log says why"
	}
	return l
}

// Again puts a dead letter back into the queue it came from. ErrNoLetter, ErrNoOrigin.
func (r *Runtime) Again(ctx context.Context, id string) error {
	return r.takeDead(ctx, id, func(tx *bbolt.Tx, s stored) error {
		origin, ok := r.queues[s.From]
		if !ok {
			return ErrNoOrigin
		}
		delete(s.Attributes, "ERROR_MESSAGE")
		_, err := origin.put(tx, r.clock.Now(), s.Body, s.Attributes, 0)
		return err
	})
}

// Drop takes a dead letter away. ErrNoLetter.
func (r *Runtime) Drop(ctx context.Context, id string) error {
	return r.takeDead(ctx, id, func(*bbolt.Tx, stored) error { return nil })
}

// takeDead removes a dead letter in the transaction in which then does something with it.
func (r *Runtime) takeDead(ctx context.Context, id string, then func(tx *bbolt.Tx, s stored) error) error {
	q, n, err := r.deadAt(id)
	if err != nil {
		return err
	}
	err = r.update(ctx, func(tx *bbolt.Tx) error {
		messages, _ := q.buckets(tx)
		if messages.Get(number(n)) == nil {
			return ErrNoLetter
		}
		s, err := q.load(tx, n)
		if err == nil {
			err = q.remove(tx, n, s)
		}
		if err != nil {
			return err
		}
		return then(tx, s)
	})
	for _, other := range r.queues {
		other.bell.ring()
	}
	return err
}

// DeadIn counts the dead letters in a folder that no run has open, by queue; nil where nothing was ever queued. An error says what is wrong
// with the file, and what to do.
func DeadIn(dir string) (dead map[string]int, err error) {
	path := filepath.Join(dir, queueFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := openFile(path, false)
	if err != nil {
		return nil, err
	}
	dead = map[string]int{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(queuesBucket).ForEachBucket(func(id []byte) error {
			if strings.HasSuffix(string(id), deadSuffix) {
				dead[string(id)] = tx.Bucket(queuesBucket).Bucket(id).Bucket([]byte("m")).Stats().KeyN
			}
			return nil
		})
	})
	return dead, errors.Join(err, db.Close())
}
