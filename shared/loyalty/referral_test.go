package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const referring = `referral: {advocate: {points: 500}, friend: {points: 200}, minimum: "20.00", after_days: 14, most: 2}` + "\n"

// recommending is a shop that rewards referrals, with an advocate who is known already.
func recommending(t *testing.T) (s *shop, advocate string, code func(number string) string) {
	t.Helper()
	s = open(t)
	s.publish("campaigns:\n", referring+"campaigns:\n")
	advocate = s.Number(31)
	s.checkout(s.sale("a", advocate, 1000))
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	return s, advocate, rules.Numbering().Referral
}

// befriend enrols a card by a code, and tells why not.
func (s *shop) befriend(number, code string, p card.Profile) string {
	s.t.Helper()
	_, err := s.Service.Enrol(s.t.Context(), loyalty.Enrolment{Number: number, Store: "0042", Profile: p, ReferredBy: code}, nil)
	if err == nil {
		return ""
	}
	return loyalty.Code(err)
}

// reward rewards what is due, three times over.
func (s *shop) reward(want int) {
	s.t.Helper()
	for n := range 3 {
		got, err := s.RewardReferrals(s.t.Context(), s.Clock())
		if err != nil || n == 0 && got != want || n > 0 && got != 0 {
			s.t.Errorf("try %d on %s: %d rewarded %v, want %d", n, s.Clock().Format(time.DateOnly), got, err, want)
		}
	}
}

// RF-1: what counts is what is kept of a purchase when its return period is over. Both are rewarded then, once.
func TestRF1RewardAfterTheFirstPurchaseThatIsKept(t *testing.T) {
	t.Parallel()
	s, ana, code := recommending(t)
	friend, start := s.Number(32), s.Clock()
	s.check("enrolled", s.befriend(friend, code(ana), card.Profile{}), "")
	s.reward(0)
	r := s.sale("1", friend, 1500, 1000)
	s.checkout(r)
	s.relay(friend)
	s.Wait(5 * 24 * time.Hour)
	if _, err := s.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "2", Quantity: 1}}}); err != nil {
		t.Fatal(err)
	}
	s.Wait(10 * 24 * time.Hour)
	s.reward(0)
	s.Wait(start.AddDate(0, 0, 40).Sub(s.Clock()))
	s.checkout(s.sale("2", friend, 3000))
	s.relay(friend)
	s.Wait(13 * 24 * time.Hour)
	s.reward(0)
	s.check("not yet", s.Book(ana), "+10 0042/1/a")
	s.Wait(24 * time.Hour)
	s.reward(1)
	s.check("advocate", s.Book(ana), "+10 0042/1/a, +500 referral~"+friend)
	s.checkout(s.sale("3", friend, 3000))
	s.relay(friend)
	s.Wait(20 * 24 * time.Hour)
	s.reward(0)
	s.check("friend", s.Book(friend), "+25 0042/1/1, -10 0042/1/1~1, +30 0042/1/2, +200 referral, +30 0042/1/3")
}

// RF-2: who may not be recommended is refused with the reason, and enrols without the code; the same enrolment again names the same.
func TestRF2WhoMayNotBeRecommended(t *testing.T) {
	t.Parallel()
	s, ana, code := recommending(t)
	known := s.Number(40)
	s.checkout(s.sale("k", known, 100))
	phone := card.Profile{Phone: "+49 30 1234567"}
	first, second, third := s.Number(41), s.Number(42), s.Number(43)
	if _, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { p.Phone = "+49301234567"; return p, nil }); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what, number, code, want string
		shopper                  card.Profile
	}{
		{"a code that is none", first, "ABCDEFGHJKMNP", "referral_unknown", card.Profile{}},
		{"a card that there is not", first, code(s.Number(99)), "referral_unknown", card.Profile{}},
		{"the same phone", first, code(ana), "same_shopper", phone},
		{"has bought before", known, code(ana), "friend_known", card.Profile{}},
		{"own code", known, code(known), "own_code", card.Profile{}},
		{"a new shopper", first, code(ana), "", card.Profile{}},
		{"a chain", second, code(first), "", card.Profile{}},
	} {
		s.check(row.what, s.befriend(row.number, row.code, row.shopper), row.want)
	}
	// A ring: the card of a first swipe that earned nothing has no owner yet; its own friend cannot recommend it.
	if err := s.Referrals.PutReferral(t.Context(), loyalty.Referral{Friend: first, Advocate: third, At: s.Clock(), State: loyalty.ReferralOpen}, 1); err != nil {
		t.Fatal(err)
	}
	s.check("ring", s.befriend(third, code(second), card.Profile{}), "referral_ring")
	s.check("without a code", s.befriend(third, "", card.Profile{}), "")
}

// An advocate is rewarded for so many friends, and a friend whose card was merged into the advocate's brings nothing.
func TestReferralsHaveALimit(t *testing.T) {
	t.Parallel()
	s, ana, code := recommending(t)
	var friends []string
	for n := range uint64(3) {
		friends = append(friends, s.Number(50+n))
		s.check("enrolled", s.befriend(friends[n], code(ana), card.Profile{}), "")
		s.checkout(s.sale("f"+friends[n], friends[n], 2500))
		s.relay(friends[n])
	}
	s.Wait(15 * 24 * time.Hour)
	s.reward(2)
	rewarded := 0
	for _, friend := range friends {
		if r, _, err := s.Referrals.Referral(t.Context(), friend); err != nil || r.State == loyalty.ReferralRewarded {
			rewarded++
		} else if r.State != loyalty.ReferralMost {
			t.Errorf("%+v", r)
		}
	}
	if h := s.head(ana); rewarded != 2 || h.Book.Balance != 1010 {
		t.Errorf("%d rewarded, %d points", rewarded, h.Book.Balance)
	}
	s.check("one more", s.befriend(s.Number(60), code(ana), card.Profile{}), "referral_limit")
}
