package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/store"
)

// service is the use cases on the clock of one player. What the past has told others and mailed lies in records only.
func (p *player) service() *loyalty.Service {
	service, _ := store.NewService(p.items, p.clock)
	service.Programmes, service.Bus, service.Mailer, service.MailQueue = fixed{p.rules}, past{}, past{}, p
	service.Letters = &loyalty.Letters{From: "cards@mail.example", PublicURL: "https://mail.example", Secrets: []string{"of letters that nobody gets"}}
	return service
}

// enters lets the card into the campaigns with steps that its newest entry is an occasion of, as the relay does for the living.
func (p *player) enters(service *loyalty.Service, number string) error {
	opened, err := service.Cards.Open(p.ctx, number, true)
	if err != nil {
		return fmt.Errorf("open the card: %w", err)
	}
	tail := opened.Head.Book.Tail
	newest := tail[len(tail)-1]
	for _, m := range newest.Marks {
		if _, steps := p.rules.Journey(m.Text); m.Kind != card.MarkMessage || !steps {
			continue
		}
		_, err := service.Enter(p.ctx, p.rules, loyalty.Entry{Campaign: m.Text, Occasion: loyalty.Occasion(newest.Cause), Card: opened.Head.ID, At: newest.At})
		if err != nil {
			return err
		}
		p.id = opened.Head.ID
	}
	return nil
}

// walks goes on with the card's journeys up to a moment, each step at its own.
func (p *player) walks(service *loyalty.Service, until time.Time) error {
	for moved := p.id != ""; moved; {
		places, err := service.Places.PlacesOf(p.ctx, p.id)
		if err != nil {
			return fmt.Errorf("list where the card stands: %w", err)
		}
		moved = false
		for _, at := range places {
			if at.End != "" || at.Due.After(until) {
				continue
			}
			if at.Due.After(p.now) {
				p.now = at.Due
			}
			moved = true
			if _, err := service.Walk(p.ctx, loyalty.PlaceKey{Card: at.Card, Campaign: at.Campaign, Occasion: at.Occasion}, p.now); err != nil {
				return err
			}
			if err := p.mails(service); err != nil {
				return err
			}
		}
	}
	return nil
}

// Send keeps an order until mails.
func (p *player) Send(_ context.Context, body []byte, delay time.Duration) error {
	if delay > 0 {
		return errors.New("an order of the past waits for nothing")
	}
	p.orders = append(p.orders, body)
	return nil
}

// mails carries the orders out.
func (p *player) mails(service *loyalty.Service) error {
	for _, body := range p.orders {
		var o message.Order
		if err := json.Unmarshal(body, &o); err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		if err := service.Send(p.ctx, o); err != nil {
			return err
		}
	}
	p.orders = nil
	return nil
}

// past is the bus and the mail service of days gone by: what they were given has long arrived, and nobody gets it anew.
type past struct{}

func (past) Publish(context.Context, []events.Event) error { return nil }

func (past) Mail(_ context.Context, e loyalty.Envelope) (string, error) { return "past-" + e.ID, nil }
