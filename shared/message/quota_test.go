package message

import (
	"testing"
	"time"
)

// Z-6 with an account of 50,000 of which 48,000 are sent: a campaign of 5,000 gets 2,000 now. Mail that waits for its moment when the
// service is asked again stays counted.
func TestAnAccountsWindowIsKept(t *testing.T) {
	t.Parallel()
	r := Rate{PerSecond: 10, PerDay: 50_000, Window: true}
	p := Pace{}.Heard(Quota{PerDay: 50_000, Sent: 48_000, AskedAt: start}, r, start)
	p, got, _ := drain(p, 5000, 10, Marketing, true, r, start, "today")
	if got != 2000 {
		t.Errorf("%d mails, want 2000", got)
	}
	p = p.Heard(Quota{PerDay: 50_000, Sent: 49_000, AskedAt: start}, r, p.Until.Add(-100*time.Second))
	if _, got, _ = drain(p, 5000, 10, Marketing, true, r, p.Until, "tomorrow"); got != 0 {
		t.Errorf("%d mails while 1,000 are on their way, want none", got)
	}
	p = p.Heard(Quota{PerDay: 50_000, Sent: 20_000, AskedAt: start}, r, p.Until)
	if _, got, _ = drain(p, 5000, 10, Marketing, true, r, p.Until, "tomorrow"); got != 5000 {
		t.Errorf("%d mails in a window that has moved on, want 5000", got)
	}
}
