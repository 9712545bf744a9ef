package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/sam"
	letter "github.com/regulars-dev/regulars/shared/message" // a message of this package is one on a queue
	"github.com/regulars-dev/regulars/shared/store"
)

// Builder makes a function's handler from its surroundings, as its lambda/main.go does from the environment and the AWS clients.
type Builder func(f FunctionEnv) (edge.Handler, error)

// FunctionEnv is all that one function sees of the run. Each port holds the call against the function's policy and returns *Denied
// where the template does not grant it.
type FunctionEnv struct {
	Function sam.Function
	Items    store.Items
	Now      func() time.Time
	Log      *slog.Logger

	env   map[string]string
	run   *Runtime
	guard *guard
}

// Lookup tells an environment variable; it is what edge.LoadConfig asks for. Tables, queues and buses are called by their logical ids.
func (f FunctionEnv) Lookup(name string) (string, bool) {
	text, ok := f.env[name]
	return text, ok
}

// Publish puts events on a bus by its name (BUS_NAME), at most MaxEntries of them, all or none.
func (f FunctionEnv) Publish(ctx context.Context, bus string, entries ...Entry) error {
	if err := f.guard.check("events:PutEvents", logical(bus)); err != nil {
		return err
	}
	for _, e := range entries {
		if err := e.check(); err != nil {
			return err
		}
	}
	return f.call(ctx, "events:PutEvents", logical(bus), "", func() error { return f.run.Publish(ctx, bus, entries...) })
}

// Send puts a message on a queue by its URL (MAIL_QUEUE_URL), to be delivered after delay, at most MaxDelay.
func (f FunctionEnv) Send(ctx context.Context, url string, body []byte, attributes map[string]string, delay time.Duration) error {
	if err := f.guard.check("sqs:SendMessage", logical(url)); err != nil {
		return err
	}
	return f.call(ctx, "sqs:SendMessage", logical(url), "", func() error { return f.run.Send(ctx, url, body, attributes, delay) })
}

// Quota is what the mailbox takes: everything. The function must have the right to ask.
func (f FunctionEnv) Quota(ctx context.Context) (letter.Quota, error) {
	if err := f.guard.check("ses:GetAccount", ""); err != nil {
		return letter.Quota{}, err
	}
	return f.run.Quota(ctx)
}

// Mail hands a message to the mailbox and returns the id that the mail service gave it.
func (f FunctionEnv) Mail(ctx context.Context, l Letter) (string, error) {
	from, err := l.sender()
	if err != nil {
		return "", err
	}
	if err := f.guard.checkMail(from); err != nil {
		return "", err
	}
	id := ""
	err = f.call(ctx, ActionMail, "", l.Tags[tagMessage], func() error {
		id, err = f.run.accept(ctx, l)
		return err
	})
	return id, err
}

// Send puts a message on a queue, by its logical id or URL. It is on disk when Send returns.
func (r *Runtime) Send(ctx context.Context, url string, body []byte, attributes map[string]string, delay time.Duration) error {
	q, ok := r.queues[logical(url)]
	if !ok {
		return fmt.Errorf("send to %s: no such queue in the template", url)
	}
	if len(body) == 0 {
		return errors.New("send to " + q.id + ": an empty body, which a queue refuses")
	}
	err := r.update(ctx, func(tx *bbolt.Tx) error {
		_, err := q.put(tx, r.clock.Now(), string(body), attributes, delay)
		return err
	})
	if err != nil {
		return err
	}
	q.bell.ring()
	return nil
}
