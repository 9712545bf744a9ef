package importer_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
)

// Where shoppers live, when they were born and what the programme asks for beside come with a file; a row with a value that the programme
// does not take is rejected, and one that says nothing takes nothing back.
func TestAttributesComeWithAFile(t *testing.T) {
	t.Parallel()
	b := open(t)
	sampled, err := os.ReadFile(sample("import.programme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	rules, document, faults, err := yamldoc.Read(strings.NewReader(string(sampled) + `
ages: {}
attributes: [{id: size, type: text, values: [S, M]}, {id: hobbies, type: list}, {id: children, type: dates}, {id: cyclist, type: flag}]
`))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	db := store.New(b.db, atNoon)
	if err := db.Publish(t.Context(), rules.From.AddDate(1, 0, 0), document); err != nil {
		t.Fatal(err)
	}
	m := readMap(t, "shoppers", `
columns: {shopper: id, birthday: born, country: land, postcode: zip, attribute.size: size, attribute.hobbies: likes, attribute.children: kids, attribute.cyclist: bike}
card: issue
time: DD.MM.YYYY
`)
	r := b.shoppers(m, "id,born,land,zip,size,likes,kids,bike\n1,24.12.1990,de,D-10115,M,tea|chess,24.11.2019|2021-01-03,yes\n2,,,,XL,,,\n3,,Germany,,,,,\n")
	if r.Enrolled != 1 || r.Rejected != 2 || r.Rejects[0].Detail != "attribute.size must be one of S, M" {
		t.Fatalf("%+v", r)
	}
	want := card.Profile{
		Birthday: day.Yearly{Month: 12, Day: 24}, BirthYear: 1990, Home: card.Home{Country: "DE", Postcode: "D10115"},
		Attributes: card.Attributes{"size": {"M"}, "hobbies": {"chess", "tea"}, "children": {"2019-11-24", "2021-01-03"}, "cyclist": {"true"}},
	}
	r = b.shoppers(m, "id,born,land,zip,size,likes,kids,bike\n1,,,,,,,\n")
	number, err := db.Find(t.Context(), "import:1")
	if err != nil || r.Unchanged != 1 {
		t.Fatal(err, r)
	}
	opened, err := db.Open(t.Context(), number, true)
	if err != nil {
		t.Fatal(err)
	}
	got := card.Profile{Birthday: opened.Profile.Birthday, BirthYear: opened.Profile.BirthYear, Home: opened.Profile.Home, Attributes: opened.Profile.Attributes}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := (importer.Import{Service: b.service(), Map: readMap(t, "shoppers", "columns: {shopper: id, attribute.shoes: s}\ncard: issue\n"), Now: atNoon, Progress: func(string, int64, int64) {}, Dir: b.dir}).Shoppers(t.Context(), strings.NewReader("id,s\n1,2\n"), 9); err == nil || !strings.Contains(err.Error(), `no attribute "shoes"`) {
		t.Error(err)
	}
}
