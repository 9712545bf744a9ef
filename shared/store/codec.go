package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Everything that is read at each checkout lies as short text, so that HEAD and a receipt of 12 lines each fit into one write unit
// and can still be read in a console:
//
//	tail, page  one line an entry: cause, kind, moment, points, tier, marks, with a space between them
//	            "0042/03/000173 e tlsyyo 12 silver>gold +Q7M4K2:tenoff:thanks:2027-01-31"
//	            the moment is unix seconds in base 36; the tier is "-" for the base, "a>b" where the entry changed it
//	            what the first character of a mark means stands in shared/card
//	carried     "+99/100"   what is below a point, as a reduced fraction
//	lots        "20271130:120 20271231:44:20271205 -:10:-:1"   last day and points, "-" for never; then the first day on which they
//	            can be spent, and which joined card's they are, where a lot has these
//	wallet      "Q7M4K2:tenoff:thanks:20270131"   coupon, offer, campaign, last day
//	lines       one line a line: id, SKU, category, kind, quantity, amount, discount, with a tab between them; an id that is the
//	            line's number is left out, so is "0" at the end
//	used        one line an offer that the till applied: offer, amount, coupon, code, with a tab between them; what is missing at
//	            the end is left out
//	goods       one line a line of whose goods something is kept, see goods.go
//
// A field may be added at the end if it may be missing. A meaning never changes. Rows of every age are read.

const compactDay = "20060102"

func writeDay(d day.Day) string {
	if d == 0 {
		return "-"
	}
	return strings.ReplaceAll(d.String(), "-", "")
}

func readDay(text string) (day.Day, error) {
	if text == "-" || text == "" {
		return 0, nil
	}
	t, err := time.Parse(compactDay, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no day", text)
	}
	return day.Date(t.Date()), nil
}

func writeMoment(t time.Time) string { return strconv.FormatInt(t.Unix(), 36) }

func readMoment(text string) (time.Time, error) {
	seconds, err := strconv.ParseInt(text, 36, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no moment", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func writeEntries(entries []ledger.Entry) string {
	var b strings.Builder
	for i, e := range entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		tier := e.From
		if e.To != e.From || e.From == "-" {
			tier += ">" + e.To
		}
		if tier == "" {
			tier = "-"
		}
		fmt.Fprintf(&b, "%s %c %s %d %s", e.Cause, e.Kind, writeMoment(e.At), e.Points, tier)
		for _, m := range e.Marks {
			b.WriteByte(' ')
			b.WriteByte(m.Kind)
			b.WriteString(m.Text)
		}
	}
	return b.String()
}

func readEntries(text string) ([]ledger.Entry, error) {
	if text == "" {
		return nil, nil
	}
	var entries []ledger.Entry
	for line := range strings.Lines(text) {
		e, err := readEntry(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("ledger entry %q: %w", line, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

const entryFields = 5 // before the marks

func readEntry(line string) (ledger.Entry, error) {
	field := strings.Split(line, " ")
	if len(field) < entryFields || len(field[1]) != 1 {
		return ledger.Entry{}, fmt.Errorf("it has %d fields", len(field))
	}
	e := ledger.Entry{Cause: field[0], Kind: ledger.Kind(field[1][0])}
	var err error
	if e.At, err = readMoment(field[2]); err != nil {
		return e, err
	}
	if e.Points, err = strconv.ParseInt(field[3], 10, 64); err != nil {
		return e, err
	}
	if tier := field[4]; tier != "-" {
		from, to, changed := strings.Cut(tier, ">")
		e.From, e.To = from, from
		if changed {
			e.To = to
		}
	}
	for _, m := range field[entryFields:] {
		if m == "" {
			return e, fmt.Errorf("it has an empty mark")
		}
		e.Marks = append(e.Marks, ledger.Mark{Kind: m[0], Text: m[1:]})
	}
	return e, nil
}

func writeLots(lots []ledger.Lot) string {
	text := make([]string, len(lots))
	for i, l := range lots {
		text[i] = writeDay(l.ExpiresOn) + ":" + strconv.FormatInt(l.Points, 10)
		if l.From != 0 || l.Of != 0 {
			text[i] += ":" + writeDay(l.From)
		}
		if l.Of != 0 {
			text[i] += ":" + strconv.Itoa(l.Of)
		}
	}
	return strings.Join(text, " ")
}

func readLots(text string) ([]ledger.Lot, error) {
	var lots []ledger.Lot
	for _, part := range strings.Fields(text) {
		l, err := readLot(strings.Split(part, ":"))
		if err != nil {
			return nil, fmt.Errorf("lot %q: %w", part, err)
		}
		lots = append(lots, l)
	}
	return lots, nil
}

func readLot(field []string) (l ledger.Lot, err error) {
	if len(field) < 2 {
		return l, fmt.Errorf("it has %d fields", len(field))
	}
	if l.Points, err = strconv.ParseInt(field[1], 10, 64); err != nil {
		return l, err
	}
	if l.ExpiresOn, err = readDay(field[0]); err != nil || len(field) < 3 {
		return l, err
	}
	if l.From, err = readDay(field[2]); err != nil || len(field) < 4 {
		return l, err
	}
	l.Of, err = strconv.Atoi(field[3])
	return l, err
}

func writeWallet(coupons []card.Coupon) string {
	text := make([]string, len(coupons))
	for i, c := range coupons {
		text[i] = strings.Join([]string{c.ID, c.Offer, c.Campaign, writeDay(c.ExpiresOn)}, ":")
	}
	return strings.Join(text, " ")
}

func readWallet(text string) ([]card.Coupon, error) {
	var coupons []card.Coupon
	for _, part := range strings.Fields(text) {
		field := strings.Split(part, ":")
		if len(field) != 4 {
			return nil, fmt.Errorf("coupon %q has %d fields", part, len(field))
		}
		on, err := readDay(field[3])
		if err != nil {
			return nil, fmt.Errorf("coupon %q: %w", part, err)
		}
		coupons = append(coupons, card.Coupon{ID: field[0], Offer: field[1], Campaign: field[2], ExpiresOn: on})
	}
	return coupons, nil
}

func writeLines(lines []receipt.Line) string {
	text := make([]string, len(lines))
	for i, l := range lines {
		id := l.ID
		if id == strconv.Itoa(i+1) {
			id = ""
		}
		kind := l.Kind
		if kind == receipt.Goods {
			kind = ""
		}
		text[i] = strings.Join([]string{id, l.SKU, l.Category, kind, number(l.Quantity), number(l.Amount), number(l.Discount)}, "\t")
		text[i] = strings.TrimSuffix(text[i], "\t0")
	}
	return strings.Join(text, "\n")
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func readLines(text string) ([]receipt.Line, error) {
	if text == "" {
		return nil, nil
	}
	var lines []receipt.Line
	for i, row := range strings.Split(text, "\n") {
		field := append(strings.Split(row, "\t"), "0")
		if len(field) < 7 {
			return nil, fmt.Errorf("line %q has %d fields", row, len(field))
		}
		l := receipt.Line{ID: field[0], SKU: field[1], Category: field[2], Kind: field[3]}
		if l.ID == "" {
			l.ID = strconv.Itoa(i + 1)
		}
		for j, n := range []*int64{&l.Quantity, &l.Amount, &l.Discount} {
			var err error
			if *n, err = strconv.ParseInt(field[4+j], 10, 64); err != nil {
				return nil, fmt.Errorf("line %q: %w", row, err)
			}
		}
		lines = append(lines, l)
	}
	return lines, nil
}
