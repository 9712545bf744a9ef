package loyalty

import (
	"context"
	"fmt"
	"slices"
	"time"

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

// audienceParts is in how many parts at once the cards are looked through before a campaign is started.
const audienceParts = 8

// Audience counts whom a campaign is for as of now: of a campaign with an occasion of its own, whom its segments leave. It looks at every
// card, in so many parts at once, and changes nothing; looked is told now and then how many that were so far, and may be nil. The answer is
// nil for a campaign that is not on a schedule: it is for whoever comes, and nobody knows them beforehand.
func (s *Service) Audience(ctx context.Context, rules *programme.Programme, k programme.Campaign, parts int, looked func(int64)) (*Audience, error) {
	if k.On != programme.OnSchedule {
		return nil, nil
	}
	now, who := s.Now(), rules.WhoFor(k.ID)
	sum, err := s.counted(ctx, parts, looked, func(ctx context.Context, page []Opened) (*Audience, error) {
		meant, err := s.meantOf(ctx, who, page, now)
		if err != nil {
			return nil, err
		}
		seen, in := &Audience{Would: map[string]int64{}}, []string(nil)
		for i, o := range page {
			if meant[i] {
				in = append(in, o.Head.Number())
				seen.Would[wouldBecome(rules, k, o, now)]++
			}
		}
		seen.add(page, in)
		return seen, nil
	})
	if err != nil {
		return nil, fmt.Errorf("count the audience of campaign %s: %w", k.ID, err)
	}
	return &sum, nil
}

// counted adds up what look has seen in each page of all cards, and sorts the sample.
func (s *Service) counted(ctx context.Context, parts int, looked func(int64), look func(context.Context, []Opened) (*Audience, error)) (Audience, error) {
	sum := Audience{Would: map[string]int64{}}
	err := lookThrough(ctx, s.Shoppers, parts, look, func(seen *Audience) error {
		sum.Cards += seen.Cards
		sum.In += seen.In
		sum.Sample = append(sum.Sample, seen.Sample[:min(len(seen.Sample), SampleSize-len(sum.Sample))]...)
		for outcome, n := range seen.Would {
			sum.Would[outcome] += n
		}
		if looked != nil {
			looked(sum.Cards)
		}
		return nil
	})
	slices.Sort(sum.Sample)
	return sum, err
}

// wouldBecome asks what can be asked of a card and its shopper alone, in the order in which the sender asks.
func wouldBecome(rules *programme.Programme, k programme.Campaign, o Opened, now time.Time) string {
	topic := message.TopicService
	if k.Message != nil {
		topic = k.Message.Topic
	}
	if held, _ := rules.HeldOut(k.ID, o.Head.ID); held && message.ClassOf(topic) == message.Marketing {
		return string(message.HeldOut)
	}
	reason := unreachable(o.Profile, topic)
	if (reason == "" || reason == message.NoConsent) && message.ClassOf(topic) != message.Service && rules.Minor(o.Profile, now) {
		reason = message.TooYoung
	}
	if reason != "" {
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
