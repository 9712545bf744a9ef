package loyaltytest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
)

// raceJourneys has a purchase meet the end of a wait again and again, eight cards at a time.
func raceJourneys(t *testing.T, items store.Items, races int) {
	rules, _, err := read("testdata/journeys.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var next, mailed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := next.Add(1); n <= int64(races); n = next.Add(1) {
				if raceJourney(t, items, rules, int(n)) {
					mailed.Add(1)
				}
			}
		})
	}
	all.Wait()
	t.Logf("of %d purchases %d came after the e-mail", races, mailed.Load())
}

// raceJourney is one race: the step's points and e-mail on one side, a purchase that ends the journey on the other. Points that are granted
// lie before the purchase in the book; no e-mail goes out whose sending began when the purchase was there.
func raceJourney(t *testing.T, items store.Items, rules *programme.Programme, n int) (mailed bool) {
	j, s := newTraveller(t, items, rules, fmt.Sprintf("%s: race %d", t.Name(), n))
	key := loyalty.PlaceKey{Card: j.number, Campaign: "soon", Occasion: "call-1"}
	if entered, err := s.Enter(t.Context(), rules, loyalty.Entry{Campaign: key.Campaign, Occasion: key.Occasion, Card: key.Card, At: j.now}); !entered || err != nil {
		t.Errorf("%s: entered %t, %v", j.name, entered, err)
	}
	walk := func() {
		if _, err := s.Walk(t.Context(), key, j.now); err != nil {
			t.Errorf("%s: %v", j.name, err)
		}
	}
	walk()
	j.now = j.now.Add(time.Hour)
	if n%2 == 0 {
		walk() // every other race is that of the e-mail alone
	}
	var bought, late atomic.Bool
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := s.Checkout(t.Context(), j.sale(1, 900)); err != nil {
			t.Errorf("%s: %v", j.name, err)
		}
		bought.Store(true)
	})
	walk()
	for _, body := range j.queue.Take() {
		o, err := message.ParseOrder(body)
		late.Store(bought.Load())
		if err == nil {
			err = s.Send(t.Context(), o)
		}
		if err != nil {
			t.Errorf("%s: %v", j.name, err)
		}
	}
	both.Wait()
	j.now = j.now.Add(time.Minute)
	walk()
	for _, body := range j.queue.Take() { // what was put off, because the card had moved
		if o, err := message.ParseOrder(body); err != nil || s.Send(t.Context(), o) != nil {
			t.Errorf("%s: the order that came again is not carried out: %v", j.name, err)
		}
	}
	j.checkRace(s, late.Load())
	return len(j.post.mails) > 0
}

// checkRace holds what has come of a race against the book.
func (j *traveller) checkRace(s *loyalty.Service, late bool) {
	book, stands := j.book(s), j.stands(s)
	if !slices.Contains([]string{"[+9]", "[+5 soon +9]"}, fmt.Sprint(book)) {
		j.t.Errorf("%s: book %v", j.name, book)
	}
	list, err := s.CardMessages(j.t.Context(), j.number)
	if err != nil || len(list) > 1 {
		j.t.Fatalf("%s: %d messages, %v", j.name, len(list), err)
	}
	sent := len(list) == 1 && list[0].State == message.StateSent
	switch {
	case len(j.post.mails) > 1 || sent != (len(j.post.mails) == 1):
		j.t.Errorf("%s: %d mails, %+v", j.name, len(j.post.mails), list)
	case sent && (late || len(book) == 1):
		j.t.Errorf("%s: the purchase was there, and it is written to; book %v", j.name, book)
	case !sent && len(list) == 1 && list[0].Reason != message.JourneyOver:
		j.t.Errorf("%s: not sent, because %s", j.name, list[0].Reason)
	case stands != "soon exit_when" && stands != "soon done":
		j.t.Errorf("%s: stands %q", j.name, stands)
	}
}
