package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// Preference is whether a shopper gets e-mails on a topic.
type Preference struct {
	Topic string
	Name  string
	On    bool
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
		list = append(list, Preference{Topic: t.ID, Name: t.Name, On: opened.Profile.Consents[t.ID].Allowed})
	}
	return list, nil
}

// Prefer records the shopper's choice: e-mails on the topics given, and on no other. What was so already keeps its proof. Topics that the
// programme does not have are passed over. A card that is gone is a success.
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
	_, _, err = s.UpdateProfile(ctx, id, func(p card.Profile) (card.Profile, error) {
		if p.Nobody() {
			return p, nil
		}
		for _, t := range rules.Topics {
			if known, said := p.Consents[t.ID]; known.Allowed == wanted[t.ID] && !known.Asked && (said || !wanted[t.ID]) {
				continue
			}
			act := card.Consent{Allowed: wanted[t.ID], At: s.Now(), Source: card.SourcePreferences}
			if act.Allowed { // one withdraws without a text
				act.Text, act.Hash = rules.Consent.TextVersion, rules.Consent.TextHash()
			}
			p = p.Decide(t.ID, act)
		}
		return p, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
