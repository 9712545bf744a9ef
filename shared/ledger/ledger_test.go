package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/day"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func entry(cause string, points int64) Entry {
	kind := Earn
	if points < 0 {
		kind = Reverse
	}
	return Entry{Cause: cause, Kind: kind, At: noon, Points: points}
}

// told writes a book as "balance=12 lots=2027-11-30:12,never:3".
func told(b Book) string {
	lots := make([]string, len(b.Lots))
	for i, l := range b.Lots {
		on := l.ExpiresOn.String()
		if l.ExpiresOn == 0 {
			on = "never"
		}
		lots[i] = fmt.Sprintf("%s:%d", on, l.Points)
		if l.From != 0 {
			lots[i] += "/" + l.From.String()
		}
		if l.Of != 0 {
			lots[i] += fmt.Sprintf("#%d", l.Of)
		}
	}
	return fmt.Sprintf("balance=%d lots=%s", b.Balance, strings.Join(lots, ","))
}

func TestLotsAreSpentEarliestFirst(t *testing.T) {
	t.Parallel()
	nov, dec := day.Date(2027, 11, 30), day.Date(2027, 12, 31)
	var b Book
	for i, row := range []struct {
		name   string
		points int64
		on     day.Day
		want   string
	}{
		{"December first", 10, dec, "balance=10 lots=2027-12-31:10"},
		{"November goes before it", 5, nov, "balance=15 lots=2027-11-30:5,2027-12-31:10"},
		{"what never expires goes last", 3, 0, "balance=18 lots=2027-11-30:5,2027-12-31:10,never:3"},
		{"the same month is one lot", 2, dec, "balance=20 lots=2027-11-30:5,2027-12-31:12,never:3"},
		{"and one more that never expires", 1, 0, "balance=21 lots=2027-11-30:5,2027-12-31:12,never:4"},
		{"spent: the earliest", -6, 0, "balance=15 lots=2027-12-31:11,never:4"},
		{"reversed: its own lot", -1, dec, "balance=14 lots=2027-12-31:10,never:4"},
		{"reversed, its lot is spent: the earliest", -2, nov, "balance=12 lots=2027-12-31:8,never:4"},
		{"reversed beyond what is left: a debt", -20, dec, "balance=-8 lots="},
		{"a debt grows", -2, 0, "balance=-10 lots="},
		{"a gain pays the debt first", 4, nov, "balance=-6 lots="},
		{"to the point", 6, nov, "balance=0 lots="},
		{"what is over makes a lot", 9, nov, "balance=9 lots=2027-11-30:9"},
		{"an entry for its marks alone", 0, nov, "balance=9 lots=2027-11-30:9"},
	} {
		b = b.Post(entry(fmt.Sprint(i), row.points), row.on)
		if got := told(b); got != row.want {
			t.Fatalf("%s: got %s, want %s", row.name, got, row.want)
		}
		if wrong := b.Sound(nil); wrong != "" {
			t.Fatalf("%s: %s", row.name, wrong)
		}
	}
}

func TestExpiredCountsLotsBeforeToday(t *testing.T) {
	t.Parallel()
	b := Book{}.Post(entry("a", 5), day.Date(2027, 11, 30)).Post(entry("b", 7), day.Date(2027, 12, 31)).Post(entry("c", 2), 0)
	for _, row := range []struct {
		today  day.Day
		points int64
		last   string
	}{
		{day.Date(2027, 11, 30), 0, ""}, // its last day is a day to spend on
		{day.Date(2027, 12, 1), 5, "2027-11-30"},
		{day.Date(2099, 1, 1), 12, "2027-12-31"},
	} {
		points, last := b.Expired(row.today)
		if points != row.points || last.String() != row.last {
			t.Errorf("on %s: %d points to %s, want %d to %s", row.today, points, last, row.points, row.last)
		}
	}
}

func TestFindTellsTheBalanceAfterTheEntry(t *testing.T) {
	t.Parallel()
	b := Book{}.Post(entry("a", 5), 0).Post(entry("b", -7), 0).Post(entry("c", 10), 0)
	if diff := cmp.Diff([]int64{5, -2, 8}, b.Balances()); diff != "" {
		t.Error(diff)
	}
	turned, page := b.TurnPage(2)
	if e, balance, ok := page.Find("a"); !ok || e.Points != 5 || balance != 5 {
		t.Errorf("a is %v with %d, %t", e, balance, ok)
	}
	if e, balance, ok := turned.Find("c"); !ok || e.Points != 10 || balance != 8 {
		t.Errorf("c is %v with %d, %t", e, balance, ok)
	}
	if _, _, ok := turned.Find("a"); ok {
		t.Error("a stands in the tail and in the page")
	}
}

// A till tells fractions of a second, an entry keeps whole ones: the repeat of a receipt must not look newer than its own entry.
func TestMayHoldIgnoresFractionsOfASecond(t *testing.T) {
	t.Parallel()
	b, _ := Book{}.Post(entry("a", 5), 0).TurnPage(1)
	for _, row := range []struct {
		at   time.Time
		want bool
	}{
		{noon.Add(-time.Second), true}, {noon, true}, {noon.Add(700 * time.Millisecond), true}, {noon.Add(time.Second), false},
	} {
		if got := b.MayHold(row.at); got != row.want {
			t.Errorf("at %s: %t, want %t", row.at.Format(time.RFC3339Nano), got, row.want)
		}
	}
	if (Book{}).MayHold(noon) {
		t.Error("a book without pages sends its reader to them")
	}
}

func TestTailIsFullByCountAndByLength(t *testing.T) {
	t.Parallel()
	fill := func(n int, cause string) Book {
		var b Book
		for i := range n {
			b = b.Post(entry(fmt.Sprintf("%s%d", cause, i), 1), 0)
		}
		return b
	}
	long := strings.Repeat("x", TailBytes)
	for _, row := range []struct {
		name  string
		count int
		cause string
		want  bool
	}{
		{"short entries, one too few", TailMax - 1, "", false},
		{"short entries", TailMax, "", true},
		{"long entries, less than a page of them", PageSize - 1, long, false},
		{"long entries", PageSize, long, true},
	} {
		if got := fill(row.count, row.cause).Full(); got != row.want {
			t.Errorf("%s: %t, want %t", row.name, got, row.want)
		}
	}
	b := fill(PageSize, "")
	for i := range b.Tail {
		b.Tail[i].From, b.Tail[i].To = "silver", "gold"
		b.Tail[i].Marks = []Mark{{'+', strings.Repeat("m", TailBytes/PageSize)}}
	}
	if !b.Full() {
		t.Error("marks and tiers do not count")
	}
}

// What a caller holds of a book is never changed by what is made of it: a refused write decides again on the first one.
func TestBooksShareNothing(t *testing.T) {
	t.Parallel()
	b := Book{}.Post(entry("a", 5), 10).Post(entry("b", 5), 30)
	b.Lots, b.Tail = slices.Grow(b.Lots, 8), slices.Grow(b.Tail, 8)
	before := told(b)
	one := b.Post(entry("one", 1), 20)
	two := b.Post(entry("two", -7), 30)
	if told(b) != before || len(b.Tail) != 2 || one.Tail[2].Cause != "one" || two.Tail[2].Cause != "two" {
		t.Errorf("a book was changed from outside: %s, %v, %v", told(b), one.Tail, two.Tail)
	}
	turned, page := b.TurnPage(1)
	turned = turned.Post(entry("c", 1), 0)
	page.Entries = append(page.Entries, entry("d", 1))
	if b.Tail[1].Cause != "b" || turned.Tail[0].Cause != "b" {
		t.Errorf("a page writes into the tail: %v", b.Tail)
	}
}

func TestSoundFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	sound := Book{}.Post(entry("a", 5), 10).Post(entry("b", 5), 30)
	for name, plant := range map[string]func(*Book){
		"the balance is not the sum of the entries": func(b *Book) { b.Balance++ },
		"cause a stands twice":                      func(b *Book) { b.Tail[1].Cause = "a" },
		"the count of entries is wrong":             func(b *Book) { b.Posted++ },
		"the lots do not add up to the balance":     func(b *Book) { b.Lots[0].Points++ },
		"a lot is empty or out of order":            func(b *Book) { slices.Reverse(b.Lots) },
	} {
		b := sound
		b.Lots, b.Tail = slices.Clone(b.Lots), slices.Clone(b.Tail)
		plant(&b)
		if got := b.Sound(nil); got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
	for name, plant := range map[string]func(*Book){
		"empty lot":                                     func(b *Book) { b.Lots = append(b.Lots, Lot{}) },
		"a lot that ends before it begins":              func(b *Book) { b.Lots[1].From = 31 },
		"a lot that never expires before one that does": func(b *Book) { b.Lots[0].ExpiresOn = 0 },
	} {
		b := sound
		b.Lots = slices.Clone(b.Lots)
		plant(&b)
		if b.Sound(nil) == "" {
			t.Errorf("%s is not found", name)
		}
	}
	turned, page := sound.TurnPage(1)
	if got := turned.Sound([]Page{page}); got != "" {
		t.Error(got)
	}
	if got := turned.Sound(nil); got != "a page is missing" {
		t.Errorf("got %q", got)
	}
}

func TestKindsHaveNames(t *testing.T) {
	t.Parallel()
	want := map[Kind]string{Earn: "earn", Reverse: "reverse", Grant: "grant", Spend: "spend", Expire: "expire", Adjust: "adjust", Review: "review", '?': "unknown"}
	for k, name := range want {
		if k.String() != name {
			t.Errorf("%c is %s, want %s", k, k, name)
		}
	}
}

// A lot is kept apart by its last day, its first day and the card it was earned on; what waits is spent last, and joins the rest when
// its day has come.
func TestLotsThatWaitOrCameFromElsewhereStayApart(t *testing.T) {
	t.Parallel()
	jan, nov, dec := day.Date(2027, 1, 10), day.Date(2027, 11, 30), day.Date(2027, 12, 31)
	var b Book
	for i, row := range []struct {
		name   string
		points int64
		lot    Lot
		ripen  day.Day
		want   string
	}{
		{"at once", 10, Lot{ExpiresOn: dec}, 0, "balance=10 lots=2027-12-31:10"},
		{"it waits", 20, Lot{ExpiresOn: nov, From: jan}, 0, "balance=30 lots=2027-11-30:20/2027-01-10,2027-12-31:10"},
		{"a joined card's", 5, Lot{ExpiresOn: dec, Of: 1}, 0, "balance=35 lots=2027-11-30:20/2027-01-10,2027-12-31:10,2027-12-31:5#1"},
		{"spent: what is usable, not what ends first", -12, Lot{}, 0, "balance=23 lots=2027-11-30:20/2027-01-10,2027-12-31:3#1"},
		{"taken back: what waits, if it is the receipt's own", -4, Lot{ExpiresOn: nov, From: jan}, 0, "balance=19 lots=2027-11-30:16/2027-01-10,2027-12-31:3#1"},
		{"usable ones of that day", 2, Lot{ExpiresOn: nov}, 0, "balance=21 lots=2027-11-30:2,2027-11-30:16/2027-01-10,2027-12-31:3#1"},
		{"the day before", 1, Lot{ExpiresOn: nov}, jan - 1, "balance=22 lots=2027-11-30:3,2027-11-30:16/2027-01-10,2027-12-31:3#1"},
		{"its day has come", 1, Lot{ExpiresOn: nov}, jan, "balance=23 lots=2027-11-30:20,2027-12-31:3#1"},
	} {
		e := entry(fmt.Sprint(i), row.points)
		if row.lot == (Lot{}) {
			e.Kind = Spend
		}
		b = b.PostTo(e, row.lot).Ripen(row.ripen)
		if got := told(b); got != row.want {
			t.Fatalf("%s: got %s, want %s", row.name, got, row.want)
		}
		if wrong := b.Sound(nil); wrong != "" {
			t.Fatalf("%s: %s", row.name, wrong)
		}
	}
}
