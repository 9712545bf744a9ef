package rule_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/rule"
	"go.yaml.in/yaml/v3"
)

// The slots of the shopper's schema.
const (
	tier = iota
	points
	spend
	birthday
	mail
	bought
	town
)

func shopper(t testing.TB) *rule.Schema {
	t.Helper()
	schema, err := rule.NewSchema("EUR",
		rule.Field{Name: "tier", Kind: rule.Text, Values: []string{"base", "silver", "gold"}},
		rule.Field{Name: "points", Kind: rule.Int},
		rule.Field{Name: "spend_90_days", Kind: rule.Money},
		rule.Field{Name: "birthday", Kind: rule.Day},
		rule.Field{Name: "mail_consent", Kind: rule.Bool},
		rule.Field{Name: "bought", Kind: rule.Set},
		rule.Field{Name: "town", Kind: rule.Text},
	)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// ana is silver, has 120 points, spent 79.90, was born on 31 January, allows mail and bought coffee and tea. Her town is not known.
func ana(t testing.TB, schema *rule.Schema) *rule.Facts {
	t.Helper()
	f := schema.Facts()
	f.SetText(tier, "silver")
	f.SetInt(points, 120)
	f.SetInt(spend, 7990)
	f.SetDay(birthday, day.Date(2027, time.January, 31))
	f.SetBool(mail, true)
	f.SetTexts(bought, []string{"coffee", "tea"})
	return f
}

// fromYAML reads a rule as a programme does: YAML to generic values, then Parse.
func fromYAML(t testing.TB, text string) rule.Rule {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	r, problems := rule.Parse(doc)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return r
}

func compile(t testing.TB, text string, schema *rule.Schema) *rule.Compiled {
	t.Helper()
	c, problems := rule.Compile(fromYAML(t, text), schema)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return c
}

func TestMatch(t *testing.T) {
	t.Parallel()
	schema := shopper(t)
	facts := ana(t, schema)
	for text, want := range map[string]bool{
		`{}`: true, ``: true,
		`{field: tier, op: eq, value: silver}`:           true,
		`{field: tier, op: eq, value: gold}`:             false,
		`{field: tier, op: ne, value: gold}`:             true,
		`{field: tier, op: in, value: [silver, gold]}`:   true,
		`{field: tier, op: not_in, value: [gold, base]}`: true,
		`{field: tier, op: contains, value: lve}`:        true,
		`{field: tier, op: exists}`:                      true,
		`{field: tier, op: unknown}`:                     false,

		`{field: points, op: eq, value: 120}`:             true,
		`{field: points, op: ne, value: 120}`:             false,
		`{field: points, op: lt, value: 120}`:             false,
		`{field: points, op: lte, value: 120}`:            true,
		`{field: points, op: gt, value: 120}`:             false,
		`{field: points, op: gte, value: 120}`:            true,
		`{field: points, op: between, value: [120, 121]}`: true,
		`{field: points, op: between, value: [100, 120]}`: true,
		`{field: points, op: between, value: [121, 130]}`: false,
		`{field: points, op: in, value: [1, 120]}`:        true,
		`{field: points, op: not_in, value: [1, 120]}`:    false,

		`{field: spend_90_days, op: gte, value: "79.90"}`:                 true,
		`{field: spend_90_days, op: gte, value: "79.91"}`:                 false,
		`{field: spend_90_days, op: gt, value: 79}`:                       true, // 79 is 79.00, not 79 cents
		`{field: spend_90_days, op: gt, value: 80}`:                       false,
		`{field: spend_90_days, op: between, value: ["79.90", 80]}`:       true,
		`{field: birthday, op: eq, value: 2027-01-31}`:                    true, // YAML makes a time of a bare date
		`{field: birthday, op: lt, value: "2027-02-01"}`:                  true,
		`{field: birthday, op: between, value: [2027-02-01, 2027-12-31]}`: false,
		`{field: mail_consent, op: eq, value: true}`:                      true,
		`{field: mail_consent, op: ne, value: true}`:                      false,

		`{field: bought, op: contains, value: coffee}`:    true,
		`{field: bought, op: contains, value: cof}`:       false,
		`{field: bought, op: in, value: [mug, tea]}`:      true,
		`{field: bought, op: in, value: [mug, milk]}`:     false,
		`{field: bought, op: not_in, value: [mug, milk]}`: true,
		`{field: bought, op: not_in, value: [mug, tea]}`:  false,

		`{all: [{field: points, op: gt, value: 1}]}`:                                              true,
		`{all: [{field: points, op: gt, value: 1}, {field: tier, op: eq, value: gold}]}`:          false,
		`{any: [{field: points, op: gt, value: 999}, {field: tier, op: eq, value: gold}]}`:        false,
		`{any: [{field: points, op: gt, value: 999}, {not: {field: tier, op: eq, value: gold}}]}`: true,
		`{not: {any: [{field: points, op: gt, value: 999}]}}`:                                     true,
	} {
		c := compile(t, text, schema)
		if got := c.Match(facts); got != want {
			t.Errorf("%s is %v for Ana, want %v", text, got, want)
		}
		if failures := c.Explain(facts); (len(failures) == 0) != want {
			t.Errorf("%s is %v for Ana, and explained by %v", text, want, failures)
		}
	}
}

// SG-2: a fact that is not known makes every comparison false, "not" turns that round, and "unknown" asks for it.
func TestMatchSG2UnknownFacts(t *testing.T) {
	t.Parallel()
	schema := shopper(t)
	nothing := schema.Facts()
	for text, want := range map[string]bool{
		`{field: town, op: eq, value: Ulm}`:            false,
		`{field: town, op: ne, value: Ulm}`:            false,
		`{not: {field: town, op: eq, value: Ulm}}`:     true,
		`{field: town, op: unknown}`:                   true,
		`{field: town, op: exists}`:                    false,
		`{field: town, op: in, value: [Ulm]}`:          false,
		`{field: town, op: not_in, value: [Ulm]}`:      false,
		`{field: town, op: contains, value: U}`:        false,
		`{field: points, op: gte, value: 0}`:           false,
		`{field: points, op: lt, value: 1}`:            false,
		`{field: points, op: ne, value: 7}`:            false,
		`{field: points, op: not_in, value: [7]}`:      false,
		`{field: points, op: between, value: [0, 9]}`:  false,
		`{field: mail_consent, op: ne, value: true}`:   false,
		`{field: mail_consent, op: eq, value: false}`:  false,
		`{field: bought, op: not_in, value: [mug]}`:    false,
		`{field: birthday, op: ne, value: 2027-01-31}`: false,
		`{field: birthday, op: unknown}`:               true,
	} {
		c := compile(t, text, schema)
		if c.Match(nothing) != want || c.Match(nil) != want {
			t.Errorf("%s is %v where nothing is known, want %v", text, !want, want)
		}
	}
}

func TestFactsOfAnotherKindOrSchema(t *testing.T) {
	t.Parallel()
	schema := shopper(t)
	f := schema.Facts()
	f.SetInt(tier, 1)
	f.SetText(points, "120")
	f.SetDay(birthday, 0)
	f.SetBool(99, true)
	f.SetTexts(-1, nil)
	for _, text := range []string{"tier", "points", "birthday"} {
		if !compile(t, `{field: `+text+`, op: unknown}`, schema).Match(f) {
			t.Errorf("%s is known from a fact of another kind", text)
		}
	}
	f.SetInt(points, 5)
	f.Forget(points)
	f.Forget(99)
	if compile(t, `{field: points, op: exists}`, schema).Match(f) {
		t.Error("a forgotten fact is known")
	}
	facts := ana(t, schema)
	facts.Reset()
	if compile(t, `{any: [{field: tier, op: exists}, {field: bought, op: exists}]}`, schema).Match(facts) {
		t.Error("facts are known after Reset")
	}
	if c := compile(t, `{field: town, op: unknown}`, schema); c.Match(shopper(t).Facts()) || c.Explain(shopper(t).Facts()) != nil {
		t.Error("a rule holds for facts of another schema")
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	schema := shopper(t)
	facts := ana(t, schema)
	for text, want := range map[string]string{
		`{field: tier, op: eq, value: gold}`:           "tier is silver, wanted gold",
		`{field: tier, op: in, value: [gold, base]}`:   "tier is silver, wanted one of gold, base",
		`{field: spend_90_days, op: gte, value: 100}`:  "spend_90_days is 79.90 EUR, wanted at least 100.00 EUR",
		`{field: birthday, op: gt, value: 2027-03-01}`: "birthday is 2027-01-31, wanted more than 2027-03-01",
		`{field: mail_consent, op: eq, value: false}`:  "mail_consent is true, wanted false",
		`{field: town, op: ne, value: Ulm}`:            "town is unknown, wanted other than Ulm",
		`{field: town, op: exists}`:                    "town is unknown, wanted it to be known",
		`{field: tier, op: unknown}`:                   "tier is silver, wanted unknown",
		`{field: bought, op: contains, value: mug}`:    "bought is coffee, tea, wanted mug in it",
		`{field: bought, op: not_in, value: [tea]}`:    "bought is coffee, tea, wanted none of tea",
		`{field: points, op: between, value: [1, 9]}`:  "points is 120, wanted from 1 to 9",
		`{not: {field: points, op: lte, value: 120}}`:  "points is 120, wanted anything but at most 120",
		`{all: [{field: points, op: lt, value: 9}, {field: tier, op: ne, value: gold}, {field: tier, op: eq, value: base}]}`: "points is 120, wanted less than 9 | tier is silver, wanted base",
		`{not: {any: [{field: points, op: gt, value: 9}, {field: tier, op: eq, value: gold}]}}`:                              "points is 120, wanted anything but more than 9",
		`{any: [{field: points, op: lt, value: 9}, {not: {field: tier, op: eq, value: silver}}]}`:                            "points is 120, wanted less than 9 | tier is silver, wanted anything but silver",
	} {
		var got []string
		for _, failure := range compile(t, text, schema).Explain(facts) {
			got = append(got, failure.String())
		}
		if strings.Join(got, " | ") != want {
			t.Errorf("%s fails because of %q, want %q", text, got, want)
		}
	}
	failures := compile(t, `{all: [{field: points, op: gt, value: 1}, {not: {field: tier, op: eq, value: silver}}]}`, schema).Explain(facts)
	want := []rule.Failure{{Path: "/all/1/not", Field: "tier", Op: rule.Eq, Want: "silver", Got: "silver", Not: true}}
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Error(diff)
	}
}

// brokenRules is rules with the problems they have, by how each begins.
func brokenRules() map[string][]string {
	many := strings.Repeat(`{field: points, op: exists}, `, rule.MaxNodes)
	list := "[" + strings.Repeat("1, ", rule.MaxList) + "1]"
	deep := strings.Repeat("{not: ", rule.MaxDepth) + "{field: points, op: exists}" + strings.Repeat("}", rule.MaxDepth)
	return map[string][]string{
		`gold`:        {"a rule is written as all, any, not, or field, op and value"},
		`[]`:          {"a rule is written as"},
		`{al: []}`:    {`/al: "al" is not part of a rule`},
		`{"a/b~": 1}`: {`/a~1b~0: "a/b~" is not part`},
		`{all: {}}`:   {"/all: a group is a list"},
		`{all: []}`:   {"/all: a group holds at least one condition"},
		`{all: [{}]}`: {"/all/0: a condition is missing"},
		`{not: {}}`:   {"/not: a condition is missing"},
		`{not: null}`: {"/not: a rule is written as"},
		`{not: {field: tier, op: exists}, field: tier}`:                  {"here are several"},
		`{field: 3, op: [], value: {}}`:                                  {"/field: this is a text", "/op: this is a text", "/value: a value is a text"},
		`{field: tier}`:                                                  {"a condition needs an op"},
		`{op: eq, value: 1}`:                                             {"a condition needs a field"},
		`{field: tier, op: is, value: gold}`:                             {`/op: "is" is not a comparison`},
		`{field: tier, op: eq}`:                                          {"/value: eq needs one value"},
		`{field: tier, op: eq, value: [gold]}`:                           {"/value: eq needs one value"},
		`{field: tier, op: in, value: gold}`:                             {"/value: in needs a list"},
		`{field: tier, op: in, value: []}`:                               {"/value: in needs a list"},
		`{field: tier, op: in, value: [[gold]]}`:                         {"/value/0: a value is a text"},
		`{field: tier, op: exists, value: true}`:                         {"/value: exists takes no value"},
		`{field: points, op: between, value: [1]}`:                       {"/value: between needs a list of two"},
		`{field: points, op: between, value: [2, 1]}`:                    {"/value: between goes from the lower"},
		`{field: spend_90_days, op: gte, value: 20.5}`:                   {`/value: a value is a text, a whole number, true or false, or a list of these; write an amount with decimals in quotes`},
		`{field: spend_90_days, op: gte, value: "20.005"}`:               {`/value: spend_90_days is an amount; give an amount in EUR, such as "20" or "19.99"`},
		`{field: spend_90_days, op: gte, value: true}`:                   {"/value: spend_90_days is an amount"},
		`{field: points, op: gte, value: "12"}`:                          {"/value: points is a whole number; give a whole number"},
		`{field: birthday, op: in, value: [2027-01-31, soon]}`:           {"/value/1: birthday is a day; give a day"},
		`{field: birthday, op: eq, value: 20270131}`:                     {"/value: birthday is a day"},
		`{field: mail_consent, op: eq, value: "yes"}`:                    {"/value: mail_consent is true or false; give true or false"},
		`{field: mail_consent, op: gt, value: true}`:                     {"/op: mail_consent is true or false and cannot be compared with gt"},
		`{field: bought, op: eq, value: mug}`:                            {"/op: bought is a set of texts and cannot be compared with eq"},
		`{field: points, op: contains, value: 1}`:                        {"/op: points is a whole number and cannot"},
		`{field: tier, op: gt, value: base}`:                             {"/op: tier is a text and cannot"},
		`{field: tier, op: eq, value: 3}`:                                {"/value: tier is a text; give a text"},
		`{field: tier, op: eq, value: goldd}`:                            {`/value: tier is never "goldd"; did you mean gold?`},
		`{field: tier, op: eq, value: platinum}`:                         {`/value: tier is never "platinum"; it can be base, silver, gold`},
		`{field: point, op: eq, value: 1}`:                               {`/field: there is no field "point"; did you mean points?`},
		`{field: shoe_size, op: eq, value: 1}`:                           {`/field: there is no field "shoe_size"; there are tier, points, spend_90_days`},
		`{field: town, op: eq, value: ` + strings.Repeat("x", 201) + `}`: {"/value: a text is longer than 200 bytes"},
		`{field: points, op: in, value: ` + list + `}`:                   {"/value: a list holds at most 500 values"},
		`{all: [` + many + `]}`:                                          {"a rule has at most 200 conditions and groups"},
		deep:                                                             {strings.Repeat("/not", rule.MaxDepth) + ": groups are nested more than 10 deep"},
		`{any: [{field: pints, op: eq, value: 1}, {not: {field: tier, op: lt, value: gold}}, {field: points, op: eq, value: x}]}`: {
			`/any/0/field: there is no field "pints"; did you mean points?`, "/any/1/not/op: tier is a text", "/any/2/value: points is a whole number"},
	}
}

func TestProblemsAreFoundAtOnceWithTheirPlace(t *testing.T) {
	t.Parallel()
	schema := shopper(t)
	for text, want := range brokenRules() {
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		r, problems := rule.Parse(doc)
		if len(problems) == 0 {
			_, problems = rule.Compile(r, schema)
		} else if !r.IsZero() {
			t.Errorf("%.60s has problems and is a rule all the same", text)
		}
		if len(problems) != len(want) {
			t.Errorf("%.60s has problems %v, want %q", text, problems, want)
			continue
		}
		for i, p := range problems {
			if !strings.HasPrefix(p.String(), want[i]) && !strings.HasSuffix(p.String(), want[i]) {
				t.Errorf("%.60s has problem %q, want %q", text, p, want[i])
			}
		}
	}
}

func TestRuleWrittenInGo(t *testing.T) {
	t.Parallel()
	schema := shopper(t)
	c, problems := rule.Compile(rule.Rule{Field: "points", Op: rule.In, Value: []any{1, 120}}, schema)
	if len(problems) > 0 || !c.Match(ana(t, schema)) {
		t.Errorf("plain ints are not taken: %v", problems)
	}
	if _, problems := rule.Compile(rule.Rule{Field: "tier", Op: "like"}, schema); len(problems) == 0 {
		t.Error("a comparison that does not exist is compiled")
	}
}

func TestRuleKeepsItsMeaningThroughJSON(t *testing.T) {
	t.Parallel()
	r := fromYAML(t, `
any:
  - all:
      - {field: mail_consent, op: eq, value: false}
      - {field: points, op: between, value: [0, 9007199254740993]}
  - not: {field: birthday, op: in, value: [2027-01-31]}
  - {field: town, op: exists}`)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again rule.Rule
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again); diff != "" {
		t.Errorf("%s reads back as something else: %s", text, diff)
	}
	for _, bad := range []string{`{"field":"x","op":"eq","value":1.5}`, `{"field":"x","op":"eq","value":1e400}`, `[]`, `{"not":{}}`} {
		if err := json.Unmarshal([]byte(bad), &again); !errors.Is(err, rule.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", bad, err)
		}
	}
}

func TestSchemasThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string][]rule.Field{
		"no name":  {{Kind: rule.Int}},
		"twice":    {{Name: "a", Kind: rule.Int}, {Name: "a", Kind: rule.Text}},
		"no kind":  {{Name: "a"}},
		"odd kind": {{Name: "a", Kind: "float"}},
		"too many": make([]rule.Field, rule.MaxFields+1),
		"money":    {{Name: "a", Kind: rule.Money}},
	} {
		if _, err := rule.NewSchema("", fields...); !errors.Is(err, rule.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}
