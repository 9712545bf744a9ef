package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/programme"
)

// HookCall is one call of a webhook. The same step of the same journey has the same ID and the same Body, however often it is called.
type HookCall struct {
	URL  string
	ID   string
	Body []byte // JSON of the fact journey.reached.v1
}

// Hooks calls webhooks.
type Hooks interface {
	// Call posts one call. ErrRefused says that it will never be taken; after any other error it may have been taken, and is called again.
	Call(ctx context.Context, call HookCall) error
}

// errNotTaken says that a try of a webhook came to nothing, and another may not.
var errNotTaken = errors.New("not taken")

// reached is the fact that a step tells. All of it follows from the place.
func reached(p journey.Place, step programme.JourneyStep) events.Event {
	return events.New(events.Metadata{
		ID: p.Pending.Key, OccurredAt: p.Since.UTC().Truncate(time.Second), Source: ownSource, CorrelationID: CorrelationOf(p.Campaign + "~" + p.Occasion),
	}, events.JourneyReached{Card: p.Card, Campaign: p.Campaign, Occasion: p.Occasion, Step: p.Pending.Step, Reached: step.Tells()})
}

// eventStep puts a step's fact on the bus.
func (s *Service) eventStep(ctx context.Context, p journey.Place, step programme.JourneyStep) (string, error) {
	if err := s.publish(ctx, []events.Event{reached(p, step)}); err != nil {
		return "", fmt.Errorf("publish that step %s is reached: %w", p.Pending.Step, err)
	}
	return "told of " + step.Tells(), nil
}

// hookStep calls a step's webhook. Between two tries a journey may come to its end; then nobody is called any more.
func (s *Service) hookStep(ctx context.Context, w onWay, p journey.Place, step programme.JourneyStep, now time.Time) (string, error) {
	if p.Pending.Tries > 0 {
		facts, err := s.journeyFacts(ctx, w.rules, w.opened, p, now)
		if err != nil {
			return "", err
		}
		if w.plan.Left(facts) != "" {
			return "not called again: the journey is over", nil
		}
	}
	body, err := events.Encode(reached(p, step))
	if err != nil {
		return "", fmt.Errorf("write the call of step %s: %w", p.Pending.Step, err)
	}
	err = s.Hooks.Call(ctx, HookCall{URL: step.Webhook.URL, ID: p.Pending.Key, Body: body})
	switch {
	case errors.Is(err, ErrRefused):
		return hookFailed(err), nil
	case err != nil:
		return "", fmt.Errorf("%w: %w", errNotTaken, err)
	}
	return "webhook taken", nil
}

// hookFailed is the line of a webhook that was not taken.
func hookFailed(err error) string {
	says := "webhook_failed: " + err.Error()
	return says[:min(len(says), maxHookSays)]
}

// maxHookSays is the most bytes of such a line.
const maxHookSays = 160

// later puts off what was not taken, or goes on without it after the last try.
func (p Placed) later(now time.Time, err error) (next Placed, more bool) {
	if p.Place, more = p.TryAgain(now); !more {
		p.Place = p.Done(now, hookFailed(err))
	}
	return p, more
}
