package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// Ages says that the shop wants to know how old its shoppers are. Only then is the year of a birthday kept. Nobody who is known to be
// younger than MarketingFrom gets marketing e-mail; of whom no year is known, nothing is assumed.
type Ages struct {
	MarketingFrom int `json:"marketing_from,omitempty"` // years; 18 if missing
}

const (
	ofAge    = 18   // years
	maxAge   = 130  // years; beyond that the year is a slip
	noYearOf = 1900 // what forms put where nobody knows: no year, and none before it
)

func (c *compiler) ages() {
	a := c.p.Ages
	if a == nil {
		return
	}
	if a.MarketingFrom < 0 || a.MarketingFrom > maxAge {
		c.fault("/ages/marketing_from", "marketing is for shoppers from 1 to %d years on; from %d if missing", maxAge, ofAge)
	}
}

// KeepsYears reports whether the year of a birthday is kept.
func (p *Programme) KeepsYears() bool { return p.Ages != nil }

// Age is how old a shopper is on a day, by a birthday of February 29 on February 28 of a common year; false where no year can be believed.
func (p *Programme) Age(shopper card.Profile, on day.Day) (int, bool) {
	if p.Ages == nil || shopper.Birthday == (day.Yearly{}) || shopper.BirthYear <= noYearOf {
		return 0, false
	}
	years := on.Year() - shopper.BirthYear
	if shopper.Birthday.In(on.Year(), day.OnFebruary28) > on {
		years--
	}
	return years, years >= 0 && years <= maxAge
}

// Minor reports whether a shopper is known to be too young for marketing e-mail at a moment, by the shopper's own day.
func (p *Programme) Minor(shopper card.Profile, now time.Time) bool {
	age, known := p.Age(shopper, day.Of(now, p.ShopperZone(shopper.TimeZone)))
	if !known {
		return false
	}
	from := p.Ages.MarketingFrom
	if from == 0 {
		from = ofAge
	}
	return age < from
}

// person tells who the shopper is beside the name: age, place and attributes.
func (k known) person(p *Programme, shopper card.Profile, today day.Day) {
	if age, ok := p.Age(shopper, today); ok {
		k.whole(factAge, int64(age))
	}
	for _, said := range []struct{ name, text string }{{factCountry, shopper.Home.Country}, {factPostcode, shopper.Home.Postcode}, {factCity, shopper.Home.City}} {
		if said.text != "" {
			k.text(said.name, said.text)
		}
	}
	k.attributes(shopper.Attributes, p.attributes, today)
}
