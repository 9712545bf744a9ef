package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
)

// holding is a shop whose campaigns of one kind leave half of the cards alone, and cards that are and are not among them.
func holding(t *testing.T, change ...string) (s *shop, alone, others []string) {
	t.Helper()
	s = open(t)
	s.publish(change...)
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	for n := uint64(1); len(alone) < 2 || len(others) < 2; n++ {
		id := s.Enrol(n, "02-29", "offers")
		if held, _ := rules.HeldOut("basket", id); held {
			alone = append(alone, id)
		} else {
			others = append(others, id)
		}
	}
	return s, alone, others
}

// A cart of a shopper who is held out is refused before anything else is looked at, and the card is measured like one that was written to.
func TestACartOfAHeldOutShopperIsLeftAlone(t *testing.T) {
	t.Parallel()
	s, alone, others := holding(t, "    after_minutes: 60", "    after_minutes: 60\n    holdout: 50")
	noConsent := s.Enrol(400, "", "")
	for id, want := range map[string]string{alone[0]: "refused basket held_out", others[0]: "sent basket"} {
		s.update(s.cart("c"+id, id, 1))
		s.pass(24 * time.Hour)
		s.check("messages", s.Messages(id), want)
		h := s.head(id)
		if len(h.Assignments) != 1 || h.Assignments[0].Campaign != "basket" || len(h.Book.Tail) != 1 {
			t.Errorf("measured %+v, entries %+v", h.Assignments, h.Book.Tail)
		}
		s.relay(id) // the entry orders nothing
		s.checkout(s.sale("7"+id, id, 350))
		s.update(s.cart("d"+id, id, 1))
		s.pass(24 * time.Hour)
		h = s.head(id)
		if len(h.Assignments) != 1 || h.Assignments[0].Spent != 350 {
			t.Errorf("measured %+v", h.Assignments)
		}
	}
	s.update(s.cart("c3", noConsent, 1))
	s.pass(24 * time.Hour)
	if h := s.head(noConsent); len(h.Assignments) != 1 || !strings.HasPrefix(s.Messages(noConsent), "refused basket") {
		t.Errorf("a shopper without consent is measured too: %+v, %s", h.Assignments, s.Messages(noConsent))
	}
}

// Whoever the programme leaves alone gets nothing by any campaign, and an entry tells so for each occasion.
func TestTheProgrammesHoldoutIsHonouredByEveryCampaign(t *testing.T) {
	t.Parallel()
	s, alone, others := holding(t, "campaigns:", "holdout: 50\ncampaigns:")
	for id, want := range map[string]string{alone[0]: "", others[0]: "sent basket, sent big"} {
		held := want == ""
		s.update(s.cart("c"+id, id, 1))
		s.pass(24 * time.Hour)
		a := s.checkout(s.sale("9"+id, id, 6_000))
		s.relay(id)
		s.pass(24 * time.Hour)
		h := s.head(id)
		if got, _ := h.Assigned("*"); a.Points != 60 || len(a.Granted) == 0 != held || (got.Arm == card.ArmHeld) != held || len(h.Assignments) != 1 {
			t.Errorf("held out %t: %d points, %d coupons, %+v", held, a.Points, len(a.Granted), h.Assignments)
		}
		if held {
			want = "refused basket held_out"
			if marks := h.Book.Tail[len(h.Book.Tail)-1].Marks; !strings.Contains(string(marks[len(marks)-1].Kind)+marks[len(marks)-1].Text, "Hbig") {
				t.Errorf("marks %+v", marks)
			}
		}
		s.check("messages", s.Messages(id), want)
	}
}
