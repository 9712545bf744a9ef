package edge

import (
	"context"
	"encoding/json"
	"io"
	"sync"
	"time"
)

// Namespace holds all our metrics in CloudWatch.
const Namespace = "Regulars"

// maxDimensions is how many dimensions one metric may have; each combination of values is a metric of its own and costs money.
const maxDimensions = 4

// functionName is the dimension that CloudWatch's own metrics of Lambda have too.
const functionName = "FunctionName"

// Meter takes one count. Dims are name and value in turn.
type Meter func(name string, n int64, dims ...string)

// WithMeter puts the meter of this invocation into ctx.
func WithMeter(ctx context.Context, m Meter) context.Context {
	return context.WithValue(ctx, meterKey, m)
}

// Count adds n to the metric name, with dims as name and value in turn. Without a meter in ctx nothing is counted.
// No dimension may hold what belongs to one shopper or one receipt.
func Count(ctx context.Context, name string, n int64, dims ...string) {
	if m, ok := ctx.Value(meterKey).(Meter); ok {
		m(name, n, dims...)
	}
}

// EMF writes each count as one line of CloudWatch's embedded metric format to w: once for the function alone, which alarms look at, and
// once with its dimensions. Dimensions beyond maxDimensions and one without a value are left out of the metric and told in its line under
// "left_out". A line that w does not take is lost.
func EMF(w io.Writer, function string, now func() time.Time) Meter {
	var mu sync.Mutex
	return func(name string, n int64, dims ...string) {
		line := map[string]any{name: n, functionName: function}
		names := []string{functionName}
		for len(dims) >= 2 && len(names) <= maxDimensions {
			names = append(names, dims[0])
			line[dims[0]], dims = dims[1], dims[2:]
		}
		sets := [][]string{{functionName}}
		if len(names) > 1 {
			sets = append(sets, names)
		}
		if len(dims) > 0 {
			line["left_out"] = dims
		}
		line["_aws"] = map[string]any{
			"Timestamp": now().UnixMilli(),
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  Namespace,
				"Dimensions": sets,
				"Metrics":    []any{map[string]any{"Name": name, "Unit": "Count"}},
			}},
		}
		text, err := json.Marshal(line)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = w.Write(append(text, '\n'))
	}
}
