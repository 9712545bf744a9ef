package loyalty

import (
	"context"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Audience is whom a campaign is for as of now, and what would become of an e-mail to each of them now: Would adds up to In.
type Audience struct {
	Counted
	Would map[string]int64 `json:"would"` // "sent", or the reason for which not
}

// wouldBeSent stands in Audience.Would for those whom nothing keeps from their e-mail but caps, quiet hours and what happens until then.
const wouldBeSent = "sent"

// AudienceNow counts whom a campaign is for: of a campaign with an occasion of its own, whom its segments leave. It looks at every card and
// changes nothing; nil for a campaign that asks about a receipt, which nobody knows beforehand.
func (s *Service) AudienceNow(ctx context.Context, rules *programme.Programme, k programme.Campaign) (*Audience, error) {
	if k.On != programme.OnSchedule {
		return nil, nil
	}
	a := Audience{Would: map[string]int64{}}
	now := s.Now()
	err := eachCard(ctx, s.Shoppers, 0, 1, func(page []Opened) error {
		meant, err := s.meantOf(ctx, rules.WhoFor(k.ID), page, now)
		if err != nil {
			return err
		}
		a.Cards += int64(len(page))
		for i, o := range page {
			if !meant[i] {
				continue
			}
			a.In++
			if len(a.Sample) < SampleSize {
				a.Sample = append(a.Sample, o.Head.Number())
			}
			a.Would[s.wouldBecome(rules, k, o)]++
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count the audience of campaign %s: %w", k.ID, err)
	}
	return &a, nil
}

// wouldBecome asks what can be asked of a card and its shopper alone, in the order in which the sender asks.
func (s *Service) wouldBecome(rules *programme.Programme, k programme.Campaign, o Opened) string {
	topic := message.TopicService
	if k.Message != nil {
		topic = k.Message.Topic
	}
	if held, _ := rules.HeldOut(k.ID, o.Head.ID); held && message.ClassOf(topic) == message.Marketing {
		return string(message.HeldOut)
	}
	if reason := unreachable(o.Profile, topic); reason != "" {
		return string(reason)
	}
	return wouldBeSent
}

// unreachable says why a shopper gets no e-mail of a topic whenever it is sent, "" if nothing is known against it.
func unreachable(p card.Profile, topic string) message.Reason {
	marketing := message.ClassOf(topic) == message.Marketing
	switch {
	case p.Email == "":
		return message.NoEmail
	case p.Suppressed != nil && (marketing || p.Suppressed.Reason != suppressedByComplaint):
		return message.Suppressed
	case marketing && !p.Consents[topic].Allowed:
		return message.NoConsent
	}
	return ""
}
