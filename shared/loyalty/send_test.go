package loyalty_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
)

// granted is a shop whose first card has earned a coupon and waits for the e-mail about it.
func granted(t *testing.T) (*shop, string) {
	t.Helper()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.checkout(s.sale("1", ana, 6000))
	s.relay(ana)
	return s, ana
}

func TestThrottledMailGoesOutLater(t *testing.T) {
	t.Parallel()
	s, ana := granted(t)
	s.Post.Fault = loyaltytest.Fault{Err: loyalty.ErrThrottled}
	s.send()
	s.check("throttled", s.Messages(ana), "deferred big throttled")
	s.wait(time.Minute)
	s.check("later", s.Messages(ana), "sent big")
	if n := len(s.Post.Mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

// A reminder marks its cart when it is claimed. One that the mail service did not take is still that cart's one reminder.
func TestThrottledReminderGoesOutLater(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		meanwhile func(*shop, string)
		want      string
	}{
		"nothing":    {func(*shop, string) {}, "sent basket"},
		"bought":     {func(s *shop, _ string) { _ = s.ClearCart(t.Context(), "c1", true) }, "refused basket cart_closed"},
		"emptied":    {func(s *shop, _ string) { _ = s.ClearCart(t.Context(), "c1", false) }, "refused basket cart_closed"},
		"changed":    {func(s *shop, ana string) { s.update(s.cart("c1", ana, 2)) }, "refused basket cart_changed"},
		"a purchase": {func(s *shop, ana string) { s.checkout(s.sale("9", ana, 100)) }, "refused basket cart_closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			ana := s.Enrol(1, "", "offers")
			s.update(s.cart("c1", ana, 1))
			s.Wait(time.Hour)
			if n := s.remind(); n != 1 {
				t.Fatalf("%d reminders", n)
			}
			s.Post.Fault = loyaltytest.Fault{Err: loyalty.ErrThrottled}
			s.send()
			s.check("throttled", s.Messages(ana), "deferred basket throttled")
			s.Wait(time.Minute)
			row.meanwhile(s, ana)
			s.send()
			s.check(name, s.Messages(ana), row.want)
		})
	}
}

// A sender that dies between claim and mail leaves a doubt, which the mail service's word ends, and no second mail.
func TestDeadSenderLeavesADoubt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]loyaltytest.Fault{"failed, not done": {Err: errDown}, "failed, but done": {Err: errDown, ButDone: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ana := granted(t)
			orders := s.Queue.Take()
			o, err := message.ParseOrder(orders[0])
			if err != nil {
				t.Fatal(err)
			}
			s.Post.Fault = fault
			if err := s.Send(t.Context(), o); !errors.Is(err, errDown) {
				t.Fatal(err)
			}
			before := len(s.Post.Mails())
			if err := s.Send(t.Context(), o); err != nil { // the queue delivers it again
				t.Fatal(err)
			}
			s.check("in its lease", s.Messages(ana), "claimed big")
			s.wait(message.Lease)
			s.check("after it", s.Messages(ana), "doubtful big unknown")
			s.wait(time.Hour)
			if n := len(s.Post.Mails()); n != before {
				t.Errorf("%d mails more", n-before)
			}
			if fault.ButDone {
				report := loyalty.Report{Message: o.ID, Happening: message.HappenAccept, At: s.Clock(), Provider: "p"}
				if err := s.Report(t.Context(), report); err != nil {
					t.Fatal(err)
				}
				s.check("reported", s.Messages(ana), "sent big")
			}
		})
	}
}

// The coupon counts as of the moment of sending: one that has expired meanwhile, though it waits in the wallet for late receipts, is gone.
func TestExpiredCouponIsNotMailed(t *testing.T) {
	t.Parallel()
	s, ana := granted(t)
	body := s.Queue.Take()[0]
	o, err := message.ParseOrder(body)
	if err != nil {
		t.Fatal(err)
	}
	s.Wait(31 * 24 * time.Hour)
	o.ExpiresAt = s.Clock().Add(time.Hour)
	if err := s.Send(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s.check("mails", s.Messages(ana), "refused big coupon_gone")
}

// The mail shows the number that the card has now, not the one that was lost.
func TestMailShowsTheNumberInThePurse(t *testing.T) {
	t.Parallel()
	s, ana := granted(t)
	s.publish("text: Hello", `text: "Card {{.Card.Number}}, {{.Card.Points}} points"`)
	if _, err := s.Replace(t.Context(), ana, s.Number(2), s.Clock(), nil); err != nil {
		t.Fatal(err)
	}
	s.send()
	if n := len(s.Post.Mails()); n != 1 {
		t.Fatalf("%d mails", n)
	}
	raw := string(s.Post.Mails()[0].Raw)
	if !strings.Contains(raw, "Card "+s.Number(2)+", 60 points") {
		t.Errorf("the mail of a replaced card shows\n%s", raw)
	}
}

// Points that expire while a mail waits for the morning are not shown as points.
func TestMailShowsThePointsOfTheMoment(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("text: Hello", `text: "You have {{.Card.Points}} points"`, "\noffers:\n", "\npoints: {months: 1}\noffers:\n")
	ana := s.Enrol(1, "", "offers")
	s.checkout(s.sale("1", ana, 4000))
	s.Set("2026-12-31T22:30")
	s.checkout(s.sale("2", ana, 6000))
	s.relay(ana)
	s.send()
	s.check("at night", s.Messages(ana), "deferred big quiet")
	s.Set("2027-01-01T07:00")
	s.send()
	if n := len(s.Post.Mails()); n != 1 || !strings.Contains(string(s.Post.Mails()[0].Raw), "You have 60 points") {
		t.Errorf("%d mails, %s", n, s.Messages(ana))
	}
}

// Quiet hours hold a mail back to the morning.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.Set("2026-11-21T23:00")
	s.checkout(s.sale("1", ana, 6000))
	s.relay(ana)
	for range 33 {
		s.send()
		s.check("at night", s.Messages(ana), "deferred big quiet")
		s.Wait(14*time.Minute + 30*time.Second)
	}
	s.Set("2026-11-22T07:00")
	s.Wait(15 * time.Minute)
	s.send()
	s.check("in the morning", s.Messages(ana), "sent big")
}

// What the mail service refuses for ever is refused once, and says so once however often the order comes.
func TestRefusedMailIsToldOnce(t *testing.T) {
	t.Parallel()
	s, ana := granted(t)
	body := s.Queue.Take()[0]
	s.Post.Fault = loyaltytest.Fault{Err: loyalty.ErrRefused}
	o, err := message.ParseOrder(body)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Send(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Minute)
	}
	s.check("mails", s.Messages(ana), "refused big rejected")
	s.check("facts", s.Bus.Facts(), "points.earned coupon.granted message.refused")
}

// waiting is a store whose reads and writes of orders that wait fail once, before or after they worked.
type waiting struct {
	loyalty.Waiting
	fail string
	done bool
}

func (w *waiting) once(name string, do func() error) error {
	if w.fail != name {
		return do()
	}
	w.fail = ""
	if w.done {
		return errors.Join(do(), errDown)
	}
	return errDown
}

func (w *waiting) AwaitOrder(ctx context.Context, o message.Order, until time.Time) error {
	return w.once("await", func() error { return w.Waiting.AwaitOrder(ctx, o, until) })
}

func (w *waiting) Woken(ctx context.Context, a loyalty.AwaitedOrder) error {
	return w.once("woken", func() error { return w.Waiting.Woken(ctx, a) })
}

// Whatever fails on the way into the waiting and out of it, the mail goes out once in the morning.
func TestWaitingLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	for _, fail := range []string{"", "await", "woken", "queue"} {
		for _, done := range []bool{false, true} {
			s := open(t)
			s.Waiting = &waiting{s.Waiting, fail, done}
			ana := s.Enrol(1, "", "offers")
			s.Set("2026-11-21T23:00")
			s.checkout(s.sale("1", ana, 6000))
			s.relay(ana)
			body := s.Queue.Take()[0]
			o, err := message.ParseOrder(body)
			if err != nil {
				t.Fatal(err)
			}
			for s.Send(t.Context(), o) != nil { // the queue delivers it again
				s.Wait(time.Minute)
			}
			s.Set("2026-11-22T07:00")
			if fail == "queue" {
				s.Queue.Fault = loyaltytest.Fault{Err: errDown, ButDone: done}
			}
			for range 3 { // ticks; one that fails is made good by the next
				_, err = s.WakeMail(t.Context(), s.Clock())
				for _, body := range s.Queue.Take() {
					if o, err = message.ParseOrder(body); err != nil {
						t.Fatal(err)
					}
					if err := s.Send(t.Context(), o); err != nil {
						t.Fatal(err)
					}
				}
				s.Wait(time.Minute)
			}
			if n := len(s.Post.Mails()); n != 1 || s.Messages(ana) != "sent big" {
				t.Errorf("%s fails, but done %v: %d mails, %s, %v", fail, done, n, s.Messages(ana), err)
			}
		}
	}
}
