package message

import "time"

// State is where a message stands. The zero State is "ordered": nobody has claimed it yet.
//
//	ordered --claim--> claimed --accept--> sent --deliver--> delivered
//	                    |  ^  \--refuse--> refused       (bounce, complain: from any state after claimed)
//	                    |  +---claim------ deferred <--defer-- claimed
//	                    +--lapse--> doubtful --accept, deliver, bounce, complain--> settled by the mail service's own word
//	                                   \--claim--> claimed (once, if repeatable)
type State string

// States of a message.
const (
	StateOrdered    State = ""
	StateClaimed    State = "claimed"
	StateSent       State = "sent"
	StateDelivered  State = "delivered"
	StateRefused    State = "refused"
	StateDeferred   State = "deferred"
	StateDoubtful   State = "doubtful"
	StateBounced    State = "bounced"
	StateComplained State = "complained"
)

// Happening is what moves a message from one state to the next.
type Happening string

// Happenings. The mail service reports its own unordered and more than once, so a late or repeated one is no mistake.
const (
	HappenClaim    Happening = "claim"
	HappenAccept   Happening = "accept" // the mail service took it: its answer, or its Send event
	HappenDefer    Happening = "defer"
	HappenRefuse   Happening = "refuse" // by us, or the mail service's Reject event
	HappenLapse    Happening = "lapse"  // the lease ended without a word
	HappenDeliver  Happening = "deliver"
	HappenBounce   Happening = "bounce"
	HappenComplain Happening = "complain"
)

// transitions is the whole table; what is not in it does not happen.
var transitions = map[State]map[Happening]State{
	StateOrdered: {HappenClaim: StateClaimed, HappenRefuse: StateRefused, HappenDefer: StateDeferred},
	StateClaimed: {
		HappenAccept: StateSent, HappenRefuse: StateRefused, HappenDefer: StateDeferred, HappenLapse: StateDoubtful,
		HappenDeliver: StateDelivered, HappenBounce: StateBounced, HappenComplain: StateComplained,
	},
	StateDeferred: {HappenClaim: StateClaimed, HappenRefuse: StateRefused},
	StateDoubtful: {
		HappenClaim: StateClaimed, HappenAccept: StateSent, HappenRefuse: StateRefused,
		HappenDeliver: StateDelivered, HappenBounce: StateBounced, HappenComplain: StateComplained,
	},
	StateSent: {
		HappenAccept: StateSent, HappenRefuse: StateRefused,
		HappenDeliver: StateDelivered, HappenBounce: StateBounced, HappenComplain: StateComplained,
	},
	StateDelivered: {
		HappenAccept: StateDelivered, HappenDeliver: StateDelivered, HappenBounce: StateBounced, HappenComplain: StateComplained,
	},
	StateBounced: {
		HappenAccept: StateBounced, HappenDeliver: StateBounced, HappenBounce: StateBounced, HappenComplain: StateComplained,
	},
	StateComplained: {
		HappenAccept: StateComplained, HappenDeliver: StateComplained, HappenBounce: StateComplained, HappenComplain: StateComplained,
	},
	StateRefused: {HappenRefuse: StateRefused},
}

// Next is the state after the happening. It answers false, and the state unchanged, where the table has no arrow.
func Next(s State, h Happening) (State, bool) {
	next, ok := transitions[s][h]
	if !ok {
		return s, false
	}
	return next, true
}

// Settled reports that nothing more is to be sent for the message, whatever is redelivered.
func (s State) Settled() bool {
	switch s {
	case StateOrdered, StateClaimed, StateDeferred:
		return false
	}
	return true
}

// Record is one message and what has become of it; it is written before the mail service is called and settled after.
type Record struct {
	Order
	State      State     `json:"state"`
	Attempt    int       `json:"attempt"`          // claims so far
	Lapsed     int       `json:"lapsed,omitempty"` // claims that ended without a word
	LeaseUntil time.Time `json:"lease_until,omitzero"`
	NotBefore  time.Time `json:"not_before,omitzero"` // while deferred
	SentAt     time.Time `json:"sent_at,omitzero"`
	SettledAt  time.Time `json:"settled_at,omitzero"`
	Reason     Reason    `json:"reason,omitempty"`
	ProviderID string    `json:"provider_id,omitempty"` // the mail service's own id
	Detail     string    `json:"detail,omitempty"`      // for the marketer, without address or name
	Soft       bool      `json:"soft,omitempty"`        // it bounced, and the next mail may not
	Reported   bool      `json:"reported,omitempty"`    // that it went out was first heard from the mail service's report
	Clicks     Clicks    `json:"clicks,omitzero"`       // links in it that were followed
	OpenedAt   time.Time `json:"opened_at,omitzero"`    // its pixel was first fetched, by whomever: a measure of nothing
}

const (
	// Lease is how long a claim holds. It is longer than a function's life with its retries, and long enough for the mail
	// service's own Send event to settle a message whose sender died.
	Lease = 10 * time.Minute

	// resendMax is how many times a repeatable message goes out again after a claim ended without a word.
	resendMax = 1
)

// ClaimVerdict says what the one who asked for a message may do with it.
type ClaimVerdict string

// Verdicts of Claim.
const (
	ClaimGranted  ClaimVerdict = "granted"  // store the record under the condition it was read with, then send
	ClaimBusy     ClaimVerdict = "busy"     // another sender holds it until LeaseUntil: come again then
	ClaimEarly    ClaimVerdict = "early"    // deferred until NotBefore: come again then
	ClaimDoubtful ClaimVerdict = "doubtful" // store the record; the message is not sent again
	ClaimSettled  ClaimVerdict = "settled"  // nothing to do
)

// Claim takes the order for sending at now, given the record stored for it (nil if there is none), and answers with the record
// to store. Two senders who both are granted hold the same version: the store's condition lets one of them write.
//
// A claim whose lease has ended may or may not have been sent. A repeatable message is then claimed once more; any other
// becomes doubtful, and stays so until the mail service or a person settles it.
func Claim(order Order, stored *Record, now time.Time) (Record, ClaimVerdict) {
	if stored == nil {
		return granted(Record{Order: order}, now)
	}
	r := *stored
	switch {
	case r.State.Settled():
		return r, ClaimSettled
	case r.State == StateDeferred && now.Before(r.NotBefore):
		return r, ClaimEarly
	case r.State != StateClaimed:
		return granted(r, now)
	case now.Before(r.LeaseUntil):
		return r, ClaimBusy
	}
	r.Lapsed++
	if r.Repeatable && r.Lapsed <= resendMax && now.Before(r.ExpiresAt) {
		return granted(r, now)
	}
	r.State, r.Reason = StateDoubtful, Unknown
	return r, ClaimDoubtful
}

func granted(r Record, now time.Time) (Record, ClaimVerdict) {
	r.State, r.Reason, r.NotBefore = StateClaimed, "", time.Time{}
	r.Attempt++
	r.LeaseUntil = now.Add(Lease)
	return r, ClaimGranted
}

// Settle moves the record by what happened at now. It answers false, and the record unchanged, if the happening has no
// meaning in the record's state, or is only a repeat.
func Settle(r Record, h Happening, now time.Time) (Record, bool) {
	next, ok := Next(r.State, h)
	if !ok || next == r.State {
		return r, false
	}
	r.State, r.SettledAt = next, now
	switch h {
	case HappenAccept, HappenDeliver, HappenBounce, HappenComplain:
		if r.SentAt.IsZero() { // the reports come in any order; each says that the message went out
			r.SentAt, r.Reason = now, ""
		}
	}
	return r, true
}
