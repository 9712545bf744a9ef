package loyalty_test

import (
	"testing"
	"time"
)

// A birthday campaign that came into force this morning is not in the rules of the day's first minute, by which its entry is dated; its
// e-mail is ordered all the same.
func TestACampaignThatBeganTodayOrdersItsEmail(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Set("2026-12-01T10:00")
	ana := s.Enrol(1, "12-24", "offers")
	s.Set("2026-12-24T05:00")
	s.publish("- id: birthday", "- id: cake2026")
	s.relay(ana)
	s.Set("2026-12-24T07:05")
	if _, err := s.Anniversaries(t.Context(), s.Clock()); err != nil {
		t.Fatal(err)
	}
	s.relay(ana)
	s.wait(time.Minute)
	s.send()
	s.check("book", s.Book(ana), "+0 cake2026~2026")
	s.check("mails", s.Messages(ana), "sent cake2026")
}
