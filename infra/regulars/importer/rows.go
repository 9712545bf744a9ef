package importer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// row is one line of the file that belongs to a receipt.
type row struct {
	line     int32
	sku      string
	category string
	kind     string
	quantity int64
	price    int64 // millionths a piece; 0 where the file gives the line's whole amount
	discount int64 // millionths of the line
	micro    int64 // millionths of the line, before the discount
}

// net is what was paid for the line; below zero on a cancellation, whichever sign its file uses.
func (r row) net() int64 { return r.micro - r.discount }

func (r row) pieces() int64 { return max(r.quantity, -r.quantity) }

// unit is the price of a piece.
func (r row) unit() int64 {
	if r.price != 0 || r.quantity == 0 {
		return r.price
	}
	return max(r.micro, -r.micro) / r.pieces()
}

// document is the rows that share a store, a till and a number: a receipt or a cancellation.
type document struct {
	key     receipt.Key
	shopper string
	at      time.Time
	rows    []row
}

// reading gathers the rows of a file into documents.
type reading struct {
	m       *Map
	now     time.Time
	fields  map[string]field
	byKey   map[receipt.Key]*document
	found   []*document
	rejects []Reject
	interns map[string]string
	rows    int
	money   int64 // millionths, of all rows whose money could be read
	lastAt  string
	at      time.Time
}

// read reads the whole file. An error means that it cannot be read on, or that it is not what the map says.
func (m *Map) read(r io.Reader, now time.Time) (*reading, error) {
	s, err := m.open(r)
	if err != nil {
		return nil, err
	}
	in := &reading{m: m, now: now, fields: map[string]field{}, byKey: map[receipt.Key]*document{}, interns: map[string]string{}}
	for _, name := range receiptFields {
		in.fields[name] = s.field(name)
	}
	for {
		values, line, err := s.next()
		bad := badRow{}
		switch {
		case errors.Is(err, io.EOF):
			slices.SortStableFunc(in.found, func(a, b *document) int { return a.at.Compare(b.at) })
			return in, nil
		case errors.As(err, &bad):
			in.rows++
			in.reject(Reject{Row: line, Reason: BadRow, Detail: bad.why})
		case err != nil:
			return nil, fmt.Errorf("read the file: %w", err)
		default:
			in.rows++
			in.take(values, line)
		}
		if in.rows > MaxRows {
			return nil, fmt.Errorf("the file has more than %d rows; split it by month or year, at a moment when nothing is cancelled", MaxRows)
		}
		if in.money > maxSum || in.money < -maxSum {
			return nil, fmt.Errorf("line %d: the money of the file adds up to more than this import reckons with; is the decimal mark right?", line)
		}
	}
}

func (in *reading) reject(r Reject) { in.rejects = append(in.rejects, r) }

// take puts a row into its document, or rejects it with the money that could be read of it.
func (in *reading) take(values []string, line int) {
	get := func(name string) string { return strings.TrimSpace(in.fields[name].of(values)) }
	key := receipt.Key{Store: in.intern(get("store")), Till: in.intern(get("till")), Number: in.intern(get("number"))}
	r, reason, detail := in.row(get, line)
	if in.m.Cancelled != "" && strings.HasPrefix(key.Number, in.m.Cancelled) {
		r.micro, r.discount = -max(r.micro, -r.micro), -r.discount
		if reason == NegativePrice {
			reason = ""
		}
	}
	in.money += r.net()
	if why, what := in.misnamed(&key); why != "" {
		reason, detail = why, what
	}
	shopper, at := in.intern(get("shopper")), time.Time{}
	if reason == "" {
		if at, detail = in.moment(get("at")); detail != "" {
			reason = BadTime
		}
	}
	if reason == "" && ids.HasPaymentCard(shopper) {
		reason, detail = PaymentCard, "what stands where the shopper should looks like a payment card, which is never taken"
	}
	if reason == "" && !in.gather(key, shopper, at, r) {
		reason, detail = OtherShopper, "the receipt's first line names another shopper"
	}
	if reason != "" {
		in.reject(Reject{Row: line, Receipt: key.Number, Reason: reason, Detail: detail, micro: r.net()})
	}
}

// misnamed says why a document of this name is none, "" if it may be one. A name that may not stand in an id may not stand in the
// list of rejected rows either.
func (in *reading) misnamed(key *receipt.Key) (reason, detail string) {
	if !key.Valid() {
		key.Number = ""
		return BadNumber, fmt.Sprintf("store, till and receipt number must each be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	for prefix, why := range in.m.LeaveOut {
		if strings.HasPrefix(key.Number, prefix) {
			return why, fmt.Sprintf("receipt numbers that begin with %s are left out by the map", prefix)
		}
	}
	return "", ""
}

// gather adds a row to the document of its name, which happened at the earliest moment that any of its rows says. It answers false,
// and adds nothing, where the document is another shopper's.
func (in *reading) gather(key receipt.Key, shopper string, at time.Time, r row) bool {
	d := in.byKey[key]
	if d == nil {
		d = &document{key: key, shopper: shopper, at: at}
		in.byKey[key] = d
		in.found = append(in.found, d)
	}
	if d.shopper != shopper {
		return false
	}
	if at.Before(d.at) {
		d.at = at
	}
	d.rows = append(d.rows, r)
	return true
}

// row reads what is sold. The money is read even where the rest is not, so that the sums of what is rejected are right.
func (in *reading) row(get func(string) string, line int) (r row, reason, detail string) {
	r = row{line: int32(line), sku: in.intern(get("sku")), category: in.intern(get("category")), quantity: 1} //nolint:gosec // at most MaxRows
	amount, hasAmount := parseMicro(cmp.Or(get("price"), get("amount")), in.m.Decimal)
	quantity, hasQuantity := r.quantity, true
	if text := get("quantity"); text != "" {
		quantity, hasQuantity = in.quantity(text)
	}
	if hasQuantity {
		r.quantity = quantity
	}
	fits := true
	switch {
	case !hasAmount || !hasQuantity:
	case get("price") != "":
		r.price = amount
		r.micro, fits = times(amount, quantity)
	default:
		r.micro, fits = times(amount, 1)
	}
	if text := get("discount"); text != "" {
		given, ok := parseMicro(text, in.m.Decimal)
		if !ok || given < 0 || given > max(r.micro, -r.micro) {
			return r, BadNumber, "the discount is no amount, or more than the line's own"
		}
		r.discount = given
	}
	r.kind = in.m.kindOf(r.sku)
	switch {
	case !hasQuantity:
		return r, BadNumber, "the quantity is no whole number"
	case !hasAmount:
		return r, BadNumber, fmt.Sprintf("the price is no number with at most %d decimals", decimals)
	case !fits || quantity > receipt.MaxQuantity || quantity < -receipt.MaxQuantity:
		return r, TooLarge, fmt.Sprintf("more money than a line may cost, or more than %d pieces", receipt.MaxQuantity)
	case quantity == 0:
		return r, ZeroQuantity, "there are no pieces"
	case amount < 0 && r.kind != receipt.Fee:
		return r, NegativePrice, "the price is below zero; only a fee may be"
	case !plain(r.sku) || !plain(r.category):
		return r, BadText, fmt.Sprintf("the article number or category is longer than %d characters, or not UTF-8 (set encoding: latin-1)", events.MaxText)
	}
	return r, "", ""
}

// quantity reads a whole number; "3.0" and "3,000" (three pieces weighed to the gram) are three.
func (in *reading) quantity(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	micro, ok := parseMicro(text, in.m.Decimal)
	return micro / microUnit, ok && micro%microUnit == 0
}

// plain reports whether a text may stand in a receipt, by the limits of the published contract.
func plain(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= events.MaxText && !strings.ContainsFunc(text, unicode.IsControl)
}

// futureMax is how far the clock of another system may run ahead.
const futureMax = 24 * time.Hour

// moment reads when a document was made. Rows of a document name the same one as a rule, so the last is kept.
func (in *reading) moment(text string) (time.Time, string) {
	if text == in.lastAt && text != "" {
		return in.at, ""
	}
	at, err := time.ParseInLocation(in.m.layout, text, in.m.location)
	at = at.UTC().Truncate(time.Second)
	switch {
	case err != nil:
		return at, fmt.Sprintf("the moment is not written as %s", in.m.Time)
	case at.After(in.now.Add(futureMax)):
		return at, "the moment lies in the future"
	case len(events.Metadata{ID: "1", Source: "import", OccurredAt: at}.Validate()) > 0:
		return at, "the moment lies too far back"
	}
	in.lastAt, in.at = text, at
	return at, ""
}

// intern keeps one copy of texts that come again and again, and no part of a read buffer.
func (in *reading) intern(text string) string {
	if kept, ok := in.interns[text]; ok {
		return kept
	}
	kept := strings.Clone(text)
	in.interns[kept] = kept
	return kept
}
