package loyalty

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
)

// offerControl begins the name under which an offer is steered; no campaign's id has a slash.
const offerControl = "offer/"

// offerLeads says where the two verbs for offers lead.
var offerLeads = map[Verb]map[CampaignState]CampaignState{
	VerbKill:   {CampaignUntouched: CampaignKilled, CampaignRunning: CampaignKilled, CampaignKilled: CampaignKilled},
	VerbResume: {CampaignKilled: CampaignRunning, CampaignRunning: CampaignRunning},
}

// SteerOffer kills an offer at all tills, or lets it hold again, and writes down who and why. A till that quotes a second later hears that
// the offer is stopped; a receipt that was priced before stays as it is, and its coupon is redeemed. Points that an offer multiplies follow
// the programme. ErrNotFound for an offer that the programme has not; ErrRefused where the state does not allow it; ErrConflict where
// somebody else steers at this moment.
func (s *Service) SteerOffer(ctx context.Context, in Steering) (Control, error) {
	if in.By == "" {
		return Control{}, refuse(ErrInvalid, "by_missing", "say who does it")
	}
	if in.Why == "" && in.Verb == VerbKill {
		return Control{}, refuse(ErrInvalid, "why_missing", "say why: whoever stands at a till will be asked")
	}
	leads, known := offerLeads[in.Verb]
	if !known {
		return Control{}, refuse(ErrInvalid, "verb", "an offer is killed or resumed; %q is neither", in.Verb)
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return Control{}, err
	}
	if !rules.HasOffer(in.Campaign) {
		return Control{}, refuse(ErrNotFound, "offer_unknown", "the programme that holds now has no offer %q", in.Campaign)
	}
	c, err := s.Controls.Control(ctx, offerControl+in.Campaign)
	if err != nil {
		return Control{}, err
	}
	next, allowed := leads[c.State]
	switch {
	case !allowed:
		return Control{}, refuse(ErrRefused, "state", "offer %s holds; there is nothing to resume", in.Campaign)
	case next == c.State:
		return c, nil
	}
	c.State = next
	c.Steps = append(c.Steps, Step{At: s.Now().UTC().Truncate(time.Second), Verb: in.Verb, By: in.By, Why: in.Why, State: next})
	c.Steps = c.Steps[max(0, len(c.Steps)-maxSteps):]
	if err := s.Controls.PutControl(ctx, c); err != nil {
		if errors.Is(err, ErrConflict) {
			return Control{}, refuse(ErrConflict, "steered", "somebody else steers offer %s at this moment; look again", in.Campaign)
		}
		return Control{}, err
	}
	c.Version++
	return c, nil
}

// StoppedOffers lists the offers that are killed, with how they are steered, by their id.
func (s *Service) StoppedOffers(ctx context.Context) (map[string]Control, error) {
	if s.Controls == nil {
		return nil, nil
	}
	all, err := s.Controls.Controls(ctx, HeedAtOnce)
	if err != nil {
		return nil, err
	}
	var stopped map[string]Control
	for name, c := range all {
		if id, is := strings.CutPrefix(name, offerControl); is && !c.State.speaks() {
			if stopped == nil {
				stopped = map[string]Control{}
			}
			stopped[id] = c
		}
	}
	return stopped, nil
}

// withoutStopped adds the offers that are killed to those of which nothing is left.
func (s *Service) withoutStopped(ctx context.Context, spent programme.Spent) error {
	stopped, err := s.StoppedOffers(ctx)
	for id := range stopped {
		spent[id] = offer.Stopped
	}
	return err
}
