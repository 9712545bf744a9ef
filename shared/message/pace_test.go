package message

import (
	"testing"
	"time"
)

// drain takes leave for so many mails as one sender after another, and tells how many it got and when the last of them goes.
func drain(p Pace, mails, size int64, class Class, bulk bool, r Rate, now time.Time, today string) (Pace, int64, time.Time) {
	var got int64
	var last time.Time
	for got < mails {
		var l Leave
		if p, l = p.Take(min(size, mails-got), bulk, class, r, now, today); l.N == 0 {
			if l.From.IsZero() {
				break
			}
			now = l.From // it asks again when there is room
			continue
		}
		got += l.N
		last = l.From.Add(time.Duration(l.N) * l.Every)
	}
	return p, got, last
}

// Z-5: 20,000 mails take 1,429 seconds at 14 a second, and 400 at 50.
func TestARateIsKeptByAllSendersTogether(t *testing.T) {
	t.Parallel()
	for rate, want := range map[int64]time.Duration{14: 1429 * time.Second, 50: 400 * time.Second} {
		_, got, last := drain(Pace{}, 20_000, 7, Marketing, true, Rate{PerSecond: rate}, start, "d")
		if took := last.Sub(start); got != 20_000 || took > want || took < want-2*time.Second {
			t.Errorf("at %d a second %d mails took %s, want %s", rate, got, took, want)
		}
	}
}

// Z-6: of a day's 50,000 of which 48,000 are sent, a campaign of 5,000 gets 2,000 today; what is kept for service mail stays for it.
func TestADaysNumberIsKept(t *testing.T) {
	t.Parallel()
	used := Pace{Day: "today", Given: 48_000}
	p, got, _ := drain(used, 5000, 64, Marketing, true, Rate{PerDay: 50_000}, start, "today")
	if got != 2000 {
		t.Errorf("%d mails today, want 2000", got)
	}
	if _, got, _ = drain(p, 3000, 64, Marketing, true, Rate{PerDay: 50_000}, start, "tomorrow"); got != 3000 {
		t.Errorf("%d mails tomorrow, want 3000", got)
	}
	kept := Rate{PerDay: 50_000, Reserve: 500}
	p, got, _ = drain(used, 5000, 64, Marketing, true, kept, start, "today")
	if got != 1500 {
		t.Errorf("%d mails beside the reserve, want 1500", got)
	}
	if _, got, _ = drain(p, 600, 1, Service, false, kept, start, "today"); got != 600 {
		t.Errorf("%d service mails, want all 600", got)
	}
}

// A receipt's coupon goes at once, whatever is on its way to others, and the others make room for it.
func TestMailForOneOvertakesMailForMany(t *testing.T) {
	t.Parallel()
	r := Rate{PerSecond: 10}
	p, _, _ := drain(Pace{}, 600, 10, Marketing, true, r, start, "d") // a minute of it
	p, coupon := p.Take(1, false, Marketing, r, start, "d")
	if coupon.N != 1 || !coupon.From.Equal(start) {
		t.Errorf("the coupon: %+v", coupon)
	}
	if _, next := p.Take(1, true, Marketing, r, start, "d"); !next.From.Equal(start.Add(time.Minute + 100*time.Millisecond)) {
		t.Errorf("the next of the many goes at %s", next.From)
	}
	full, l := Pace{Until: start.Add(PaceAhead + time.Second)}.Take(5, true, Marketing, r, start, "d")
	if l.N != 0 || full.Given != 0 || l.From.IsZero() {
		t.Errorf("further ahead than a queue can hold back: %+v", l)
	}
}
