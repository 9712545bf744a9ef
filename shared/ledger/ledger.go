// Package ledger keeps points as an account book: entries are added, never changed, and the balance is their sum.
// It reads no clock and decides no rule; callers bring the moment, the amount and the cause.
package ledger

import "time"

// Kind says why points moved. The letters are stored; they never change their meaning.
type Kind byte

const (
	Earn    Kind = 'e' // points for a receipt
	Reverse Kind = 'r' // taken back for a return
	Grant   Kind = 'g' // a campaign spoke: a coupon, bonus points, or a message alone
	Spend   Kind = 's' // points given for something
	Expire  Kind = 'x' // a lot reached its end
	Adjust  Kind = 'a' // a person corrected the balance, or blocked, opened or closed the card, or gave it a tier
	Review  Kind = 't' // time has changed the tier
	Move    Kind = 'm' // from one card to another, for the two were merged or parted
)

func (k Kind) String() string {
	switch k {
	case Earn:
		return "earn"
	case Reverse:
		return "reverse"
	case Grant:
		return "grant"
	case Spend:
		return "spend"
	case Expire:
		return "expire"
	case Adjust:
		return "adjust"
	case Review:
		return "review"
	case Move:
		return "move"
	}
	return "unknown"
}

// Mark is what else came of an entry's cause, such as a coupon granted. Kind and the form of Text belong to shared/card.
type Mark struct {
	Kind byte
	Text string
}

// Entry is one change of points with its cause. A card holds at most one entry of a cause. Points may be 0: then the entry
// stands for its marks.
type Entry struct {
	Cause  string
	Kind   Kind
	At     time.Time // when it happened at the till; whole seconds
	Points int64
	From   string // the tier it was decided under
	To     string // the tier after it
	Marks  []Mark
}

// Tail and page. Sixteen entries of a till's short receipt numbers fit; long ones turn the page earlier, so that HEAD stays
// within one write unit of 1,024 bytes.
const (
	TailMax   = 16  // entries in the tail
	TailBytes = 560 // bytes of the tail as text
	PageSize  = 8   // entries that leave the tail together
)

// Book is the account book of one card as HEAD holds it: the balance, its lots, and the tail of the newest entries in the order
// they were posted. Older entries lie in pages.
//
// Balance equals the sum of all entries ever posted, and the sum of Lots, less what the card owes when Balance is below zero.
type Book struct {
	Balance   int64
	Posted    int64 // entries ever posted
	Carried   int64 // grains below a point that wait for the next receipt
	Lots      []Lot // in the order in which they are spent; none is empty
	Tail      []Entry
	Pages     int64     // pages ever put; the next one is Pages+1
	Watermark time.Time // the newest Entry.At ever paged out
}

// Page is the entries that left the tail together. Balance is the card's after the last of them.
type Page struct {
	Number  int64
	Balance int64
	Entries []Entry
}

// Find returns the entry of cause from the tail and the balance after it.
func (b Book) Find(cause string) (Entry, int64, bool) {
	balance := b.Balance
	for i := len(b.Tail) - 1; i >= 0; i-- {
		if b.Tail[i].Cause == cause {
			return b.Tail[i], balance, true
		}
		balance -= b.Tail[i].Points
	}
	return Entry{}, 0, false
}

// Balances lists the balance after each entry of the tail.
func (b Book) Balances() []int64 {
	after := make([]int64, len(b.Tail))
	balance := b.Balance
	for i := len(b.Tail) - 1; i >= 0; i-- {
		after[i] = balance
		balance -= b.Tail[i].Points
	}
	return after
}

// Find returns the entry of cause from the page and the balance after it.
func (p Page) Find(cause string) (Entry, int64, bool) {
	return Book{Balance: p.Balance, Tail: p.Entries}.Find(cause)
}

// MayHold reports whether an entry of the moment at may lie in a page: then its cause is looked up there before it is
// believed new. Entries keep whole seconds, so what a till tells of a fraction does not make a repeat newer than its own entry.
func (b Book) MayHold(at time.Time) bool {
	return b.Pages > 0 && !at.Truncate(time.Second).After(b.Watermark)
}

// entryBytes is what an entry takes as text beside its cause, tiers and marks: separators, kind, moment and points.
const entryBytes = 14

// Full reports whether the tail is to be shortened by a page with the next entry.
func (b Book) Full() bool {
	if len(b.Tail) < PageSize {
		return false
	}
	bytes := 0
	for _, e := range b.Tail {
		bytes += entryBytes + len(e.Cause) + len(e.From)
		if e.To != e.From {
			bytes += len(e.To)
		}
		for _, m := range e.Marks {
			bytes += 2 + len(m.Text)
		}
	}
	return len(b.Tail) >= TailMax || bytes > TailBytes
}

// TurnPage moves the n oldest entries of the tail into a page, which the caller stores before the book.
func (b Book) TurnPage(n int) (Book, Page) {
	n = min(n, len(b.Tail))
	page := Page{Number: b.Pages + 1, Entries: b.Tail[:n:n]}
	rest := b.Tail[n:]
	page.Balance = b.Balance
	for _, e := range rest {
		page.Balance -= e.Points
	}
	for _, e := range page.Entries {
		if e.At.After(b.Watermark) {
			b.Watermark = e.At
		}
	}
	b.Tail = append([]Entry(nil), rest...)
	b.Pages++
	return b, page
}

// Sound reports what is wrong with the book, given the pages' entries in order: "" if the balance is the sum of the entries and
// of the lots, no cause stands twice and no lot is empty or out of order.
func (b Book) Sound(pages []Page) string {
	seen := map[string]bool{}
	var sum, count int64
	every := append([]Page(nil), pages...)
	every = append(every, Page{Number: b.Pages + 1, Balance: b.Balance, Entries: b.Tail})
	for i, p := range every {
		if p.Number != int64(i+1) {
			return "a page is missing"
		}
		for _, e := range p.Entries {
			if seen[e.Cause] {
				return "cause " + e.Cause + " stands twice"
			}
			seen[e.Cause] = true
			sum += e.Points
			count++
		}
		if sum != p.Balance {
			return "the balance is not the sum of the entries"
		}
	}
	if count != b.Posted {
		return "the count of entries is wrong"
	}
	if b.Carried < 0 || b.Carried >= Grains {
		return "what is carried is a whole point or less than nothing"
	}
	var lots int64
	for i, l := range b.Lots {
		lots += l.Points
		if l.Points <= 0 || i > 0 && !b.Lots[i-1].before(l) {
			return "a lot is empty or out of order"
		}
		if l.From < 0 || l.Of < 0 || l.ExpiresOn != 0 && l.From > l.ExpiresOn {
			return "a lot ends before it can be spent"
		}
	}
	if lots != max(b.Balance, 0) {
		return "the lots do not add up to the balance"
	}
	return ""
}
