package loyalty_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
)

// mailed is a shop that has mailed its first card, and that message.
func mailed(t *testing.T) (s *shop, ana string, rec message.Record) {
	t.Helper()
	s, ana = granted(t)
	s.send()
	list, err := s.CardMessages(t.Context(), ana)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return s, ana, list[0]
}

func (s *shop) report(id string, what message.Happening, address string, dead bool) {
	s.t.Helper()
	r := loyalty.Report{Message: id, Happening: what, At: s.Clock(), Provider: "p", Address: address, Dead: dead}
	if err := s.Report(s.t.Context(), r); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) profile(number string) card.Profile {
	s.t.Helper()
	o, err := s.Store.Open(s.t.Context(), number, true)
	if err != nil {
		s.t.Fatal(err)
	}
	return o.Profile
}

// The mail service reports faster than we settle: the message counts as sent at its word, and is told of once.
func TestReportOvertakesSettling(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]message.Happening{
		"sent, delivered": {message.HappenAccept, message.HappenDeliver}, "delivered, sent": {message.HappenDeliver, message.HappenAccept},
		"bounced": {message.HappenBounce},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ana := granted(t)
			o, err := message.ParseOrder(s.Queue.Take()[0])
			if err != nil {
				t.Fatal(err)
			}
			s.Mailer = during{s.Post, func() {
				for _, what := range order {
					s.Wait(time.Second)
					s.report(o.ID, what, "", false)
				}
				s.Wait(time.Second)
			}}
			for range 2 { // the queue delivers it again
				if err := s.Send(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			}
			s.check("facts", s.Bus.Facts(), "points.earned coupon.granted message.sent")
			list, err := s.CardMessages(t.Context(), ana)
			if err != nil || list[0].SentAt.IsZero() {
				t.Errorf("the message does not count for the cap: %+v %v", list, err)
			}
		})
	}
}

type ctx = context.Context

// during is a mail service that does something while it takes a mail.
type during struct {
	*loyaltytest.Post
	do func()
}

func (d during) Mail(ctx ctx, e loyalty.Envelope) (string, error) {
	id, err := d.Post.Mail(ctx, e)
	d.do()
	return id, err
}

func TestDeadAddressAndComplaint(t *testing.T) {
	t.Parallel()
	const mine = "Ana1@Shopper.example" // letter case does not count
	for name, row := range map[string]struct {
		reports func(s *shop, id string)
		want    string // reason of the suppression
		allowed bool
	}{
		"a mailbox that is full": {func(s *shop, id string) { s.report(id, message.HappenBounce, mine, false) }, "", true},
		"a dead address":         {func(s *shop, id string) { s.report(id, message.HappenBounce, mine, true) }, "bounce", true},
		"of another address":     {func(s *shop, id string) { s.report(id, message.HappenBounce, "old@shopper.example", true) }, "", true},
		"a complaint":            {func(s *shop, id string) { s.report(id, message.HappenComplain, mine, false) }, "complaint", false},
		"a complaint, then dead": {func(s *shop, id string) {
			s.report(id, message.HappenComplain, mine, false)
			s.report(id, message.HappenBounce, mine, true)
		}, "bounce", false},
		"dead, then a complaint": {func(s *shop, id string) {
			s.report(id, message.HappenBounce, mine, true)
			s.report(id, message.HappenComplain, mine, false)
		}, "bounce", false},
		"delivered after all that": {func(s *shop, id string) { s.report(id, message.HappenDeliver, mine, false) }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ana, rec := mailed(t)
			s.Wait(time.Minute)
			row.reports(s, rec.ID)
			row.reports(s, rec.ID)
			p := s.profile(ana)
			if got := p.Consents["offers"].Allowed; got != row.allowed {
				t.Errorf("consent %t", got)
			}
			reason := ""
			if p.Suppressed != nil {
				reason = p.Suppressed.Reason
			}
			s.check("suppressed", reason, row.want)
		})
	}
}

func TestReportOfAStrangersMessage(t *testing.T) {
	t.Parallel()
	s := open(t)
	for what, err := range map[string]error{
		"report":   s.Report(t.Context(), loyalty.Report{Message: "mNOSUCH", Happening: message.HappenDeliver, At: s.Clock()}),
		"withdraw": s.Withdraw(t.Context(), "mNOSUCH", true, s.Clock()),
	} {
		if !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWithdrawing(t *testing.T) {
	t.Parallel()
	for _, everything := range []bool{false, true} {
		s := open(t)
		ana := s.Enrol(1, "", "offers", "news")
		s.checkout(s.sale("1", ana, 6000))
		s.relay(ana)
		id := s.send()[0].ID
		s.Wait(time.Minute)
		for range 2 {
			if err := s.Withdraw(t.Context(), id, everything, s.Clock()); err != nil {
				t.Fatal(err)
			}
		}
		p := s.profile(ana)
		if p.Consents["offers"].Allowed || p.Consents["news"].Allowed == everything {
			t.Errorf("everything %t: %+v", everything, p.Consents)
		}
	}
}

func TestUnsubscribeLink(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers", "news")
	s.Wait(time.Minute)
	token, err := message.Token(s.Letters.Secrets[0], ana, "news")
	if err != nil {
		t.Fatal(err)
	}
	gone, err := message.Token(s.Letters.Secrets[0], s.Number(9), "news")
	if err != nil {
		t.Fatal(err)
	}
	pressed := s.Clock()
	for _, text := range []string{token, token, gone} {
		if err := s.Unsubscribe(t.Context(), text); err != nil {
			t.Error(err)
		}
		s.Wait(time.Minute)
	}
	if p := s.profile(ana); !p.Consents["news"].At.Equal(pressed) {
		t.Errorf("withdrawn at %s, and on record for %s", pressed, p.Consents["news"].At)
	}
	if err := s.Unsubscribe(t.Context(), token+"x"); !errors.Is(err, message.ErrInvalid) {
		t.Errorf("a forged link: %v", err)
	}
	if p := s.profile(ana); p.Consents["news"].Allowed || !p.Consents["offers"].Allowed {
		t.Errorf("%+v", p.Consents)
	}
}

// A message that others write to again and again is reported on later, and not forgotten.
func TestReportIsNotLostAmongWriters(t *testing.T) {
	t.Parallel()
	s, _, rec := mailed(t)
	s.Service.Messages = moving{s.Service.Messages}
	err := s.Report(t.Context(), loyalty.Report{Message: rec.ID, Happening: message.HappenDeliver, At: s.Clock()})
	if err == nil || loyalty.Permanent(err) {
		t.Errorf("got %v, want one that comes again", err)
	}
}

// moving is a table in which somebody else is always faster.
type moving struct{ loyalty.Messages }

func (moving) PutMessage(ctx, message.Record, loyalty.Version) (loyalty.Version, error) {
	return 0, loyalty.ErrConflict
}

// Z-1: the sender dies between the mail service's word and ours; the service's report settles the message and tells of it.
func TestAReportTellsWhatItsSenderCouldNot(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		s, ana := granted(t)
		s.Post.Fault = loyaltytest.Fault{Err: errDown, ButDone: true}
		o := s.send()[0]
		s.check("died", s.Messages(ana), "claimed big")
		s.Bus.Fault = loyaltytest.Fault{Err: errDown, ButDone: done}
		r := loyalty.Report{Message: o.ID, Happening: message.HappenAccept, At: s.Clock(), Provider: "p"}
		for s.Report(t.Context(), r) != nil { // the bus fails, and the report comes again
			s.Wait(time.Minute)
		}
		s.report(o.ID, message.HappenDeliver, "", false)
		if err := s.Send(t.Context(), o); err != nil { // the queue delivers it again
			t.Fatal(err)
		}
		s.check("settled", s.Messages(ana), "delivered big")
		s.check("facts", s.Bus.Facts(), "points.earned coupon.granted message.sent")
	}
}

// Z-7: a full mailbox is written to again, until three mails in a row came back. Each report comes three times.
func TestSoftBouncesEndAtThree(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	for n, want := range []bool{false, false, true} {
		s.checkout(s.sale(string(rune('1'+n)), ana, 6000))
		s.relay(ana)
		for _, o := range s.send() {
			for range 3 {
				s.report(o.ID, message.HappenBounce, "ana1@shopper.example", false)
			}
		}
		if got := s.profile(ana).Suppressed != nil; got != want {
			t.Errorf("after %d mails that came back: suppressed %v", n+1, got)
		}
		s.Wait(8 * 24 * time.Hour)
	}
}
