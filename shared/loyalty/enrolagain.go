package loyalty

import (
	"maps"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
)

// sameOwner reports that the profile on a card says what an enrolment says: every detail, and every consent. Then the enrolment came
// before, and its answer was lost: a till that hears nothing asks again, and must not be told that its shopper belongs to another card.
// Owners of whom nothing is known are never the same.
func sameOwner(has, says card.Profile) bool {
	return (says.Email != "" || says.Phone != "") && saysTheSame(has, says)
}

// saysTheSame is sameOwner where it is known by other means that it is one enrolment: then who says nothing says the same again.
func saysTheSame(has, says card.Profile) bool {
	for topic, c := range says.Consents {
		if kept := has.Consents[topic]; kept.Allowed != c.Allowed || kept.Asked != c.Asked || kept.Text != c.Text {
			return false
		}
	}
	return strings.EqualFold(has.Email, says.Email) && has.Phone == says.Phone && has.Given == says.Given && has.Family == says.Family &&
		has.Birthday == says.Birthday && has.BirthYear == says.BirthYear && has.Home == says.Home &&
		maps.EqualFunc(has.Attributes, says.Attributes, slices.Equal) && has.Language == says.Language && has.TimeZone == says.TimeZone
}
