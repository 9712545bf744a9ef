package loyalty_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// weekly puts a campaign on a schedule into the test programme: the pairs that shop.publish takes.
func weekly(schedule string) []string {
	return []string{"mail:\n  quiet_from", "  - {id: weekly, on: schedule, schedule: " + schedule + `,
     when: {field: shopper.consents, op: contains, value: offers}, grant: {offer: ten, days: 14}, message: {template: mail, topic: offers}}
mail:
  quiet_from`}
}

const mondays = `{cron: "0 9 ? * MON *"}`

// tick begins what is due, and goes on with every part until nothing is left or a fault ends it.
func (s *shop) tick() error {
	s.t.Helper()
	_, err := s.Broadcasts(s.t.Context(), s.Clock())
	return errors.Join(err, s.parts())
}

func (s *shop) parts() error {
	s.t.Helper()
	for {
		bodies := s.Parts.Take()
		if len(bodies) == 0 {
			return nil
		}
		for i, body := range bodies {
			o, err := loyalty.ParsePartOrder(body)
			if err == nil {
				err = s.Broadcast(s.t.Context(), o)
			}
			if err != nil { // they come again
				for _, b := range bodies[i:] {
					if err := s.Parts.Send(s.t.Context(), b, 0); err != nil {
						s.t.Fatal(err)
					}
				}
				return err
			}
		}
	}
}

func (s *shop) runs(campaign string) string {
	s.t.Helper()
	list, err := s.Runs.RunsOf(s.t.Context(), campaign)
	if err != nil {
		s.t.Fatal(err)
	}
	out := ""
	for _, r := range list {
		out += fmt.Sprintf("%s cards=%d audience=%d ordered=%d done=%t ", r.Occasion, r.Counts.Cards, r.Counts.Audience, r.Counts.Ordered, r.Done)
	}
	return out
}

// enrolMany makes cards of which every third wants no offers.
func (s *shop) enrolMany(n uint64) {
	for i := range n {
		if i%3 == 2 {
			s.Enrol(i+1, "")
		} else {
			s.Enrol(i+1, "", "offers")
		}
	}
}

// J-11, Z-3: two schedulers, and each tick twice, make one run; each of its people gets one mail with a coupon of their own.
func TestACampaignOnAScheduleSpeaksOnceToEach(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	s.publish(weekly(mondays)...)
	for _, moment := range []string{"2026-11-23T08:59", "2026-11-23T09:00", "2026-11-23T09:00", "2026-11-23T09:01", "2026-11-24T09:00"} {
		s.Set(moment)
		for range 2 {
			if err := s.tick(); err != nil {
				t.Fatal(err)
			}
		}
		s.send()
	}
	s.check("run", s.runs("weekly"), "2026-11-23 cards=30 audience=20 ordered=20 done=true ")
	if n := len(s.Post.Mails()); n != 20 {
		t.Errorf("%d mails", n)
	}
	s.check("book", s.Book(s.Number(1)), "+0 mail~"+s.lastMessage(1))
	s.check("no consent", s.Messages(s.Number(3)), "")
	s.Set("2026-11-30T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.send()
	s.check("the next week", s.Messages(s.Number(1)), "sent weekly, sent weekly")
}

// leave takes back a shopper's consent to offers.
func (s *shop) leave(number string) {
	s.t.Helper()
	o, err := s.Store.Open(s.t.Context(), number, true)
	if err == nil {
		o.Profile.Consents = nil
		_, err = s.Store.PutProfile(s.t.Context(), o.Profile, o.ProfileVersion)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) lastMessage(n uint64) string {
	s.t.Helper()
	list, err := s.CardMessages(s.t.Context(), s.Number(n))
	if err != nil || len(list) == 0 {
		s.t.Fatal(err, "no message")
	}
	return list[0].ID
}

// Z-2: whatever breaks on the way to the queue, before or after it has worked, nobody is lost and nobody is mailed twice.
func TestABroadcastSurvivesFaults(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		s := open(t)
		s.enrolMany(30)
		s.publish(weekly(mondays)...)
		s.Set("2026-11-23T09:00")
		fault := loyaltytest.Fault{Err: errDown, ButDone: done}
		for step := 0; ; step++ {
			switch step { // one fault in each of the queues, at the beginning, and then on the way
			case 0:
				s.Parts.Fault = fault
			case 1, 2, 3, 4, 5:
				s.Queue.Fault = fault
			}
			if err := s.tick(); err == nil && step > 5 {
				break
			}
			s.Wait(2 * time.Minute)
		}
		s.send()
		s.check("run", s.runs("weekly"), "2026-11-23 cards=30 audience=20 ordered=20 done=true ")
		if n := len(s.Post.Mails()); n != 20 {
			t.Errorf("fault that is done %t: %d mails", done, n)
		}
	}
}

// Who comes into the audience between a crash and what follows it was not chosen; who leaves it was: the lot of a page falls once.
func TestTheLotOfAPageFallsOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(12)
	s.publish(weekly(mondays)...)
	s.Set("2026-11-23T09:00")
	s.Queue.Fault = loyaltytest.Fault{Err: errDown}
	if err := s.tick(); err == nil {
		t.Fatal("the fault did not strike")
	}
	for n := uint64(1); n <= 12; n++ { // Z-11: everybody leaves, while some are chosen already
		s.leave(s.Number(n))
	}
	s.Wait(2 * time.Minute)
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	orders := s.send()
	asked := map[string]bool{} // some of them twice
	for _, o := range orders {
		asked[o.ID] = true
	}
	list, err := s.Runs.RunsOf(t.Context(), "weekly")
	if err != nil || len(list) != 1 || !list[0].Done || int(list[0].Counts.Audience) != len(asked) || len(asked) == 0 {
		t.Errorf("%+v, %v; %d messages", list, err, len(asked))
	}
	if n := len(s.Post.Mails()); n != 0 {
		t.Errorf("%d mails after consent was withdrawn", n)
	}
	s.check("why", s.Messages(orders[0].Card), "refused weekly no_consent")
}

// J-10: after an outage a run is made good if it is not too old for its campaign, and not for days before it was published.
func TestALateRun(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(3)
	s.Set("2026-11-23T10:00")
	s.publish(weekly(mondays)...)
	for moment, want := range map[string]string{
		"2026-11-23T12:00": "", // it was published after nine
		"2026-12-03T09:00": "", // Monday is three days ago
	} {
		s.Set(moment)
		if err := s.tick(); err != nil {
			t.Fatal(err)
		}
		s.check(moment, s.runs("weekly"), want)
	}
	s.Set("2026-12-09T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.check("two days late", s.runs("weekly"), "2026-12-07 cards=3 audience=2 ordered=2 done=true ")
}
