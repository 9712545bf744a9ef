package liability

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
)

// Reckoning is the days at whose ends the book is looked at, earliest first, and what it takes to see them.
type Reckoning struct {
	Days []day.Day
	Zone *time.Location
	Now  time.Time

	// Usable is the first day on which a receipt's points can be spent, by the rules of its own day.
	Usable func(ledger.Entry) day.Day
}

// today is the last of the days that has not ended. Of it the cards themselves tell what waits and what is held.
func (r Reckoning) today() day.Day { return day.Of(r.Now, r.Zone) }

// at is the place of the first day by whose end a moment has passed; len(Days) if there is none.
func (r Reckoning) at(on day.Day) int {
	i, _ := slices.BinarySearch(r.Days, on)
	return i
}

// Tally adds cards up, day by day. It holds a few numbers a day, however many cards there are. It is not for two goroutines at once.
//
// An entry belongs to the day on which it happened at the till, whenever it arrived: a receipt that comes late is found in the days that
// were reported before it came. Points have expired when their last day is over, whether or not the card's own book has told so yet.
type Tally struct {
	reckoning Reckoning
	Sheets    []Sheet // at the end of each day
	Owed      []int64 // of the points that are available: what cards are below zero by, which lessens them
	Balances  []int64 // sum of the cards' balances, by the heads and without what came later
	Unposted  []int64 // of what has expired: what no entry tells yet
	Moves     []int64 // entries by which cards were merged or parted
	Gifts     []map[money.Currency]Gifts
	Cards     int64 // the caller counts them: of cards that were merged, the books are added too
	Entries   int64
	Wrong     int64
	Faults    []string // the first of what is wrong, as a person reads it
}

// Gifts is what gift cards and store credit of one currency come to.
type Gifts struct {
	Cards int64 `json:"cards"`
	giftcard.Sums
}

// maxFaults is how many faults are told; beyond it they are counted.
const maxFaults = 20

// NewTally is the book of no cards.
func NewTally(r Reckoning) *Tally {
	n := len(r.Days)
	t := &Tally{reckoning: r, Sheets: make([]Sheet, n), Owed: make([]int64, n), Balances: make([]int64, n), Unposted: make([]int64, n), Moves: make([]int64, n)}
	for range n {
		t.Gifts = append(t.Gifts, map[money.Currency]Gifts{})
	}
	return t
}

// Add takes over what another tally of the same days has counted.
func (t *Tally) Add(o *Tally) {
	for i := range t.Sheets {
		t.Sheets[i] = t.Sheets[i].Plus(o.Sheets[i])
		t.Owed[i] += o.Owed[i]
		t.Balances[i] += o.Balances[i]
		t.Unposted[i] += o.Unposted[i]
		t.Moves[i] += o.Moves[i]
		for currency, g := range o.Gifts[i] {
			t.gift(i, currency, g)
		}
	}
	t.Cards += o.Cards
	t.Entries += o.Entries
	t.Wrong += o.Wrong
	t.Faults = append(t.Faults, o.Faults[:min(len(o.Faults), maxFaults-len(t.Faults))]...)
}

// Fault notes that something is wrong with the book of a card.
func (t *Tally) Fault(id, what string) {
	t.Wrong++
	if len(t.Faults) < maxFaults {
		t.Faults = append(t.Faults, "card "+id+": "+what)
	}
}

// Card adds a card by its head and all its pages.
func (t *Tally) Card(h card.Head, pages []ledger.Page) {
	if wrong := h.Book.Sound(pages); wrong != "" {
		t.Fault(h.ID, wrong)
	}
	b := t.reckoning.walk(h, pages)
	t.Entries += b.entries
	var sheet Sheet
	var moves, posted int64
	balance := h.Book.Balance - b.sum // 0, unless an entry is missing: then nothing ties
	for i, on := range t.reckoning.Days {
		sheet = sheet.Plus(b.changes[i])
		balance, moves, posted = balance+b.posted[i], moves+b.moves[i], posted+b.unposted[i]
		s := sheet
		out := s.Outstanding()
		pending, held := b.pending(t.reckoning, h, on, out)
		s.Post(Posting{Available, Pending, pending})
		s.Post(Posting{Available, Held, held})
		t.Sheets[i] = t.Sheets[i].Plus(s)
		t.Owed[i] += max(0, -out)
		t.Balances[i] += balance
		t.Unposted[i] += posted
		t.Moves[i] += moves
		if on == t.reckoning.today() {
			t.lots(h, s, posted, balance)
		}
	}
}

// lots holds what the book says of today against the lots of the card.
func (t *Tally) lots(h card.Head, s Sheet, unposted, balance int64) {
	if balance != h.Book.Balance {
		return // an entry of a day to come; the lots have it already
	}
	b := h.Book.Ripen(t.reckoning.today())
	ended, _ := b.Expired(t.reckoning.today())
	if want := b.Balance - ended; ended != unposted || s.Outstanding() != want {
		t.Fault(h.ID, fmt.Sprintf("its lots have %d points that have not expired, its entries %d", want, s.Outstanding()))
	}
}

// GiftCard adds a gift card or store credit.
func (t *Tally) GiftCard(c giftcard.Card) {
	if wrong := c.Sound(); wrong != "" {
		t.Fault(c.ID, "the gift card's book is wrong: "+wrong)
	}
	for i, on := range t.reckoning.Days {
		then := c
		end := (on + 1).Start(t.reckoning.Zone)
		then.Entries = nil
		for _, e := range c.Entries {
			if e.At.Before(end) {
				then.Entries = append(then.Entries, e)
			}
		}
		if len(then.Entries) > 0 {
			t.gift(i, c.Currency, Gifts{Cards: 1, Sums: then.AsOf(on, t.reckoning.Zone).Sums()})
		}
	}
}

func (t *Tally) gift(i int, currency money.Currency, g Gifts) {
	sum := t.Gifts[i][currency]
	t.Gifts[i][currency] = Gifts{Cards: sum.Cards + g.Cards, Sums: sum.Add(g.Sums)}
}

// Currencies lists those of gift cards on any of the days.
func (t *Tally) Currencies() []money.Currency {
	all := map[money.Currency]bool{}
	for _, day := range t.Gifts {
		for currency := range day {
			all[currency] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Check says what does not tie at the end of the day at a place, "" if all does: both sides of the book, the book and the balances, the
// two sides of merged cards, and the gift cards.
func (t *Tally) Check(i int) string {
	s := t.Sheets[i]
	switch joined := s.Points(Joined); {
	case !s.Ties():
		return "the accounts do not add up"
	case s.Outstanding() != t.Balances[i]-t.Unposted[i]:
		return fmt.Sprintf("%d points are out by the entries, and %d by the balances", s.Outstanding(), t.Balances[i]-t.Unposted[i])
	case joined < 0 || joined > t.Moves[i]:
		return fmt.Sprintf("merges have brought %d points that left no card; run it again if cards are being merged", joined)
	}
	for currency, g := range t.Gifts[i] {
		if !g.Ties() {
			return fmt.Sprintf("the gift cards in %s do not add up", currency)
		}
	}
	return ""
}
