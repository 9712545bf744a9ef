package loyalty

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Why says how a campaign has come to write to a card, or not to: one gate after another, in the order in which they are asked, and
// exactly one outcome.
type Why struct {
	Card     string `json:"card"`
	Campaign string `json:"campaign"`
	Occasion string `json:"occasion,omitempty"` // of the newest e-mail; "" where there is none, and the gates are asked as of now
	Gates    []Gate `json:"gates"`
	Outcome  string `json:"outcome"` // "sent", "refused: no_consent", "withheld: paused", "would be sent", "would be refused: held_out"
}

// Gate is one question and its answer.
type Gate struct {
	Gate   string `json:"gate"`
	Passes bool   `json:"passes"`
	Says   string `json:"says"`
}

// Why explains a campaign and a card: from the record of its newest e-mail where there is one, and by asking the rules as of now. It
// changes nothing. ErrNotFound for a card or a campaign that is not there.
func (s *Service) Why(ctx context.Context, number, campaign string) (Why, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Why{}, err
	}
	k, known := rules.Campaign(campaign)
	if !known {
		return Why{}, refuse(ErrNotFound, "campaign_unknown", "the programme that holds now has no campaign %q; `regulars campaign list` shows them", campaign)
	}
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return Why{}, fmt.Errorf("open the card: %w", err)
	}
	w := Why{Card: opened.Head.Number(), Campaign: campaign}
	list, err := s.CardMessages(ctx, number)
	if err != nil {
		return Why{}, err
	}
	if told, err := s.whyJourney(ctx, &w, opened, list); told || err != nil {
		return w, err
	}
	if told, err := s.whyWithheld(ctx, &w, opened, list); told || err != nil {
		return w, err
	}
	for _, rec := range list { // the newest first
		if rec.Campaign == campaign {
			w.Occasion = rec.Occasion
			w.recorded(rec)
			if err := s.raced(ctx, &w, rec); err != nil {
				return w, err
			}
			err := s.redeemed(ctx, &w, opened, rec)
			return w, err
		}
	}
	err = s.asks(ctx, &w, rules, k, opened, now)
	return w, err
}

// pass adds a gate, and makes the first that does not pass the outcome.
func (w *Why) pass(gate string, passes bool, reason message.Reason, format string, args ...any) {
	w.Gates = append(w.Gates, Gate{Gate: gate, Passes: passes, Says: fmt.Sprintf(format, args...)})
	if !passes && w.Outcome == "" {
		w.Outcome = "would be refused: " + string(reason)
	}
}

// asks goes through the gates as of now, for an e-mail that nobody has ordered.
func (s *Service) asks(ctx context.Context, w *Why, rules *programme.Programme, k programme.Campaign, opened Opened, now time.Time) error {
	if k.On == programme.OnSchedule {
		in, err := s.meant(ctx, rules.WhoFor(k.ID), opened, now)
		if err != nil {
			return err
		}
		w.pass("segment", in, "not_in_audience", "%s", map[bool]string{true: "the campaign is for this card", false: "the campaign is not for this card; its condition does not hold"}[in])
	} else {
		w.pass("occasion", true, "", "it speaks %s; its condition is asked then", k.Says())
		if n := opened.Head.SpokenBy(k.ID); k.Again != nil && n.Times > 0 {
			w.pass("again", k.MayAgain(opened.Head, day.Of(now, rules.Zone(""))), "spoken_enough", "spoken %d times, last on %s", n.Times, n.On)
		}
	}
	topic := message.TopicService
	if k.Message != nil {
		topic = k.Message.Topic
	}
	state, err := s.standing(ctx, rules, k.ID, message.Marketing)
	if err != nil {
		return err
	}
	w.pass("steering", state.speaks(), message.CampaignStopped, "%s", state.shown())
	held, overAll := rules.HeldOut(k.ID, opened.Head.ID)
	says := "not held out"
	if held {
		says = map[bool]string{true: "left alone by all campaigns, to measure by", false: "left alone by this campaign, to measure by"}[overAll]
	}
	w.pass("holdout", !held, message.HeldOut, "%s", says)
	if k.Message == nil {
		w.pass("message", false, "no_message", "the campaign sends none")
		return nil
	}
	if err := s.person(ctx, w, rules, opened.Profile, topic, now); err != nil {
		return err
	}
	o := message.Order{Campaign: k.ID, Priority: k.Rank(), Card: opened.Head.ID, Topic: topic, OrderedAt: now, ExpiresAt: now.Add(k.Message.Life())}
	v, _, err := s.permit(ctx, o, opened, rules, now)
	if err != nil {
		return err
	}
	switch {
	case v.Action == message.Defer:
		w.pass("cap and quiet hours", true, "", "%s: it would wait until %s", v.Reason, v.Until.UTC().Format("2006-01-02 15:04"))
	case v.Action == message.Send:
		w.pass("cap and quiet hours", true, "", "free")
	case w.Outcome == "" || v.Reason == message.ExpiredByCap || v.Reason == message.QuietHours: // else a gate above has told it
		w.pass("cap and quiet hours", false, v.Reason, "%s", v.Reason)
	}
	if w.Outcome == "" {
		w.Outcome = "would be sent"
	}
	return nil
}

// person asks what is known of the shopper, and what stands against the address.
func (s *Service) person(ctx context.Context, w *Why, rules *programme.Programme, p card.Profile, topic string, now time.Time) error {
	w.pass("address", p.Email != "", message.NoEmail, "%s", map[bool]string{true: "there is one", false: "none is known"}[p.Email != ""])
	young := message.ClassOf(topic) != message.Service && rules.Minor(p, now)
	w.pass("age", !young, message.TooYoung, "%s", map[bool]string{true: "a minor by the stated date of birth, and the programme writes to none", false: "not known to be too young"}[young])
	allowed := topic == message.TopicService || p.Consents[topic].Allowed
	says := map[bool]string{true: "given for ", false: "not given for "}[allowed] + topic
	if p.Consents[topic].Asked {
		says = "asked for " + topic + " and not confirmed yet"
	}
	w.pass("consent", allowed, message.NoConsent, "%s", says)
	against, err := s.against(ctx, p)
	if err != nil {
		return err
	}
	free := against == message.NotSuppressed || against == message.SuppressedMarketing && message.ClassOf(topic) == message.Service
	w.pass("suppression", free, message.Suppressed, "%s", map[message.Suppression]string{
		message.NotSuppressed: "none", message.SuppressedAll: "the address is dead: mail to it came back", message.SuppressedMarketing: "a complaint, a request or an erasure stands against the address",
	}[against])
	return nil
}
