package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// count makes the links of an e-mail lead through us, and puts its pixel in, where the programme says so. An address that would grow too
// long for a mail stays plain.
func (l *Letters) count(data *message.Data, rules programme.MailRules, id string) {
	if rules.Links == programme.LinksTracked {
		data.Counted = func(target string) string {
			token, err := message.ClickToken(l.Secrets[0], id, target)
			if address := l.PublicURL + "/c/" + token; err == nil && len(address) <= message.MaxURL {
				return address
			}
			return target
		}
	}
	if rules.Opens {
		if token, err := message.OpenToken(l.Secrets[0], id); err == nil { // without, nothing is told of it
			data.Pixel = l.PublicURL + "/o/" + token
		}
	}
}

// Follow returns where a counted link leads and counts the visit on its message. message.ErrInvalid, and no target: the link is not ours.
// With any other error the target stands, and the visit is not counted: a reader is sent on whatever we have to do. Of a message that is
// no longer kept nothing is counted.
func (s *Service) Follow(ctx context.Context, token string, v message.Visit) (target string, err error) {
	id, target, err := message.ParseClickToken(s.Letters.Secrets, token)
	if err != nil {
		return "", err
	}
	v.Target, v.At = target, s.Now()
	return target, s.note(ctx, id, func(r message.Record) (message.Record, bool) { return message.Follow(r, v) })
}

// Opened notes that the pixel of a message was fetched. message.ErrInvalid: the link is not ours.
func (s *Service) Opened(ctx context.Context, token string) error {
	id, err := message.ParseOpenToken(s.Letters.Secrets, token)
	if err != nil {
		return err
	}
	now := s.Now()
	return s.note(ctx, id, func(r message.Record) (message.Record, bool) {
		if !r.OpenedAt.IsZero() {
			return r, false
		}
		r.OpenedAt = now
		return r, true
	})
}

// note changes the record of a message, if there is one.
func (s *Service) note(ctx context.Context, id string, change func(message.Record) (message.Record, bool)) error {
	number, err := s.Messages.MessageCard(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up message %s: %w", id, err)
	}
	for range maxRounds {
		rec, over, err := s.Messages.Message(ctx, number, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read message %s: %w", id, err)
		}
		next, moved := change(rec)
		if !moved {
			return nil
		}
		if _, err = s.Messages.PutMessage(ctx, next, over); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("note a visit of message %s: %w", id, errBusy)
}

// clickSource is the door of touches that are clicks. It is not our own name: what we say ourselves is not heard again.
const clickSource = "click"

// TellClicked publishes that a message's link was followed by a person for the first time, if a change of its record says so; and as a touch
// of its shopper, if some campaign or a step of one waits for it. Both are named by the message, so that a change that is told again is one of each.
func (s *Service) TellClicked(ctx context.Context, before *message.Record, now message.Record) error {
	if now.Clicks.FirstAt.IsZero() || before != nil && !before.Clicks.FirstAt.IsZero() {
		return nil
	}
	list := []events.Event{events.New(s.about(now, "clicked", now.Clicks.FirstAt), events.MessageClicked{
		Message: now.ID, Card: now.Card, Campaign: now.Campaign, Occasion: now.Occasion,
	})}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return err
	}
	if len(rules.Touched(programme.TouchClick, now.Campaign, "")) > 0 || rules.AwaitsTouch(programme.TouchClick) {
		door := s.about(now, "touched", now.Clicks.FirstAt)
		door.Source = clickSource
		list = append(list, events.New(door, events.ShopperTouched{Card: now.Card, Touch: programme.TouchClick, Campaign: now.Campaign}))
	}
	if err := s.publish(ctx, list); err != nil {
		return fmt.Errorf("publish that message %s was clicked: %w", now.ID, err)
	}
	return nil
}
