// Package edge is how a function talks to Lambda: the event JSON of one invocation in, the response JSON out.
//
// A room behind it sees an http.Handler, a message, a change or an envelope, and never a Lambda shape. The same Handler runs on
// AWS (package edge/start) and on one machine (shared/local), fed with the same JSON.
package edge

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Handler is one Lambda invocation: payload is the event as AWS delivers it, the result the response. An error fails the whole
// invocation, and AWS repeats it by the rules of its trigger.
type Handler func(ctx context.Context, payload []byte) ([]byte, error)

// done is the answer of a function that has nothing to say.
var done = []byte("null")

// Option changes how one edge behaves.
type Option func(*options)

type options struct {
	log     *slog.Logger
	maxBody int
	atOnce  int
}

// WithLog names the logger for what an edge itself finds: a failed message, a recovered panic. Default: nothing is logged.
func WithLog(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// WithMaxBody sets the largest request body in bytes after base64. Default MaxBody. Only HTTP reads it.
func WithMaxBody(bytes int) Option { return func(o *options) { o.maxBody = bytes } }

// AtOnce lets Batch work on so many messages of a batch side by side. Default 1. It is for messages that wait for others' answers and
// do not depend on one another.
func AtOnce(messages int) Option { return func(o *options) { o.atOnce = max(1, messages) } }

func settings(opts []Option) options {
	o := options{log: slog.New(slog.DiscardHandler), maxBody: MaxBody, atOnce: 1}
	for _, set := range opts {
		set(&o)
	}
	return o
}

type ctxKey int

const (
	correlationKey ctxKey = iota
	meterKey
)

// WithCorrelation puts the id that follows one happening from till to e-mail into ctx.
func WithCorrelation(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, correlationKey, id)
}

// Correlation returns the id put in by WithCorrelation, or "".
func Correlation(ctx context.Context) string {
	id, _ := ctx.Value(correlationKey).(string)
	return id
}

// guarded runs do and turns a panic into an error, so that one bad message never takes its neighbours along.
func guarded(ctx context.Context, log *slog.Logger, what string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.ErrorContext(ctx, "recovered from a panic", "what", what, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("%s: panic: %v", what, p)
		}
	}()
	return do()
}
