package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// rules is a shop with a newsletter of about 9 KB, which speaks to each shopper by name, points and tier, and a cap as shops have one.
func rules() programme.Document {
	long := strings.Repeat("The beans of this month grew on the western slopes at 1,900 metres, were washed twice and dried in the shade for three weeks. ", 5)
	blocks := []message.Block{
		{Type: message.BlockHeading, Text: "{{if .Shopper.Given}}{{.Shopper.Given}}, this{{else}}This{{end}} is new in July"},
		{Type: message.BlockText, Text: "{{if .Shopper.Given}}Dear {{.Shopper.Given}},{{else}}Hello,{{end}} you have {{.Card.Points}} points. " + long},
		{Type: message.BlockPoints, Text: "Your card"},
		{Type: message.BlockText, Text: long},
		{Type: message.BlockButton, Text: "Look at the beans", URL: "https://bench.example/beans"},
		{Type: message.BlockText, Text: "See you soon, {{.Shopper.Given}}."},
		{Type: message.BlockFooter},
	}
	return programme.Document{
		Programme: "bench", From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Currency: "EUR", TimeZone: "Europe/Berlin", Language: "en",
		Shop:   programme.Shop{Name: "Bench", Address: "1 Bench Street, 20457 Hamburg", URL: "https://bench.example"},
		Stores: []programme.Store{{ID: "0042", Name: "First"}}, Cards: programme.Numbers{Secret: "a secret of the bench shop"},
		Topics: []programme.Topic{{ID: topic, Name: "News"}},
		Mail:   programme.MailRules{Cap: message.Cap{Count: 5, Days: 7}},
		Templates: []message.Template{{
			ID: "news", Language: "en", Topic: topic, Subject: "{{if .Shopper.Given}}{{.Shopper.Given}}, {{end}}news from the roastery", Blocks: blocks,
		}},
	}
}

const (
	topic   = "news"
	senders = "16" // batches of ten in work at once
	writers = 96   // who fill the shop side by side, and share commits
)

func open(dir string, mailer func(string) loyalty.Mailer) (*shop.Shop, error) {
	return shop.Open(shop.Options{
		Dir: dir, Template: regulars.Template, URL: "https://bench.example", Mailer: mailer, Parameters: map[string]string{"MailSenders": senders},
	})
}

// prepare makes the shop with its cards, and lays one order for each on the mail queue, in the order in which a run of a campaign goes through the
// cards: as they lie in their table.
func prepare(ctx context.Context, dir string, n int) error {
	s, err := open(dir, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	document, err := json.Marshal(rules())
	if err != nil {
		return err
	}
	parsed, err := programme.Load(document)
	if err != nil {
		return fmt.Errorf("the rules of the shop: %w", err)
	}
	if err := s.Store.Publish(ctx, parsed.From, document); err != nil {
		return err
	}
	now := s.Service.Now()
	if err := sideBySide(n, func(i int) error { return enrol(ctx, s, parsed.IssueNumber(uint64(i)), i, now) }); err != nil {
		return fmt.Errorf("enrol shoppers: %w", err)
	}
	if err := s.Run.Drain(ctx); err != nil { // what follows from the cards is done before anything is measured
		return err
	}
	numbers := make([]string, n)
	for i := range numbers {
		numbers[i] = parsed.IssueNumber(uint64(i))
	}
	slices.Sort(numbers)
	return sideBySide(n, func(i int) error {
		body, err := json.Marshal(order(numbers[i], now))
		if err != nil {
			return err
		}
		return s.Run.Send(ctx, shop.BulkMailQueue, body, nil, 0)
	})
}

func enrol(ctx context.Context, s *shop.Shop, number string, i int, now time.Time) error {
	p := card.Profile{Given: fmt.Sprintf("Shopper%d", i), Email: fmt.Sprintf("shopper%d@bench.example", i)}
	p = p.Decide(topic, card.Consent{Allowed: true, At: now, Source: "bench"})
	_, err := s.Service.Enrol(ctx, loyalty.Enrolment{Number: number, Store: "0042", Profile: p}, nil)
	return err
}

// order is of a campaign whose letter may go out a second time where nobody knows whether the first one did.
func order(number string, now time.Time) message.Order {
	const campaign, occasion = "news", "2026-07"
	return message.Order{
		ID: message.OrderID(campaign, occasion, number), Campaign: campaign, Occasion: occasion, Card: number, Template: "news", Topic: topic,
		OrderedAt: now, ExpiresAt: now.Add(72 * time.Hour), Repeatable: true,
	}
}

// sideBySide calls each with 0 to n-1 and returns the first error.
func sideBySide(n int, each func(i int) error) error {
	var all sync.WaitGroup
	var once sync.Once
	var failed error
	next := make(chan int)
	for range writers {
		all.Go(func() {
			for i := range next {
				if err := each(i); err != nil {
					once.Do(func() { failed = err })
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	return failed
}
