package loyalty_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// account is a mail service that tells what it takes, and counts how often it is asked.
type account struct {
	loyalty.Mailer
	quota message.Quota
	asked int
	err   error
}

func (a *account) Quota(context.Context) (message.Quota, error) {
	a.asked++
	return a.quota, a.err
}

// Z-6 by the account's own figures: what they have no room for waits for an hour, not for the next day, and nothing is asked for a mail.
func TestTheAccountsQuotaIsHeeded(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := &account{Mailer: s.Post, quota: message.Quota{PerDay: 50, Sent: 46}}
	s.Service.Mailer = a
	ask := func() {
		t.Helper()
		if err := s.AskQuota(t.Context(), s.Clock()); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	ask()
	orders := s.many(5)
	for _, o := range orders {
		s.carryOut(o)
	}
	for i, want := range []string{"sent", "sent", "sent", "deferred daily_quota", "deferred daily_quota"} {
		s.check("now", s.state(orders[i]), want)
	}
	service := s.letter("years", "recall", orders[0].Card, 0, time.Hour)
	service.Topic = message.TopicService
	s.carryOut(service)
	if state := s.state(service); state == "deferred daily_quota" {
		t.Errorf("service mail is %s", state)
	}
	if a.asked != 1 {
		t.Errorf("asked %d times", a.asked)
	}

	a.quota.Sent = 10 // the window has moved on
	s.wait(time.Hour + time.Minute)
	ask()
	s.wait(time.Hour + time.Minute)
	s.check("later", s.state(orders[3])+", "+s.state(orders[4]), "sent, sent")
}

// What the programme says goes before the account's figures.
func TestTheProgrammesRateGoesBeforeTheQuota(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rated("per_day: 40, reserve: 0")
	s.Service.Mailer = &account{Mailer: s.Post, quota: message.Quota{PerDay: 50, Sent: 50}}
	if err := s.AskQuota(t.Context(), s.Clock()); err != nil {
		t.Fatal(err)
	}
	o := s.many(1)[0]
	s.carryOut(o)
	s.check("state", s.state(o), "sent")
}

// A service that does not answer is an error of the tick, and what it said before still holds.
func TestAQuotaThatIsNotToldLeavesTheLast(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := &account{Mailer: s.Post, quota: message.Quota{PerSecond: 14, PerDay: 50}}
	s.Service.Mailer = a
	if err := s.AskQuota(t.Context(), s.Clock()); err != nil {
		t.Fatal(err)
	}
	a.err = errors.New("the line broke")
	s.Wait(message.QuotaAge)
	if err := s.AskQuota(t.Context(), s.Clock()); !errors.Is(err, a.err) {
		t.Error(err)
	}
	if pace, _, err := s.Paces.Pace(t.Context()); err != nil || pace.Quota.PerSecond != 14 {
		t.Errorf("%+v %v", pace, err)
	}
}
