package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Map says how a file of somebody else's is read: which column holds which field of ours, and in what form.
type Map struct {
	Format    string              `yaml:"format"`    // csv or jsonl; csv if missing
	Delimiter string              `yaml:"delimiter"` // of CSV: "," if missing, "tab" for a tab
	Encoding  string              `yaml:"encoding"`  // utf-8 or latin-1; utf-8 if missing
	Columns   map[string]string   `yaml:"columns"`   // our field: their column, or "=text" for the same text in every row
	Time      string              `yaml:"time"`      // "DD/MM/YYYY HH:mm", or rfc3339 if missing
	Zone      string              `yaml:"zone"`      // IANA zone of times that name none
	Decimal   string              `yaml:"decimal"`   // "." or ","; "." if missing
	Currency  money.Currency      `yaml:"currency"`
	Card      string              `yaml:"card"`      // what the shopper's column holds: "number" of a card, or "issue" a number for it
	Cancelled string              `yaml:"cancelled"` // what the number of a cancellation begins with
	LeaveOut  map[string]string   `yaml:"leave_out"` // what the number of other documents begins with: why they are left out
	Kinds     map[string][]string `yaml:"kinds"`     // shipping, fee, tip, gift_card: the articles that stand for it; "gift_*" is all that begin so
	Yes       []string            `yaml:"yes"`       // what counts as consent in a consent column
	location  *time.Location
	layout    string
	text      []byte // as it was read
}

// What the shopper's column holds.
const (
	cardNumber = "number" // the number on the card
	cardIssue  = "issue"  // the other system's id; we issue a number and keep the id as an identity
)

// Fields of ours that a column can be named for.
var (
	receiptFields = []string{"number", "at", "shopper", "store", "till", "sku", "category", "quantity", "price", "amount", "discount"}
	shopperFields = []string{"shopper", "given_name", "family_name", "email", "phone", "birthday", "language", "time_zone", "country", "postcode", "city", "since", "tier", "tier_until"}
)

const (
	consentPrefix   = "consent."   // and a topic
	attributePrefix = "attribute." // and an id that the programme declares
	maxMap          = 100_000      // bytes of a map
)

// ReadMap reads a map for a kind of import, "receipts" or "shoppers". All faults are told at once.
func ReadMap(r io.Reader, kind string) (*Map, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxMap+1))
	if err != nil {
		return nil, fmt.Errorf("read the map: %w", err)
	}
	if len(text) > maxMap {
		return nil, fmt.Errorf("the map is larger than %d bytes", maxMap)
	}
	m := &Map{Format: "csv", Delimiter: ",", Encoding: "utf-8", Time: "rfc3339", Decimal: ".", Card: cardNumber, Yes: []string{"yes", "true", "1"}}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("read the map: %s", strings.NewReplacer("yaml: ", "", " in type importer.Map", ", which a map does not have").Replace(err.Error()))
	}
	m.text = text
	return m, m.check(kind)
}

func (m *Map) check(kind string) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("map: "+format, args...)) }
	one := func(name, value string, of ...string) {
		if !slices.Contains(of, value) {
			fault("%s is %q; it is one of %s", name, value, strings.Join(of, ", "))
		}
	}
	one("format", m.Format, "csv", "jsonl")
	one("encoding", m.Encoding, "utf-8", "latin-1")
	one("decimal", m.Decimal, ".", ",")
	one("card", m.Card, cardNumber, cardIssue)
	if m.Delimiter == "tab" {
		m.Delimiter = "\t"
	}
	if d := []rune(m.Delimiter); len(d) != 1 || strings.ContainsAny(m.Delimiter, "\"\r\n") {
		fault("delimiter is %q; it is one character, such as ; or tab", m.Delimiter)
	}
	m.times(fault)
	fields, needed := shopperFields, []string{"shopper"}
	if kind == "receipts" {
		fields, needed = receiptFields, []string{"number", "at", "store", "till"}
		if _, err := m.Currency.Exponent(); err != nil {
			fault("currency is %q; it is an ISO 4217 code such as EUR", m.Currency)
		}
		if (m.Columns["price"] == "") == (m.Columns["amount"] == "") {
			fault("columns: name either price, of one piece, or amount, of the whole line")
		}
	}
	m.columns(fault, fields, needed)
	for _, k := range slices.Sorted(maps.Keys(m.Kinds)) {
		one("a key of kinds", k, receipt.Shipping, receipt.Fee, receipt.Tip, receipt.GiftCard)
	}
	for _, prefix := range slices.Sorted(maps.Keys(m.LeaveOut)) {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`).MatchString(m.LeaveOut[prefix]) {
			fault("leave_out: the reason %q for %s is no code such as adjustment", m.LeaveOut[prefix], prefix)
		}
	}
	return errors.Join(faults...)
}

// columns must name fields of ours, each with a column or a constant, and all that are needed.
func (m *Map) columns(fault func(string, ...any), fields, needed []string) {
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		topic, isConsent := strings.CutPrefix(name, consentPrefix)
		id, isAttribute := strings.CutPrefix(name, attributePrefix)
		open := isConsent && topic != "" || isAttribute && id != ""
		if !slices.Contains(fields, name) && (!open || !slices.Contains(fields, "email")) {
			fault("columns: there is no field %q; the fields are %s", name, strings.Join(fields, ", "))
		}
		if m.Columns[name] == "" {
			fault("columns: %s has no column", name)
		}
	}
	for _, name := range needed {
		if m.Columns[name] == "" {
			fault("columns: %s is needed; name its column, or =text for the same in every row", name)
		}
	}
}

// times makes the layout and the zone. A file of local times needs its zone said: a guess would move receipts over midnight.
func (m *Map) times(fault func(string, ...any)) {
	m.location = time.UTC
	m.layout = layoutOf(m.Time)
	needsZone := m.layout != "" && !strings.Contains(m.layout, "Z07")
	if m.layout == "" {
		fault("time is %q; write it with YYYY MM DD HH mm ss Z, or rfc3339", m.Time)
	}
	if m.Zone == "" {
		if needsZone && m.Columns["at"] != "" {
			fault("zone is missing: the times name none, so say which, such as Europe/Berlin")
		}
		return
	}
	zone, err := time.LoadLocation(m.Zone)
	if err != nil || m.Zone == "Local" {
		fault("zone %q is no IANA time zone such as Europe/Berlin", m.Zone)
		return
	}
	m.location = zone
}

// layoutOf turns the map's way of writing times into Go's; "" if it names no day.
func layoutOf(text string) string {
	if strings.EqualFold(text, "rfc3339") {
		return time.RFC3339
	}
	if !strings.Contains(text, "YY") || !strings.Contains(text, "M") || !strings.Contains(text, "D") {
		return ""
	}
	return strings.NewReplacer("YYYY", "2006", "YY", "06", "MM", "01", "M", "1", "DD", "02", "D", "2", "HH", "15", "H", "15",
		"hh", "03", "h", "3", "mm", "04", "m", "4", "ss", "05", "A", "PM", "Z", "Z07:00").Replace(text)
}

// kindOf is the kind of line that an article stands for.
func (m *Map) kindOf(sku string) string {
	for kind, list := range m.Kinds {
		for _, pattern := range list {
			prefix, open := strings.CutSuffix(pattern, "*")
			if pattern == sku || open && strings.HasPrefix(sku, prefix) {
				return kind
			}
		}
	}
	return ""
}
