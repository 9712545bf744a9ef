package exporter

import (
	"encoding/json"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// The lines of an export. Fields may be added; none changes its meaning.

type programmeLine struct {
	Type     string          `json:"type"`
	From     string          `json:"from"`
	Document json.RawMessage `json:"document"`
}

type eventLine struct {
	Type     string          `json:"type"`
	Metadata events.Metadata `json:"metadata"`
	Data     any             `json:"data"`
}

type cardLine struct {
	Type       string         `json:"type"`
	Card       string         `json:"card"`
	EnrolledOn string         `json:"enrolled_on,omitempty"`
	Status     string         `json:"status"`
	Tier       string         `json:"tier,omitempty"`
	Balance    int64          `json:"balance"`
	Lots       []lotLine      `json:"lots,omitempty"`
	Coupons    []couponLine   `json:"coupons,omitempty"`
	Qualifying qualifyingLine `json:"qualifying,omitzero"`
	Standing   *standingLine  `json:"standing,omitempty"`   // in its place, where the programme says more of tiering
	Given      *GivenTier     `json:"given_tier,omitempty"` // by a person
	Visits     int64          `json:"visits,omitempty"`
	Spent      int64          `json:"spent,omitempty"` // minor units
	FirstOn    string         `json:"first_on,omitempty"`
	LastOn     string         `json:"last_on,omitempty"`
	Lost       []lostLine     `json:"lost_numbers,omitempty"`
	Merged     []string       `json:"merged_cards,omitempty"`
	Members    []string       `json:"members,omitempty"`     // cards that share its points
	MergedInto string         `json:"merged_into,omitempty"` // of what is left of a merged card
}

type lotLine struct {
	Points    int64  `json:"points"`
	ExpiresOn string `json:"expires_on,omitempty"`
	UsableOn  string `json:"usable_on,omitempty"` // of points that wait: their first day
}

type couponLine struct {
	ID        string `json:"id"`
	Offer     string `json:"offer"`
	Campaign  string `json:"campaign,omitempty"`
	ExpiresOn string `json:"expires_on"`
}

type qualifyingLine struct {
	Year   int   `json:"year"`
	Points int64 `json:"points"`
	Before int64 `json:"before"`
}

type lostLine struct {
	Number string    `json:"number"`
	LostAt time.Time `json:"lost_at"`
}

func cardOf(h card.Head) cardLine {
	l := cardLine{
		Type: KindCard, Card: h.ID, EnrolledOn: h.EnrolledOn.String(), Status: "open", Tier: h.Tier, Balance: h.Book.Balance,
		Qualifying: qualifyingLine(h.Qualifying), Visits: h.Habits.Visits, Spent: h.Habits.Spent,
		FirstOn: h.Habits.FirstOn.String(), LastOn: h.Habits.LastOn.String(),
	}
	l.Standing, l.Given = standingOf(h.Standing), givenOf(h.Given)
	switch h.Status {
	case card.Blocked:
		l.Status = "blocked"
	case card.Closed:
		l.Status = "closed"
	}
	for _, lot := range h.Book.Lots {
		l.Lots = append(l.Lots, lotLine{lot.Points, lot.ExpiresOn.String(), lot.From.String()})
	}
	for _, c := range h.Wallet {
		l.Coupons = append(l.Coupons, couponLine{c.ID, c.Offer, c.Campaign, c.ExpiresOn.String()})
	}
	for _, j := range h.Joined {
		if !j.Past && !j.Member {
			l.Merged = append(l.Merged, j.ID)
		}
	}
	l.Members = h.Members()
	for _, lost := range h.Lost {
		l.Lost = append(l.Lost, lostLine{lost.Number, lost.At.UTC()})
	}
	return l
}

// Shopper is the line of a shopper, which an import reads again.
type Shopper struct {
	Type       string             `json:"type"`
	Card       string             `json:"card"`
	Since      string             `json:"since,omitempty"`
	Given      string             `json:"given_name,omitempty"`
	Family     string             `json:"family_name,omitempty"`
	Email      string             `json:"email,omitempty"`
	Phone      string             `json:"phone,omitempty"`
	Birthday   string             `json:"birthday,omitempty"`
	BirthYear  int                `json:"birth_year,omitempty"`
	Country    string             `json:"country,omitempty"`
	Postcode   string             `json:"postcode,omitempty"`
	City       string             `json:"city,omitempty"`
	Attributes card.Attributes    `json:"attributes,omitempty"`
	Language   string             `json:"language,omitempty"`
	TimeZone   string             `json:"time_zone,omitempty"`
	Identities []string           `json:"identities,omitempty"`
	Tags       []string           `json:"tags,omitempty"`
	Lists      []string           `json:"lists,omitempty"`
	Consents   map[string]Consent `json:"consents,omitempty"`
	Suppressed *Suppressed        `json:"suppressed,omitempty"`
	GivenTier  *GivenTier         `json:"given_tier,omitempty"` // of the card; what it has earned comes again with its receipts
}

// Consent is what a shopper allowed, with its proof.
type Consent struct {
	Allowed bool      `json:"allowed"`
	At      time.Time `json:"at"`
	Source  string    `json:"source,omitempty"`
	Text    string    `json:"text_version,omitempty"`
	Hash    string    `json:"text_hash,omitempty"`
	By      string    `json:"by,omitempty"` // who operated

	Asked       bool      `json:"asked,omitempty"` // allowed, and not confirmed yet
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
}

// Suppressed says why an address must not be written to.
type Suppressed struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// ShopperOf writes a profile as its line.
func ShopperOf(p card.Profile) Shopper {
	s := Shopper{
		Type: KindShopper, Card: p.ID, Since: p.Since.String(), Given: p.Given, Family: p.Family, Email: p.Email, Phone: p.Phone,
		Birthday: p.Birthday.String(), Language: p.Language, TimeZone: p.TimeZone, Identities: p.Identities, Tags: p.Tags, Lists: p.Lists,
		BirthYear: p.BirthYear, Country: p.Home.Country, Postcode: p.Home.Postcode, City: p.Home.City, Attributes: p.Attributes,
	}
	for topic, c := range p.Consents {
		if s.Consents == nil {
			s.Consents = map[string]Consent{}
		}
		s.Consents[topic] = Consent(c)
	}
	if p.Suppressed != nil {
		s.Suppressed = &Suppressed{p.Suppressed.At, p.Suppressed.Reason}
	}
	return s
}

// Profile reads what ShopperOf wrote.
func (s Shopper) Profile() (card.Profile, error) {
	p := card.Profile{
		ID: s.Card, Given: s.Given, Family: s.Family, Email: s.Email, Phone: s.Phone, Language: s.Language, TimeZone: s.TimeZone, Identities: s.Identities, Tags: s.Tags, Lists: s.Lists,
		BirthYear: s.BirthYear, Home: card.Home{Country: s.Country, Postcode: s.Postcode, City: s.City}, Attributes: s.Attributes,
	}
	var err error
	if s.Since != "" {
		if p.Since, err = day.Parse(s.Since); err != nil {
			return p, err
		}
	}
	if s.Birthday != "" {
		if p.Birthday, err = day.ParseYearly(s.Birthday); err != nil {
			return p, err
		}
	}
	for topic, c := range s.Consents {
		if p.Consents == nil {
			p.Consents = map[string]card.Consent{}
		}
		p.Consents[topic] = card.Consent(c)
	}
	if s.Suppressed != nil {
		p.Suppressed = &card.Suppression{At: s.Suppressed.At, Reason: s.Suppressed.Reason}
	}
	return p, nil
}

type entryLine struct {
	Type    string    `json:"type"`
	Card    string    `json:"card"`
	Number  int64     `json:"number"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Cause   string    `json:"cause"`
	Points  int64     `json:"points"`
	Balance int64     `json:"balance"`
	Tier    string    `json:"tier,omitempty"`
	Marks   []string  `json:"marks,omitempty"` // as they stand in the book: "+Q7M4K2:tenoff:thanks:2027-01-31"
}

func entryOf(id string, number, balance int64, e ledger.Entry) entryLine {
	l := entryLine{
		Type: KindEntry, Card: id, Number: number, At: e.At.UTC(), Kind: e.Kind.String(), Cause: e.Cause, Points: e.Points, Balance: balance, Tier: e.To,
	}
	for _, m := range e.Marks {
		l.Marks = append(l.Marks, string(rune(m.Kind))+m.Text)
	}
	return l
}
