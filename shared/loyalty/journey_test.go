package loyalty_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// after puts a campaign with steps into the test programme: the pairs that shop.publish takes.
func after(campaign string) []string {
	return []string{"mail:\n  quiet_from", campaign + "\nmail:\n  quiet_from"}
}

// thanks is a series that begins with a large purchase, and ends with the next one.
const thanks = `  - id: thanks
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    exit_when: {field: journey.purchases, op: gte, value: 1}
    steps:
      - message: {template: note, topic: offers}
      - {id: pause, wait: {for: 3d}}
      - message: {template: mail, topic: offers}
        grant: {offer: ten, days: 14}
      - wait: {for: 2d}
      - grant: {points: 5}
      - tag: thanked`

// walk goes on with every journey that is due, tells what has come of it, and sends what is due.
func (s *shop) walk(number string) {
	s.t.Helper()
	if _, err := s.Journeys(s.t.Context(), s.Clock()); err != nil {
		s.t.Fatal(err)
	}
	s.relay(number)
	s.send()
}

// stands tells where a card stands: "thanks pause 2026-11-24T10:00".
func (s *shop) stands(number string) string {
	s.t.Helper()
	places, err := s.Places.PlacesOf(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, p := range places {
		if p.End != "" {
			list = append(list, p.Campaign+" "+string(p.End))
			continue
		}
		list = append(list, p.Campaign+" "+p.Step+" "+p.Due.In(s.At("2026-11-21T10:00").Location()).Format("2006-01-02T15:04"))
	}
	return strings.Join(list, ", ")
}

// lines are what the journeys of a card tell, the first line of each left out.
func (s *shop) lines(number string) string {
	s.t.Helper()
	places, err := s.Places.PlacesOf(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	out := ""
	for _, p := range places {
		for _, l := range p.Lines[1:] {
			out += l.Step + ": " + l.Says + "\n"
		}
	}
	return out
}

// begin opens the shop with a campaign and lets the first card enter it by a purchase.
func begin(t *testing.T, campaign string) (*shop, string) {
	t.Helper()
	s := open(t)
	s.Set("2026-11-21T09:50")
	s.publish(after(campaign)...)
	number := s.Enrol(1, "", "offers")
	s.Set("2026-11-21T10:00")
	s.relay(number)
	s.checkout(s.sale("1", number, 2500))
	s.relay(number)
	return s, number
}

func TestASeriesOfMessages(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	s.check("entered", s.stands(number), "thanks 1 2026-11-21T10:00")
	s.walk(number)
	s.check("first", s.Messages(number), "sent thanks")
	s.check("waits", s.stands(number), "thanks pause 2026-11-24T10:00")
	s.Set("2026-11-24T09:59")
	s.walk(number)
	s.check("still", s.Messages(number), "sent thanks")
	s.Set("2026-11-24T10:00")
	s.walk(number)
	s.check("second", s.Messages(number), "sent thanks, sent thanks")
	minted := s.lastMessage(1)
	s.check("its coupon", s.Book(number), "+25 0042/1/1, +0 mail~"+minted)
	s.Set("2026-11-26T10:00")
	s.walk(number)
	s.check("over", s.stands(number), "thanks done")
	if a, ok := strings.CutPrefix(s.Book(number), "+25 0042/1/1, +0 mail~"+minted+", +5 thanks~"); !ok {
		t.Errorf("book %s", a)
	}
	o, err := s.Store.Open(t.Context(), number, true)
	if err != nil || fmt.Sprint(o.Profile.Tags) != "[thanked]" {
		t.Errorf("tags %v, %v", o.Profile.Tags, err)
	}
	s.check("lines", s.lines(number), `1: message is due
1: message `+firstMessage(s, number)+`
pause: waits until 2026-11-24 09:00:00
pause: the wait ended at 2026-11-24 09:00:00
3: message is due
3: message `+minted+`
4: waits until 2026-11-26 09:00:00
4: the wait ended at 2026-11-26 09:00:00
5: grant is due
5: 5 points
6: tag is due
6: tagged thanked
: came to the end
`)
}

func firstMessage(s *shop, number string) string {
	s.t.Helper()
	list, err := s.CardMessages(s.t.Context(), number)
	if err != nil || len(list) == 0 {
		s.t.Fatal(err, "no message")
	}
	return list[len(list)-1].ID
}

// J-1: the same occasion delivered five times is one entry; another one is none while the card is under way.
func TestACardEntersOnce(t *testing.T) {
	t.Parallel()
	s, number := begin(t, strings.Replace(thanks, "    exit_when: {field: journey.purchases, op: gte, value: 1}\n", "", 1))
	for range 5 {
		delete(s.told, number)
		s.relay(number)
		s.walk(number)
	}
	s.check("once", s.stands(number), "thanks pause 2026-11-24T10:00")
	s.check("one mail", s.Messages(number), "sent thanks")
	s.Wait(time.Hour)
	s.checkout(s.sale("2", number, 3000))
	s.relay(number)
	s.check("not while it is under way", s.stands(number), "thanks pause 2026-11-24T10:00")
	for _, moment := range []string{"2026-11-24T10:00", "2026-11-26T10:00"} {
		s.Set(moment)
		s.walk(number)
	}
	s.checkout(s.sale("3", number, 3000))
	for range 2 {
		delete(s.told, number)
		s.relay(number)
	}
	s.check("again, when it is over", s.stands(number), "thanks done, thanks 1 2026-11-26T10:00")
}

// J-3: who has entered by a version goes on by it, whatever is published meanwhile.
func TestACardKeepsToItsVersion(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	s.walk(number)
	s.publish(after(strings.Replace(thanks, "template: mail", "template: note", 1))...)
	s.Wait(time.Hour)
	s.publish(after("  - {id: other, on: checkout, grant: {points: 1}}")...)
	s.Set("2026-11-24T10:00")
	s.walk(number)
	s.check("its own letter", s.Messages(number), "sent thanks, sent thanks")
	mails := s.Post.Mails()
	if raw := string(mails[len(mails)-1].Raw); !strings.Contains(raw, "A coupon for you") {
		t.Errorf("of %d mails the last is another", len(mails))
	}
}

// J-4: a purchase that is committed before the message is claimed wins, also where the wait has ended already; both moments are told.
func TestAPurchaseBeforeTheClaimWins(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	s.walk(number)
	s.Set("2026-11-24T10:00")
	if _, err := s.Journeys(t.Context(), s.Clock()); err != nil { // the wait is over, and the message is on its way
		t.Fatal(err)
	}
	s.checkout(s.sale("2", number, 900))
	s.send()
	s.check("not sent", s.Messages(number), "sent thanks, refused thanks journey_over")
	list, err := s.CardMessages(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	s.check("both moments", list[0].Detail, "exit_when holds; checkout at 2026-11-24 09:00:00; the step came at 2026-11-24 09:00:00")
	s.check("no coupon", s.Book(number), "+25 0042/1/1, +9 0042/1/2")
	s.relay(number)
	s.walk(number)
	s.check("left", s.stands(number), "thanks exit_when")
	w, err := s.Why(t.Context(), number, "thanks")
	if last := w.Gates[len(w.Gates)-1]; err != nil || w.Outcome != "over: exit_when" || last.Gate != "e-mail" || !strings.HasSuffix(last.Says, "refused: journey_over") {
		t.Errorf("%+v, %v", w, err)
	}
}

// A purchase ends the wait of who waits for it, within a minute.
func TestAWaitForAPurchase(t *testing.T) {
	t.Parallel()
	s, number := begin(t, `  - id: second
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    steps:
      - wait: {event: checkout, within: 7d}
        then: [{tag: quick}]
        else: [{tag: slow}]`)
	other := s.Enrol(2, "", "offers")
	s.checkout(s.sale("9", other, 2500))
	s.relay(other)
	s.walk(number)
	s.Wait(time.Minute)
	s.walk(number)
	s.check("waits", s.stands(number), "second 1 2026-11-28T10:00")
	s.Set("2026-11-23T12:00")
	s.checkout(s.sale("2", number, 900))
	s.relay(number)
	s.check("woken", s.stands(number), "second 1 2026-11-23T12:00")
	s.walk(number)
	s.check("done", s.stands(number), "second done")
	s.Set("2026-11-28T10:00")
	s.walk(other)
	s.check("the other", s.stands(other), "second done")
	for n, want := range map[string]string{number: "[quick]", other: "[slow]"} {
		if o, err := s.Store.Open(t.Context(), n, true); err != nil || fmt.Sprint(o.Profile.Tags) != want {
			t.Errorf("%v, %v, want %s", o.Profile.Tags, err, want)
		}
	}
}

// What comes while the wait is being written down wakes nobody, and is found all the same.
func TestAPurchaseBetweenLookingAndWaiting(t *testing.T) {
	t.Parallel()
	s, number := begin(t, `  - id: second
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    steps:
      - wait: {event: checkout, within: 7d}
        then: [{tag: quick}]`)
	s.Wait(time.Second) // the book counts by the second
	if _, err := s.Journeys(t.Context(), s.Clock()); err != nil {
		t.Fatal(err)
	}
	s.checkout(s.sale("2", number, 900)) // and the relay is never told
	s.Wait(time.Minute)
	if _, err := s.Journeys(t.Context(), s.Clock()); err != nil {
		t.Fatal(err)
	}
	s.check("found", s.stands(number), "second done")
}

// J-11: a campaign with steps on a schedule lets each of its people in once; who is held out is left alone, and stands there as such.
func TestABroadcastEntersAJourney(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	s.publish(after(`  - id: weekly
    on: schedule
    schedule: {cron: "0 9 ? * MON *"}
    when: {field: shopper.consents, op: contains, value: offers}
    holdout: 30
    steps: [{message: {template: note, topic: offers}}, {wait: {for: 2d}}, {message: {template: note, topic: offers}}]`)...)
	for _, moment := range []string{"2026-11-23T09:00", "2026-11-23T09:01", "2026-11-25T09:01"} {
		s.Set(moment)
		for range 2 {
			if err := s.tick(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Journeys(t.Context(), s.Clock()); err != nil {
				t.Fatal(err)
			}
			s.send()
		}
	}
	counts := map[string]int{}
	for n := uint64(1); n <= 30; n++ {
		counts[s.stands(s.Number(n))]++
	}
	held := counts["weekly held_out"]
	if counts[""] != 10 || counts["weekly done"]+held != 20 || held == 0 || len(s.Post.Mails()) != 2*counts["weekly done"] {
		t.Errorf("%v, %d mails", counts, len(s.Post.Mails()))
	}
	list, err := s.Runs.RunsOf(t.Context(), "weekly")
	if err != nil || len(list) != 1 || int(list[0].Counts.HeldOut) != held || !list[0].Done {
		t.Errorf("%+v, %v", list, err)
	}
}

// A paused campaign waits; a killed one ends where it is; a card that is closed ends.
func TestWhatStopsAJourney(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	steer := func(verb loyalty.Verb) {
		t.Helper()
		if _, err := s.Steer(t.Context(), loyalty.Steering{Campaign: "thanks", Verb: verb, By: "Mira", Why: "test"}); err != nil {
			t.Fatal(err)
		}
		s.Wait(2 * time.Second)
	}
	steer(loyalty.VerbPause)
	s.walk(number)
	s.check("paused", s.Messages(number)+s.stands(number), "thanks 1 2026-11-21T10:15")
	steer(loyalty.VerbResume)
	s.Wait(20 * time.Minute)
	s.walk(number)
	s.check("resumed", s.Messages(number), "sent thanks")
	steer(loyalty.VerbKill)
	s.Set("2026-11-25T10:00")
	s.walk(number)
	s.check("killed", s.stands(number), "thanks stopped")

	other := s.Enrol(2, "", "offers")
	steer(loyalty.VerbResume)
	s.checkout(s.sale("9", other, 2500))
	s.relay(other)
	s.walk(other)
	if _, err := s.SetStatus(t.Context(), other, card.Blocked, loyalty.ByHand{ID: "b-1", Reason: "Found", By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	s.Set("2026-11-29T10:00")
	s.walk(other)
	s.check("blocked", s.stands(other), "thanks card_closed")
}

// J-3: who waits is moved when it is asked for, listed one by one, and keeps the end of the wait; a person's journey is stopped by hand.
func TestWhoWaitsIsMovedAndStopped(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	s.walk(number)
	s.publish(after(strings.Replace(thanks, "id: pause, wait: {for: 3d}", "id: longer, moved_from: [pause], wait: {for: 9d}", 1))...)
	for _, want := range []string{"[{" + number + " pause longer }]", "[]"} {
		list, err := s.MoveJourneys(t.Context(), "thanks", s.Clock())
		if got := fmt.Sprint(list); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	s.check("moved", s.stands(number), "thanks longer 2026-11-24T10:00")
	places, err := s.Journeyed(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.VersionFrom(t.Context(), places[0].Version); err != nil {
		t.Error(err)
	}
	if err := s.VersionFrom(t.Context(), places[0].Version.Add(time.Second)); !errors.Is(err, loyalty.ErrNotFound) {
		t.Errorf("a version that there is not: %v", err)
	}
	for campaign, want := range map[string]int{"": 1, "thanks": 1, "other": 0} {
		all, err := s.UnderWay(t.Context(), campaign)
		if list := all.Next; err != nil || len(list) != want || int(all.Cards) != want || want == 1 && (list[0].Step != "longer" || all.Steps[0].Step != "longer") {
			t.Errorf("under way in %q: %+v, %v", campaign, all, err)
		}
	}
	if err := s.StopJourney(t.Context(), number, "thanks", "Mira", ""); err == nil {
		t.Error("nobody says why")
	}
	for range 2 {
		if err := s.StopJourney(t.Context(), number, "thanks", "Mira", "asked"); err != nil {
			t.Fatal(err)
		}
	}
	s.check("stopped", s.stands(number), "thanks stopped")
	if err := s.StopJourney(t.Context(), number, "other", "Mira", "asked"); err == nil {
		t.Error("a journey that there is not is stopped")
	}
}
