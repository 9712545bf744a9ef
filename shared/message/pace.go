package message

import "time"

// Rate is how fast the shop's address may send on a day; 0 is no bound.
type Rate struct {
	PerSecond int64 // e-mails
	PerDay    int64 // e-mails, Reserve among them
	Reserve   int64 // that are kept for mail a shopper needs
	Window    bool  // PerDay is of any 24 hours and of everybody in the account, as the mail service counts it
}

// Bounded reports whether there is anything to heed.
func (r Rate) Bounded() bool { return r.PerSecond > 0 || r.PerDay > 0 }

// Every is the time between two e-mails.
func (r Rate) Every() time.Duration {
	if r.PerSecond == 0 {
		return 0
	}
	return time.Second / time.Duration(r.PerSecond)
}

// Pace is how much of a rate is given away, over all who send.
type Pace struct {
	Day   string    // the shop's, YYYY-MM-DD
	Given int64     // e-mails of that day
	Until time.Time // up to here each moment has its e-mail

	Quota Quota `json:",omitzero"` // of the mail service, when it was last asked
	Since int64 `json:",omitzero"` // e-mails given since then, or not gone yet at the time
}

// Leave is leave to send N e-mails, the first at From, each of the others Every later. Of none left today From is zero; of none left soon
// enough it is the first moment that is free.
type Leave struct {
	Day   string
	N     int64
	From  time.Time
	Every time.Duration
}

// PaceAhead is how far ahead moments are given away: less than a queue holds an order back.
const PaceAhead = 14 * time.Minute

// Take gives leave for n e-mails at most. Mail for many takes moments one after another, as they are free. All other mail goes now, and
// moves the moments of the mail for many back; and mail that a shopper needs goes even where the day's number is reached, for what is kept
// for it is an estimate.
func (p Pace) Take(n int64, bulk bool, class Class, r Rate, now time.Time, today string) (Pace, Leave) {
	if p.Day != today {
		p.Day, p.Given = today, 0
	}
	if class != Service && r.PerDay > 0 {
		used := p.Given
		if r.Window {
			used = p.Quota.Sent + p.Since
		}
		n = min(n, max(0, r.PerDay-r.Reserve-used))
	}
	if n <= 0 {
		return p, Leave{}
	}
	start := p.Until
	if start.Before(now) {
		start = now
	}
	if bulk && start.Sub(now) > PaceAhead {
		return p, Leave{From: start}
	}
	p.Given += n
	if !p.Quota.AskedAt.IsZero() {
		p.Since += n
	}
	p.Until = start.Add(time.Duration(n) * r.Every())
	if !bulk {
		return p, Leave{Day: today, N: n, From: now}
	}
	return p, Leave{Day: today, N: n, From: start, Every: r.Every()}
}
