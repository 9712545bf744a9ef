package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// A gift card earns nothing, so its return takes nothing back: there is no fact of it, and the stream goes on.
func TestReturnOfNoPointsIsNoFact(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	r := s.sale("1", ana, 4000)
	r.Lines[0].Kind = receipt.GiftCard
	s.checkout(r)
	if _, err := s.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: s.Clock()}); err != nil {
		t.Fatal(err)
	}
	s.relay(ana)
	s.check("facts", s.Bus.Facts(), "")
	s.check("book", s.Book(ana), "+0 0042/1/1, +0 0042/1/1~1")
}

func TestFactsOfACard(t *testing.T) {
	t.Parallel()
	s := open(t)
	swiped := s.Number(7)
	r := s.sale("1", swiped, 6000)
	a := s.checkout(r)
	s.relay(swiped)
	s.check("a first receipt", s.Bus.Facts(), "points.earned coupon.granted shopper.enrolled")
	used := s.sale("2", swiped, 1000)
	used.Coupons = []string{a.Granted[0].ID}
	s.checkout(used)
	s.relay(swiped)
	if _, err := s.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: s.Clock()}); err != nil {
		t.Fatal(err)
	}
	s.relay(swiped)
	s.check("all", s.Bus.Facts(), "points.earned coupon.granted shopper.enrolled points.earned coupon.redeemed points.reversed")
	s.told = map[string]card.Head{} // the stream begins anew: the same facts under the same ids
	s.relay(swiped)
	s.check("again", s.Bus.Facts(), "points.earned coupon.granted shopper.enrolled points.earned coupon.redeemed points.reversed")
	if n := len(s.send()); n != 2 { // the same order twice
		t.Errorf("%d orders", n)
	}
	s.check("mails", s.Messages(swiped), "refused big no_email")
}

// A till whose clock runs hours ahead brings a coupon whose e-mail is ordered all the same: the order is of now.
func TestOrderOfAReceiptFromTomorrow(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	r := s.sale("1", ana, 6000)
	r.At = s.Clock().Add(20 * time.Hour)
	s.checkout(r)
	s.relay(ana)
	s.send()
	s.check("mails", s.Messages(ana), "sent big")
}

// An occasion is one to one with its cause, as far as a mail is concerned: dots in a till's name are no separators.
func TestOccasionsDoNotCollide(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, cause := range []string{
		"0042/03/173", "0042/03.1/73", "0042/03/1.73", "0042.03/1/73", "birthday~2026", "birthday~2027", "0042/03/173~1", "0042/03/173-1",
	} {
		name := loyalty.Occasion(cause)
		if other, taken := seen[name]; taken {
			t.Errorf("%s and %s are both %s", other, cause, name)
		}
		seen[name] = cause
	}
	if got := loyalty.Occasion("0042/03/173"); got != "0042.03.173" {
		t.Errorf("an everyday receipt is %q", got)
	}
}

func TestCorrelationFollowsTheReceipt(t *testing.T) {
	t.Parallel()
	if loyalty.CorrelationOf("0042/03/173") != loyalty.CorrelationOf("0042/03/173~2") {
		t.Error("a return does not follow its receipt")
	}
	if loyalty.CorrelationOf("birthday~2026") == loyalty.CorrelationOf("birthday~2027") {
		t.Error("the birthdays of two years are one walk")
	}
}

// A campaign that ends between the receipt and the stream's word of it has spoken all the same: its coupon is granted, and so is its e-mail.
func TestACampaignThatEndedMeanwhileStillWrites(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.checkout(s.sale("1", ana, 6000))
	s.Wait(time.Minute)
	s.publish("- id: big", "- id: bigger")
	s.relay(ana)
	s.send()
	s.check("mails", s.Messages(ana), "sent big")
}
