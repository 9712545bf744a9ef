// Package start is the one place that links the Lambda runtime, so that no other binary carries it.
package start

import (
	"context"
	"fmt"
	"os"
	"time"
	_ "time/tzdata" // the runtime has no zone database, and every programme names a zone

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/regulars-dev/regulars/shared/edge"
)

// Main builds a function from the environment once and serves it for as long as the Lambda environment lives. Where that fails it says
// why in one line and ends the process, which Lambda reports as a failed start. It does not return.
func Main(build func(lookup func(name string) (string, bool)) (edge.Handler, error)) {
	h, err := build(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	Lambda(h)
}

// Lambda serves h for as long as the Lambda environment lives. Metrics go to standard output, where CloudWatch reads them.
// It does not return.
func Lambda(h edge.Handler) {
	lambda.Start(invoker{h, edge.EMF(os.Stdout, os.Getenv("AWS_LAMBDA_FUNCTION_NAME"), time.Now)})
}

type invoker struct {
	handle edge.Handler
	meter  edge.Meter
}

// Invoke has the name that the Lambda runtime asks for.
func (i invoker) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return i.handle(edge.WithMeter(ctx, i.meter), payload)
}
