package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Attributes of HEAD. One or two letters each: sixteen names of ten letters would be a sixth of the write unit.
const (
	headBalance    = "p"  // points
	headCarried    = "f"  // "+99/100": what is below a point and waits for the next receipt, missing for nothing
	headPosted     = "n"  // entries ever posted
	headPages      = "pg" // pages ever put
	headWatermark  = "w"  // newest moment ever paged out
	headTail       = "t"  // newest entries
	headLots       = "l"  // lots of points
	headWallet     = "c"  // live coupons
	headTier       = "tr" // tier, missing for the base
	headQualifying = "q"  // "2026 500 120": year, points of it, points of the year before
	headStanding   = "ts" // in place of q, where the programme says more of tiering: see writeStanding
	headGiven      = "tg" // "gold:20271231": a tier given by a person and its last day, missing for none
	headHabits     = "h"  // "12 34567 20260103 20261121": visits, spent, first and last day; see habits.go
	headEnrolled   = "e"  // day of enrolment
	headStatus     = "st" // "b" blocked, "c" closed, missing when open
	headUses       = "us" // "welcome:ever:1 daily:20261121:2": offers of which a card may use so many, missing without
	headJoined     = "j"  // "0400123456782:1:tlsyyo 0400123456799:1:tlsyyo:p": merged cards, how deep, their newest entry; see writeFlags
	headCounters   = "k"  // "coffee::11:1 ~week:feo:73": see counters.go; missing for none
	headAssigned   = "as" // "birthday:held:feo:1999 spring": campaigns that are measured on the card, see assignments.go; missing for none
	headSpoken     = "sp" // "welcome:feo:2": campaigns that may speak so often only, the last day, how often; missing for none
	headLost       = "lo" // "0400123456782:tlsyyo:0400123456799": lost numbers, since when, and what replaced them
)

// Sorts of the items of a card.
const (
	sortHead    = "HEAD"
	sortProfile = "PROFILE"
)

func cardPartition(id string) string { return "card/" + id }

func headItem(h card.Head) Item {
	a := Attrs{}
	a.set(headBalance, h.Book.Balance)
	a.set(headCarried, writeCarried(h.Book.Carried))
	a.set(headPosted, h.Book.Posted)
	a.set(headPages, h.Book.Pages)
	if !h.Book.Watermark.IsZero() {
		a.set(headWatermark, writeMoment(h.Book.Watermark))
	}
	a.set(headTail, writeEntries(h.Book.Tail))
	a.set(headLots, writeLots(h.Book.Lots))
	a.set(headWallet, writeWallet(h.Wallet))
	a.set(headHolds, writeHolds(h.Holds))
	a.set(headTier, h.Tier)
	if q := h.Qualifying; q != (card.Qualifying{}) {
		a.set(headQualifying, fmt.Sprintf("%d %d %d", q.Year, q.Points, q.Before))
	}
	a.set(headStanding, writeStanding(h.Standing))
	a.set(headGiven, writeGiven(h.Given))
	if b := h.Habits; b != (card.Habits{}) {
		a.set(headHabits, writeHabits(b))
	}
	a.set(headEnrolled, writeDay(h.EnrolledOn))
	if h.Status != card.Open {
		a.set(headStatus, string(rune(h.Status)))
	}
	a.set(headUses, writeCounts(h.Uses))
	a.set(headCounters, writeCounters(h.Counters))
	a.set(headAssigned, writeAssignments(h.Assignments))
	a.set(headSpoken, writeSpoken(h.Spoken))
	var lost []string
	for _, l := range h.Lost {
		lost = append(lost, l.Number+":"+writeMoment(l.At)+":"+l.By)
	}
	a.set(headLost, strings.Join(lost, " "))
	a.set(headJoined, writeJoined(h.Joined))
	return Item{Key: Key{Table: Cards, Partition: cardPartition(h.ID), Sort: sortHead}, Attrs: a}
}

// HeadOf reads a head from its item, and false from an item of another sort and from an alias. The relay uses it on what the stream brings.
func HeadOf(item Item) (card.Head, bool, error) {
	id, isCard := strings.CutPrefix(item.Key.Partition, "card/")
	if !isCard || item.Key.Sort != sortHead || item.Attrs.text(aliasCard) != "" {
		return card.Head{}, false, nil
	}
	h, err := readHead(id, item.Attrs)
	if err != nil {
		return card.Head{}, false, fmt.Errorf("head of card %s: %w", id, err)
	}
	return h, true, nil
}

func readHead(id string, a Attrs) (card.Head, error) {
	h := card.Head{ID: id, Tier: a.text(headTier)}
	h.Book = ledger.Book{Balance: a.whole(headBalance), Posted: a.whole(headPosted), Pages: a.whole(headPages)}
	if st := a.text(headStatus); st != "" {
		h.Status = card.Status(st[0])
	}
	var err error
	note := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	if w := a.text(headWatermark); w != "" {
		h.Book.Watermark, e = readMoment(w)
		note(e)
	}
	h.Book.Carried, e = readCarried(a.text(headCarried))
	note(e)
	h.Book.Tail, e = readEntries(a.text(headTail))
	note(e)
	h.Book.Lots, e = readLots(a.text(headLots))
	note(e)
	h.Wallet, e = readWallet(a.text(headWallet))
	note(e)
	h.Holds, e = readHolds(a.text(headHolds))
	note(e)
	h.Qualifying, e = readQualifying(a.text(headQualifying))
	note(e)
	h.Standing, e = readStanding(a.text(headStanding))
	note(e)
	h.Given, e = readGiven(a.text(headGiven))
	note(e)
	h.Habits, e = readHabits(a.text(headHabits))
	note(e)
	h.Counters, e = readCounters(a.text(headCounters))
	note(e)
	h.Assignments, e = readAssignments(a.text(headAssigned))
	note(e)
	h.Spoken, e = readSpoken(a.text(headSpoken))
	note(e)
	h.EnrolledOn, e = readDay(a.text(headEnrolled))
	note(e)
	h.Uses, e = readCounts(a.text(headUses))
	note(e)
	for _, part := range strings.Fields(a.text(headLost)) {
		field := append(strings.Split(part, ":"), "", "")
		var moment time.Time
		moment, e = readMoment(field[1])
		note(e)
		h.Lost = append(h.Lost, card.Lost{Number: field[0], At: moment, By: field[2]})
	}
	h.Joined, e = readJoined(a.text(headJoined))
	note(e)
	return h, err
}

func readQualifying(text string) (card.Qualifying, error) {
	n, err := wholes(text, 3)
	if err != nil || n == nil {
		return card.Qualifying{}, err
	}
	return card.Qualifying{Year: int(n[0]), Points: n[1], Before: n[2]}, nil
}

// wholes reads at least n numbers; nil from an empty text.
func wholes(text string, n int) ([]int64, error) {
	field := strings.Fields(text)
	if len(field) == 0 {
		return nil, nil
	}
	if len(field) < n {
		return nil, fmt.Errorf("%q has %d numbers, want %d", text, len(field), n)
	}
	list := make([]int64, n)
	for i := range list {
		var err error
		if list[i], err = strconv.ParseInt(field[i], 10, 64); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func writeCarried(grains int64) string {
	return strings.TrimPrefix(ledger.Worth{Grains: grains}.String(), "0")
}

func readCarried(text string) (int64, error) {
	w, err := ledger.ParseWorth("0" + text)
	return w.Grains, err
}
