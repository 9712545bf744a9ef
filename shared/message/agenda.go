package message

import (
	"cmp"
	"slices"
	"time"
)

// Cap is the most marketing mail one shopper gets within any rolling Days of 24 hours; a Count of 0 is no cap.
type Cap struct {
	Count int    `json:"count"`           // e-mails
	Days  int    `json:"days"`            // within so many days, of 24 hours each
	Topic string `json:"topic,omitempty"` // only e-mails of this topic count and wait; all of marketing if missing
}

// on reports whether mail of a topic counts for the cap, and waits for it.
func (c Cap) on(topic string) bool {
	return c.Count > 0 && c.Days > 0 && (c.Topic == "" || c.Topic == topic)
}

// span is how long a mail counts.
func (c Cap) span() time.Duration { return time.Duration(c.Days) * 24 * time.Hour }

// Slot is a marketing mail in a shopper's agenda.
type Slot struct {
	Message string    `json:"m"`
	At      time.Time `json:"t"`
	Topic   string    `json:"c"`
}

// Wish is a mail that waits: for when, until when at the longest, and how much it matters.
type Wish struct {
	Slot
	Until    time.Time `json:"u"`
	Priority int       `json:"p"`
}

// Agenda is the marketing mail that one shopper has had lately and is to have: what caps are reckoned from, without a look at any message.
type Agenda struct {
	Sent   []Slot `json:"sent,omitempty"`   // sent, or about to be
	Wishes []Wish `json:"wishes,omitempty"` // of what waits for quiet hours and caps
}

// Bounds of an agenda: it fits one small item, and no cap counts further.
const (
	MaxCapCount = 50 // e-mails
	MaxCapDays  = 92

	agendaSlots  = 4 * MaxCapCount
	agendaWishes = 50
)

// wishHolds is how long a wish still keeps others waiting after its moment has come: by then it was sent, or has a new moment, or came to
// nothing.
const wishHolds = time.Hour

// free is the first instant from now on at which the caps let the order through. Fewer than a cap's count may be younger than its days; a
// mail of exactly that age no longer counts. What waits and matters more counts as if it had gone at its moment, so a slot that two want
// is not taken by whoever happens to ask first.
func (a Agenda) free(o Order, caps []Cap, now time.Time) time.Time {
	at := now
	for _, c := range caps {
		if !c.on(o.Topic) {
			continue
		}
		var ends []time.Time // when each mail that still counts stops counting
		count := func(s Slot) {
			if end := s.At.Add(c.span()); s.Message != o.ID && c.on(s.Topic) && end.After(now) {
				ends = append(ends, end)
			}
		}
		for _, s := range a.Sent {
			count(s)
		}
		for _, w := range a.Wishes {
			if w.Priority > o.Rank() && w.Until.After(now) && w.At.Add(wishHolds).After(now) {
				if w.At.Before(now) {
					w.At = now
				}
				count(w.Slot)
			}
		}
		if len(ends) < c.Count {
			continue
		}
		slices.SortFunc(ends, time.Time.Compare)
		if end := ends[len(ends)-c.Count]; end.After(at) {
			at = end
		}
	}
	return at
}

// Take is the agenda with the order's mail sent now.
func (a Agenda) Take(o Order, now time.Time) Agenda {
	next := a.Drop(o.ID, now)
	next.Sent = append(next.Sent, Slot{Message: o.ID, At: now, Topic: o.Topic})
	next.Sent = next.Sent[max(0, len(next.Sent)-agendaSlots):]
	return next
}

// Wish is the agenda with the order waiting for a moment. What matters least and waits longest gives way to the rest.
func (a Agenda) Wish(o Order, at, now time.Time) Agenda {
	next := a.Drop(o.ID, now)
	next.Wishes = append(next.Wishes, Wish{Slot: Slot{Message: o.ID, At: at, Topic: o.Topic}, Until: o.ExpiresAt, Priority: o.Rank()})
	slices.SortStableFunc(next.Wishes, func(a, b Wish) int { return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.At.Compare(b.At)) })
	next.Wishes = next.Wishes[:min(len(next.Wishes), agendaWishes)]
	return next
}

// Drop is the agenda without a message, and without what no cap counts any more.
func (a Agenda) Drop(id string, now time.Time) Agenda {
	old := now.Add(-MaxCapDays * 24 * time.Hour)
	return Agenda{
		Sent:   slices.DeleteFunc(slices.Clone(a.Sent), func(s Slot) bool { return s.Message == id || s.At.Before(old) }),
		Wishes: slices.DeleteFunc(slices.Clone(a.Wishes), func(w Wish) bool { return w.Message == id || !w.Until.After(now) }),
	}
}

// Has reports whether a message is anywhere in it.
func (a Agenda) Has(id string) bool {
	return slices.ContainsFunc(a.Sent, func(s Slot) bool { return s.Message == id }) ||
		slices.ContainsFunc(a.Wishes, func(w Wish) bool { return w.Message == id })
}
