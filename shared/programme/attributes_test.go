package programme_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const attributes = `
ages: {}
attributes:
  - {id: size, type: text, values: [S, M, L]}
  - {id: pets, type: number}
  - {id: wedding, type: date}
  - {id: children, type: dates}
  - {id: cyclist, type: flag}
  - {id: hobbies, type: list}
`

// asked is a programme whose segment "they" is the condition.
func asked(t *testing.T, condition string) func(h card.Head, shopper card.Profile, now string) bool {
	t.Helper()
	p := rules(t, onePoint+attributes+"segments: [{id: they, who: "+condition+"}]\n")
	return func(h card.Head, shopper card.Profile, now string) bool {
		return inSegment(p, "they", h, shopper, at(t, now))
	}
}

func TestSegmentsAskWhatTheShopDeclares(t *testing.T) {
	t.Parallel()
	ana := card.Profile{
		Birthday: day.Yearly{Month: 2, Day: 29}, BirthYear: 2008, Home: card.Home{Country: "DE", Postcode: "10115", City: "Berlin"},
		Attributes: card.Attributes{"size": {"M"}, "pets": {"2"}, "wedding": {"2015-11-28"}, "children": {"01-03", "2019-11-24"}, "cyclist": {"true"}, "hobbies": {"chess", "tea"}},
	}
	for _, row := range []struct {
		who, now string
		in       bool
	}{
		{"{field: attribute.size, op: eq, value: M}", "2026-11-21T10:00", true},
		{"{field: attribute.pets, op: gte, value: 3}", "2026-11-21T10:00", false},
		{"{field: attribute.hobbies, op: contains, value: tea}", "2026-11-21T10:00", true},
		{"{field: attribute.cyclist, op: eq, value: true}", "2026-11-21T10:00", true},
		{"{field: attribute.wedding, op: lt, value: 2016-01-01}", "2026-11-21T10:00", true},
		{"{field: attribute.wedding.days_to, op: eq, value: 7}", "2026-11-21T10:00", true},
		{"{field: attribute.children.days_to, op: eq, value: 3}", "2026-11-21T10:00", true},
		{"{field: attribute.children.days_to, op: eq, value: 40}", "2026-11-24T10:00", false}, // today is the birthday
		{"{field: attribute.children.days_to, op: eq, value: 39}", "2026-11-25T10:00", true},  // the other child is next, over the new year
		{"{field: shopper.postcode, op: starts, value: '10'}", "2026-11-21T10:00", true},
		{"{field: shopper.postcode, op: starts, value: '0'}", "2026-11-21T10:00", false},
		{"{field: shopper.country, op: in, value: [AT, DE]}", "2026-11-21T10:00", true},
		{"{field: shopper.age, op: eq, value: 17}", "2026-02-27T23:59", true},
		{"{field: shopper.age, op: eq, value: 18}", "2026-02-28T00:00", true},
	} {
		if got := asked(t, row.who)(card.Head{ID: "7001"}, ana, row.now); got != row.in {
			t.Errorf("%s on %s: %v", row.who, row.now, got)
		}
	}
}

// SG-2: a missing attribute is neither equal nor different, and can be asked for.
func TestSG2WhatIsNotKnown(t *testing.T) {
	t.Parallel()
	for who, in := range map[string]bool{
		"{field: attribute.size, op: eq, value: M}":            false,
		"{field: attribute.size, op: ne, value: M}":            false,
		"{not: {field: attribute.size, op: eq, value: M}}":     true,
		"{field: attribute.size, op: unknown}":                 true,
		"{field: attribute.hobbies, op: not_in, value: [tea]}": false,
		"{field: attribute.wedding.days_to, op: unknown}":      true,
		"{field: shopper.age, op: unknown}":                    true,
	} {
		if got := asked(t, who)(card.Head{ID: "7001"}, card.Profile{}, "2026-11-21T10:00"); got != in {
			t.Errorf("%s: %v", who, got)
		}
	}
}

// SG-3: "today" is the shopper's own day.
func TestSG3TodayIsTheShoppersOwn(t *testing.T) {
	t.Parallel()
	who := asked(t, "{field: shopper.days_to_birthday, op: eq, value: 0}")
	shopper := card.Profile{Birthday: day.Yearly{Month: 5, Day: 15}, TimeZone: "Pacific/Auckland"}
	const evening = "2027-05-14T23:00" // in Berlin; 21:00Z
	if !who(card.Head{ID: "7001"}, shopper, evening) {
		t.Error("in Auckland it is 15 May")
	}
	if shopper.TimeZone = ""; who(card.Head{ID: "7001"}, shopper, evening) {
		t.Error("in Berlin it is still 14 May")
	}
}

// B-11: a year that is missing, or that stands for "nobody knows", makes no age. B-13: minors get no marketing unless the programme says so.
func TestB11AndB13AgesThatAreKnown(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T10:00")
	strict, young, off := rules(t, onePoint+"ages: {}\n"), rules(t, onePoint+"ages: {marketing_from: 16}\n"), rules(t, onePoint)
	birthday := day.Yearly{Month: 11, Day: 22}
	for _, row := range []struct {
		year          int
		age           int
		known         bool
		strict, young bool
	}{
		{year: 0}, {year: 1900}, {year: 1890}, {year: 2030},
		{year: 1901, age: 124, known: true},
		{year: 2008, age: 17, known: true, strict: true},
		{year: 2007, age: 18, known: true},
		{year: 2010, age: 15, known: true, strict: true, young: true},
	} {
		p := card.Profile{Birthday: birthday, BirthYear: row.year}
		age, known := strict.Age(p, day.Of(now, now.Location()))
		if known != row.known || known && age != row.age {
			t.Errorf("%d: age %d %v", row.year, age, known)
		}
		if strict.Minor(p, now) != row.strict || young.Minor(p, now) != row.young || off.Minor(p, now) {
			t.Errorf("%d: minor %v %v %v", row.year, strict.Minor(p, now), young.Minor(p, now), off.Minor(p, now))
		}
	}
}

func TestWhatADoorIsToldOfAnAttribute(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+attributes)
	for _, row := range []struct{ id, said, want string }{
		{"size", `"M"`, "M"}, {"size", `"XL"`, "! must be one of S, M, L"}, {"size", `null`, ""}, {"size", `1`, "! must be a text"},
		{"pets", `2`, "2"}, {"pets", `-1`, "-1"}, {"pets", `"2"`, "! must be a whole number"}, {"pets", `2.5`, "! must be a whole number"}, {"pets", `1e3`, "! must be a whole number"},
		{"cyclist", `true`, "true"}, {"cyclist", `"true"`, "! must be true or false"},
		{"wedding", `"2015-11-28"`, "2015-11-28"}, {"wedding", `"11-28"`, "11-28"}, {"wedding", `"2015-02-29"`, "! must be a date"}, {"wedding", `"02-29"`, "02-29"},
		{"children", `["2019-11-24","01-03","01-03"]`, "01-03 2019-11-24"}, {"children", `"01-03"`, "! must be a list of dates"},
		{"hobbies", `["tea","chess"]`, "chess tea"}, {"hobbies", `["tea",1]`, "! must be a list of texts"}, {"hobbies", `[""]`, "! must be 1 to 100"},
		{"hobbies", `[` + strings.Repeat(`"a",`, 20) + `"a"]`, "! holds at most 20"}, {"hobbies", `{}`, "! must be a list"},
	} {
		a, ok := p.Attribute(row.id)
		if !ok {
			t.Fatal(row.id)
		}
		values, why := a.ReadJSON(json.RawMessage(row.said))
		got := strings.Join(values, " ")
		if why != "" {
			got = "! " + why
		}
		if !strings.HasPrefix(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%s %s: %q, want %q", row.id, row.said, got, row.want)
		}
		if said, err := json.Marshal(a.Said(values)); why == "" && err == nil && len(values) > 0 {
			if again, why := a.ReadJSON(said); why != "" || strings.Join(again, " ") != got {
				t.Errorf("%s: %s is told as %s, which reads %v %s", row.id, row.said, said, again, why)
			}
		}
	}
}

func TestAttributesThatCannotBeDeclared(t *testing.T) {
	t.Parallel()
	for document, pointer := range map[string]string{
		"attributes: [{id: Size, type: text}]":                                "/attributes/0/id",
		"attributes: [{id: a, type: text}, {id: a, type: text}]":              "/attributes/1/id",
		"attributes: [{id: a, type: float}]":                                  "/attributes/0/type",
		"attributes: [{id: a, type: number, values: ['1']}]":                  "/attributes/0/values",
		"attributes: [{id: a, type: text, values: ['']}]":                     "/attributes/0/values/0",
		"segments: [{id: s, who: {field: attribute.size, op: eq, value: M}}]": "/segments/0/who/field",
		"ages: {marketing_from: 200}":                                         "/ages/marketing_from",
		"attributes: [{id: a, type: text, values: [x]}]\nsegments: [{id: s, who: {field: attribute.a, op: eq, value: y}}]": "/segments/0/who/value",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + document))
		if err != nil || len(faults) == 0 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v %v, want a fault at %s", document, faults, err, pointer)
		}
	}
}
