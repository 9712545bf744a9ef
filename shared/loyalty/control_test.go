package loyalty_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// steer does one act and tells the state after it, or the code of the refusal.
func (s *shop) steer(campaign string, verb loyalty.Verb, by string, more ...func(*loyalty.Steering)) string {
	s.t.Helper()
	in := loyalty.Steering{Campaign: campaign, Verb: verb, By: by, Why: "a test"}
	for _, change := range more {
		change(&in)
	}
	c, err := s.Steer(s.t.Context(), in)
	s.Wait(time.Second) // what functions have read of it holds for so long
	if err != nil {
		return loyalty.Code(err)
	}
	return string(c.State)
}

func wrote(names ...string) func(*loyalty.Steering) {
	return func(in *loyalty.Steering) { in.Authors = names }
}

func typed(n int64) func(*loyalty.Steering) {
	return func(in *loyalty.Steering) { in.Audience = n }
}

func TestWhereACampaignCanBeSteered(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i, row := range []struct {
		campaign string
		verb     loyalty.Verb
		want     string
	}{
		{"birthday", loyalty.VerbResume, "state"}, {"birthday", loyalty.VerbPause, "paused"}, {"birthday", loyalty.VerbPause, "paused"},
		{"birthday", loyalty.VerbStart, "state"}, {"birthday", loyalty.VerbResume, "running"}, {"birthday", loyalty.VerbKill, "killed"},
		{"birthday", loyalty.VerbPause, "state"}, {"birthday", loyalty.VerbResume, "running"}, {"birthday", loyalty.VerbCancel, "cancelled"},
		{"birthday", loyalty.VerbResume, "state"}, {"birthday", loyalty.VerbCancel, "cancelled"},
		{"big", loyalty.VerbDraft, "draft"}, {"big", loyalty.VerbApprove, "approved"}, {"big", loyalty.VerbStart, "running"},
		{"nothing", loyalty.VerbPause, "campaign_unknown"}, {"big", "sell", "verb"},
		{loyalty.AllCampaigns, loyalty.VerbCancel, "verb"}, {loyalty.AllCampaigns, loyalty.VerbKill, "killed"}, {loyalty.AllCampaigns, loyalty.VerbResume, "running"},
	} {
		by := "Mira"
		if row.verb == loyalty.VerbApprove {
			by = "Jon"
		}
		if got := s.steer(row.campaign, row.verb, by); got != row.want {
			t.Errorf("row %d: %s of %s gives %s; want %s", i, row.verb, row.campaign, got, row.want)
		}
	}
	c, err := s.Controls.Control(t.Context(), "birthday")
	if err != nil || len(c.Steps) != 5 || c.Steps[0].By != "Mira" || c.Steps[0].Why != "a test" || c.Steps[4].State != loyalty.CampaignCancelled {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := s.Steer(t.Context(), loyalty.Steering{Campaign: "big", Verb: loyalty.VerbKill, By: "Mira"}); loyalty.Code(err) != "why_missing" {
		t.Errorf("a kill without a reason: %v", err)
	}
}

// Z-10: paused and resumed three times, nobody is lost and nobody is mailed twice.
func TestAPausedBroadcastWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	s.publish(weekly(mondays)...)
	s.Set("2026-11-23T09:00")
	for range 3 {
		s.check("pause", s.steer("weekly", loyalty.VerbPause, "Mira"), "paused")
		if err := s.tick(); err != nil {
			t.Fatal(err)
		}
		s.send()
		s.wait(20 * time.Minute)
		if n := len(s.Post.Mails()); n != 0 {
			t.Fatalf("%d mails of a paused campaign", n)
		}
		s.check("resume", s.steer("weekly", loyalty.VerbResume, "Mira"), "running")
	}
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.check("pause", s.steer("weekly", loyalty.VerbPause, "Mira"), "paused")
	s.send() // all are ordered, and wait
	if n := len(s.Post.Mails()); n != 0 {
		t.Fatalf("%d mails of a paused campaign", n)
	}
	s.check("one of them", s.Messages(s.Number(1)), "deferred weekly campaign_stopped")
	s.check("resume", s.steer("weekly", loyalty.VerbResume, "Mira"), "running")
	for range 3 {
		s.wait(15 * time.Minute)
	}
	if n := len(s.Post.Mails()); n != 20 {
		t.Errorf("%d mails; want 20", n)
	}
}

// W-7: a kill is heeded by the next message; what was mailed stays mailed, and each of the others says why it was not.
func TestAKillIsHeededByTheNextMessage(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"weekly", loyalty.AllCampaigns} {
		s := open(t)
		s.enrolMany(30)
		s.publish(weekly(mondays)...)
		s.Set("2026-11-23T09:00")
		if err := s.tick(); err != nil {
			t.Fatal(err)
		}
		bodies := s.Queue.Take()
		for i, body := range bodies {
			if i == 8 { // at 40 %
				s.check("kill", s.steer(target, loyalty.VerbKill, "Mira"), "killed")
			}
			s.sendBody(body)
		}
		if n := len(s.Post.Mails()); n != 8 {
			t.Errorf("%d mails", n)
		}
		states := map[string]int{}
		for n := uint64(1); n <= 30; n++ {
			states[s.Messages(s.Number(n))]++
		}
		if states["sent weekly"] != 8 || states["refused weekly campaign_stopped"] != 12 || states[""] != 10 {
			t.Errorf("kill %s: %v", target, states)
		}
		s.Set("2026-11-30T09:00")
		if err := s.tick(); err != nil {
			t.Fatal(err)
		}
		if n := s.Queue.Len(); n != 0 {
			t.Errorf("a killed campaign orders %d more", n)
		}
	}
}

// W-5, W-6: a large audience needs another person's approval of exactly this version; a surprising one its number.
func TestALargeCampaignNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	rules := append(weekly(mondays), "topics: [{id: offers", "approval: {audience: 10}\ntopics: [{id: offers")
	s.publish(rules...)
	s.Set("2026-11-23T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.check("nobody has started it", s.runs("weekly"), "")
	s.check("without approval", s.steer("weekly", loyalty.VerbStart, "Mira"), "approval_missing")
	s.check("by its author", s.steer("weekly", loyalty.VerbApprove, "Ann", wrote("Ann")), "own_campaign")
	s.check("by another", s.steer("weekly", loyalty.VerbApprove, "Jon", wrote("Ann")), "")
	s.check("the number is missing", s.steer("weekly", loyalty.VerbStart, "Mira"), "audience_surprising")
	s.check("the wrong number", s.steer("weekly", loyalty.VerbStart, "Mira", typed(30)), "audience_surprising")
	s.check("started", s.steer("weekly", loyalty.VerbStart, "Mira", typed(20)), "running")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.check("runs", s.runs("weekly"), "2026-11-23 cards=30 audience=20 ordered=20 done=true ")

	s.Set("2026-11-24T09:00") // any edit ends the approval
	s.publish(append(rules, "A coupon for you", "Another coupon for you")...)
	s.check("edited", s.steer("weekly", loyalty.VerbStart, "Mira", typed(20)), "approval_missing")
	s.Set("2026-11-30T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	if got := s.runs("weekly"); strings.Contains(got, "2026-11-30") {
		t.Errorf("an edited campaign has begun: %s", got)
	}
}

// W-5: coupons that could cost more than the programme's amount need a second person too, and so do those that nothing bounds.
func TestABudgetNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	for budget, want := range map[string]string{
		"budget: {coupons: 100}":      "approval_missing", // of 3.00 each, which is 300.00
		"budget: {coupons: 50}":       "audience_surprising",
		"budget: {money: \"200.00\"}": "approval_missing",
		"budget: {money: \"150.00\"}": "audience_surprising",
		"name: Weekly":                "approval_missing",
	} {
		s := open(t)
		s.enrolMany(30)
		rules := append(weekly(mondays+", "+budget), "topics: [{id: offers", "approval: {money: \"150.00\"}\ntopics: [{id: offers")
		rules[1] = strings.Replace(rules[1], "offer: ten", "offer: cake", 1)
		s.publish(rules...)
		s.check(budget, s.steer("weekly", loyalty.VerbStart, "Mira"), want)
		if want == "approval_missing" {
			s.check("approved", s.steer("weekly", loyalty.VerbApprove, "Jon", wrote("Ann")), "")
		}
		s.check("started", s.steer("weekly", loyalty.VerbStart, "Mira", typed(20)), "running")
	}
}

// W-5: a programme that wants approval hears nothing of a date or a cart either before somebody has started exactly this version. The e-mail of
// a cart waits for that as long as it lives; a birthday that has passed meanwhile is past.
func TestDatesAndCartsWaitForTheirStart(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("topics: [{id: offers", "approval: {audience: 10}\ntopics: [{id: offers")
	ana, bo := s.Enrol(1, "11-21", "offers"), s.Enrol(2, "11-22", "offers")
	s.update(s.cart("81", ana, 1))
	birthdays := func() {
		t.Helper()
		if _, err := s.Anniversaries(t.Context(), s.Clock()); err != nil {
			t.Fatal(err)
		}
		for _, number := range []string{ana, bo} {
			s.relay(number)
		}
		s.send()
	}
	birthdays()
	s.Wait(time.Hour)
	s.check("reminders", fmt.Sprint(s.remind()), "1")
	s.send()
	s.check("ana", s.Messages(ana), "deferred basket campaign_stopped")
	for _, campaign := range []string{"birthday", "basket"} {
		s.check("without approval", s.steer(campaign, loyalty.VerbStart, "Mira"), "approval_missing")
		s.check("approved", s.steer(campaign, loyalty.VerbApprove, "Jon", wrote("Ann")), "")
		s.check("started", s.steer(campaign, loyalty.VerbStart, "Mira"), "running")
	}
	s.wait(20 * time.Minute)
	birthdays()
	s.check("ana after the start", s.Messages(ana), "sent basket")
	s.Set("2026-11-22T10:00")
	birthdays()
	s.check("bo, whose birthday came later", s.Messages(bo), "sent birthday")
}

// W-5: an e-mail that was ordered before an edit is written by what is edited, so it waits for the start of that.
func TestWhatIsOrderedWaitsWhileAnEditIsNotStarted(t *testing.T) {
	t.Parallel()
	s := open(t)
	approval := []string{"topics: [{id: offers", "approval: {money: \"100000.00\"}\ntopics: [{id: offers", "on: checkout", "budget: {coupons: 10}\n    on: checkout", "percent: \"10\"", "percent: \"10\", cap: \"5.00\""}
	s.publish(approval...)
	s.check("started", s.steer("big", loyalty.VerbStart, "Mira"), "running")
	ana := s.Enrol(1, "", "offers")
	sold := s.sale("1", ana, 6000)
	if a := s.checkout(sold); len(a.Granted) != 1 {
		t.Fatalf("%+v", a)
	}
	s.relay(ana)
	s.Wait(time.Minute)
	s.publish(append(approval, "A coupon for you", "Another coupon for you")...)
	s.send()
	s.check("while the edit waits", s.Messages(ana), "deferred big campaign_stopped")
	late := s.sale("2", ana, 6000)
	late.At = sold.At
	if a := s.checkout(late); len(a.Granted) != 1 {
		t.Errorf("a receipt of before the edit, which was started then: %+v", a)
	}
	if a := s.checkout(s.sale("3", ana, 6000)); len(a.Granted) != 0 {
		t.Errorf("a receipt of after the edit: %+v", a)
	}
	s.check("started", s.steer("big", loyalty.VerbStart, "Mira"), "running")
	s.wait(20 * time.Minute)
	s.check("then", s.Messages(ana), "sent big")
	s.Wait(loyalty.HeedSoon)
	if a := s.checkout(s.sale("4", ana, 6000)); len(a.Granted) != 1 {
		t.Errorf("a receipt of after the start: %+v", a)
	}
}

// A campaign of coupons alone is one that a kill of all stops, and why says so.
func TestAKillOfAllStopsWhatSendsNoMail(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("grant: {offer: ten, days: 30}\n    message: {template: mail, topic: offers}", "grant: {offer: ten, days: 30}")
	ana := s.Enrol(1, "", "offers")
	s.check("kill", s.steer(loyalty.AllCampaigns, loyalty.VerbKill, "Mira"), "killed")
	why, err := s.Why(t.Context(), ana, "big")
	if err != nil || why.Outcome != "would be refused: campaign_stopped" {
		t.Errorf("%+v, %v", why, err)
	}
	if a := s.checkout(s.sale("1", ana, 6000)); len(a.Granted) != 0 {
		t.Errorf("%+v", a)
	}
	if why, err = s.Why(t.Context(), ana, "big"); err != nil || why.Outcome != "withheld: killed" {
		t.Errorf("%+v, %v", why, err)
	}
}
