package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// Z-4: of 100 addresses one is refused for good; the others have their mail, once.
func TestOneRefusedAddressHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	orders := s.many(100)
	for range 2 { // the whole batch comes again
		for i, o := range orders {
			if i == 18 {
				s.Post.Fault = loyaltytest.Fault{Err: loyalty.ErrRefused}
			}
			s.carryOut(o)
			s.Post.Fault = loyaltytest.Fault{}
		}
	}
	states := map[string]int{}
	for _, o := range orders {
		states[s.state(o)]++
	}
	if states["sent"] != 99 || states["refused rejected"] != 1 || len(s.Post.Mails()) != 99 {
		t.Errorf("%v, %d mails", states, len(s.Post.Mails()))
	}
}

// Z-11, Z-12: consent that is withdrawn between order and claim counts, and two orders of one campaign's occasion are one mail.
func TestWhatIsTrueAtTheClaimCounts(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana, bo := s.Enrol(1, "", "offers"), s.Enrol(2, "")
	s.carryOut(s.letter("years", "2026", bo, 0, time.Hour))
	s.check("without consent", s.Messages(bo), "refused years no_consent")
	for range 2 {
		s.carryOut(s.letter("years", "2026", ana, 0, time.Hour))
	}
	if n := len(s.Post.Mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}
