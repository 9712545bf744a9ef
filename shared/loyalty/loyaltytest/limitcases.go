package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// RunLimits holds codes and hard limits to what is promised of them, over any store: however many tills ask at once, no limit is passed
// by one, and nobody is refused for good while there is room.
func RunLimits(t *testing.T, open func(t *testing.T) store.Items) {
	for name, test := range map[string]func(*desk){
		"C-1 three of five": threeOfFive, "C-2 budget": budget, "C-3 no effect": noEffect, "C-4 late settle": lateSettle,
		"C-6 reinstated": reinstated, "C-7 partial": partial, "C-8 typed": typed, "C-9 per card": perCard, "C-9 two cards become one": merged, "C-10 itself": itself,
		"R-10 given back": givenBack, "per store and month": perStoreAndMonth, "automatic": automatic,
		"64 tills of one process": func(d *desk) { d.crowd("CROWD", "offer/crowd/ever", 1) },
		"64 processes":            func(d *desk) { d.crowd("MANY", "offer/many/ever", 64) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newDesk(t, open(t)))
		})
	}
}

// atOnce does something n times at once.
func atOnce(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

func threeOfFive(d *desk) {
	var list [5]receipt.Receipt
	for i := range list {
		list[i] = d.basket("", "food", 1000, "three")
	}
	first, again := [5]string{}, [5]string{}
	atOnce(5, func(i int) { first[i], _ = d.file(list[i]) })
	atOnce(5, func(i int) { again[i], _ = d.file(list[i]) })
	got := strings.Join(first[:], ", ")
	if strings.Count(got, "limit_reached") != 2 || first != again {
		d.t.Errorf("five ask for three: %q, and again %q", first, again)
	}
	if tally := d.tally("offer/three/ever"); tally.Used.Uses != 3 || tally.Over.Uses != 0 {
		d.t.Errorf("tally %+v", tally)
	}
	d.want("a quote", d.quote(d.basket("", "food", 1000, "three"), 0), "0 limit_reached")
}

func budget(d *desk) {
	held := func(id string, price int64) receipt.Receipt {
		r := d.basket("", "food", price, "budget")
		r.Reservation = id
		return r
	}
	a := held("a", 4000)
	d.want("first", d.quote(a, 15), "4000")
	d.want("second", d.quote(held("b", 4000), 15), "4000")
	d.want("third", d.quote(held("c", 4000), 15), "0 reserved_elsewhere")
	a.Lines[0].Amount, a.Total.Minor = 3500, 3500
	got, _ := d.pay(a)
	d.want("settled", got, "budget")
	tally := d.tally("offer/budget/ever")
	if tally.Used.Money != 3500 || len(tally.Holds) != 1 || tally.Holds[0].Take.Money != 4000 {
		d.t.Errorf("tally %+v", tally)
	}
	d.want("what is free", d.quote(held("c", 2501), 15), "0 reserved_elsewhere")
	d.want("what is free", d.quote(held("c", 2500), 15), "2500")
	d.want("more than the rest", d.quote(held("d", 6501), 15), "0 budget_spent")
	if err := d.service.Release(d.t.Context(), "0042", d.till, "b"); err != nil {
		d.t.Fatal(err)
	}
	d.want("released", d.quote(held("d", 4000), 15), "4000")
}

func noEffect(d *desk) {
	d.want("quote", d.quote(d.basket("", "food", 1000, "tea"), 0), "0 excluded_lines")
	got, _ := d.pay(d.basket("", "food", 1000, "tea"))
	d.want("checkout", got, "tea no_effect")
	if tally := d.tally("offer/tea/ever"); tally.Used.Uses != 0 {
		d.t.Errorf("it counts: %+v", tally)
	}
	got, _ = d.pay(d.basket("", "tea", 1000, "tea"))
	d.want("with tea", got, "tea")
	if tally := d.tally("offer/tea/ever"); tally.Used != (limit.Take{Uses: 1, Money: 200}) {
		d.t.Errorf("tally %+v", tally)
	}
}

// lateSettle: the hold ends after 15 minutes, another till has the last use, and the first one's sale arrives after 40 minutes.
func lateSettle(d *desk) {
	first, second := d.basket("", "food", 1000, "late"), d.basket("", "food", 1000, "late")
	first.Reservation, second.Reservation = "a", "b"
	d.want("first", d.quote(first, 15), "100")
	d.want("second", d.quote(second, 15), "0 reserved_elsewhere")
	d.now = d.now.Add(15 * time.Minute)
	got, _ := d.pay(second)
	d.want("second after 15 minutes", got, "late")
	d.now = d.now.Add(25 * time.Minute)
	first.Lines[0].Discount, first.Total.Minor = 100, 900
	first.Offers = []receipt.Used{{Offer: "late", Code: "LATE", Amount: 100}}
	got, _ = d.file(first)
	d.want("first after 40 minutes", got, "late over_limit_offline")
	got, a := d.file(first)
	d.want("again", fmt.Sprint(got, a.Repeated), "late over_limit_offlinetrue")
	if tally := d.tally("offer/late/ever"); tally.Used.Uses != 1 || tally.Over != (limit.Take{Uses: 1, Money: 100}) {
		d.t.Errorf("tally %+v", tally)
	}
	d.giveBack(first)
	if tally := d.tally("offer/late/ever"); tally.Used.Uses != 1 || tally.Over.Uses != 0 {
		d.t.Errorf("given back %+v", tally)
	}
}

// reinstated: good until 31 May, redeemed on the 20th, returned on 10 June: the same code is good for 14 days more.
func reinstated(d *desk) {
	d.now = time.Date(2027, 5, 20, 9, 0, 0, 0, time.UTC)
	code := d.batch("spring", "2027-05-31")[0]
	r := d.basket("", "food", 1000, code)
	got, _ := d.pay(r)
	d.want("redeemed", got, "spring")
	d.want("once more", d.quote(d.basket("", "food", 1000, code), 0), "0 limit_reached")
	d.now = time.Date(2027, 6, 10, 9, 0, 0, 0, time.UTC)
	d.giveBack(r)
	d.want("returned", d.quote(d.basket("", "food", 1000, code), 0), "200")
	if tally := d.tally("code/" + code); tally.Used.Uses != 0 {
		d.t.Errorf("tally %+v", tally)
	}
	d.now = time.Date(2027, 6, 24, 9, 0, 0, 0, time.UTC)
	d.want("on the last day", d.quote(d.basket("", "food", 1000, code), 0), "200")
	d.now = d.now.AddDate(0, 0, 1)
	d.want("a day later", d.quote(d.basket("", "food", 1000, code), 0), "0 code_expired")
}

// partial: of two codes the second has expired. At the till the first one counts.
func partial(d *desk) {
	r := d.basket("", "food", 1000, d.batch("unique", "")[0], d.batch("spring", "2026-11-20")[0])
	d.want("quote", d.quote(r, 0), "500 code_expired")
	got, _ := d.pay(r)
	d.want("checkout", got, "unique, spring code_expired")
}

func typed(d *desk) {
	codes := d.batch("unique", "")
	c := codes[0]
	r := d.basket("", "food", 1000, strings.ToLower(c[:4]+"-"+c[4:8]+" "+c[8:])+"\r")
	got, _ := d.pay(r)
	d.want("checkout", got, "unique")
	d.want("in another form", d.quote(d.basket("", "food", 1000, c), 0), "0 limit_reached")
	wrong := strings.Replace(codes[1], codes[1][3:4], map[bool]string{true: "4", false: "3"}[codes[1][3] == '3'], 1)
	d.want("misread", d.quote(d.basket("", "food", 1000, wrong), 0), "0 code_unknown")
	d.want("beyond the batch", d.quote(d.basket("", "food", 1000, codes[3]), 0), "0 code_unknown")
}

func perCard(d *desk) {
	got, _ := d.pay(d.basket(d.card(1), "food", 1000, "first"))
	d.want("first", got, "first")
	d.want("second", d.quote(d.basket(d.card(1), "food", 1000, "first"), 0), "0 limit_reached")
	d.want("another card", d.quote(d.basket(d.card(2), "food", 1000, "first"), 0), "100")
	d.want("no card", d.quote(d.basket("", "food", 1000, "first"), 0), "0 card_missing")
	offline := d.basket(d.card(1), "food", 1000, "first")
	offline.Lines[0].Discount, offline.Total.Minor = 100, 900
	offline.Offers = []receipt.Used{{Offer: "first", Code: "FIRST", Amount: 100}}
	got, _ = d.file(offline)
	d.want("given all the same", got, "first over_limit_offline")
	again, a := d.file(offline)
	d.want("again", again+fmt.Sprint(a.Repeated), got+"true")
}

// merged: two cards that have used it once each have used it twice together; both uses stay, and a third is refused.
func merged(d *desk) {
	for n := range uint64(2) {
		got, _ := d.pay(d.basket(d.card(n), "food", 1000, "first"))
		d.want("each", got, "first")
	}
	if _, err := d.service.Merge(d.t.Context(), d.card(0), d.card(1), loyalty.ByHand{ID: "m1", Reason: "one shopper", By: "ana"}); err != nil {
		d.t.Fatal(err)
	}
	d.want("together", d.quote(d.basket(d.card(1), "food", 1000, "first"), 0), "0 limit_reached")
	opened, err := d.store.Open(d.t.Context(), d.card(1), true)
	if err != nil || opened.Head.Uses.Of("first", "ever") != 2 {
		d.t.Errorf("uses %v, %v", opened.Head.Uses, err)
	}
}

func itself(d *desk) {
	r := d.basket("", "food", 1000, "again")
	r.Reservation = "a"
	for range 10 {
		d.want("its own hold", d.quote(r, 15), "100")
		d.want("its own hold", d.quote(r, 0), "100")
	}
	r.Codes = nil
	d.want("without the code", d.quote(r, 15), "0")
	other := d.basket("", "food", 1000, "again")
	d.want("another till", d.quote(other, 0), "100")
	got, _ := d.pay(other)
	d.want("paid", got, "again")
}

// givenBack: a return of everything gives the use back at any age, one of a part does not, and some offers keep it.
func givenBack(d *desk) {
	code := d.batch("unique", "")[0]
	r, keep := d.basket("", "food", 1000, code), d.basket("", "food", 1000, "keep")
	r.Lines = append(r.Lines, receipt.Line{ID: "2", Category: "food", Quantity: 1, Amount: 500})
	r.Total.Minor = 1500
	for _, one := range []receipt.Receipt{r, keep} {
		if got, _ := d.pay(one); strings.Contains(got, " ") {
			d.t.Fatal(got)
		}
	}
	part := receipt.Return{ID: "part", At: d.now, Lines: []receipt.ReturnedLine{{ID: "2", Quantity: 1}}}
	if _, err := d.service.Return(d.t.Context(), r.Key, part); err != nil {
		d.t.Fatal(err)
	}
	d.want("a part came back", d.quote(d.basket("", "food", 1000, code), 0), "0 limit_reached")
	d.now = d.now.AddDate(2, 0, 0)
	for range 2 {
		d.giveBack(r)
		d.giveBack(keep)
	}
	d.want("all came back", d.quote(d.basket("", "food", 1000, code), 0), "500")
	if tally := d.tally("code/" + code); tally.Used != (limit.Take{}) {
		d.t.Errorf("tally %+v", tally)
	}
	d.want("kept", d.quote(d.basket("", "food", 1000, "keep"), 0), "0 limit_reached")
}

func perStoreAndMonth(d *desk) {
	got, _ := d.pay(d.basket("", "food", 1000, "shop", "month"))
	d.want("first", got, "shop, month")
	other := d.basket("", "food", 1000, "shop")
	d.want("same store", d.quote(other, 0), "0 limit_reached")
	other.Key.Store = "0043"
	d.want("another store", d.quote(other, 0), "100")
	d.want("same month", d.quote(d.basket("", "food", 1000, "month"), 0), "0 limit_reached")
	d.now = d.now.AddDate(0, 0, 10)
	d.want("next month", d.quote(d.basket("", "food", 1000, "month"), 0), "100")
}

// automatic: an offer that asks for no code has its limits too.
func automatic(d *desk) {
	r := d.basket(d.card(1), "daily", 1000)
	d.want("first", d.quote(r, 0), "50")
	got, _ := d.pay(r)
	d.want("paid", got, "daily")
	d.want("the same day", d.quote(d.basket(d.card(1), "daily", 1000), 0), "0")
	d.giveBack(r)
	d.want("given back", d.quote(d.basket(d.card(1), "daily", 1000), 0), "50")
	d.now = d.now.AddDate(0, 0, 1)
	d.want("the next day", d.quote(d.basket(d.card(1), "daily", 1000), 0), "50")
}

// crowd lets 64 tills, of so many processes, ask for 40 uses at once until each has an answer.
func (d *desk) crowd(code, key string, processes int) {
	const tills, uses = 64, 40
	services := make([]*loyalty.Service, processes)
	for i := range services {
		services[i], _ = store.NewService(d.items, func() time.Time { return d.now })
		services[i].Programmes = d.service.Programmes
	}
	baskets, said := [tills]receipt.Receipt{}, [tills]string{}
	for i := range baskets {
		baskets[i] = d.basket("", "food", 1000, code)
	}
	atOnce(tills, func(i int) { said[i] = ask(d.t.Context(), services[i%processes], baskets[i]) })
	got := strings.Join(said[:], "\n")
	reached := strings.Count(got, "limit_reached")
	if tally := d.tally(key); reached != tills-uses || tally.Used.Uses != uses || tally.Over.Uses != 0 {
		d.t.Fatalf("%d tills are refused, tally %+v: %s", reached, tally, got)
	}
	for i := range baskets {
		if !strings.Contains(said[i], "limit_reached") {
			d.giveBack(baskets[i])
			break
		}
	}
	next, last := ask(d.t.Context(), services[0], d.basket("", "food", 1000, code)), ask(d.t.Context(), services[0], d.basket("", "food", 1000, code))
	if strings.Contains(next, "limit_reached") || !strings.Contains(last, "limit_reached") {
		d.t.Errorf("after one was given back: %q and %q", next, last)
	}
}

// ask sends a receipt until it has an answer, as tills do.
func ask(ctx context.Context, service *loyalty.Service, r receipt.Receipt) string {
	for range 100 {
		a, err := service.Checkout(ctx, r)
		if known := (*loyalty.Error)(nil); err == nil || errors.As(err, &known) || ctx.Err() != nil {
			return outcome(a.Uses, err)
		}
	}
	return "no answer"
}
