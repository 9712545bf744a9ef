package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// ids20 names what is noted of a place beside its steps.
func ids20(p journey.Place) string { return ids.Derive(20, "place", p.Campaign, p.Occasion, p.Card) }

// carryOut does what is pending at a place, once for its key, and tells what came of it.
func (s *Service) carryOut(ctx context.Context, w onWay, p journey.Place, now time.Time) (says string, err error) {
	step, ok := w.rules.StepOf(p.Campaign, p.Pending.Step)
	if !ok {
		return "the step is not there any more", nil
	}
	switch p.Pending.Kind {
	case journey.KindMessage:
		o := stepOrder(p, step)
		campaign, _ := w.rules.Campaign(p.Campaign)
		o.Priority = campaign.Rank()
		return "message " + o.ID, s.order(ctx, o, 0)
	case journey.KindGrant:
		return s.grantStep(ctx, w, p, *step.Grant, now)
	case journey.KindTag:
		return s.tagStep(ctx, p.Card, step.Tag)
	case journey.KindEvent:
		return s.eventStep(ctx, p, step)
	case journey.KindWebhook:
		return s.hookStep(ctx, w, p, step, now)
	}
	return "", fmt.Errorf("nobody knows how to do %q", p.Pending.Kind)
}

// stepOrder is the e-mail of a step. All of it follows from the place, so that it is the same when it is ordered again.
func stepOrder(p journey.Place, step programme.JourneyStep) message.Order {
	occasion := stepOccasion(p.Occasion, p.Pending.Step)
	o := message.Order{
		ID: message.OrderID(p.Campaign, occasion, p.Card), Campaign: p.Campaign, Occasion: occasion, Card: p.Card, Journey: p.Occasion,
		Template: step.Message.Template, Topic: step.Message.Topic, OrderedAt: p.Since.UTC(), ExpiresAt: p.Since.UTC().Add(step.Message.Life()),
		Repeatable: step.Message.Repeatable, CorrelationID: CorrelationOf(p.Campaign + "~" + p.Occasion),
	}
	if step.Grant != nil {
		o.Grant = &message.Grant{Offer: step.Grant.Offer, Days: step.Grant.Days}
	}
	return o
}

// stepOccasion names one step of a journey: "0042.03.173#pause", or its hash where that is too long or could be read in two ways.
func stepOccasion(occasion, step string) string {
	name := occasion + "#" + step
	if !ids.ValidPart(name) || strings.Contains(occasion, "#") {
		return ids.Derive(26, occasion, step)
	}
	return name
}

// grantStep puts into the card's book what a step grants, unless the journey is over by what lies there already.
func (s *Service) grantStep(ctx context.Context, w onWay, p journey.Place, g programme.Grant, now time.Time) (string, error) {
	cause := p.Campaign + "~" + p.Pending.Key
	a, err := s.post(ctx, w.opened, posting{
		cause: cause, at: p.Since, past: p.Entered,
		decide: func(head card.Head) (card.Head, error) {
			now, opened := now, w.opened
			opened.Head = head
			facts, err := s.journeyFacts(ctx, w.rules, opened, p, now)
			if err != nil {
				return card.Head{}, err
			}
			if w.plan.Left(facts) != "" || head.Status != card.Open {
				return card.Head{}, errPassedBy
			}
			return w.rules.JourneyGrant(head, p.Campaign, cause, g, p.Since, now), nil
		},
	})
	switch {
	case errors.Is(err, errPassedBy):
		return "not granted: the journey is over", nil
	case err != nil:
		return "", fmt.Errorf("grant: %w", err)
	}
	var said []string
	if a.Points != 0 {
		said = append(said, fmt.Sprintf("%d points", a.Points))
	}
	for _, c := range a.Granted {
		said = append(said, "coupon "+c.ID)
	}
	if len(a.NotTaken) > 0 {
		said = append(said, "no coupon: the wallet is full")
	}
	return strings.Join(said, ", "), nil
}

// tagStep marks the shopper, if there is room. Of a card that was only swiped nobody is known: a profile that held a tag alone would keep its
// owner from enrolling.
func (s *Service) tagStep(ctx context.Context, number, tag string) (says string, err error) {
	opened, err := s.Cards.Open(ctx, number, true)
	switch {
	case errors.Is(err, ErrNotFound):
		return "not tagged: the card is gone", nil
	case err != nil:
		return "", fmt.Errorf("open card %s: %w", number, err)
	case opened.ProfileVersion == 0:
		return "not tagged: nobody has enrolled with the card", nil
	}
	_, _, err = s.UpdateProfile(ctx, number, func(p card.Profile) (card.Profile, error) {
		says = "tagged " + tag
		switch {
		case slices.Contains(p.Tags, tag):
		case len(p.Tags) >= card.MaxTags:
			says = fmt.Sprintf("not tagged: the shopper has %d tags", len(p.Tags))
		default:
			p.Tags = card.Tagged(append(slices.Clone(p.Tags), tag))
		}
		return p, nil
	})
	if errors.Is(err, ErrNotFound) {
		return "not tagged: the card is gone", nil
	}
	return says, err
}

// onJourney looks at the journey of an order as of the moment of sending: its e-mail is written by the rules by which the card has entered,
// and not sent if the journey is over by what is true now. guarded says that the claim has to see that nothing has come between.
func (s *Service) onJourney(ctx context.Context, o message.Order, j *job, now time.Time) (_ *job, guarded bool, err error) {
	p, err := s.Places.Place(ctx, PlaceKey{o.Card, o.Campaign, o.Journey})
	over := func(detail string) (*job, bool, error) {
		return &job{verdict: message.Verdict{Action: message.Refuse, Reason: message.JourneyOver}, detail: detail}, false, nil
	}
	if errors.Is(err, ErrNotFound) {
		return over("the place is not there any more")
	}
	if err != nil {
		return j, false, fmt.Errorf("read where card %s stands in campaign %s: %w", o.Card, o.Campaign, err)
	}
	if p.End.Cuts() {
		return over(p.Lines[len(p.Lines)-1].Says)
	}
	rules, plan, err := s.planOf(ctx, p.Place)
	if err != nil {
		return j, false, err
	}
	if plan == nil {
		return over("its version is not there any more")
	}
	j.rules = rules
	if plan.Exit == nil && plan.Goal == nil {
		return j, false, nil
	}
	opened := j.opened
	opened.Head = j.stored
	facts, err := s.journeyFacts(ctx, rules, opened, p.Place, now)
	if err != nil {
		return j, false, err
	}
	if end := plan.Left(facts); end != "" {
		return over(fmt.Sprintf("%s; the step came at %s", facts.Why(end), o.OrderedAt.UTC().Format(time.DateTime)))
	}
	return j, true, nil
}
