package loyalty

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// Report is what the mail service says of one message. Reports come late, twice and in any order.
type Report struct {
	Message   string
	Happening message.Happening
	At        time.Time
	Provider  string // the service's own id of the message
	Address   string // whom a bounce or complaint is about
	Dead      bool   // a bounce that will not mend: the address is not to be written to again
}

// Report settles a message by the mail service's word, and suppresses an address that is dead or whose owner complained. A complaint
// also withdraws consent on the message's topic. A report on a message that is not ours changes nothing and returns ErrNotFound.
func (s *Service) Report(ctx context.Context, r Report) error {
	id, err := s.Messages.MessageCard(ctx, r.Message)
	if errors.Is(err, ErrNotFound) {
		return refuse(ErrNotFound, "message_unknown", "message %s is not one of ours", r.Message)
	}
	if err != nil {
		return fmt.Errorf("look up message %s: %w", r.Message, err)
	}
	topic, err := s.settle(ctx, id, r)
	if err != nil {
		return err
	}
	if r.Happening == message.HappenBounce && !r.Dead {
		records, err := s.Messages.MessagesOf(ctx, id)
		if err != nil {
			return fmt.Errorf("look for bounces of card %s: %w", id, err)
		}
		r.Dead = message.Unreachable(records, r.At)
	}
	return s.suppress(ctx, id, topic, r)
}

// settle moves the record of a message by a report, and returns the message's topic. Where the report is the first to say that the
// message went out, it is told here, again with each repeat of the report that may have died before.
func (s *Service) settle(ctx context.Context, id string, r Report) (topic string, err error) {
	for range maxRounds {
		rec, over, err := s.Messages.Message(ctx, id, r.Message)
		if errors.Is(err, ErrNotFound) {
			return "", refuse(ErrNotFound, "message_unknown", "message %s was never claimed", r.Message)
		}
		if err != nil {
			return "", fmt.Errorf("read message %s: %w", r.Message, err)
		}
		s.traceMail(ctx, rec.Order, StepReported, string(r.Happening))
		next, moved := message.Settle(rec, r.Happening, r.At)
		if !moved {
			if rec.Reported {
				err = s.tellSent(ctx, rec)
			}
			return rec.Topic, err
		}
		if next.ProviderID == "" {
			next.ProviderID = r.Provider
		}
		next.Soft = next.State == message.StateBounced && !r.Dead
		first := rec.SentAt.IsZero() && !next.SentAt.IsZero()
		next.Reported = next.Reported || first
		if _, err = s.Messages.PutMessage(ctx, next, over); err == nil {
			if first {
				err = s.tellSent(ctx, next)
			}
			return rec.Topic, err
		} else if !errors.Is(err, ErrConflict) {
			return "", fmt.Errorf("settle message %s: %w", r.Message, err)
		}
	}
	return "", fmt.Errorf("settle message %s: %w", r.Message, errBusy)
}

// Withdraw records that the shopper of a message asked the mail service for no more mail: on the message's topic, or on every topic.
// It returns ErrNotFound for a message that is not ours.
func (s *Service) Withdraw(ctx context.Context, id string, everything bool, at time.Time) error {
	number, err := s.Messages.MessageCard(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return refuse(ErrNotFound, "message_unknown", "message %s is not one of ours", id)
	}
	if err != nil {
		return fmt.Errorf("look up message %s: %w", id, err)
	}
	rec, _, err := s.Messages.Message(ctx, number, id)
	if errors.Is(err, ErrNotFound) {
		return refuse(ErrNotFound, "message_unknown", "message %s was never claimed", id)
	}
	if err != nil {
		return fmt.Errorf("read message %s: %w", id, err)
	}
	_, _, err = s.UpdateProfile(ctx, number, func(p card.Profile) (card.Profile, error) {
		topics := []string{rec.Topic}
		if everything {
			topics = append(topics, p.Topics()...)
		}
		for _, topic := range topics {
			p = p.Decide(topic, card.Consent{At: at, Source: "mail service"})
		}
		return p, nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil // the card is gone, and with it its consent
	}
	return err
}

// suppress writes down that an address is not to be written to, if it is still the shopper's.
func (s *Service) suppress(ctx context.Context, id, topic string, r Report) error {
	complained := r.Happening == message.HappenComplain
	if !complained && !(r.Happening == message.HappenBounce && r.Dead) {
		return nil
	}
	reason := suppressedByBounce
	if complained {
		reason = suppressedByComplaint
	}
	if r.Address != "" && s.Suppressions != nil {
		if err := s.Suppressions.SuppressAddress(ctx, r.Address, card.Suppression{At: r.At, Reason: reason}); err != nil {
			return fmt.Errorf("put an address on the suppression list: %w", err)
		}
	}
	_, _, err := s.UpdateProfile(ctx, id, func(p card.Profile) (card.Profile, error) {
		if r.Address != "" && !strings.EqualFold(r.Address, p.Email) {
			return p, nil
		}
		if complained {
			p = p.Decide(topic, card.Consent{At: r.At, Source: "complaint"})
		}
		if p.Suppressed == nil || !complained && p.Suppressed.Reason == suppressedByComplaint { // a dead address gets no mail at all
			p.Suppressed = &card.Suppression{At: r.At, Reason: reason}
		}
		return p, nil
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("suppress the address of card %s: %w", id, err)
	}
	return nil
}

// Unsubscribe withdraws consent by the token of an e-mail's link. It tells apart nothing but a link that is not ours
// (message.ErrInvalid): a repeat, or a card that is gone, is a success.
func (s *Service) Unsubscribe(ctx context.Context, token string) error {
	id, topic, err := message.ParseToken(s.Letters.Secrets, token)
	if err != nil {
		return err
	}
	_, _, err = s.UpdateProfile(ctx, id, func(p card.Profile) (card.Profile, error) {
		if c, known := p.Consents[topic]; p.Nobody() || known && !c.Allowed && !c.Asked {
			return p, nil // withdrawn before: the proof says when that was
		}
		return p.Decide(topic, card.Consent{At: s.Now(), Source: "unsubscribe link"}), nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
