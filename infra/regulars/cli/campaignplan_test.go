package cli

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

// Z-5: the planned time is said before the start.
func TestHowLongASendingTakesIsSaid(t *testing.T) {
	t.Parallel()
	nine := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	for want, p := range map[string]admin.Plan{
		"at 14 a second it takes 1429 s (23 min 49 s), from 2027-03-01 09:00 on":         {Rated: true, PerSecond: 14, Days: 1, Begins: nine, Ends: nine.Add(1429 * time.Second)},
		"at 50 a second it takes 400 s (6 min 40 s), from 2027-03-01 09:00 on":           {Rated: true, PerSecond: 50, Days: 1, Begins: nine, Ends: nine.Add(400 * time.Second)},
		"at 1 a second it takes 20000 s (5 h 33 min 20 s), from 2027-03-01 09:00 on":     {Rated: true, PerSecond: 1, Days: 1, Begins: nine, Ends: nine.Add(20_000 * time.Second)},
		"by mail.rate it takes 2 days, from 2027-03-01 09:00 to 2027-03-02 00:10":        {Rated: true, PerSecond: 14, Days: 2, Begins: nine, Ends: nine.Add(15*time.Hour + 10*time.Minute)},
		"by mail.rate it would take more than a year":                                    {Rated: true, Days: 400, TooLong: true},
		"by mail.rate it goes within the day":                                            {Rated: true, Days: 1, Begins: nine, Ends: nine},
		"the programme names no mail.rate: it goes as fast as the mail service takes it": {},
	} {
		if got := planned(p); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
