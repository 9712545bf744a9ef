package loyalty_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
)

// capped publishes a cap on mail; more is further caps.
func (s *shop) capped(caps string) {
	s.t.Helper()
	s.publish("mail:\n  quiet_from", "mail:\n  caps: ["+caps+"]\n  quiet_from")
}

// letter is an order of a campaign's mail for a card that lives for a while.
func (s *shop) letter(campaign, occasion, card string, priority int, life time.Duration) message.Order {
	return message.Order{
		ID: message.OrderID(campaign, occasion, card), Campaign: campaign, Occasion: occasion, Card: card, Template: "note", Topic: "offers",
		Priority: priority, OrderedAt: s.Clock(), ExpiresAt: s.Clock().Add(life),
	}
}

func (s *shop) carryOut(o message.Order) {
	s.t.Helper()
	if err := s.Send(s.t.Context(), o); err != nil {
		s.t.Fatal(err)
	}
}

// state is where a message stands.
func (s *shop) state(o message.Order) string {
	s.t.Helper()
	rec, _, err := s.Store.Message(s.t.Context(), o.Card, o.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	text := string(rec.State)
	if rec.Reason != "" {
		text += " " + string(rec.Reason)
	}
	return text
}

// J-5: two within seven rolling days. The third waits for the first to be a week old, if it lives so long.
func TestTheThirdMailOfAWeekWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.capped("{count: 2, days: 7}")
	ana := s.Enrol(1, "", "offers")
	for _, moment := range []string{"2026-11-23T10:00", "2026-11-25T10:00"} { // Monday and Wednesday
		s.Set(moment)
		s.carryOut(s.letter("years", moment[:10], ana, 0, 72*time.Hour))
	}
	s.Set("2026-11-27T10:00")
	long, short := s.letter("years", "long", ana, 0, 96*time.Hour), s.letter("years", "short", ana, 0, 48*time.Hour)
	s.carryOut(long)
	s.carryOut(short)
	s.check("with 48 hours to live", s.state(short), "refused expired_by_cap")
	s.check("with 96 hours to live", s.state(long), "deferred capped")
	s.Set("2026-11-30T09:59")
	s.send()
	s.check("a minute too early", s.state(long), "deferred capped")
	s.Set("2026-11-30T10:00")
	s.send()
	s.check("on Monday", s.state(long), "sent")
	if n := len(s.Post.Mails()); n != 3 {
		t.Errorf("%d mails", n)
	}
}

// J-6: three want the one slot of the morning. Service needs none, the birthday has it, the newsletter waits until there is another.
func TestThreeCompeteForOneSlot(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.capped("{count: 1, days: 2}")
	ana := s.Enrol(1, "", "offers")
	s.Set("2026-11-23T23:00") // a quiet hour
	news, birthday := s.letter("weekly", "w", ana, 3, 90*time.Hour), s.letter("birthday", "b", ana, 5, 72*time.Hour)
	s.carryOut(news)
	s.carryOut(birthday)
	s.check("newsletter at night", s.state(news), "deferred quiet")
	s.check("birthday at night", s.state(birthday), "deferred quiet")
	s.Set("2026-11-24T07:00")
	s.carryOut(news) // it asks first
	s.check("newsletter in the morning", s.state(news), "deferred capped")
	s.carryOut(birthday)
	s.check("birthday in the morning", s.state(birthday), "sent")
	s.Set("2026-11-26T07:00")
	s.send()
	s.check("newsletter two days later", s.state(news), "sent")
}

// J-10: what was due in an outage goes out after it, if it still means something.
func TestAfterAnOutageWhatStillMeansSomethingGoesOut(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.Set("2026-11-23T23:00")
	news, lunch := s.letter("weekly", "w", ana, 3, 72*time.Hour), s.letter("lunch", "l", ana, 5, 15*time.Hour)
	s.carryOut(news)
	s.carryOut(lunch)
	s.Set("2026-11-24T15:00") // nothing has run since
	s.send()
	s.check("newsletter", s.state(news), "sent")
	s.check("the lunch offer until 14:00", s.state(lunch), "refused expired")
}

// Two senders at the same moment meet in the agenda: a cap is never passed.
func TestTwoSendersTakeOneSlot(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.capped("{count: 1, days: 7}")
	ana := s.Enrol(1, "", "offers")
	var all sync.WaitGroup
	var orders []message.Order
	s.Service.Mailer = &oneByOne{mailer: s.Post}
	for n := range 8 {
		o := s.letter("years", fmt.Sprint(n), ana, 0, 300*time.Hour)
		orders = append(orders, o)
		all.Go(func() {
			if err := s.Send(t.Context(), o); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 10 {
		s.wait(time.Second)
	}
	if n := len(s.Post.Mails()); n != 1 {
		t.Errorf("%d mails in a week that has room for one", n)
	}
	for range 8 {
		s.wait(7 * 24 * time.Hour)
	}
	for _, o := range orders {
		if state := s.state(o); state != "sent" && state != "refused expired_by_cap" {
			t.Errorf("one of them is %s", state)
		}
	}
}

// A mail that the service refuses for good gives its slot back.
func TestARefusedMailGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.capped("{count: 1, days: 7}")
	ana := s.Enrol(1, "", "offers")
	first, second := s.letter("years", "1", ana, 0, time.Hour), s.letter("years", "2", ana, 0, time.Hour)
	s.Post.Fault = loyaltytest.Fault{Err: loyalty.ErrRefused}
	s.carryOut(first)
	s.carryOut(second)
	s.check("refused", s.state(first), "refused rejected")
	s.check("the next", s.state(second), "sent")
}

// What was sent before there was a cap counts once there is one.
func TestACapCountsWhatWasSentBefore(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.carryOut(s.letter("years", "1", ana, 0, time.Hour))
	s.capped("{count: 1, days: 7}")
	next := s.letter("years", "2", ana, 0, time.Hour)
	s.carryOut(next)
	s.check("the next", s.state(next), "refused expired_by_cap")
}

// oneByOne lets senders that work side by side hand over their mail one after another.
type oneByOne struct {
	mu     sync.Mutex
	mailer loyalty.Mailer
}

func (m *oneByOne) Mail(ctx context.Context, e loyalty.Envelope) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mailer.Mail(ctx, e)
}
