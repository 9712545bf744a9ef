// Package queue puts bodies on one SQS queue.
package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Bounds of SQS.
const (
	MaxDelay = 15 * time.Minute
	MaxBody  = 1 << 20 // bytes
)

// ErrTooLarge says that a body is larger than the queue takes; it never will.
var ErrTooLarge = errors.New("larger than the queue takes")

// Queue sends to one queue.
type Queue struct {
	client *sqs.Client
	url    string
}

// Open makes a Queue of the one at url.
func Open(cfg aws.Config, url string) *Queue {
	return &Queue{client: sqs.NewFromConfig(cfg), url: url}
}

// Send puts one body on the queue, to be delivered after delay, which is cut to MaxDelay and rounded up to whole seconds. The body
// may arrive more than once.
//
// It returns ErrTooLarge for a body that SQS will never take; any other error leaves it unknown whether the body is on the queue.
func (q *Queue) Send(ctx context.Context, body []byte, delay time.Duration) error {
	if len(body) == 0 || len(body) > MaxBody {
		return fmt.Errorf("send to %s: %d bytes, 1 to %d are possible: %w", q.url, len(body), MaxBody, ErrTooLarge)
	}
	delay = min(max(delay, 0), MaxDelay)
	seconds := int32((delay + time.Second - 1) / time.Second)
	_, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &q.url, MessageBody: aws.String(string(body)), DelaySeconds: seconds,
	})
	if err != nil {
		return fmt.Errorf("send to %s: %w", q.url, err)
	}
	return nil
}
