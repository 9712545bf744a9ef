package message

import (
	"slices"
	"time"
)

// softBounces is how many mails in a row an address may send back before it is written to no more; a mailbox that was full for a
// while has taken one of them.
const softBounces = 3

// softWithin is how far back they count: an address that bounced last year says little of today.
const softWithin = 90 * 24 * time.Hour

// Unreachable reports that the last mails to a shopper all came back, though none for good. Each mail counts once, however often its
// bounce is reported; one that arrived begins the count anew, and one of which nothing is known counts for nothing.
func Unreachable(records []Record, now time.Time) bool {
	sent := slices.Clone(records)
	slices.SortStableFunc(sent, func(a, b Record) int { return b.SentAt.Compare(a.SentAt) })
	count := 0
	for _, r := range sent {
		switch {
		case r.SentAt.IsZero() || now.Sub(r.SentAt) > softWithin:
		case r.State == StateBounced && r.Soft:
			count++
		case r.State == StateDelivered || r.State == StateComplained:
			return count >= softBounces
		}
	}
	return count >= softBounces
}

// Bounds of a campaign's health, in thousandths of its settled mails. Mailbox providers and the mail service itself look at the
// sender's reputation from these rates on.
const (
	leastSettled    = 200
	bouncedMost     = 50 // per mille
	complainedMost  = 1  // per mille
	leastComplained = 3
)

// Health is what became of a campaign's mails so far. Settled are those of which the mail service has told an end.
type Health struct {
	Settled    int64 `json:"settled"`
	Bounced    int64 `json:"bounced"`
	Complained int64 `json:"complained"`
}

// Since is what has come about after an earlier count.
func (h Health) Since(before Health) Health {
	return Health{Settled: h.Settled - before.Settled, Bounced: h.Bounced - before.Bounced, Complained: h.Complained - before.Complained}
}

// Reasons for which a campaign stops itself.
const (
	ManyBounces    Reason = "many_bounces"    // a twentieth of its mails come back: look where the addresses are from
	ManyComplaints Reason = "many_complaints" // one in a thousand is called spam: look at consent and frequency
)

// Trips reports that a campaign is to stop until a person has looked at it, and why. Complaints weigh more than bounces.
func (h Health) Trips() (why Reason, trips bool) {
	switch {
	case h.Settled < leastSettled:
		return "", false
	case h.Complained >= leastComplained && h.Complained*1000 >= complainedMost*h.Settled:
		return ManyComplaints, true
	case h.Bounced*1000 >= bouncedMost*h.Settled:
		return ManyBounces, true
	}
	return "", false
}
