package card

import (
	"maps"
	"slices"
	"strings"
)

// Home is where a shopper lives, as far as it was told. It serves segments; nothing is sent there.
type Home struct {
	Country  string // ISO 3166-1, two capital letters
	Postcode string // capital letters and digits, without what stands between them
	City     string
}

// MaxPostcode is how long a postal code is at most, in letters and digits.
const MaxPostcode = 12

// Country brings the two letters of a country into the form that is kept; false for what is none.
func Country(s string) (string, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	return s, len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Postcode brings a postal code into the form that is kept, in which one that is written with and without spaces is the same; false for
// what is none.
func Postcode(s string) (string, bool) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	return s, s != "" && len(s) <= MaxPostcode && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// Attributes is what a shop knows of a shopper beside what every profile has, by the id under which its programme declares it. Values
// are in the form that the programme keeps them in: "M", "2", "true", "2020-05-17"; a list has several, in order, each once.
type Attributes map[string][]string

// Limits of attributes.
const (
	MaxAttributes = 50  // of one programme
	MaxValues     = 20  // of one list
	MaxValue      = 100 // characters of one value
)

// With is a with the values of one attribute put in; none takes it out.
func (a Attributes) With(id string, values []string) Attributes {
	next := maps.Clone(a)
	if len(values) == 0 {
		delete(next, id)
		return next
	}
	if next == nil {
		next = Attributes{}
	}
	next[id] = slices.Clone(values)
	return next
}

// Equal reports whether both say the same.
func (a Attributes) Equal(b Attributes) bool { return maps.EqualFunc(a, b, slices.Equal[[]string]) }
