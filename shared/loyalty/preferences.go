package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Preference is whether a shopper gets e-mails on a topic.
type Preference struct {
	Topic string
	Name  string
	On    bool
	Asked bool // they have allowed it and have still to confirm it, by the link of an e-mail
}

// Preferences lists every topic of the programme with what the shopper has said, by the token of an e-mail's link. For a card that is gone,
// and for a link that is not ours, nothing is on, so that the answer tells nobody who there is.
func (s *Service) Preferences(ctx context.Context, token string) ([]Preference, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	var opened Opened
	if id, _, bad := message.ParseToken(s.Letters.Secrets, token); bad == nil {
		opened, err = s.Cards.Open(ctx, id, true)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("open the card of a link: %w", err)
	}
	var list []Preference
	for _, t := range rules.Topics {
		c := opened.Profile.Consents[t.ID]
		list = append(list, Preference{Topic: t.ID, Name: t.Name, On: c.Allowed, Asked: c.Asked})
	}
	return list, nil
}

// Prefer records the shopper's choice: e-mails on the topics given, and on no other. What was so already keeps its proof. Topics that the
// programme does not have are passed over. A card that is gone is a success.
//
// Where the programme has consent confirmed, a topic that is newly chosen is asked for by an e-mail to the address of now: the link may
// have gone to a former one. Any link withdraws.
func (s *Service) Prefer(ctx context.Context, token string, on []string) error {
	id, _, err := message.ParseToken(s.Letters.Secrets, token)
	if err != nil {
		return err
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return err
	}
	wanted := make(map[string]bool, len(on))
	for _, topic := range on {
		wanted[topic] = true
	}
	opened, _, err := s.UpdateProfile(ctx, id, func(p card.Profile) (card.Profile, error) { return preferred(p, rules, wanted, s.Now()), nil })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil || !rules.Consent.Double {
		return err
	}
	return s.AskToConfirm(ctx, opened.Profile)
}

// preferred is a profile with the shopper's choice in it.
func preferred(p card.Profile, rules *programme.Programme, wanted map[string]bool, now time.Time) card.Profile {
	if p.Nobody() {
		return p
	}
	for _, t := range rules.Topics {
		known, said := p.Consents[t.ID]
		if known.Allowed == wanted[t.ID] && !known.Asked && (said || !wanted[t.ID]) {
			continue
		}
		act := card.Consent{Allowed: wanted[t.ID], At: now, Source: card.SourcePreferences}
		if act.Allowed { // one withdraws without a text
			act.Text, act.Hash = rules.Consent.TextVersion, rules.Consent.TextHash()
		}
		switch {
		case !act.Allowed || !rules.Consent.Double:
			p = p.Decide(t.ID, act)
		case !known.Asked || now.After(known.At.Add(askFor)): // the e-mail that asked has had its time
			p = p.Ask(t.ID, act)
		}
	}
	return p
}
