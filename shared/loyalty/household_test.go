package loyalty_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// home is a shop with households, and three cards of one: its holder, and two members. Each has bought for its points before.
func home(t *testing.T, policy string, points ...int64) (s *shop, cards []string) {
	t.Helper()
	s = open(t)
	s.publish("offers:\n", "household: {members: 4"+policy+"}\noffers:\n")
	for i, n := range points {
		cards = append(cards, s.Enrol(uint64(1+i), "12-24", "offers"))
		s.checkout(s.sale(fmt.Sprint("own", i), cards[i], 100*n))
		s.Wait(time.Minute)
	}
	for i, number := range cards[1:] {
		s.join(number, cards[0], fmt.Sprint("j", i))
	}
	return s, cards
}

func (s *shop) join(number, with, id string) loyalty.Answer {
	s.t.Helper()
	a, err := s.JoinHousehold(s.t.Context(), number, with, act(id))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *shop) leaveHome(number, id string) loyalty.Answer {
	s.t.Helper()
	a, err := s.LeaveHousehold(s.t.Context(), number, act(id))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// H-7: of 900 points of three, one leaves with its own, with its share, or with nothing. Nobody's points are lost or doubled, and each keeps
// its days.
func TestWhatAMemberLeavesWithH7(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		policy      string
		leaver      int
		takes, left int64
	}{
		{"", 2, 100, 800},
		{", leaves_with: own", 1, 300, 600},
		{", leaves_with: equal", 2, 300, 600},
		{", leaves_with: equal", 1, 300, 600},
		{", leaves_with: nothing", 1, 0, 900},
	} {
		s, cards := home(t, row.policy, 500, 300, 100)
		s.balance(cards[row.leaver], 900)
		said := s.leaveHome(cards[row.leaver], "l1")
		if said.Card != cards[row.leaver] || said.Points != row.takes || said.Balance != row.takes {
			t.Errorf("%q: member %d leaves with %d points: %+v", row.policy, row.leaver, row.takes, said.Lots)
		}
		if again := s.leaveHome(cards[row.leaver], "l1"); !again.Repeated || again.Points != row.takes {
			t.Errorf("%q: again: %+v", row.policy, again)
		}
		s.balance(cards[0], row.left)
		s.balance(cards[3-row.leaver], row.left)
		if wrong := s.head(cards[0]).Book.Sound(nil) + s.head(cards[row.leaver]).Book.Sound(nil); wrong != "" {
			t.Errorf("%q: %s", row.policy, wrong)
		}
	}
}

// Receipts of any member are posted to the one book, each once; the book says whose they were, also of one who has left. After that a
// member's receipts are its own again.
func TestEverySwipeOfAHouseholdIsOneBook(t *testing.T) {
	t.Parallel()
	s, cards := home(t, "", 5, 3, 1)
	for i, number := range cards {
		r := s.sale(fmt.Sprint("at", i), number, 1000)
		if a := s.checkout(r); a.Card != cards[0] || a.Points != 10 || a.Repeated {
			t.Errorf("%+v", a)
		}
		if a := s.checkout(r); !a.Repeated || a.Points != 10 {
			t.Errorf("again: %+v", a)
		}
	}
	s.balance(cards[1], 39)
	whose := func() (list string) {
		h := s.head(cards[0])
		for _, e := range h.Book.Tail[len(h.Book.Tail)-3:] {
			list += h.Brought(e) + " "
		}
		return list
	}
	s.check("whose", whose(), strings.Join(cards, " ")+" ")
	said, err := s.Household(t.Context(), cards[2])
	if err != nil {
		t.Fatal(err)
	}
	s.check("household", fmt.Sprint(said), fmt.Sprintf("{%[1]s [{%[1]s %[1]s true 15} {%[2]s %[2]s false 13} {%[3]s %[3]s false 11}] 4 own}", cards[0], cards[1], cards[2]))
	if said := s.leaveHome(cards[1], "l1"); said.Balance != 13 {
		t.Errorf("%+v", said)
	}
	if a := s.checkout(s.sale("at1", cards[1], 1000)); !a.Repeated || a.Points != 10 {
		t.Errorf("a receipt of the time in the household is a repeat: %+v", a)
	}
	if a := s.checkout(s.sale("new", cards[1], 700)); a.Card != cards[1] || a.Balance != 20 {
		t.Errorf("%+v", a)
	}
	h := s.head(cards[0])
	s.check("whose", h.Brought(h.Book.Tail[len(h.Book.Tail)-3]), cards[1])
	s.join(cards[1], cards[0], "j9")
	s.balance(cards[0], 46)
	if a := s.checkout(s.sale("new", cards[1], 700)); !a.Repeated {
		t.Errorf("%+v", a)
	}
}

// Members stay who they are: numbers lead to the one card and to their own shopper, addresses stay each one's, and consents too.
func TestMembersStayWhoTheyAre(t *testing.T) {
	t.Parallel()
	s, cards := home(t, "", 5, 3, 1)
	lost, err := s.Replace(t.Context(), cards[1], s.Number(30), s.Clock(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]string{cards[0]: "ana1", cards[1]: "ana2", lost.Number: "ana2", cards[2]: "ana3"} {
		o, err := s.Store.Open(t.Context(), number, true)
		if err != nil {
			t.Fatal(err)
		}
		s.check("card and shopper", o.Head.ID+" "+o.Profile.Email, cards[0]+" "+want+"@shopper.example")
	}
	found, err := s.Store.Find(t.Context(), loyalty.EmailIdentity("ana2@shopper.example"))
	s.check("found", fmt.Sprint(found, err), lost.Number+"<nil>")
	change := func(number, email string) error {
		_, _, err := s.UpdateProfile(t.Context(), number, func(p card.Profile) (card.Profile, error) {
			p.Email = email
			return p.Decide("offers", card.Consent{At: s.Clock(), Source: "test"}), nil
		})
		return err
	}
	if err := change(lost.Number, "ana3@shopper.example"); kind(err) != "conflict email_taken" {
		t.Errorf("the address of another member: %v", err)
	}
	if err := change(lost.Number, "ben@shopper.example"); err != nil {
		t.Error(err)
	}
	s.leaveHome(cards[1], "l1")
	for number, want := range map[string]string{cards[0]: "ana1@shopper.example true", cards[1]: "ben@shopper.example false", lost.Number: "ben@shopper.example false"} {
		o, err := s.Store.Open(t.Context(), number, true)
		if err != nil {
			t.Fatal(err)
		}
		s.check("shopper", fmt.Sprint(o.Profile.Email, " ", o.Profile.Allows("offers")), want)
	}
	if same, err := s.SameHousehold(t.Context(), cards[0], cards[2]); !same || err != nil {
		t.Error(same, err)
	}
	if same, err := s.SameHousehold(t.Context(), cards[0], cards[1]); same || err != nil {
		t.Error(same, err)
	}
}

// mailed lists to whom e-mails have gone, in the order of names.
func (s *shop) mailed() string {
	var list []string
	for _, e := range s.Post.Mails() {
		list = append(list, strings.TrimSuffix(e.To, "@shopper.example"))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// E-mails go to the member who swiped; each has a birthday of its own, once, whether it comes in the household, before it or after.
func TestMessagesGoToTheMemberTheyAreAbout(t *testing.T) {
	t.Parallel()
	s, cards := home(t, "", 5, 3, 1)
	s.relay(cards[0])
	s.checkout(s.sale("big", cards[2], 6000))
	s.relay(cards[0])
	s.send()
	s.check("mailed", s.mailed(), "ana3")
	s.check("messages", s.Messages(cards[2])+"|"+s.Messages(cards[0]), "sent big|")

	alone := s.Enrol(4, "12-24", "offers")
	keep := func(at string) {
		s.t.Helper()
		s.Set(at)
		if _, err := s.Anniversaries(t.Context(), s.Clock()); err != nil {
			t.Fatal(err)
		}
		for _, number := range append(cards, alone) {
			s.relay(s.head(number).ID)
		}
		s.send()
	}
	keep("2026-12-23T20:00")
	keep("2026-12-24T08:00")
	s.check("mailed", s.mailed(), "ana1 ana2 ana3 ana3 ana4")
	s.check("wallet", fmt.Sprint(len(s.head(cards[0]).Wallet)), "4")
	s.join(alone, cards[0], "j9")
	s.leaveHome(cards[1], "l1")
	if err := errors.Join(s.Greet(t.Context(), cards[0]), s.Greet(t.Context(), cards[1]), s.Greet(t.Context(), cards[2]), s.Greet(t.Context(), alone)); err != nil {
		t.Fatal(err)
	}
	keep("2026-12-24T09:00")
	s.check("mailed", s.mailed(), "ana1 ana2 ana3 ana3 ana4")
	s.join(cards[1], cards[0], "j10")
	if err := s.Greet(t.Context(), cards[1]); err != nil {
		t.Fatal(err)
	}
	keep("2026-12-24T10:00")
	s.check("mailed", s.mailed(), "ana1 ana2 ana3 ana3 ana4")
	keep("2027-12-24T10:00")
	s.check("the year after", s.mailed(), "ana1 ana1 ana2 ana2 ana3 ana3 ana3 ana4 ana4")
}

// What a household may not do is said in words, and changes nothing.
func TestWhatHouseholdsMayNot(t *testing.T) {
	t.Parallel()
	s, cards := home(t, "", 5, 3, 1)
	x, y := s.Enrol(5, ""), s.Enrol(6, "")
	s.join(x, cards[2], "j5")
	do := func(f func(a, b string, by loyalty.ByHand) error, a, b string) string {
		return kind(f(a, b, act("n1")))
	}
	join := func(a, b string, by loyalty.ByHand) error {
		_, err := s.JoinHousehold(t.Context(), a, b, by)
		return err
	}
	leave := func(a, _ string, by loyalty.ByHand) error { _, err := s.LeaveHousehold(t.Context(), a, by); return err }
	merge := func(a, b string, by loyalty.ByHand) error { _, err := s.Merge(t.Context(), a, b, by); return err }
	unmerge := func(a, _ string, by loyalty.ByHand) error { _, err := s.Unmerge(t.Context(), a, by); return err }
	status := func(to card.Status) func(a, b string, by loyalty.ByHand) error {
		return func(a, _ string, by loyalty.ByHand) error { _, err := s.SetStatus(t.Context(), a, to, by); return err }
	}
	for _, row := range []struct{ got, want string }{
		{do(join, y, cards[1]), "refused household_limit"},
		{do(join, cards[1], cards[0]), "refused same_card"},
		{do(join, cards[1], y), "refused in_household"},
		{do(leave, cards[0], ""), "refused household_holder"},
		{do(leave, y, ""), "refused no_household"},
		{do(leave, s.Number(77), ""), "not found card_unknown"},
		{do(merge, cards[0], y), "refused in_household"},
		{do(merge, cards[1], y), "refused in_household"},
		{do(merge, y, cards[1]), "refused in_household"},
		{do(unmerge, cards[1], ""), "refused in_household"},
		{do(status(card.Closed), cards[1], ""), "refused in_household"},
		{do(status(card.Blocked), cards[1], ""), "refused in_household"},
		{do(status(card.Closed), cards[0], ""), "refused in_household"},
		{do(status(card.Blocked), cards[0], ""), "<nil>"},
		{do(join, y, cards[0]), "refused card_blocked"},
	} {
		s.check("said", row.got, row.want)
	}
	s.balance(x, 9)
	s = open(t)
	s.check("without households", kind(join2(s, s.Enrol(1, ""), s.Enrol(2, ""))), "refused no_household")
}

func join2(s *shop, a, b string) error {
	_, err := s.JoinHousehold(s.t.Context(), a, b, act("j1"))
	return err
}

// A card that was merged with another of its shopper's comes along as one, and its numbers stay that shopper's.
func TestAMergedCardJoinsWhole(t *testing.T) {
	t.Parallel()
	s, cards := home(t, ", leaves_with: equal", 50, 30)
	old, extra := s.Enrol(7, ""), s.Enrol(8, "")
	s.checkout(s.sale("old", old, 2000))
	s.merge(old, extra, "m1")
	s.join(old, cards[1], "j7")
	s.balance(old, 100)
	for _, number := range []string{old, extra} {
		o, err := s.Store.Open(t.Context(), number, true)
		if err != nil {
			t.Fatal(err)
		}
		s.check("shopper", o.Profile.Email, "ana8@shopper.example")
	}
	s.check("of its own", fmt.Sprint(s.head(old).Contributed(s.head(old).MemberAt(old))), "20")
	if said := s.leaveHome(old, "l1"); said.Card != extra || said.Balance != 33 {
		t.Errorf("%+v", said)
	}
	s.balance(cards[0], 67)
	s.unmerge(old, "u1")
	s.balance(old, 20)
	s.balance(extra, 13)
}

// A code is good for ten minutes at least and twenty at most, for the household alone, and under a secret that was in use before.
func TestJoinCodes(t *testing.T) {
	t.Parallel()
	s, cards := home(t, "", 5, 3)
	code, until, err := s.JoinCode(t.Context(), cards[1])
	if err != nil || until.Sub(s.Clock()) < 10*time.Minute || until.Sub(s.Clock()) > 20*time.Minute {
		t.Fatal(code, until, err)
	}
	s.check("of the holder", kind(s.CheckJoinCode(t.Context(), cards[0], strings.ToLower(code[:4]+"-"+code[4:]))), "<nil>")
	s.check("of a stranger", kind(s.CheckJoinCode(t.Context(), s.Enrol(9, ""), code)), "refused join_code")
	s.check("guessed", kind(s.CheckJoinCode(t.Context(), cards[0], "00000000")), "refused join_code")
	s.Letters.Secrets = []string{"a newer secret for the links", s.Letters.Secrets[0]}
	s.Wait(10 * time.Minute)
	s.check("ten minutes later", kind(s.CheckJoinCode(t.Context(), cards[0], code)), "<nil>")
	s.Wait(10 * time.Minute)
	s.check("too old", kind(s.CheckJoinCode(t.Context(), cards[0], code)), "refused join_code")
}
