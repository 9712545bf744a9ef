package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// What happened to an item.
const (
	Insert = "INSERT"
	Modify = "MODIFY"
	Remove = "REMOVE"
)

// Change is one record of a DynamoDB stream. Images hold string, int64 and []byte values by attribute name, which is all that we
// store; a number that is no int64 comes as json.Number and any other kind as json.RawMessage, so that nothing is bent.
type Change struct {
	ID       string
	Name     string // Insert, Modify or Remove
	Table    string // name of the table, from the ARN of its stream
	Sequence string
	At       time.Time // to the second; the moment of the write as DynamoDB saw it
	Keys     map[string]any
	Old      map[string]any // nil at Insert
	New      map[string]any // nil at Remove
	Expired  bool           // removed by the time to live: nobody's act
}

type streamRecord struct {
	EventID      string `json:"eventID"`
	EventName    string `json:"eventName"`
	SourceARN    string `json:"eventSourceARN"`
	UserIdentity struct {
		Type        string `json:"type"`
		PrincipalID string `json:"principalId"`
	} `json:"userIdentity"`
	DynamoDB struct {
		At       json.Number `json:"ApproximateCreationDateTime"`
		Keys     image       `json:"Keys"`
		Old      image       `json:"OldImage"`
		New      image       `json:"NewImage"`
		Sequence string      `json:"SequenceNumber"`
	} `json:"dynamodb"`
}

// cell is one value with the letter of its kind. Those that we never store stay as they came.
type cell struct {
	S    *string         `json:"S"`
	N    *string         `json:"N"`
	B    *[]byte         `json:"B"`
	Bool json.RawMessage `json:"BOOL"`
	Null json.RawMessage `json:"NULL"`
	L    json.RawMessage `json:"L"`
	M    json.RawMessage `json:"M"`
	SS   json.RawMessage `json:"SS"`
	NS   json.RawMessage `json:"NS"`
	BS   json.RawMessage `json:"BS"`
}

// Changes gives each record of a DynamoDB stream to do, in order, and stops at the first that fails: its sequence number is
// reported, and the stream comes again from there. So changes of one item never overtake each other.
//
// do must bear a change that comes twice. A record that cannot be read fails like one that do refused.
func Changes(do func(ctx context.Context, c Change) error, opts ...Option) Handler {
	o := settings(opts)
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		in, err := readStream(payload)
		if err != nil {
			return nil, fmt.Errorf("read stream event: %w", err)
		}
		out := failures{Items: []failure{}}
		for _, r := range in.Records {
			ctx := WithCorrelation(ctx, r.EventID)
			err := ctx.Err()
			if err == nil {
				err = guarded(ctx, o.log, "change "+r.DynamoDB.Sequence, func() error {
					c, err := r.change()
					if err != nil {
						return err
					}
					return do(ctx, c)
				})
			}
			if err != nil {
				o.log.WarnContext(ctx, "change failed; the stream comes again from here", "sequence", r.DynamoDB.Sequence, "error", err)
				out.Items = append(out.Items, failure{r.DynamoDB.Sequence})
				break
			}
		}
		return json.Marshal(out)
	}
}

func (r streamRecord) change() (Change, error) {
	c := Change{ID: r.EventID, Name: r.EventName, Sequence: r.DynamoDB.Sequence}
	c.Expired = r.EventName == Remove && r.UserIdentity.Type == "Service" && r.UserIdentity.PrincipalID == "dynamodb.amazonaws.com"
	if _, after, ok := strings.Cut(r.SourceARN, ":table/"); ok {
		c.Table, _, _ = strings.Cut(after, "/")
	}
	if seconds, err := r.DynamoDB.At.Float64(); err == nil { // written as 1480642020 or as 1.48064202E9
		c.At = time.Unix(int64(math.Round(seconds)), 0).UTC()
	}
	var err error
	if c.Keys, err = r.DynamoDB.Keys.values(); err != nil {
		return Change{}, fmt.Errorf("read keys of change %s: %w", c.Sequence, err)
	}
	if c.Old, err = r.DynamoDB.Old.values(); err != nil {
		return Change{}, fmt.Errorf("read old image of change %s: %w", c.Sequence, err)
	}
	if c.New, err = r.DynamoDB.New.values(); err != nil {
		return Change{}, fmt.Errorf("read new image of change %s: %w", c.Sequence, err)
	}
	return c, nil
}

// value is what the cell holds, and how many kinds it names: one, unless it is no cell.
func (c cell) value() (v any, kinds int) {
	if c.S != nil {
		v, kinds = *c.S, kinds+1
	}
	if c.N != nil {
		v, kinds = number(*c.N), kinds+1
	}
	if c.B != nil {
		v, kinds = *c.B, kinds+1
	}
	for _, raw := range []json.RawMessage{c.Bool, c.Null, c.L, c.M, c.SS, c.NS, c.BS} {
		if raw != nil {
			v, kinds = raw, kinds+1
		}
	}
	return v, kinds
}
