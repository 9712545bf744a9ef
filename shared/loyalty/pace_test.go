package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// rated publishes a sending rate.
func (s *shop) rated(rate string) {
	s.t.Helper()
	s.publish("mail:\n  quiet_from", "mail:\n  rate: {"+rate+"}\n  quiet_from")
}

// many are the orders of a mail to so many cards.
func (s *shop) many(n uint64) []message.Order {
	s.t.Helper()
	var list []message.Order
	for i := uint64(1); i <= n; i++ {
		o := s.letter("years", "2026", s.Enrol(i, "", "offers"), 0, 72*time.Hour)
		o.Bulk = true
		list = append(list, o)
	}
	return list
}

// Two a second over two processes: nothing is lost or doubled, no second has more than the rate and what was taken early.
func TestAllProcessesTogetherKeepTheRate(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rated("per_second: 2")
	orders := s.many(60)
	other := *s.Service
	other.Pacer = &loyalty.Pacer{}
	for i, o := range orders {
		at := s.Service
		if i%2 == 1 {
			at = &other
		}
		if err := at.Send(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	seconds, sent := 0, len(s.Post.Mails())
	if sent > 8 {
		t.Errorf("%d mails in the first second", sent)
	}
	for ; sent < len(orders) && seconds < 60; seconds++ {
		s.wait(time.Second)
		now := len(s.Post.Mails())
		if now-sent > 4 {
			t.Errorf("%d mails in second %d", now-sent, seconds+1)
		}
		sent = now
	}
	if sent != len(orders) || seconds < 25 || seconds > 32 {
		t.Errorf("%d mails in %d seconds; 60 take 30", sent, seconds)
	}
	pace, writes, err := s.Paces.Pace(t.Context())
	if err != nil || pace.Given < 60 || pace.Given > 64 || writes > 40 {
		t.Errorf("%+v after %d writes, %v", pace, writes, err)
	}
}

// Z-6: what the day has no room for goes tomorrow, if it lives so long; service mail goes today.
func TestWhatADayHasNoRoomForGoesTomorrow(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rated("per_day: 4, reserve: 1")
	orders := s.many(5)
	orders[4].ExpiresAt = s.Clock().Add(6 * time.Hour)
	for _, o := range orders {
		s.carryOut(o)
	}
	for i, want := range []string{"sent", "sent", "sent", "deferred daily_quota", "refused daily_quota"} {
		s.check("today", s.state(orders[i]), want)
	}
	service := s.letter("years", "recall", orders[0].Card, 0, time.Hour)
	service.Topic = message.TopicService
	s.carryOut(service)
	if state := s.state(service); state == "deferred daily_quota" || state == "refused daily_quota" {
		t.Errorf("service mail is %s", state)
	}
	s.Set("2026-11-22T08:00")
	s.send()
	s.check("tomorrow", s.state(orders[3]), "sent")
}

// A run looks through no more cards while minutes of its mail are on their way.
func TestARunWaitsForTheRate(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	rules := weekly(mondays)
	rules[1] = strings.Replace(rules[1], "mail:\n", "mail:\n  rate: {per_second: 1}\n", 1)
	s.publish(rules...)
	s.Set("2026-11-23T09:00")
	if err := s.Store.PutPace(t.Context(), message.Pace{Day: "2026-11-23", Until: s.Clock().Add(10 * time.Minute)}, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	if n := s.Queue.Len(); n != 0 {
		t.Errorf("%d orders while ten minutes of mail are on their way", n)
	}
	for range 8 {
		s.Wait(time.Minute)
		if err := s.tick(); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Queue.Len(); n != 20 {
		t.Errorf("%d orders, want 20", n)
	}
}
