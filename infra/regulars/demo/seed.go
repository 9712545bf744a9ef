package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// Seeded says what the shop begins with.
type Seeded struct {
	Cards, Receipts, Returns int64
	FirstCard                string // whom the tour plays with
}

// Numbers lists the cards of the demo that are worth a look: the one that the tour plays with, two with a birthday, and two more.
func Numbers() ([]string, error) {
	rules, _, err := document()
	if err != nil {
		return nil, err
	}
	var list []string
	for serial := range uint64(5) {
		list = append(list, rules.IssueNumber(serial+1))
	}
	return list, nil
}

func document() (*programme.Programme, []byte, error) {
	p, text, faults, err := yamldoc.Read(strings.NewReader(Programme))
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("%v", faults)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the demo's programme: %w", err)
	}
	return p, text, nil
}

// workers write at once, each for its own cards; the embedded store gathers their commits.
const workers = 16

// Seed publishes the demo's programme and plays its past through the same use cases as the tills: nothing is written past them.
// The items must be empty, and should keep no feed, or half a year of coupons would be mailed at once.
func Seed(ctx context.Context, items store.Items, now time.Time, progress func(done, total int)) (Seeded, error) {
	rules, text, err := document()
	if err != nil {
		return Seeded{}, err
	}
	past := func() time.Time { return now }
	if err := store.New(items, past).Publish(ctx, rules.From, text); err != nil {
		return Seeded{}, fmt.Errorf("publish the demo's programme: %w", err)
	}
	shoppers := people(now, rules.Zone(""))
	baskets := baskets(shoppers)
	out := Seeded{FirstCard: rules.IssueNumber(shoppers[0].serial)}
	jobs := make(chan int)
	var group sync.WaitGroup
	var done, receipts, returns atomic.Int64
	fails := make([]error, workers)
	for w := range workers {
		group.Go(func() {
			for i := range jobs {
				p := player{ctx: ctx, items: items, rules: rules, until: now, shopper: shoppers[i], rand: rand.New(rand.NewPCG(7, uint64(i)))} //nolint:gosec // believable, not secret
				if err := p.play(baskets[i]); err != nil {
					fails[w] = fmt.Errorf("shopper %d of the demo: %w", i+1, err)
					continue
				}
				receipts.Add(p.receipts)
				returns.Add(p.returns)
				progress(int(done.Add(1)), len(shoppers))
			}
		})
	}
	for i := range shoppers {
		jobs <- i
	}
	close(jobs)
	group.Wait()
	out.Cards, out.Receipts, out.Returns = int64(len(shoppers)), receipts.Load(), returns.Load()
	return out, errors.Join(fails...)
}

// basket is one visit with its place in the till's roll.
type basket struct {
	key receipt.Key
	at  time.Time
}

// baskets numbers all visits in the order of time, till by till, and hands them back by shopper.
func baskets(shoppers []shopper) [][]basket {
	type visit struct {
		shopper int
		at      time.Time
	}
	var visits []visit
	for i, s := range shoppers {
		for _, at := range s.visits {
			visits = append(visits, visit{i, at})
		}
	}
	slices.SortStableFunc(visits, func(a, b visit) int { return a.at.Compare(b.at) })
	list := make([][]basket, len(shoppers))
	roll := map[string]int{}
	for n, v := range visits {
		place := []string{"0042/01", "0042/01", "0042/02", "0043/01"}[(n+v.shopper)%4]
		roll[place]++
		store, till, _ := strings.Cut(place, "/")
		key := receipt.Key{Store: store, Till: till, Number: fmt.Sprintf("%06d", roll[place])}
		list[v.shopper] = append(list[v.shopper], basket{key, v.at})
	}
	return list
}

// player plays one shopper's past on a clock of her own.
type player struct {
	ctx      context.Context
	items    store.Items
	rules    *programme.Programme
	shopper  shopper
	rand     *rand.Rand
	now      time.Time
	until    time.Time // the end of the past
	id       string    // of the card, once it is in a campaign with steps
	orders   [][]byte  // of e-mails
	receipts int64
	returns  int64
}

func (p *player) clock() time.Time { return p.now }

func (p *player) play(visits []basket) error {
	service := p.service()
	p.now = p.shopper.enrolled
	number := p.rules.IssueNumber(p.shopper.serial)
	profile := card.Profile{Given: p.shopper.given, Family: p.shopper.family, Email: p.shopper.email, Birthday: p.shopper.birthday}
	if p.shopper.consent {
		profile = profile.Decide("offers", card.Consent{Allowed: true, At: p.now, Source: "till 0042", Text: "2025-01"})
	}
	_, err := service.Enrol(p.ctx, loyalty.Enrolment{Number: number, Store: "0042", Profile: profile}, nil)
	if err != nil && !errors.Is(err, loyalty.ErrConflict) {
		return err
	}
	for _, v := range visits {
		if err := p.walks(service, v.at); err != nil {
			return err
		}
		p.now = v.at
		if err := p.visit(service, number, v); err != nil {
			return fmt.Errorf("receipt %s: %w", v.key, err)
		}
	}
	return p.walks(service, p.until)
}

// visit is one checkout, priced as a till does it: quote, then pay what the quote says. One in fifty brings something back.
func (p *player) visit(service *loyalty.Service, number string, v basket) error {
	r := receipt.Receipt{Key: v.key, Card: number, At: v.at, Total: money.Amount{Currency: p.rules.Currency}, Source: "till"}
	for i := range 1 + p.rand.IntN(4) {
		chosen := choose(p.rand)
		pieces := int64(1 + p.rand.IntN(2))
		r.Lines = append(r.Lines, receipt.Line{
			ID: strconv.Itoa(i + 1), SKU: chosen.sku, Category: chosen.category, Quantity: pieces, Amount: pieces * chosen.price,
		})
	}
	view, err := service.View(p.ctx, number)
	if err != nil {
		return err
	}
	for _, c := range view.Coupons {
		r.Coupons = append(r.Coupons, c.ID)
	}
	quote, err := service.Quote(p.ctx, r, nil)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for i, l := range quote.Lines {
		r.Lines[i].Discount = l.Discount
		r.Total.Minor += l.Net()
		for _, a := range l.Adjustments {
			used[a.Coupon] = true
		}
	}
	r.Coupons = slices.DeleteFunc(r.Coupons, func(id string) bool { return !used[id] })
	if _, err := service.Checkout(p.ctx, r); err != nil {
		return err
	}
	p.receipts++
	if err := p.enters(service, number); err != nil {
		return err
	}
	if p.rand.IntN(50) > 0 {
		return nil
	}
	back := receipt.Return{ID: "r" + v.key.Number, At: v.at.Add(2 * time.Hour), Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}}
	p.returns++
	_, err = service.Return(p.ctx, v.key, back)
	return err
}

func choose(r *rand.Rand) product {
	n := r.IntN(100)
	for _, p := range menu {
		if n -= p.often; n < 0 {
			return p
		}
	}
	return menu[0]
}

// fixed is a programme of one version.
type fixed struct{ *programme.Programme }

func (f fixed) At(context.Context, time.Time) (*programme.Programme, error) { return f.Programme, nil }
