package yamldoc_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// good is a small programme without a fault. Each case below spoils one line of it.
const good = `programme: test
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: Street}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
earn:
  - {id: base, points: 1, per: "1.00"}
points: {months: 12}
tiers: [{id: silver, name: Silver, points: 150}]
offers:
  - {id: ten, name: Ten, percent: "10", on: basket, coupon: true}
  - {id: open, name: Open, amount: "3.00", on: basket}
campaigns:
  - {id: big, on: checkout, when: {field: receipt.total, op: gte, value: "50.00"}, grant: {offer: ten, days: 30}, message: {template: mail, topic: offers}}
  - {id: basket, on: cart, after_minutes: 60, message: {template: mail, topic: offers}}
mail: {cap: {count: 5, days: 7}, quiet_from: "22:00", quiet_to: "07:00"}
publish: [points.earned.v1]
templates:
  - {id: mail, language: en, topic: offers, subject: Hello, blocks: [{type: text, text: Hello}, {type: footer}]}
`

func TestGoodProgramme(t *testing.T) {
	t.Parallel()
	p, body, faults, err := yamldoc.Read(strings.NewReader(good))
	if err != nil || len(faults) > 0 || p.Programme != "test" {
		t.Fatal(err, faults)
	}
	again, problems, err := programme.Parse(body)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	loaded, err := programme.Load(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []*programme.Programme{again, loaded} {
		if diff := cmp.Diff(p.Document, other.Document); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTheDemoIsClean(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../infra/regulars/demo/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, _, faults, err := yamldoc.Read(file); err != nil || len(faults) > 0 {
		t.Error(err, faults)
	}
}

// Every fault is told with its pointer and with the line and column where it stands.
func TestFaultsAreToldWhereTheyStand(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ what, was, is, want string }{
		{"a name that is none", "programme: test", "programme: te st", "1:12 /programme: an id is 1 to 24 of A-Z a-z 0-9 . _ - #"},
		{"a day instead of a moment", "2025-01-01T00:00:00Z", "2025-01-01", "2:7 /from: must be"},
		{"no moment", "from: 2025-01-01T00:00:00Z\n", "", "1:1 /from: the moment from which"},
		{"no currency", "currency: EUR", "currency: EURO", "3:11 /currency:"},
		{"no zone", "Europe/Berlin", "Europe/Atlantis", "4:12 /time_zone: \"Europe/Atlantis\" is no IANA"},
		{"no language", "language: en\nshop", "language: xx\nshop", "5:11 /language:"},
		{"no address", ", address: Street", "", "6:7 /shop/address: the postal address"},
		{"an unknown field", "shop: {", "shop: {mood: good, ", "6:14 /shop/mood: is no field here"},
		{"a store twice", "name: First}", "name: First}, {id: \"0042\", name: Again}", "7:42 /stores/1/id: \"0042\" stands twice"},
		{"a short secret", "a secret of the test shop", "short", "8:8 /cards:"},
		{"a topic that is ours", "{id: offers, name: Offers}", "{id: offers, name: O}, {id: service, name: S}", "9:38 /topics/1/id:"},
		{"no points", "points: 1,", "points: 0,", "11:24 /earn/0/points: 1 to 1000000"},
		{"points of a fraction", "points: 1,", "points: 1.5,", "11:24 /earn/0/points: must be a whole number"},
		{"no money", `per: "1.00"`, `per: "0"`, "11:32 /earn/0/per: the amount must be more than 0"},
		{"no per", `, per: "1.00"`, "", "11:5 /earn/0/per: for how much money"},
		{"a fraction of a cent", `per: "1.00"`, `per: "1.005"`, "11:32 /earn/0/per:"},
		{"a multiplier that takes away", `points: 1, per: "1.00"`, `times: "0.5"`, "11:23 /earn/0/times:"},
		{"a multiplier of thousandths", `points: 1, per: "1.00"`, `times: "1.125"`, "/earn/0/times:"},
		{"a multiplier with points", `per: "1.00"`, `times: "2"`, "11:5 /earn/0: a rule grants points per something, or multiplies"},
		{"lines of a visit", `per: "1.00"}`, `per: visit, lines: {skus: [a]}}`, "/earn/0/lines: a rule per visit"},
		{"a window that never opens", `per: "1.00"}`, `per: "1.00", from: 2027-02-01, until: 2027-01-31}`, "/earn/0/until: the last day lies before"},
		{"a rate that leaves crumbs", "per: \"1.00\"}\npoints: {", "per: \"17.00\"}\npoints: {carry_over: true, ", "11:32 /earn/0/per: 1 points per 17.00 leave fractions"},
		{"a combination that is none", "months: 12", "months: 12, combine: most", "/points/combine: \"most\" is not one of"},
		{"a price that is none", "months: 12", "months: 12, on: list", "/points/on:"},
		{"a cap below zero", "months: 12", "months: 12, receipt_cap: -1", "/points/receipt_cap:"},
		{"a kind that is none", `per: "1.00"}`, `per: "1.00", lines: {kinds: [food]}}`, "11:56 /earn/0/lines/kinds/0: \"food\" is not one of"},
		{"a rule that asks too much", `per: "1.00"}`, `per: "1.00", when: {field: card.visits, op: gt, value: 3}}`, "/earn/0/when"},
		{"months without end", "months: 12", "months: 121", "12:18 /points/months:"},
		{"a tier for nothing", "points: 150", "points: 0", "13:44 /tiers/0/points:"},
		{"a tier called -", "id: silver", `id: "-"`, "13:14 /tiers/0/id:"},
		{"neither percent nor amount", `percent: "10", `, "", "15:5 /offers/0: an offer takes off"},
		{"more than all", `percent: "10"`, `percent: "101"`, "15:35 /offers/0/percent:"},
		{"a third of a percent", `percent: "10"`, `percent: "3.333"`, "/offers/0/percent:"},
		{"a day that is none", "on: basket, coupon", "on: basket, from: 2027-02-30, coupon", "/offers/0/from:"},
		{"a target that is none", "on: basket, coupon", "on: cart, coupon", "/offers/0"},
		{"an occasion that is none", "on: checkout", "on: monday", "18:19 /campaigns/0/on:"},
		{"an offer that is none", "grant: {offer: ten", "grant: {offer: nine", "/campaigns/0/grant/offer: there is no offer \"nine\""},
		{"an offer for all", "grant: {offer: ten", "grant: {offer: open", "/campaigns/0/grant/offer: offer \"open\" is open to everybody"},
		{"days without end", "days: 30}", "days: 731}", "/campaigns/0/grant/days:"},
		{"no template", "template: mail, topic: offers}}\n  - {id: basket", "template: none, topic: offers}}\n  - {id: basket", "/campaigns/0/message/template:"},
		{"another topic", "topic: offers}}\n  - {id: basket", "topic: news}}\n  - {id: basket", "/campaigns/0/message/topic: template \"mail\" is for topic"},
		{"a field that is none", "receipt.total", "receipt.sum", "/campaigns/0/when"},
		{"no waiting", "after_minutes: 60", "after_minutes: 0", "/campaigns/1/after_minutes:"},
		{"a coupon for a cart", "after_minutes: 60,", "after_minutes: 60, grant: {offer: ten, days: 3},", "/campaigns/1/grant: shoppers learn"},
		{"points for a cart", "after_minutes: 60,", "after_minutes: 60, coupon_at_once: true, grant: {points: 3},", "/campaigns/1/grant/points: a reminder"},
		{"points for a cart, later", "after_minutes: 60,", "after_minutes: 60, then: [{after_minutes: 90, grant: {points: 3}, message: {template: mail, topic: offers}}],", "/campaigns/1/then/0/grant/points: a reminder"},
		{"a coupon at once for no cart", "on: cart, after_minutes: 60", "on: checkout, coupon_at_once: true", "/campaigns/1: then, cool_down_days"},
		{"an anniversary of what", "on: cart, after_minutes: 60", "on: anniversary", "/campaigns/1/date:"},
		{"a campaign twice", "{id: basket", "{id: big", "19:10 /campaigns/1/id: \"big\" stands twice"},
		{"half a cap", "{count: 5, days: 7}", "{count: 5}", "20:13 /mail/cap:"},
		{"half a night", `, quiet_to: "07:00"`, "", "20:7 /mail: quiet hours need both"},
		{"no hour", `quiet_from: "22:00"`, `quiet_from: "25:00"`, "/mail/quiet_from:"},
		{"a fact that is none", "points.earned.v1", "points.lost.v1", "21:11 /publish/0:"},
		{"a template twice", "templates:\n", "templates:\n  - {id: mail, language: en, topic: offers, subject: Hi, blocks: [{type: text, text: Hi}, {type: footer}]}\n", "24:5 /templates/1: template \"mail\" stands twice"},
		{"a block that is none", "{type: text,", "{type: song,", "/templates/0/blocks/0"},
	} {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, row.was) {
				t.Fatalf("%q does not stand in the good programme", row.was)
			}
			_, _, faults, err := yamldoc.Read(strings.NewReader(strings.Replace(good, row.was, row.is, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(faults, func(f yamldoc.Fault) bool { return strings.Contains(f.String(), row.want) }) {
				t.Errorf("got %v, want %q", faults, row.want)
			}
			for _, f := range faults {
				if f.Line == 0 || f.Column == 0 || f.Message == "" {
					t.Errorf("%v has no place", f)
				}
			}
		})
	}
}

// Nobody mends a programme one fault a time.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	text := good
	for was, is := range map[string]string{
		"Europe/Berlin": "Nowhere", "points: 1,": "points: 0,", "months: 12": "months: -1", `percent: "10"`: `percent: "0"`,
		"after_minutes: 60": "after_minutes: 0", "points.earned.v1": "x", "count: 5": "count: -5",
	} {
		text = strings.Replace(text, was, is, 1)
	}
	_, _, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) != 7 {
		t.Errorf("%d faults: %v %v", len(faults), faults, err)
	}
}

func TestWhatIsNoProgramme(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"empty": "", "a comment": "# nothing\n", "no YAML": "a: [", "a key twice": good + "currency: EUR\n", "two documents": good + "---\n" + good,
		"too large": strings.Repeat("# a long story\n", programme.MaxDocument/10), "an alias in itself": "a: &x [*x]\n", "binary": "a: !!binary aGVsbG8=\n",
		"laughs": "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
		"deep":   strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		if p, _, faults, err := yamldoc.Read(strings.NewReader(text)); err == nil || p != nil {
			t.Errorf("%s is read: %v", what, faults)
		}
	}
	for _, text := range []string{"null", "7", "[]", "hello", "{}"} {
		if p, _, faults, err := yamldoc.Read(strings.NewReader(text)); p != nil || err == nil && len(faults) == 0 {
			t.Errorf("%q is a programme: %v", text, err)
		}
	}
}

// FuzzRead: whatever is uploaded, there is an answer soon: a programme, faults with a place, or an error.
func FuzzRead(f *testing.F) {
	f.Add(good)
	for _, seed := range []string{"", "{}", "a: &x [*x]", "? [a]\n: b", "<<: {a: b}", "from: !!timestamp 2025", "1: 2\n", "a: 0x1F\nb: 1_000\nc: .inf\nd: yes\n", "- ~\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, body, faults, err := yamldoc.Read(strings.NewReader(text))
		if answers := []bool{p != nil, len(faults) > 0, err != nil}; answers[0] == (answers[1] || answers[2]) {
			t.Errorf("programme %t, faults %t, error %t", answers[0], answers[1], answers[2])
		}
		if p != nil {
			if _, err := programme.Load(body); err != nil {
				t.Error(err)
			}
		}
	})
}
