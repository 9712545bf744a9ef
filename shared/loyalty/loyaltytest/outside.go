package loyaltytest

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// Fault is the error of the next call of a part, and whether the call works all the same. The zero Fault lets calls go well.
type Fault struct {
	Err     error
	ButDone bool
}

// strike takes the fault off. Its caller does the call if done, and returns err.
func (f *Fault) strike() (done bool, err error) {
	done, err = f.Err == nil || f.ButDone, f.Err
	*f = Fault{}
	return done, err
}

// Queue is the mail queue. It takes orders and nothing else.
type Queue struct {
	Fault Fault

	t     *testing.T
	now   func() time.Time
	parts bool // it takes parts of runs in place of orders

	mu   sync.Mutex
	list []waiting
}

type waiting struct {
	body []byte
	due  time.Time
}

const maxQueueDelay = 15 * time.Minute // SQS

// Send implements loyalty.Queue.
func (q *Queue) Send(_ context.Context, body []byte, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, err := message.ParseOrder(body)
	if q.parts {
		_, err = loyalty.ParsePartOrder(body)
	}
	if err != nil {
		q.t.Errorf("an order that nobody can read: %v: %s", err, body)
	}
	if delay < 0 || delay > maxQueueDelay {
		q.t.Errorf("an order is to wait for %s", delay)
	}
	done, err := q.Fault.strike()
	if done {
		q.list = append(q.list, waiting{body, q.now().Add(delay)})
	}
	return err
}

// Take takes the bodies off the queue that are due.
func (q *Queue) Take() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	var due [][]byte
	var later []waiting
	for _, w := range q.list {
		if w.due.After(q.now()) {
			later = append(later, w)
		} else {
			due = append(due, w.body)
		}
	}
	q.list = later
	return due
}

// Len counts the bodies on the queue, due or not.
func (q *Queue) Len() int { return len(q.list) }

// Bus is the bus. It takes what its contract allows; an id that comes twice has to say the same.
type Bus struct {
	Fault Fault

	t     *testing.T
	known map[string]string
	facts []string

	ending []events.PointsExpiring

	Touches []events.Event // of shoppers, each once
}

// Publish implements loyalty.Bus.
func (b *Bus) Publish(_ context.Context, list []events.Event) error {
	done, err := b.Fault.strike()
	if !done {
		return err
	}
	if b.known == nil {
		b.known = map[string]string{}
	}
	for _, e := range list {
		text, encodeErr := events.Encode(e)
		if encodeErr != nil {
			b.t.Errorf("%v", encodeErr)
		}
		before, repeated := b.known[e.Metadata.ID]
		if repeated && before != string(text) {
			b.t.Errorf("event %s says two things:\n%s\n%s", e.Metadata.ID, before, text)
		}
		if !repeated {
			b.facts = append(b.facts, strings.TrimSuffix(e.Type, ".v1"))
			b.hear(e)
		}
		b.known[e.Metadata.ID] = string(text)
	}
	return err
}

// Facts are the names of what was published, each happening once, in order.
func (b *Bus) Facts() string { return strings.Join(b.facts, " ") }

// Post is the mail service. It takes mails as SES does and knows no repeat by itself.
type Post struct {
	Fault Fault

	t     *testing.T
	mails []loyalty.Envelope
}

// Mail implements loyalty.Mailer.
func (p *Post) Mail(_ context.Context, e loyalty.Envelope) (string, error) {
	m, err := mail.ReadMessage(strings.NewReader(string(e.Raw)))
	if err != nil {
		p.t.Errorf("message %s cannot be read: %v", e.ID, err)
	} else if to := m.Header.Get("To"); !strings.Contains(to, e.To) || e.To == "" || m.Header.Get("Subject") == "" {
		p.t.Errorf("message %s goes to %q by its envelope and to %q by its header", e.ID, e.To, to)
	}
	if e.Tags["message"] != e.ID {
		p.t.Errorf("message %s does not carry its id: %v", e.ID, e.Tags)
	}
	done, err := p.Fault.strike()
	if done {
		p.mails = append(p.mails, e)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("provider-%d", len(p.mails)), nil
}

// Mails are those that went out, in order.
func (p *Post) Mails() []loyalty.Envelope { return p.mails }

// Counts adds up what functions count.
type Counts struct {
	mu   sync.Mutex
	sums map[string]int64
}

// Context is one in which counts end up here.
func (c *Counts) Context(ctx context.Context) context.Context {
	return edge.WithMeter(ctx, func(name string, n int64, dims ...string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.sums == nil {
			c.sums = map[string]int64{}
		}
		c.sums[strings.Join(append([]string{name}, dims...), " ")] += n
	})
}

// Of is the sum of one count: "messages_parked function checkout code card_unknown".
func (c *Counts) Of(name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sums[name]
}
