package till

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
)

// birthday is kept without its year, for a date of birth opens doors elsewhere, unless the programme asks how old its shoppers are.
func birthday(s string, rules *programme.Programme, now time.Time) (value, why string) {
	on, err := day.ParseYearly(s)
	if err == nil && len(s) == len(time.DateOnly) {
		var whole day.Day
		if whole, err = day.Parse(s); err == nil && rules.KeepsYears() {
			if whole > day.Of(now, time.UTC)+1 {
				return "", "lies ahead; a birthday is a day such as 1990-12-24 or 12-24"
			}
			return s, ""
		}
	}
	if err != nil {
		return "", "must be a day of the year such as 12-24; a year before it is dropped unless the programme asks for ages"
	}
	return on.String(), ""
}

// bornOn keeps a birthday that was judged; "" is none.
func bornOn(p *card.Profile, s string) {
	p.Birthday, _ = day.ParseYearly(s)
	p.BirthYear = 0
	if len(s) == len(time.DateOnly) {
		whole, _ := day.Parse(s)
		p.BirthYear = whole.Year()
	}
}

func country(s string) (value, why string) {
	kept, ok := card.Country(s)
	if !ok {
		return "", "must be a country of two letters such as DE"
	}
	return kept, ""
}

func postcode(s string) (value, why string) {
	kept, ok := card.Postcode(s)
	if !ok {
		return "", fmt.Sprintf("must be a postal code such as 10115, at most %d letters and digits", card.MaxPostcode)
	}
	return kept, ""
}

// attributes puts in what is said of the attributes that the programme declares; null takes one back, and the others stay.
func (b shopperBody) attributes(f *faults, rules *programme.Programme) []edit {
	f.atMost("/attributes", len(b.Attributes), card.MaxAttributes)
	var edits []edit
	for _, id := range slices.Sorted(maps.Keys(b.Attributes)) {
		at := "/attributes/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(id)
		declared, ok := rules.Attribute(id)
		if !ok {
			f.add(at, "unknown_attribute", "is no attribute of the programme; it declares %s", anyOf(rules.AttributeIDs()))
			continue
		}
		values, why := declared.ReadJSON(b.Attributes[id])
		if why != "" {
			f.add(at, "invalid", "%s", why)
			continue
		}
		edits = append(edits, func(p *card.Profile) { p.Attributes = p.Attributes.With(id, values) })
	}
	return edits
}

func anyOf(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

// attributesOf tells the attributes of a shopper as they may be said again. One that the programme no longer declares is told as it lies.
func attributesOf(p card.Profile, rules *programme.Programme) map[string]any {
	if len(p.Attributes) == 0 {
		return nil
	}
	told := make(map[string]any, len(p.Attributes))
	for id, values := range p.Attributes {
		told[id] = values
		if declared, ok := rules.Attribute(id); ok {
			told[id] = declared.Said(values)
		}
	}
	return told
}
