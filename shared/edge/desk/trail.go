package desk

import (
	"context"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Trail writes each step of a happening to the log, under the correlation id that all its steps have in common. A step that was set off by
// something else, as a till's request, names that one's id too: the lines of both are found by either.
func Trail(log *slog.Logger) loyalty.Trail {
	return func(ctx context.Context, t loyalty.Trace) {
		if t.Correlation == "" || !log.Enabled(ctx, slog.LevelInfo) {
			return
		}
		by := edge.Correlation(ctx)
		if by == t.Correlation {
			by = ""
		}
		log.InfoContext(edge.WithCorrelation(ctx, t.Correlation), "step", "step", t.Step, "code", t.Code, "message", t.Message, "set_off_by", by)
	}
}
