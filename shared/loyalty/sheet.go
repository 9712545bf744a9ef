package loyalty

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
)

// Group is the cards of one campaign in one arm; with Arm "" all whom the campaign has reached, whether or not it is measured. Of a campaign with
// steps there are groups for its ends and for the ways of its splits too, by EndArm and WayArm.
type Group struct{ Campaign, Arm string }

// Brought is what has been counted of a group. Money is in minor units.
type Brought struct {
	People  int64 // cards that were assigned
	Buyers  int64 // of them, that bought within the window
	Spent   int64 // by them
	Squares big.Int

	Granted    int64 // coupons, and how many of them were redeemed and not given back
	Redeemed   int64
	Revenue    int64 // paid on receipts with a coupon of the campaign
	Discount   int64 // that its coupons took off
	Points     int64 // that it granted
	Left       int64 // occasions at which a card was left alone
	Sent       int64 // e-mails: what the mail service took, and what became of them
	Delivered  int64
	Bounced    int64
	Complained int64
	Refused    int64
	Clicked    int64 // e-mails of which a person followed a link
	Machines   int64 // e-mails of which only programs did

	Journeys int64 // times that a card has entered; of an end or a way, those that have come to it
	Goals    int64 // of them that reached their goal
}

// Counts is what has been counted, by group.
type Counts map[Group]*Brought

// of finds a group, made where there is none.
func (c Counts) of(campaign, arm string) *Brought {
	g := Group{campaign, arm}
	if c[g] == nil {
		c[g] = &Brought{}
	}
	return c[g]
}

// Add adds other counts.
func (c Counts) Add(other Counts) {
	for g, o := range other {
		c.of(g.Campaign, g.Arm).Add(o)
	}
}

// Add adds what was counted of another group.
func (n *Brought) Add(other *Brought) {
	from := other.Whole()
	for i, each := range n.Whole() {
		*each += *from[i]
	}
	n.Squares.Add(&n.Squares, &other.Squares)
}

// Whole lists all whole numbers of what was counted, in an order that never changes: the next one goes to the end.
func (n *Brought) Whole() []*int64 {
	return []*int64{
		&n.People, &n.Buyers, &n.Spent, &n.Granted, &n.Redeemed, &n.Revenue, &n.Discount, &n.Points, &n.Left,
		&n.Sent, &n.Delivered, &n.Bounced, &n.Complained, &n.Refused,
		&n.Clicked, &n.Machines, &n.Journeys, &n.Goals,
	}
}

// FoldHead counts what a write of a head has brought: cards that were assigned, what they have spent since, and what became of coupons.
// The counts of all writes of a card together depend on its last head and its entries alone.
func (c Counts) FoldHead(before *card.Head, now card.Head) error {
	var was card.Head
	if before != nil {
		was = *before
	}
	for _, a := range now.Assignments {
		old, known := was.Assigned(a.Campaign)
		if a.Done || known && old.Done {
			continue
		}
		n := c.of(a.Campaign, a.Arm)
		if !known {
			n.People++
		}
		n.spend(old.Spent, -1)
		n.spend(a.Spent, 1)
	}
	for _, i := range fresh(before, now) {
		if err := c.entry(now.Book.Tail[i], now.Habits.Spent-was.Habits.Spent); err != nil {
			return err
		}
	}
	return nil
}

// spend adds what one card has spent, or takes it off.
func (n *Brought) spend(spent, sign int64) {
	if spent > 0 {
		n.Buyers += sign
	}
	n.Spent += sign * spent
	square := new(big.Int).Mul(big.NewInt(spent), big.NewInt(spent))
	n.Squares.Add(&n.Squares, square.Mul(square, big.NewInt(sign)))
}

// entry counts what an entry tells of campaigns. paid is what was paid on its receipt, if it stands for one.
func (c Counts) entry(e ledger.Entry, paid int64) error {
	told := map[string]bool{}
	for _, m := range e.Marks {
		switch m.Kind {
		case card.MarkHeldOut:
			c.of(m.Text, "").Left++
			continue
		case card.MarkSaved:
			saved, err := card.SavedOf(m)
			if err != nil {
				return fmt.Errorf("entry %s: %w", e.Cause, err)
			}
			c.of(saved.Campaign, "").Discount += saved.Amount
			continue
		case card.MarkGranted, card.MarkRedeemed, card.MarkReinstated:
		default:
			continue
		}
		k, err := card.CouponOf(m)
		if err != nil {
			return fmt.Errorf("entry %s: %w", e.Cause, err)
		}
		if k.Campaign == "" {
			continue
		}
		switch n := c.of(k.Campaign, ""); m.Kind {
		case card.MarkGranted:
			n.Granted++
		case card.MarkReinstated:
			n.Redeemed--
		default:
			n.Redeemed++
			if e.Kind == ledger.Earn && !told[k.Campaign] {
				n.Revenue += paid
			}
			told[k.Campaign] = true
		}
	}
	bonuses, err := card.Bonuses(e)
	for _, b := range bonuses {
		c.of(b.By, "").Points += b.Points
	}
	return err
}

// FoldMessage counts what a write of a message's record has brought, of its campaign and of the arm that it is written in.
func (c Counts) FoldMessage(before *message.Record, now message.Record) {
	groups := []*Brought{c.of(now.Campaign, "")}
	if now.Arm != "" {
		groups = append(groups, c.of(now.Campaign, now.Arm))
	}
	for _, n := range groups {
		if before != nil {
			n.message(*before, -1)
		}
		n.message(now, 1)
	}
}

func (n *Brought) message(rec message.Record, sign int64) {
	if !rec.SentAt.IsZero() {
		n.Sent += sign
	}
	switch c := rec.Clicks; {
	case c.Count > 0:
		n.Clicked += sign
	case c.Machines > 0:
		n.Machines += sign
	}
	switch rec.State {
	case message.StateDelivered:
		n.Delivered += sign
	case message.StateBounced:
		n.Bounced += sign
	case message.StateComplained:
		n.Complained += sign
		n.Delivered += sign // nobody complains of what has not come
	case message.StateRefused:
		n.Refused += sign
	}
}

// Sheet is what has been counted off one shard of a stream, and how far in it.
type Sheet struct {
	Last   string // sequence number of the newest change that is in Counts
	Counts Counts
}

// Sheets keeps what has been counted: one sheet for each shard, so that nobody waits for another to write.
type Sheets interface {
	// Sheet reads the sheet of a shard, a new one where there is none.
	Sheet(ctx context.Context, shard string) (Sheet, Version, error)
	// PutSheet stores it if over is still its version. Otherwise ErrConflict.
	PutSheet(ctx context.Context, shard string, s Sheet, over Version) error
	// Counted adds up all sheets.
	Counted(ctx context.Context) (Counts, error)
}

// Count adds to a shard's sheet what its changes up to last have brought, by count: it is told the sequence number up to which changes
// are in already, and counts those behind it. The sheet is written in one piece with the number, so a batch that comes again, whole or in
// parts, changes nothing; and a batch that brings nothing is neither read for nor written.
func (s *Service) Count(ctx context.Context, shard, last string, count func(Counts, string) error) error {
	if all := (Counts{}); count(all, "") == nil && all.nothing() {
		return nil
	}
	for range maxRounds {
		sheet, over, err := s.Sheets.Sheet(ctx, shard)
		if err != nil {
			return fmt.Errorf("read the sheet of %s: %w", shard, err)
		}
		more := Counts{}
		if err := count(more, sheet.Last); err != nil {
			return err
		}
		if more.nothing() {
			return nil
		}
		sheet.Counts.Add(more)
		sheet.Last = last
		err = s.Sheets.PutSheet(ctx, shard, sheet, over)
		if err == nil || !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return errBusy
}

// nothing reports that no count differs from zero.
func (c Counts) nothing() bool {
	for _, n := range c {
		if n.Squares.Sign() != 0 {
			return false
		}
		for _, each := range n.Whole() {
			if *each != 0 {
				return false
			}
		}
	}
	return true
}
