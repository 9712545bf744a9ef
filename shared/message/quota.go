package message

import "time"

// Quota is what the mail service takes from the whole account, and what it has taken.
type Quota struct {
	PerSecond int64     // e-mails; 0 is no bound
	PerDay    int64     // within any 24 hours; 0 is no bound
	Sent      int64     // within the 24 hours before it was asked, by everybody in the account
	AskedAt   time.Time // zero: nobody has asked yet
}

// QuotaAge is how old a quota may be before the service is asked again. What is sent meanwhile is counted on top of it.
const QuotaAge = 15 * time.Minute

// Stale reports that the service has to be asked again.
func (q Quota) Stale(now time.Time) bool {
	return q.AskedAt.IsZero() || now.Sub(q.AskedAt) >= QuotaAge
}

// Heard keeps what the service has said. E-mails that were given their moments and wait for them are not among those it has counted, so
// they stay counted here.
func (p Pace) Heard(q Quota, r Rate, now time.Time) Pace {
	var waiting int64
	if ahead := p.Until.Sub(now); ahead > 0 {
		waiting = min(p.Since, int64(ahead/time.Millisecond)*r.PerSecond/1000+1)
	}
	p.Quota, p.Since = q, waiting
	return p
}
