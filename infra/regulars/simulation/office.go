package simulation

import (
	"context"
	"strconv"
	"sync/atomic"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// office is a mail service that takes every letter and keeps none: the end of every e-mail of a simulation.
type office struct{ taken atomic.Int64 }

// Mail counts the letter.
func (o *office) Mail(context.Context, loyalty.Envelope) (string, error) {
	return "simulated-" + strconv.FormatInt(o.taken.Add(1), 10), nil
}
