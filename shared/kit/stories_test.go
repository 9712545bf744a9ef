package kit_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/kit"
)

// story is a short history of one or two shoppers. It tells whose cards are to be looked at in the end.
type story struct {
	name  string
	tell  func(ctx context.Context, p *play) error
	short bool // further faults befall it even in make test
}

// play is a world with a story in it. The first error ends the story, and the rest of it does nothing.
type play struct {
	*kit.World
	cards []string
	err   error
}

func (p *play) enrol(ctx context.Context, birthday string) string {
	if p.err != nil {
		return ""
	}
	number, err := p.Enrol(ctx, uint64(len(p.cards)+1), birthday)
	p.cards, p.err = append(p.cards, number), err
	return number
}

// asked takes over how a request ended.
func (p *play) asked(a kit.Answer, err error) kit.Answer {
	if p.err == nil && err == nil && a.Status/100 != 2 {
		err = fmt.Errorf("a till gets %d: %s", a.Status, a.Body)
	}
	p.err = errors.Join(p.err, err)
	return a
}

func (p *play) sell(ctx context.Context, card, number string, cents int64, more string) {
	if p.err == nil {
		p.asked(p.Sell(ctx, kit.Sale{Till: "03", Number: number, Card: card, Cents: cents, Category: "beans", More: more}))
	}
}

func (p *play) wait(ctx context.Context, d time.Duration) {
	if p.err == nil {
		p.err = p.Wait(ctx, d)
	}
}

func (p *play) sleep(ctx context.Context, d time.Duration) {
	if p.err == nil {
		p.err = p.Sleep(ctx, d)
	}
}

// wallet is the id of the only coupon on a card.
func (p *play) wallet(ctx context.Context, card string) string {
	if p.err != nil {
		return ""
	}
	view, err := p.Service.View(ctx, card)
	if err == nil && len(view.Coupons) != 1 {
		err = fmt.Errorf("card %s has %d coupons", card, len(view.Coupons))
	}
	if p.err = err; err != nil {
		return ""
	}
	return view.Coupons[0].ID
}

var stories = []story{
	{name: "a checkout with a coupon", short: true, tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.sell(ctx, card, "1", 6000, "")
		p.wait(ctx, 20*time.Minute) // the e-mail that shows the coupon goes out before it is used, whatever fails
		p.sell(ctx, card, "2", 1000, fmt.Sprintf(`,"coupons":[%q]`, p.wallet(ctx, card)))
		return p.err
	}},
	{name: "a return", short: true, tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.sell(ctx, card, "1", 2000, "")
		p.asked(p.GiveBack(ctx, "r1", kit.Sale{Till: "03", Number: "1"}))
		return p.err
	}},
	{name: "a cart that is bought in time", tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.asked(p.Fill(ctx, "81", card, 1))
		p.wait(ctx, 30*time.Minute)
		p.sell(ctx, card, "1", 1450, `,"cart":"81"`)
		p.wait(ctx, 3*time.Hour)
		return p.err
	}},
	{name: "a cart that is mailed", tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.asked(p.Fill(ctx, "81", card, 1))
		p.wait(ctx, time.Hour)
		p.wait(ctx, 2*time.Minute)
		return p.err
	}},
	{name: "an anniversary", tell: func(ctx context.Context, p *play) error {
		p.enrol(ctx, "11-23")
		p.sleep(ctx, 48*time.Hour)
		p.wait(ctx, time.Minute)
		return p.err
	}},
	{name: "a broadcast", tell: func(ctx context.Context, p *play) error {
		p.enrol(ctx, "")
		p.enrol(ctx, "")
		p.wait(ctx, 5*time.Hour)
		p.wait(ctx, 2*time.Minute)
		return p.err
	}},
	{name: "two cards become one", short: true, tell: func(ctx context.Context, p *play) error {
		one, two := p.enrol(ctx, ""), p.enrol(ctx, "")
		p.sell(ctx, one, "1", 1000, "")
		p.sell(ctx, two, "2", 500, "")
		p.asked(p.Ask(ctx, "POST", "/v1/cards/"+two+"/merge", `{"into":"`+one+`","id":"m-1","reason":"One shopper","by":"Mira"}`))
		p.sell(ctx, two, "3", 700, "")
		p.cards = []string{one}
		return p.err
	}},
	{name: "points that end", short: true, tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.sell(ctx, card, "1", 1000, "")
		p.sleep(ctx, 41*24*time.Hour)
		p.sell(ctx, card, "2", 100, "")
		return p.err
	}},
	{name: "no more offers, in the middle of a broadcast", tell: func(ctx context.Context, p *play) error {
		p.enrol(ctx, "")
		second := p.enrol(ctx, "")
		p.wait(ctx, 5*time.Hour-time.Second)
		p.Cut("SendFunction") // the orders lie on the queue
		p.wait(ctx, 2*time.Minute)
		p.asked(p.Allow(ctx, second, false))
		p.Cut("")
		p.wait(ctx, 20*time.Minute)
		p.cards = p.cards[:1] // the second is refused, or was not even asked for where the run came late
		return p.err
	}},
	{name: "a dead letter that is played again", tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.Cut("CheckoutFunction")
		p.err = errors.Join(p.err, p.Tell(ctx, kit.Sale{Till: "07", Number: "1", Card: card, Cents: 900, Category: "beans"}))
		p.wait(ctx, 6*time.Hour)
		p.Cut("")
		n, err := p.Shop.Run.Redrive(ctx, "CheckoutDeadLetters")
		if p.err = errors.Join(p.err, err); p.err == nil && n != 1 {
			return fmt.Errorf("%d dead letters", n)
		}
		p.wait(ctx, time.Minute)
		return p.err
	}},
	{name: "a journey with a wait", tell: func(ctx context.Context, p *play) error {
		card := p.enrol(ctx, "")
		p.sell(ctx, card, "1", 100, "")
		p.sell(ctx, card, "2", 100, "")
		p.wait(ctx, 6*time.Hour)
		p.wait(ctx, 2*time.Minute)
		p.wait(ctx, 2*time.Hour)
		p.wait(ctx, 2*time.Minute)
		return p.err
	}},
}
