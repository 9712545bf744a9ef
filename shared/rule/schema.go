package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// Kind is what a field holds, and so how its values are written in a rule and which comparisons it takes.
type Kind string

// The kinds. All take eq, ne, in, not_in, exists and unknown but for the exceptions named here.
const (
	Int   Kind = "int"   // points, counts, days since: whole numbers; also lt, lte, gt, gte, between
	Money Kind = "money" // an amount of the schema's currency: "20.00", or 20 for the same; also lt, lte, gt, gte, between
	Day   Kind = "day"   // a calendar day: "2027-01-31"; also lt, lte, gt, gte, between
	Text  Kind = "text"  // also contains: has this part, and starts: begins so
	Bool  Kind = "bool"  // true or false; only eq, ne, exists and unknown
	Set   Kind = "set"   // several texts; contains: has this one; in: has any of these; not_in: has none of these; no eq and ne
)

// MaxFields is how many fields a schema may have.
const MaxFields = 256

// Field is one fact that rules may ask for. Values, if given, are the only texts that a Text or Set field can hold, so that a
// misspelt tier is found when the rule is written and not by a shopper. Most, if given, is the largest number that the field can hold, and
// 0 then the least: an hour after 24 never comes.
type Field struct {
	Name   string
	Kind   Kind
	Values []string
	Most   int64
}

// never reports whether no number of the field can stand to the wanted ones as op says.
func (f Field) never(op Op, want []int64) bool {
	if f.Most == 0 || len(want) == 0 {
		return false
	}
	first, last := want[0], want[len(want)-1]
	switch op {
	case Eq, In:
		return !slices.ContainsFunc(want, func(n int64) bool { return 0 <= n && n <= f.Most })
	case Lt:
		return first <= 0
	case Lte:
		return first < 0
	case Gt:
		return first >= f.Most
	case Gte:
		return first > f.Most
	case Between:
		return last < 0 || first > f.Most
	}
	return false
}

// Schema is the facts that rules of one kind may ask for. Field i has slot i.
type Schema struct {
	currency money.Currency
	fields   []Field
	slots    map[string]int
	none     *Facts // nothing is known
}

// NewSchema returns the schema of these fields, or ErrInvalid for a name that is empty or there twice, a kind that does not exist, more
// fields than MaxFields, or amounts in no currency.
func NewSchema(currency money.Currency, fields ...Field) (*Schema, error) {
	if len(fields) > MaxFields {
		return nil, fmt.Errorf("%w: a schema of %d fields, at most %d are allowed", ErrInvalid, len(fields), MaxFields)
	}
	s := &Schema{currency: currency, fields: slices.Clone(fields), slots: make(map[string]int, len(fields))}
	for slot, f := range fields {
		if _, twice := s.slots[f.Name]; twice || f.Name == "" || len(f.Name) > MaxText {
			return nil, fmt.Errorf("%w: field %d has the name %q, which is empty, too long or taken", ErrInvalid, slot, f.Name)
		}
		s.slots[f.Name] = slot
		switch f.Kind {
		case Int, Day, Text, Bool, Set:
		case Money:
			if _, err := currency.Exponent(); err != nil {
				return nil, fmt.Errorf("%w: field %s is an amount: %w", ErrInvalid, f.Name, err)
			}
		default:
			return nil, fmt.Errorf("%w: field %s has no kind %q", ErrInvalid, f.Name, f.Kind)
		}
	}
	s.none = s.Facts()
	return s, nil
}

// Currency is the currency of the Money fields.
func (s *Schema) Currency() money.Currency { return s.currency }

// Fields lists the fields in the order of their slots.
func (s *Schema) Fields() []Field { return slices.Clone(s.fields) }

// Slot is where the facts of a field stand; ok is false for a field that is not in the schema.
func (s *Schema) Slot(name string) (slot int, ok bool) {
	slot, ok = s.slots[name]
	return slot, ok
}

// closest is the known name most like a misspelt one, or "" if none is like it.
func closest(name string, known []string) string {
	best, distance := "", 3 // more than two wrong letters is another word
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), k); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	return best
}

// editDistance counts the letters to insert, drop or change between two words. Both are at most MaxText bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// Facts is what is known about one shopper, basket or cart, under one schema. Fill it, match any number of rules against it, Reset it
// for the next. It is not for two goroutines at once while it is being filled.
type Facts struct {
	schema *Schema
	facts  []fact
}

// fact holds one value. number serves Int, Money, Day and Bool.
type fact struct {
	known  bool
	number int64
	text   string
	texts  []string
}

// Facts returns facts under s of which nothing is known yet.
func (s *Schema) Facts() *Facts {
	return &Facts{schema: s, facts: make([]fact, len(s.fields))}
}

// SetInt tells an Int or Money fact; amounts are minor units. As with every setter, a slot of another kind stays unknown.
func (f *Facts) SetInt(slot int, n int64) {
	if f.is(slot, Int) || f.is(slot, Money) {
		f.facts[slot] = fact{known: true, number: n}
	}
}

// SetDay tells a Day fact. No day leaves it unknown.
func (f *Facts) SetDay(slot int, d day.Day) {
	if f.is(slot, Day) {
		f.facts[slot] = fact{known: d != 0, number: int64(d)}
	}
}

// SetBool tells a Bool fact.
func (f *Facts) SetBool(slot int, is bool) {
	if f.is(slot, Bool) {
		f.facts[slot] = fact{known: true, number: boolNumber(is)}
	}
}

// SetText tells a Text fact. An empty text is known and empty; Forget makes it unknown.
func (f *Facts) SetText(slot int, text string) {
	if f.is(slot, Text) {
		f.facts[slot] = fact{known: true, text: text}
	}
}

// SetTexts tells a Set fact and keeps the slice. An empty set is known to be empty.
func (f *Facts) SetTexts(slot int, texts []string) {
	if f.is(slot, Set) {
		f.facts[slot] = fact{known: true, texts: texts}
	}
}

// Forget makes a fact unknown.
func (f *Facts) Forget(slot int) {
	if slot >= 0 && slot < len(f.facts) {
		f.facts[slot] = fact{}
	}
}

// Reset makes every fact unknown.
func (f *Facts) Reset() { clear(f.facts) }

func (f *Facts) is(slot int, kind Kind) bool {
	return slot >= 0 && slot < len(f.facts) && f.schema.fields[slot].Kind == kind
}

func boolNumber(is bool) int64 {
	if is {
		return 1
	}
	return 0
}
