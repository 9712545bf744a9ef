package loyalty_test

import (
	"strings"
	"testing"
	"time"
)

// Whatever sets a campaign off, each card gets the e-mail of its own arm, and is measured in it.
func TestEveryKindOfCampaignSpeaksInArms(t *testing.T) {
	t.Parallel()
	const arms = `arms: [{id: plain}, {id: loud, subject: LOUD NEWS}], `
	for name, row := range map[string]struct {
		campaign string
		changes  []string
		occurs   func(*shop, []string)
	}{
		"a checkout": {"big", []string{"  - id: big\n", "  - id: big\n    arms: [{id: plain}, {id: loud, subject: LOUD NEWS}]\n"}, func(s *shop, cards []string) {
			for _, id := range cards {
				s.checkout(s.sale("1"+id, id, 6_000))
				s.relay(id)
			}
		}},
		"a cart": {"basket", []string{"  - id: basket\n", "  - id: basket\n    arms: [{id: plain}, {id: loud, subject: LOUD NEWS}]\n"}, func(s *shop, cards []string) {
			for _, id := range cards {
				s.update(s.cart("c"+id, id, 1))
			}
			s.Wait(2 * time.Hour)
			s.remind()
		}},
		"a schedule": {"weekly", []string{"mail:\n  quiet_from", "  - {id: weekly, on: schedule, schedule: " + mondays + ", " + arms + "message: {template: note, topic: offers}}\nmail:\n  quiet_from"}, func(s *shop, _ []string) {
			s.Set("2026-11-23T09:01")
			if err := s.tick(); err != nil {
				s.t.Fatal(err)
			}
		}},
		"a birthday": {"birthday", []string{"  - id: birthday\n", "  - id: birthday\n    arms: [{id: plain}, {id: loud, subject: LOUD NEWS}]\n"}, func(s *shop, cards []string) {
			s.Set("2026-12-24T12:00")
			if _, err := s.Anniversaries(s.t.Context(), s.Clock()); err != nil {
				s.t.Fatal(err)
			}
			for _, id := range cards {
				s.relay(id)
			}
			s.wait(time.Minute)
		}},
		"a touch": {"tasting", []string{"mail:\n  quiet_from", "  - {id: tasting, on: touch, touch: tasting, " + arms + "message: {template: note, topic: offers}}\nmail:\n  quiet_from"}, func(s *shop, cards []string) {
			for _, id := range cards {
				s.touch("t"+id, id)
				s.relay(id)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.publish(row.changes...)
			var cards []string
			for n := uint64(1); n <= 6; n++ {
				cards = append(cards, s.Enrol(n, "12-24", "offers"))
			}
			row.occurs(s, cards)
			s.send()
			subjects, seen := map[string]string{}, map[string]int{}
			for _, m := range s.Post.Mails() {
				subjects[m.ID] = string(m.Raw)
			}
			for _, id := range cards {
				mails, err := s.CardMessages(t.Context(), id)
				a, _ := s.head(id).Assigned(row.campaign)
				if err != nil || len(mails) != 1 || mails[0].Arm == "" || mails[0].Arm != a.Arm {
					t.Fatalf("card %s is in arm %q: %+v, %v", id, a.Arm, mails, err)
				}
				if loud := strings.Contains(subjects[mails[0].ID], "Subject: LOUD NEWS"); loud != (a.Arm == "loud") {
					t.Errorf("card %s in arm %s got the loud subject: %t", id, a.Arm, loud)
				}
				seen[a.Arm]++
			}
			if len(seen) != 2 {
				t.Errorf("only one arm was seen: %v", seen)
			}
		})
	}
}
