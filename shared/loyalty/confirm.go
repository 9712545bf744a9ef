package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// askFor is how long a request to confirm waits to be mailed.
const askFor = 7 * 24 * time.Hour

// unconfirmed is the detail of a refusal for want of consent where the shopper has been asked to confirm it.
const unconfirmed = "unconfirmed"

// AskToConfirm orders the e-mail in which a shopper confirms what they have allowed: one for each moment at which they did, and none where
// nothing waits. The same again orders the same e-mail, so a caller that was cut short calls again.
func (s *Service) AskToConfirm(ctx context.Context, p card.Profile) error {
	if p.Email == "" {
		return nil
	}
	for _, at := range asked(p) {
		occasion := "confirm-" + strconv.FormatInt(at.Unix(), 10)
		err := s.order(ctx, message.Order{
			ID: message.OrderID(message.CampaignConsent, occasion, p.ID), Campaign: message.CampaignConsent, Occasion: occasion, Card: p.ID,
			Template: message.TemplateConfirm, Topic: message.TopicService, OrderedAt: at, ExpiresAt: at.Add(askFor),
		}, 0)
		if err != nil {
			return err
		}
	}
	return nil
}

// asked are the moments at which the shopper allowed what they have still to confirm, to the second and each once.
func asked(p card.Profile) []time.Time {
	var moments []time.Time
	for _, topic := range p.Topics() {
		c := p.Consents[topic]
		if at := c.At.UTC().Truncate(time.Second); c.Asked && !slices.ContainsFunc(moments, at.Equal) {
			moments = append(moments, at)
		}
	}
	return moments
}

// confirmLink makes the link of such an e-mail.
func (l *Letters) confirmLink(o message.Order, p card.Profile) (string, error) {
	token, err := message.ConfirmToken(l.Secrets[0], message.Confirming(o.Card, o.OrderedAt, EmailIdentity(p.Email)))
	if err != nil {
		return "", fmt.Errorf("make the link of message %s: %w", o.ID, err)
	}
	return l.PublicURL + "/confirm/" + token, nil
}

// Confirm records that a shopper confirms what they allowed, by the link of an e-mail. It tells apart nothing but a link that is not ours
// (message.ErrInvalid): a repeat, what was withdrawn meanwhile, another address, or a card that is gone, is a success that changes nothing.
func (s *Service) Confirm(ctx context.Context, token string) error {
	said, err := message.ParseConfirmToken(s.Letters.Secrets, token)
	if err != nil {
		return err
	}
	_, _, err = s.UpdateProfile(ctx, said.Card, func(p card.Profile) (card.Profile, error) {
		if message.Confirming(said.Card, said.AskedAt, EmailIdentity(p.Email)) != said {
			return p, nil
		}
		for _, topic := range p.Topics() {
			c := p.Consents[topic]
			if !c.Asked || !c.At.UTC().Truncate(time.Second).Equal(said.AskedAt) {
				continue
			}
			c.Asked, c.Allowed, c.ConfirmedAt = false, true, s.Now()
			p = p.With(topic, c)
		}
		return p, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
