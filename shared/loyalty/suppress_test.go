package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// mailing gives a card a reason to be mailed once more, and tells what became of it.
func (s *shop) mailing(number, receipt string) string {
	s.t.Helper()
	before := len(s.Post.Mails())
	s.checkout(s.sale(receipt, number, 6000))
	s.relay(number)
	for _, o := range s.send() {
		rec, _, err := s.Store.Message(s.t.Context(), o.Card, o.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		if rec.State == message.StateRefused {
			return string(rec.Reason)
		}
	}
	if len(s.Post.Mails()) > before {
		return "sent"
	}
	return "nothing"
}

func (s *shop) against(address string) string {
	s.t.Helper()
	stands, err := s.Store.AddressSuppression(s.t.Context(), address)
	if err != nil {
		return "nothing"
	}
	return stands.Reason
}

// A complaint (Z-8) and a dead address outlive the card and the profile, and hold for whoever comes with the address next.
func TestWhatStandsAgainstAnAddressOutlivesItsShopper(t *testing.T) {
	t.Parallel()
	for reason, allows := range map[string]string{"complaint": "sent", "bounce": "suppressed", loyalty.SuppressedByRequest: "sent", loyalty.SuppressedByErasure: "sent"} {
		s := open(t)
		if got := s.against("ana1@shopper.example"); got != "nothing" {
			t.Fatalf("a new list has %s", got)
		}
		if err := s.Store.SuppressAddress(t.Context(), " Ana1@SHOPPER.example", card.Suppression{At: s.Clock(), Reason: reason}); err != nil {
			t.Fatal(err)
		}
		ana := s.Enrol(1, "", "offers") // consents, but by no act of her own: as an import does
		if got := s.mailing(ana, "1"); got != "suppressed" || len(s.head(ana).Wallet) != 1 {
			t.Errorf("Q-8, %s: an import is mailed: %s; her coupon is good at the till all the same: %v", reason, got, s.head(ana).Wallet)
		}
		s.Wait(time.Hour)
		_, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) {
			return p.Decide("offers", card.Consent{Allowed: true, At: s.Clock(), Source: card.SourceTill + "0042", Text: "4"}), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.mailing(ana, "2"); got != allows {
			t.Errorf("%s, and she has allowed mail at the till since: %s, want %s", reason, got, allows)
		}
	}
}

func TestADeadAddressStaysDeadWhateverFollows(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, row := range []struct{ said, want string }{
		{"request", "request"}, {"complaint", "complaint"}, {"bounce", "bounce"}, {"request", "bounce"}, {"erased", "bounce"}, {"bounce", "bounce"},
	} {
		if err := s.Store.SuppressAddress(t.Context(), "a@b.example", card.Suppression{At: s.Clock(), Reason: row.said}); err != nil {
			t.Fatal(err)
		}
		if got := s.against("A@B.example"); got != row.want {
			t.Errorf("after %s: %s, want %s", row.said, got, row.want)
		}
	}
	if err := s.Store.LiftSuppression(t.Context(), "a@b.example"); err != nil || s.against("a@b.example") != "nothing" {
		t.Errorf("lifted by hand: %s %v", s.against("a@b.example"), err)
	}
	hashes := ""
	err := s.Store.SuppressedAddresses(t.Context(), func(hash string, _ card.Suppression) error { hashes += hash; return nil })
	if err != nil || hashes != "" {
		t.Errorf("%q %v", hashes, err)
	}
}

// Z-8: a complaint ends all marketing at once; what concerns the card still goes.
func TestAComplaintIsKeptByTheAddress(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers", "news")
	s.checkout(s.sale("1", ana, 6000))
	s.relay(ana)
	id := s.send()[0].ID
	if err := s.Report(t.Context(), loyalty.Report{Message: id, Happening: message.HappenComplain, At: s.Clock(), Address: "ana1@shopper.example"}); err != nil {
		t.Fatal(err)
	}
	if got := s.against("ana1@shopper.example"); got != "complaint" {
		t.Error(got)
	}
	// She is erased, and an old file brings her back on another card.
	if _, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { return card.Profile{ID: p.ID}, nil }); err != nil {
		t.Fatal(err)
	}
	back := s.Number(2)
	p := card.Profile{Given: "Ana", Email: "ANA1@shopper.example", Consents: map[string]card.Consent{"offers": {Allowed: true, At: s.Clock(), Source: "import"}}}
	if _, err := s.Service.Enrol(t.Context(), loyalty.Enrolment{Number: back, Store: "0042", Profile: p}, nil); err != nil {
		t.Fatal(err)
	}
	if got := s.mailing(back, "2"); got != "suppressed" {
		t.Errorf("Q-8: brought back by a file: %s", got)
	}
	if strings.Contains(s.against("ana1@shopper.example"), "@") {
		t.Error("an address is shown")
	}
}
