package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// Limits of a queue, as on SQS.
const (
	MaxMessageBytes = 1 << 20 // body and attributes
	MaxDelay        = 15 * time.Minute
)

// queue is one durable queue in the file: bucket queues/ID with "m" (number -> message) and "v" (visible from, number -> nothing).
//
// Delivery is at least once: a message that was handed out and not done shows again when its visibility has run out, also after a
// crash. While this process still works on a message it is not handed out again, however fast the clock runs.
type queue struct {
	id         string
	visibility time.Duration
	retention  time.Duration // 0: for ever
	dead       string        // id of the queue for what was handed out maxReceive times; "" for none
	maxReceive int
	late       func() time.Duration // nil, or what a message is held up beyond its delay
	bell       *bell

	mu     sync.Mutex
	inWork map[uint64]bool
}

// stored is how a message lies in the file, as stored.go writes it. Its JSON is how it lay there before.
type stored struct {
	Body       string            `json:"b"`
	Attributes map[string]string `json:"a,omitempty"`
	Sent       int64             `json:"s"` // nanoseconds since 1970, as all times here
	First      int64             `json:"f,omitempty"`
	Receives   int               `json:"r,omitempty"`
	Visible    int64             `json:"v"`
	From       string            `json:"d,omitempty"` // queue it was dead in
}

// message is one delivery of a stored message.
type message struct {
	number uint64
	id     string
	stored
}

var queuesBucket = []byte("queues")

func newQueue(id string) *queue {
	return &queue{id: id, visibility: 30 * time.Second, bell: newBell(), inWork: map[uint64]bool{}}
}

// buckets returns the two buckets of the queue; both exist since Open.
func (q *queue) buckets(tx *bbolt.Tx) (messages, visible *bbolt.Bucket) {
	b := tx.Bucket(queuesBucket).Bucket([]byte(q.id))
	return b.Bucket([]byte("m")), b.Bucket([]byte("v"))
}

func (q *queue) prepare(tx *bbolt.Tx) error {
	b, err := tx.Bucket(queuesBucket).CreateBucketIfNotExists([]byte(q.id))
	if err != nil {
		return err
	}
	_, errM := b.CreateBucketIfNotExists([]byte("m"))
	_, errV := b.CreateBucketIfNotExists([]byte("v"))
	return errors.Join(errM, errV)
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func numbered(k []byte) uint64 { return binary.BigEndian.Uint64(k) }

func visibleKey(nanos int64, n uint64) []byte {
	return binary.BigEndian.AppendUint64(number(uint64(nanos)), n)
}

// put adds a message that shows after delay and returns its id.
func (q *queue) put(tx *bbolt.Tx, now time.Time, body string, attributes map[string]string, delay time.Duration) (string, error) {
	size := len(body)
	for k, v := range attributes {
		size += len(k) + len(v)
	}
	if size > MaxMessageBytes {
		return "", fmt.Errorf("send to %s: %d bytes are more than the %d a queue takes", q.id, size, MaxMessageBytes)
	}
	if !utf8.ValidString(body) {
		return "", fmt.Errorf("send to %s: the body is not UTF-8; a queue carries text", q.id)
	}
	if delay < 0 || delay > MaxDelay {
		return "", fmt.Errorf("send to %s: a delay of %s is not within 0 and %s", q.id, delay, MaxDelay)
	}
	messages, _ := q.buckets(tx)
	n, err := messages.NextSequence()
	if err != nil {
		return "", err
	}
	if q.late != nil {
		delay += q.late()
	}
	return q.messageID(n), q.save(tx, n, stored{Body: body, Attributes: attributes, Sent: now.UnixNano(), Visible: now.Add(delay).UnixNano()})
}

func (q *queue) messageID(n uint64) string { return fmt.Sprintf("%s-%d", q.id, n) }

func (q *queue) save(tx *bbolt.Tx, n uint64, s stored) error {
	messages, visible := q.buckets(tx)
	if err := messages.Put(number(n), appendStored(nil, s)); err != nil {
		return err
	}
	return visible.Put(visibleKey(s.Visible, n), nil)
}

// hide saves a message that showed at another moment before.
func (q *queue) hide(tx *bbolt.Tx, n uint64, shown int64, s stored) error {
	_, visible := q.buckets(tx)
	if err := visible.Delete(visibleKey(shown, n)); err != nil {
		return err
	}
	return q.save(tx, n, s)
}

func (q *queue) load(tx *bbolt.Tx, n uint64) (stored, error) {
	messages, _ := q.buckets(tx)
	s, err := readStored(messages.Get(number(n)))
	if err != nil {
		return stored{}, fmt.Errorf("read message %s: %w", q.messageID(n), err)
	}
	return s, nil
}

func (q *queue) remove(tx *bbolt.Tx, n uint64, s stored) error {
	messages, visible := q.buckets(tx)
	return errors.Join(messages.Delete(number(n)), visible.Delete(visibleKey(s.Visible, n)))
}

// ready lists the numbers of at most limit messages that show now and are not in work, the longest shown first, and since when the
// first of them shows.
func (q *queue) ready(tx *bbolt.Tx, now time.Time, limit int) (numbers []uint64, since time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, visible := q.buckets(tx)
	c := visible.Cursor()
	for k, _ := c.First(); k != nil && len(numbers) < limit; k, _ = c.Next() {
		from, n := int64(binary.BigEndian.Uint64(k)), binary.BigEndian.Uint64(k[8:])
		if from > now.UnixNano() {
			break
		}
		if !q.inWork[n] {
			if len(numbers) == 0 {
				since = time.Unix(0, from)
			}
			numbers = append(numbers, n)
		}
	}
	return numbers, since
}

// next is the moment at which the next message shows, over those in work.
func (q *queue) next(tx *bbolt.Tx) (time.Time, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, visible := q.buckets(tx)
	c := visible.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if n := binary.BigEndian.Uint64(k[8:]); !q.inWork[n] {
			return time.Unix(0, int64(binary.BigEndian.Uint64(k))), true
		}
	}
	return time.Time{}, false
}

// receive hands out messages: each is hidden for the visibility and counted. One that was handed out too often goes to the dead
// letters, one beyond the retention is gone; moved tells that either happened. Those handed out must come back through finish.
func (q *queue) receive(tx *bbolt.Tx, now time.Time, limit int, dead *queue) (list []message, moved bool, err error) {
	numbers, _ := q.ready(tx, now, limit)
	for _, n := range numbers {
		s, err := q.load(tx, n)
		if err != nil {
			return nil, false, err
		}
		shown := s.Visible
		tooOften := q.maxReceive > 0 && s.Receives >= q.maxReceive
		if tooOften && dead != nil {
			moved = true
			if err := errors.Join(q.remove(tx, n, s), q.bury(tx, now, s, dead)); err != nil {
				return nil, false, err
			}
			continue
		}
		if q.retention > 0 && now.Sub(time.Unix(0, s.Sent)) > q.retention {
			moved = true
			if err := q.remove(tx, n, s); err != nil {
				return nil, false, err
			}
			continue
		}
		s.Receives++
		if s.First == 0 {
			s.First = now.UnixNano()
		}
		s.Visible = now.Add(q.visibility).UnixNano()
		if err := q.hide(tx, n, shown, s); err != nil {
			return nil, false, err
		}
		list = append(list, message{number: n, id: q.messageID(n), stored: s})
	}
	return list, moved, nil
}

// bury puts a message into the dead letters, saying whence it came.
func (q *queue) bury(tx *bbolt.Tx, now time.Time, s stored, dead *queue) error {
	messages, _ := dead.buckets(tx)
	n, err := messages.NextSequence()
	if err != nil {
		return err
	}
	return dead.save(tx, n, stored{Body: s.Body, Attributes: s.Attributes, Sent: now.UnixNano(), Visible: now.UnixNano(), From: q.id})
}

// take marks messages as in work, finish as no longer so. Between the two this process hands them to nobody else.
func (q *queue) take(list []message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range list {
		q.inWork[m.number] = true
	}
}

func (q *queue) finish(list []message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range list {
		delete(q.inWork, m.number)
	}
}

// done removes a message that was worked on. One that has meanwhile been handed out again stays gone all the same.
func (q *queue) done(tx *bbolt.Tx, m message) error {
	messages, visible := q.buckets(tx)
	if messages.Get(number(m.number)) == nil {
		return nil
	}
	if visible.Get(visibleKey(m.Visible, m.number)) != nil { // nobody has had it since
		return q.remove(tx, m.number, m.stored)
	}
	s, err := q.load(tx, m.number)
	if err != nil {
		return err
	}
	return q.remove(tx, m.number, s)
}

// count is how many messages lie in the queue, shown or not.
func (q *queue) count(tx *bbolt.Tx) int {
	messages, _ := q.buckets(tx)
	return messages.Stats().KeyN
}
