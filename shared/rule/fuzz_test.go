package rule_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/rule"
)

// FuzzRule holds that no document crashes, that what parses keeps its meaning through JSON, and that a rule and its explanation agree.
func FuzzRule(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `{"all":[{"field":"tier","op":"eq","value":"gold"}]}`, `{"not":{"field":"points","op":"between","value":[1,2]}}`,
		`{"any":[{"field":"bought","op":"in","value":["a"]},{"field":"spend_90_days","op":"gt","value":"1.00"}]}`, `{"value":[[1]]}`,
	} {
		f.Add(seed)
	}
	schema := shopper(f)
	facts := []*rule.Facts{nil, schema.Facts(), ana(f, schema)}
	f.Fuzz(func(t *testing.T, text string) {
		var r rule.Rule
		if json.Unmarshal([]byte(text), &r) != nil {
			return
		}
		written, err := json.Marshal(r)
		var again rule.Rule
		if err != nil || json.Unmarshal(written, &again) != nil || !cmp.Equal(r, again) {
			t.Fatalf("%q is written as %s and reads back as %v", text, written, again)
		}
		c, problems := rule.Compile(r, schema)
		if len(problems) > 0 {
			return
		}
		for _, who := range facts {
			if c.Match(who) != (len(c.Explain(who)) == 0) {
				t.Fatalf("%q is %v and explained by %v", text, c.Match(who), c.Explain(who))
			}
		}
	})
}

func ExampleCompiled_Explain() {
	schema, _ := rule.NewSchema("EUR", rule.Field{Name: "tier", Kind: rule.Text}, rule.Field{Name: "spend", Kind: rule.Money})
	var r rule.Rule
	_ = json.Unmarshal([]byte(`{"all": [
		{"field": "tier", "op": "in", "value": ["silver", "gold"]},
		{"field": "spend", "op": "gte", "value": "50.00"}]}`), &r)
	c, _ := rule.Compile(r, schema)

	shopper := schema.Facts()
	shopper.SetText(0, "gold")
	shopper.SetInt(1, 4280)
	fmt.Println(c.Match(shopper))
	for _, failure := range c.Explain(shopper) {
		fmt.Println(failure)
	}
	// Output:
	// false
	// spend is 42.80 EUR, wanted at least 50.00 EUR
}
