package real

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/together"
)

// TillKey opens every store of a shop that Prepare has made.
const TillKey = "rk_a-key-of-the-bench"

// Topic is what every shopper of such a shop allows.
const Topic = "offers"

const writers = 96 // who fill the shop side by side, and share commits

// Prepare makes a shop in an empty folder: the programme, a key for every store, and so many cards whose shoppers allow Topic. It returns
// the numbers of the cards.
func Prepare(ctx context.Context, dir, rules string, cards int, at time.Time) (numbers []string, err error) {
	clock, err := local.OpenClock(dir, at, 1)
	if err != nil {
		return nil, err
	}
	s, err := shop.Open(shop.Options{Dir: dir, Clock: clock, Template: regulars.Template, URL: "http://127.0.0.1:8080"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	parsed, document, faults, err := yamldoc.Read(strings.NewReader(rules))
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("the rules of the shop: %v", faults)
	}
	if err != nil {
		return nil, err
	}
	if err := s.Store.Publish(ctx, parsed.From, document); err != nil {
		return nil, err
	}
	key := store.TillKey{Hash: store.HashKey(TillKey), Store: loyalty.AllStores, Name: "bench", CreatedAt: s.Service.Now()}
	if err := s.Store.PutTillKey(ctx, key); err != nil {
		return nil, err
	}
	if numbers, err = enrol(ctx, s, parsed, cards); err != nil {
		return nil, err
	}
	return numbers, s.Run.Drain(ctx) // what follows from the cards is done before anything is measured
}

func enrol(ctx context.Context, s *shop.Shop, rules *programme.Programme, cards int) ([]string, error) {
	numbers, failed := make([]string, cards), make([]error, cards)
	now := s.Service.Now()
	together.Each(ctx, cards, writers, func(i int) {
		numbers[i] = rules.IssueNumber(uint64(i))
		p := card.Profile{Given: fmt.Sprintf("Shopper%d", i), Email: fmt.Sprintf("shopper%d@bench.example", i)}
		p = p.Decide(Topic, card.Consent{Allowed: true, At: now, Source: "bench"})
		_, failed[i] = s.Service.Enrol(ctx, loyalty.Enrolment{Number: numbers[i], Store: rules.Stores[0].ID, Profile: p}, nil)
	})
	for _, err := range failed {
		if err != nil {
			return nil, fmt.Errorf("enrol shoppers: %w", err)
		}
	}
	return numbers, ctx.Err()
}
