package loyalty

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// How old what a process has read of how campaigns are steered may be, and so how long after an act of steering a campaign may still speak.
const (
	// HeedAtOnce is for e-mails, runs, dates, journeys, and the offers of tills' quotes.
	HeedAtOnce = time.Second

	// HeedSoon is for what receipts, returns and enrolments bring, so that none of them reads for itself.
	HeedSoon = 5 * time.Second
)

// steering is how all campaigns are steered, and the rules that hold now, of which a started version is one.
type steering struct {
	controls map[string]Control
	now      *programme.Programme
}

func (s *Service) steering(ctx context.Context, within time.Duration) (steering, error) {
	if s.Controls == nil {
		return steering{}, nil
	}
	all, err := s.Controls.Controls(ctx, within)
	if err != nil {
		return steering{}, err
	}
	now, err := s.Programmes.At(ctx, s.Now())
	if err != nil {
		return steering{}, fmt.Errorf("read the programme: %w", err)
	}
	return steering{controls: all, now: now}, nil
}

// stateOf is the one rule by which a campaign of some version of the programme speaks or is silent, whatever sets it off: its own state, that
// of all campaigns where it is stricter, and where the programme asks for approval, whether somebody has started exactly what the campaign
// says there. Kill and pause of all leave what a shopper needs alone.
func (t steering) stateOf(rules *programme.Programme, campaign string, class message.Class) CampaignState {
	own := t.controls[campaign]
	switch common := t.controls[AllCampaigns].State; {
	case !own.State.speaks():
		return own.State
	case !common.speaks() && class != message.Service:
		return common
	case t.now != nil && rules.Approval != nil && !t.started(rules, campaign):
		return CampaignUnstarted
	}
	return own.State
}

// started reports whether somebody has started what a campaign says in a version. Of the version that holds now, and of those to come, only
// the last start counts; one that held before may have been started then, for receipts that come late and cards that are on its way.
func (t steering) started(rules *programme.Programme, campaign string) bool {
	hash, known := rules.CampaignHash(campaign)
	c := t.controls[campaign]
	if !known || c.Started == hash {
		return true // what is no campaign, such as the question for consent, nobody can start
	}
	return rules.From.Before(t.now.From) && c.once(hash)
}

// standing is the state that counts for a campaign now.
func (s *Service) standing(ctx context.Context, rules *programme.Programme, campaign string, class message.Class) (CampaignState, error) {
	t, err := s.steering(ctx, HeedAtOnce)
	return t.stateOf(rules, campaign, class), err
}

// maySpeak reports whether a campaign that speaks by itself may.
func (s *Service) maySpeak(ctx context.Context, rules *programme.Programme, campaign string) (bool, error) {
	state, err := s.silencedBy(ctx, rules, campaign)
	return state == "" && err == nil, err
}

// silencedBy is the state for which a campaign that speaks by itself may not; "" where it may.
func (s *Service) silencedBy(ctx context.Context, rules *programme.Programme, campaign string) (string, error) {
	state, err := s.standing(ctx, rules, campaign, message.Marketing)
	if err != nil || state.speaks() {
		return "", err
	}
	return string(state), nil
}

// withholding is a version of the rules without what those campaigns would say at receipts, returns and enrolments that may not.
func (s *Service) withholding(ctx context.Context, p *programme.Programme) (*programme.Programme, error) {
	t, err := s.steering(ctx, HeedSoon)
	if err != nil {
		return nil, err
	}
	var states map[string]string
	for _, k := range p.Campaigns {
		if state := t.stateOf(p, k.ID, message.Marketing); !state.speaks() {
			if states == nil {
				states = map[string]string{}
			}
			states[k.ID] = string(state)
		}
	}
	return p.Withholding(states), nil
}

// speaks reports whether a campaign in this state may speak.
func (c CampaignState) speaks() bool { return c == CampaignUntouched || c == CampaignRunning }

// waits reports whether the e-mails and runs of a campaign in this state wait, and are not refused.
func (c CampaignState) waits() bool { return c == CampaignPaused || c == CampaignUnstarted }

// pausedFor is how long the e-mail of a paused campaign waits before it asks again.
const pausedFor = maxDelay

// heed is what the state of a campaign means for one of its e-mails, which are written by the rules that hold now; but for those of a journey:
// it keeps to the version by which its card has entered, and was asked about when the step came.
func (s *Service) heed(ctx context.Context, rules *programme.Programme, o message.Order, now time.Time) (message.Verdict, error) {
	state, err := s.standing(ctx, rules, o.Campaign, message.ClassOf(o.Topic))
	switch {
	case err != nil || state.speaks() || state == CampaignUnstarted && o.Journey != "":
		return message.Verdict{Action: message.Send}, err
	case state.waits() && now.Add(pausedFor).Before(o.ExpiresAt):
		return message.Verdict{Action: message.Defer, Until: now.Add(pausedFor), Reason: message.CampaignStopped}, nil
	}
	return message.Verdict{Action: message.Refuse, Reason: message.CampaignStopped}, nil
}

// Withheld is a campaign that would have spoken at a receipt, a return or an enrolment, and the state for which it was not allowed to.
type Withheld struct {
	Campaign string `json:"campaign"`
	State    string `json:"state"` // "paused", "killed", "cancelled", "draft", "approved" or "not_started"
}

// WithheldBy lists the campaigns that an entry says were not allowed to speak, by their ids.
func WithheldBy(e ledger.Entry) (list []Withheld) {
	states := card.WithheldBy(e)
	for _, campaign := range slices.Sorted(maps.Keys(states)) {
		list = append(list, Withheld{Campaign: campaign, State: states[campaign]})
	}
	return list
}
