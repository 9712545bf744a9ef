package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/message"
)

// Health is what the counts tell of a campaign's e-mails.
func (n *Brought) Health() message.Health {
	return message.Health{Settled: n.Delivered + n.Bounced, Bounced: n.Bounced, Complained: n.Complained}
}

// Break pauses each campaign of whose e-mails too many come back or are called spam, tells the world of it, pauses those that have given all
// that they may, and returns which ones. It looks at what the sheets and the budgets have counted and reads no message. A person who resumes
// a campaign of the first kind has looked at it: what was counted until it stopped is not held against it again. One that has nothing left
// to give is paused again at the next look.
//
// After an error call again: a campaign that was stopped and not told of is told of then, under the same id.
func (s *Service) Break(ctx context.Context) (stopped []string, err error) {
	counts, err := s.Sheets.Counted(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what was counted of campaigns: %w", err)
	}
	controls, err := s.Controls.Controls(ctx, HeedAtOnce)
	if err != nil {
		return nil, err
	}
	var failed []error
	for g, n := range counts {
		if g.Arm != "" || g.Campaign == "" {
			continue
		}
		c := controls[g.Campaign]
		if c.Untold {
			failed = append(failed, s.tellStopped(ctx, g.Campaign))
			continue
		}
		if _, trips := n.Health().Since(c.Judged).Trips(); !trips || !c.State.speaks() {
			continue
		}
		done, err := s.trip(ctx, g.Campaign, n.Health())
		if done {
			stopped = append(stopped, g.Campaign)
		}
		failed = append(failed, err)
	}
	spent, err := s.breakSpending(ctx, counts, controls)
	stopped, failed = append(stopped, spent...), append(failed, err)
	slices.Sort(stopped)
	stopped = slices.Compact(stopped)
	return stopped, errors.Join(failed...)
}

// trip writes down that the campaign is paused, and why, over its control as it is now. Whoever steers at the same moment goes first, and
// the next look decides again.
func (s *Service) trip(ctx context.Context, campaign string, all message.Health) (bool, error) {
	c, err := s.Controls.Control(ctx, campaign)
	if err != nil {
		return false, err
	}
	health := all.Since(c.Judged)
	why, trips := health.Trips()
	if !trips || !c.State.speaks() {
		return false, nil
	}
	at := s.Now().UTC().Truncate(time.Second)
	c.Campaign, c.State, c.Judged, c.Untold, c.Stopped = campaign, CampaignPaused, all, true, Stopped{At: at, Reason: why, Health: health}
	c.Steps = append(c.Steps, Step{At: at, Verb: VerbPause, By: bySystem, Why: c.Stopped.String(), State: CampaignPaused})
	c.Steps = c.Steps[max(0, len(c.Steps)-maxSteps):]
	if err := s.Controls.PutControl(ctx, c); err != nil {
		return false, orBegun(err)
	}
	return true, s.tellStopped(ctx, campaign)
}

// tellStopped publishes that the campaign has stopped, and writes down that it is told.
func (s *Service) tellStopped(ctx context.Context, campaign string) error {
	c, err := s.Controls.Control(ctx, campaign)
	if err != nil || !c.Untold {
		return err
	}
	at := c.Stopped.At
	health := c.Stopped.Health
	err = s.tell(ctx, events.New(events.Metadata{
		ID: ids.Derive(26, events.NameCampaignStopped, campaign, at.Format(time.RFC3339)), OccurredAt: at, Source: ownSource,
	}, events.CampaignStopped{
		Campaign: campaign, Reason: string(c.Stopped.Reason), Settled: health.Settled, Bounced: health.Bounced, Complained: health.Complained,
	}))
	if err != nil {
		return err
	}
	c.Untold = false
	return orBegun(s.Controls.PutControl(ctx, c))
}

// Stopped is what a campaign has stopped itself for: what became of its e-mails since it was last looked at.
type Stopped struct {
	At     time.Time      `json:"at,omitzero"`
	Reason message.Reason `json:"reason"`
	Health message.Health `json:"health"`
}

// String says it to the marketer.
func (s Stopped) String() string {
	var b strings.Builder
	switch s.Reason {
	case message.ManyComplaints:
		fmt.Fprintf(&b, "%d of %d e-mails were called spam; look at consent, and at how often it speaks", s.Health.Complained, s.Health.Settled)
	default:
		fmt.Fprintf(&b, "%d of %d e-mails came back; look where the addresses are from", s.Health.Bounced, s.Health.Settled)
	}
	return b.String()
}
