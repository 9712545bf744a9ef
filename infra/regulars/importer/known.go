package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// between stands between the values of a list in one column.
const between = "|"

// known reads what a row says of its shopper beside name and address: the year of birth, where the programme asks for ages, the place, and
// the attributes that it declares. What is empty is not said.
func (im Import) known(get func(string) string, p *card.Profile, rules *programme.Programme) (reason, detail string) {
	if born, err := im.Map.day(get("birthday")); err == nil && born != 0 && rules.KeepsYears() {
		p.BirthYear = born.Year()
	}
	ok := true
	if said := get("country"); said != "" {
		if p.Home.Country, ok = card.Country(said); !ok {
			return BadText, "the country is no two letters such as DE"
		}
	}
	if said := get("postcode"); said != "" {
		if p.Home.Postcode, ok = card.Postcode(said); !ok {
			return BadText, "the postal code is too long, or not of letters and digits"
		}
	}
	if p.Home.City = get("city"); !plain(p.Home.City) || len(p.Home.City) > card.MaxName {
		return BadText, "the city is too long, or not UTF-8"
	}
	for _, id := range rules.AttributeIDs() {
		said := get(attributePrefix + id)
		if said == "" {
			continue
		}
		declared, _ := rules.Attribute(id)
		values, why := declared.Read(im.values(declared, said))
		if why != "" {
			return BadText, attributePrefix + id + " " + why
		}
		p.Attributes = p.Attributes.With(id, values)
	}
	return "", ""
}

// values brings a column into what an attribute reads: true or false for a flag, each date as YYYY-MM-DD, several for a list.
func (im Import) values(a programme.Attribute, said string) []string {
	several := []string{said}
	switch a.Type {
	case programme.AttributeFlag:
		yes := slices.ContainsFunc(im.Map.Yes, func(yes string) bool { return strings.EqualFold(yes, said) })
		return []string{strconv.FormatBool(yes)}
	case programme.AttributeList, programme.AttributeDates:
		several = strings.Split(said, between)
	}
	if a.Type == programme.AttributeDate || a.Type == programme.AttributeDates {
		for i, one := range several {
			if on, err := im.Map.day(strings.TrimSpace(one)); err == nil && on != 0 {
				several[i] = on.String()
			}
		}
	}
	return several
}
