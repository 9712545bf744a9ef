package loyalty

import (
	"context"
	"errors"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/message"
)

// Steps on the way from a till to an e-mail and back, in their order.
const (
	StepReceipt  = "receipt.posted"   // a checkout, of a repeat too
	StepReturn   = "return.posted"    // of lines of the receipt
	StepNotNow   = "receipt.not_now"  // the till was told to try again
	StepEntry    = "entry.told"       // the ledger entry was read off the stream
	StepUntold   = "entry.not_told"   // it was read, and comes again
	StepFact     = "fact.published"   // Code is the event's name
	StepQueued   = "message.queued"   // the order lies on a queue, for the first time or until later
	StepClaimed  = "message.claimed"  // a sender has it
	StepMailed   = "message.mailed"   // the mail service has taken it
	StepPutOff   = "message.put_off"  // Code says why
	StepRefused  = "message.refused"  // Code says why
	StepDoubtful = "message.doubtful" // a sender died with it
	StepReported = "message.reported" // Code is what the mail service says
	StepCounted  = "message.counted"  // Code is the state that it is counted in
)

// TagCorrelation is the tag by which the mail service's reports say which happening an e-mail belongs to.
const TagCorrelation = "correlation"

// Trace is one thing that was done. It tells of a happening, and nobody's name, address or card.
type Trace struct {
	Correlation string // what all steps of the same happening have in common: CorrelationOf
	Step        string
	Message     string // id of the e-mail; "" where none is concerned
	Code        string
}

// Trail takes note of a step, for whoever asks at night how far something has come. It decides nothing, cannot fail and does not wait.
type Trail func(ctx context.Context, t Trace)

// Trace tells the trail of a step, if anybody follows.
func (s *Service) Trace(ctx context.Context, t Trace) {
	if s.Trail != nil {
		s.Trail(ctx, t)
	}
}

// traceMail tells of a step of an e-mail.
func (s *Service) traceMail(ctx context.Context, o message.Order, step, code string) {
	s.Trace(ctx, Trace{Correlation: o.CorrelationID, Step: step, Message: o.ID, Code: code})
}

// traceReceipt tells how a till's call about a receipt ended. What was refused by the shop's rules is an answer and no step.
func (s *Service) traceReceipt(ctx context.Context, cause, step string, err error) {
	if s.Trail == nil {
		return
	}
	for _, kind := range []error{ErrInvalid, ErrDuplicate, ErrConflict, ErrNotFound, ErrRefused} {
		if errors.Is(err, kind) {
			return
		}
	}
	if err != nil {
		step = StepNotNow
	}
	s.Trace(ctx, Trace{Correlation: CorrelationOf(cause), Step: step})
}

// publish puts facts on the bus and tells the trail of each.
func (s *Service) publish(ctx context.Context, facts []events.Event) error {
	if err := s.Bus.Publish(ctx, facts); err != nil {
		return err
	}
	for _, e := range facts {
		s.Trace(ctx, Trace{Correlation: e.Metadata.CorrelationID, Step: StepFact, Code: e.Type})
	}
	return nil
}
