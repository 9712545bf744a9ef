package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Envelope is one event as EventBridge delivers it. A schedule comes in the same shape, with Time the moment it was meant for.
type Envelope struct {
	ID         string          `json:"id"`
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Time       time.Time       `json:"time"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// ReadEnvelope reads an EventBridge event, which is also the body of a queue message when a rule points at a queue.
//
// EventBridge Scheduler writes detail as a string that holds JSON; Detail is then what the string holds. An error means that the
// bytes are no envelope and never will be.
func ReadEnvelope(b []byte) (Envelope, error) {
	var e Envelope
	if err := json.Unmarshal(b, &e); err != nil {
		return Envelope{}, fmt.Errorf("read event envelope: %w", err)
	}
	if e.DetailType == "" || e.Source == "" {
		return Envelope{}, errors.New("read event envelope: source or detail-type is missing")
	}
	var inner string
	if len(e.Detail) > 0 && e.Detail[0] == '"' && json.Unmarshal(e.Detail, &inner) == nil && json.Valid([]byte(inner)) {
		e.Detail = json.RawMessage(inner)
	}
	return e, nil
}

// correlation finds the id in our own events, and in the mail service's reports on our e-mails, which bear it as a tag; others are
// followed by their envelope's id.
func (e Envelope) correlation() string {
	var d struct {
		Metadata struct {
			CorrelationID string `json:"correlation_id"`
		} `json:"metadata"`
		Mail struct {
			Tags struct {
				Correlation []string `json:"correlation"`
			} `json:"tags"`
		} `json:"mail"`
	}
	switch err := json.Unmarshal(e.Detail, &d); {
	case err != nil:
	case d.Metadata.CorrelationID != "":
		return d.Metadata.CorrelationID
	case len(d.Mail.Tags.Correlation) == 1 && d.Mail.Tags.Correlation[0] != "":
		return d.Mail.Tags.Correlation[0]
	}
	return e.ID
}

// Event gives an EventBridge event or the tick of a schedule to do. An error of do fails the invocation and AWS tries again.
func Event(do func(ctx context.Context, e Envelope) error, opts ...Option) Handler {
	o := settings(opts)
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		e, err := ReadEnvelope(payload)
		if err != nil {
			return nil, err
		}
		ctx = WithCorrelation(ctx, e.correlation())
		if err := guarded(ctx, o.log, "event "+e.ID, func() error { return do(ctx, e) }); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", e.DetailType, e.Source, err)
		}
		return done, nil
	}
}

// Mux lets one function have several triggers: it looks at the shape of the payload and hands it on. A nil field is a trigger that
// the function does not have.
type Mux struct {
	HTTP    Handler // HTTP API or Function URL
	Batch   Handler // SQS
	Changes Handler // DynamoDB stream
	Event   Handler // EventBridge rule or schedule
}

// Handle is the Handler of the whole function. A payload of a shape it has no Handler for is refused and named.
func (m Mux) Handle(ctx context.Context, payload []byte) ([]byte, error) {
	shape, err := shapeOf(payload)
	if err != nil {
		return nil, fmt.Errorf("tell the trigger of a payload: %w", err)
	}
	next, name := Handler(nil), "no shape known here"
	switch {
	case shape.source == "aws:sqs":
		next, name = m.Batch, "an SQS batch"
	case shape.source == "aws:dynamodb", shape.shard: // the end of a window brings no record
		next, name = m.Changes, "a DynamoDB stream batch"
	case shape.detailType:
		next, name = m.Event, "an EventBridge event"
	case shape.request:
		next, name = m.HTTP, "an HTTP request"
	}
	if next == nil {
		return nil, fmt.Errorf("the payload is %s, and this function has no trigger for it", name)
	}
	return next(ctx, payload)
}
