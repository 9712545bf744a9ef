package local

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	letter "github.com/regulars-dev/regulars/shared/message" // a message of this package is one on a queue
)

// The ports below are what functions ask for, over the guarded calls of FunctionEnv; on AWS the adapters of shared/aws stand here.
var (
	_ loyalty.Bus    = BusPort{}
	_ loyalty.Queue  = QueuePort{}
	_ loyalty.Mailer = MailPort{}
	_ loyalty.Quotas = MailPort{}
)

// BusPort publishes our events on one bus.
type BusPort struct {
	to  publisher
	bus string
}

// publisher is a function under its policy, or the run itself.
type publisher interface {
	Publish(ctx context.Context, bus string, entries ...Entry) error
}

// Bus is the port of a bus by its name (BUS_NAME).
func (f FunctionEnv) Bus(name string) BusPort { return BusPort{f, name} }

// Bus is the port of a bus for the person at the machine, whom no policy binds.
func (r *Runtime) Bus(name string) BusPort { return BusPort{r, name} }

// Publish implements loyalty.Bus. Events go in calls of MaxEntries.
func (b BusPort) Publish(ctx context.Context, list []events.Event) error {
	var entries []Entry
	for _, e := range list {
		detail, err := events.Encode(e)
		if err != nil {
			return err
		}
		entries = append(entries, Entry{Source: events.EnvelopeSource, DetailType: e.Type, Detail: detail, Time: e.Metadata.OccurredAt})
	}
	for len(entries) > 0 {
		n := min(len(entries), MaxEntries)
		if err := b.to.Publish(ctx, b.bus, entries[:n]...); err != nil {
			return err
		}
		entries = entries[n:]
	}
	return nil
}

// QueuePort puts bodies on one queue. The correlation id of the context travels with them.
type QueuePort struct {
	env FunctionEnv
	url string
}

// Queue is the port of a queue by its URL (MAIL_QUEUE_URL).
func (f FunctionEnv) Queue(url string) QueuePort { return QueuePort{f, url} }

// Send implements loyalty.Queue.
func (q QueuePort) Send(ctx context.Context, body []byte, delay time.Duration) error {
	var attributes map[string]string
	if id := edge.Correlation(ctx); id != "" {
		attributes = map[string]string{edge.CorrelationAttribute: id}
	}
	return q.env.Send(ctx, q.url, body, attributes, delay)
}

// MailPort hands rendered messages to the mailbox.
type MailPort struct {
	to               mailer
	configurationSet string
}

// mailer is a function under its policy, or the run itself.
type mailer interface {
	Mail(ctx context.Context, l Letter) (id string, err error)
	Quota(ctx context.Context) (letter.Quota, error)
}

// Mailer is the mail service for the person at the machine, whom no policy binds. Nothing is reported of what she sends.
func (r *Runtime) Mailer() MailPort { return MailPort{to: r} }

// Mail hands a message to the mailbox.
func (r *Runtime) Mail(ctx context.Context, l Letter) (string, error) { return r.accept(ctx, l) }

// Quota is without bounds: the mailbox takes everything.
func (r *Runtime) Quota(context.Context) (letter.Quota, error) { return letter.Quota{}, nil }

// Quota implements loyalty.Quotas.
func (m MailPort) Quota(ctx context.Context) (letter.Quota, error) { return m.to.Quota(ctx) }

// Mailer is the port of the mail service with a configuration set (MAIL_CONFIGURATION_SET).
func (f FunctionEnv) Mailer(configurationSet string) MailPort { return MailPort{f, configurationSet} }

// tagMessage is the tag under which a message's id comes back with every report.
const tagMessage = "message"

// Mail implements loyalty.Mailer: a mail that SES would refuse is ErrRefused; one that the policy does not grant was not taken and may
// be later, when somebody has mended the template.
func (m MailPort) Mail(ctx context.Context, e loyalty.Envelope) (string, error) {
	tags := map[string]string{tagMessage: e.ID}
	maps.Copy(tags, e.Tags)
	id, err := m.to.Mail(ctx, Letter{From: e.From, To: []string{e.To}, Raw: e.Raw, Tags: tags, ConfigurationSet: m.configurationSet})
	var denied *Denied
	switch {
	case errors.As(err, &denied):
		return "", fmt.Errorf("%w: %w", loyalty.ErrThrottled, err)
	case errors.Is(err, errLetter):
		return "", fmt.Errorf("%w: message %s: %w", loyalty.ErrRefused, e.ID, err)
	}
	return id, err
}
