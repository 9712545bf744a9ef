package rule_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/rule"
)

// person is what hand-written Go reads; the rule reads the same from Facts.
type person struct {
	tier     string
	spend    int64
	category string
}

//go:noinline
func byHand(p *person) bool {
	return p.tier == "gold" && p.spend >= 20_000 && p.category == "coffee"
}

// BenchmarkRule matches three conditions (tier, spend of 90 days, category) against 64 shoppers, by rule and by hand in turns within
// the same run, and reports the fastest turn of each: ns by hand, ns by rule, and their ratio, which survives a busy machine.
func BenchmarkRule(b *testing.B) {
	const shoppers = 64
	schema, err := rule.NewSchema("EUR", rule.Field{Name: "tier", Kind: rule.Text},
		rule.Field{Name: "spend_90_days", Kind: rule.Money}, rule.Field{Name: "category", Kind: rule.Text})
	if err != nil {
		b.Fatal(err)
	}
	c := compile(b, `{all: [{field: tier, op: eq, value: gold}, {field: spend_90_days, op: gte, value: 200}, {field: category, op: eq, value: coffee}]}`, schema)
	people := make([]*person, shoppers)
	facts := make([]*rule.Facts, shoppers)
	for i := range shoppers { // nearly all match, so nearly every condition is asked
		p := &person{tier: "gold", spend: int64(20_000 + i), category: "coffee"}
		if i%16 == 15 {
			p.spend = 100
		}
		f := schema.Facts()
		f.SetText(0, p.tier)
		f.SetInt(1, p.spend)
		f.SetText(2, p.category)
		people[i], facts[i] = p, f
	}
	fastestHand, fastestRule := time.Hour, time.Hour
	byRule, byGo := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		for range 100 {
			for _, p := range people {
				if byHand(p) {
					byGo++
				}
			}
		}
		middle := time.Now()
		for range 100 {
			for _, f := range facts {
				if c.Match(f) {
					byRule++
				}
			}
		}
		fastestHand = min(fastestHand, middle.Sub(start))
		fastestRule = min(fastestRule, time.Since(middle))
	}
	if byRule != byGo {
		b.Fatalf("the rule held %d times, the hand-written one %d times", byRule, byGo)
	}
	const matches = 100 * shoppers
	b.ReportMetric(float64(fastestHand)/matches, "hand-ns")
	b.ReportMetric(float64(fastestRule)/matches, "rule-ns")
	b.ReportMetric(float64(fastestRule)/float64(fastestHand), "ratio")
}

func TestMatchAllocatesNothing(t *testing.T) {
	schema := shopper(t)
	facts := ana(t, schema)
	c := compile(t, `{any: [{field: tier, op: in, value: [gold, base]}, {field: bought, op: in, value: [mug, tea]}]}`, schema)
	if n := testing.AllocsPerRun(100, func() { c.Match(facts) }); n != 0 {
		t.Errorf("a match allocates %v times", n)
	}
}
