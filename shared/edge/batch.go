package edge

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/regulars-dev/regulars/shared/together"
)

// Message is one message of a queue. Attributes are its own (message) attributes of kind String and Number, as text.
type Message struct {
	ID           string
	Body         []byte
	ReceiveCount int // 1 at the first delivery
	Attributes   map[string]string
}

// failures is the answer of a batch trigger with ReportBatchItemFailures.
type failures struct {
	Items []failure `json:"batchItemFailures"`
}

type failure struct {
	ID string `json:"itemIdentifier"`
}

type sqsRecord struct {
	MessageID  string `json:"messageId"`
	Body       string `json:"body"`
	Attributes struct {
		ReceiveCount string `json:"ApproximateReceiveCount"`
	} `json:"attributes"`
	MessageAttributes map[string]attribute `json:"messageAttributes"`
}

type attribute struct {
	StringValue *string `json:"stringValue"`
}

// CorrelationAttribute is the message attribute that carries the correlation id through a queue, for a body that bears none.
const CorrelationAttribute = "correlation_id"

// Batch gives each message of an SQS batch to do, in the order of the batch or (AtOnce) several side by side, and reports only those that failed; the others are
// gone from the queue. A panic fails its own message alone. Once ctx has ended the rest is reported as failed without being tried.
//
// do must bear a message that comes twice. An error of do means "again later", until the queue's redrive policy parks the message.
func Batch(do func(ctx context.Context, m Message) error, opts ...Option) Handler {
	o := settings(opts)
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		in, err := readBatch(payload)
		if err != nil {
			return nil, fmt.Errorf("read queue event: %w", err)
		}
		failed := make([]bool, len(in.Records))
		together.Each(ctx, len(in.Records), o.atOnce, func(i int) {
			failed[i] = in.Records[i].work(ctx, o, do) != nil
		})
		out := failures{Items: []failure{}}
		for i, r := range in.Records {
			if failed[i] {
				out.Items = append(out.Items, failure{r.MessageID})
			}
		}
		return json.Marshal(out)
	}
}

// work gives one message to do.
func (r sqsRecord) work(ctx context.Context, o options, do func(ctx context.Context, m Message) error) error {
	m := r.message()
	ctx = WithCorrelation(ctx, cmp.Or(m.Attributes[CorrelationAttribute], m.ID))
	err := ctx.Err()
	if err == nil {
		err = guarded(ctx, o.log, "message "+m.ID, func() error { return do(ctx, m) })
	}
	if err != nil {
		if id := correlationOf(m.Body); id != "" {
			ctx = WithCorrelation(ctx, id)
		}
		o.log.WarnContext(ctx, "message failed and will come again", "message", m.ID, "receive_count", m.ReceiveCount, "error", err)
	}
	return err
}

// correlationOf is the id that a body bears itself, as an order of an e-mail does or an event of ours in its envelope; "" for none.
func correlationOf(body []byte) string {
	var b struct {
		ID     string `json:"correlation_id"`
		Detail struct {
			Metadata struct {
				ID string `json:"correlation_id"`
			} `json:"metadata"`
		} `json:"detail"`
	}
	if json.Unmarshal(body, &b) != nil {
		return ""
	}
	return cmp.Or(b.ID, b.Detail.Metadata.ID)
}

func (r sqsRecord) message() Message {
	m := Message{ID: r.MessageID, Body: []byte(r.Body), ReceiveCount: 1, Attributes: map[string]string{}}
	if n, err := strconv.Atoi(r.Attributes.ReceiveCount); err == nil && n > 0 {
		m.ReceiveCount = n
	}
	for name, a := range r.MessageAttributes {
		if a.StringValue != nil {
			m.Attributes[name] = *a.StringValue
		}
	}
	return m
}
