package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
)

// errNoShard says that a stream's event does not name its shard, as it does where the source has a tumbling window.
var errNoShard = errors.New("the stream's event names no shard; give its source TumblingWindowInSeconds")

// Shards gives the changes of one shard of a DynamoDB stream to fold, all of a batch at once and in order, with the shard's name: for
// sums that remember how far in the shard they have come. Where each is not nil it is done first, as Changes does it, and only what it
// has done is folded.
//
// Within a shard sequence numbers grow; After compares two. A batch that fold refuses comes again whole, and so may one that it took.
// The event names its shard only where the source has a tumbling window; the one that ends a window brings no changes.
func Shards(each Handler, fold func(ctx context.Context, shard string, list []Change) error, opts ...Option) Handler {
	o := settings(opts)
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		in, err := readStream(payload)
		if err != nil {
			return nil, fmt.Errorf("read stream event: %w", err)
		}
		out := folded{failures: failures{Items: []failure{}}}
		if len(in.Records) == 0 {
			return json.Marshal(out)
		}
		if each != nil {
			answer, err := each(ctx, payload)
			if err == nil {
				err = json.Unmarshal(answer, &out.failures)
			}
			if err != nil {
				return nil, err
			}
		}
		done := in.Records
		if len(out.Items) > 0 {
			done = done[:max(0, slices.IndexFunc(done, func(r streamRecord) bool { return r.DynamoDB.Sequence == out.Items[0].ID }))]
		}
		if err := foldAll(ctx, o.log, in.Shard, done, fold); err != nil {
			first := done[0].DynamoDB.Sequence
			o.log.WarnContext(ctx, "changes could not be counted; the stream comes again from here", "sequence", first, "error", err)
			out.Items = []failure{{first}}
		}
		return json.Marshal(out)
	}
}

// folded is the answer to a batch of a window: nothing is carried from one to the next.
type folded struct {
	failures
	State struct{} `json:"state"`
}

func foldAll(ctx context.Context, log *slog.Logger, shard string, done []streamRecord, fold func(context.Context, string, []Change) error) error {
	if len(done) == 0 {
		return nil
	}
	if shard == "" {
		return errNoShard
	}
	return guarded(ctx, log, "shard "+shard, func() error {
		list := make([]Change, 0, len(done))
		for _, r := range done {
			c, err := r.change()
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return fold(ctx, shard, list)
	})
}

// After reports whether one sequence number of a shard comes after another; every one comes after "".
func After(sequence, other string) bool {
	if len(sequence) != len(other) {
		return len(sequence) > len(other)
	}
	return sequence > other
}
