package programme_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme"
)

// W-5: an approval is for exactly what a campaign says in all its e-mails: those of its arms, reminders and steps too.
func TestAnEditOfAnyLetterOfACampaignIsAnotherHash(t *testing.T) {
	t.Parallel()
	document := onePoint + `

templates:
`
	for _, id := range []string{"own", "armed", "cart", "later", "step", "deep", "way", "stranger"} {
		document += fmt.Sprintf("  - {id: %s, language: en, topic: offers, subject: Hello, blocks: [{type: text, text: Hello}, {type: footer}]}\n", id)
	}
	p := rules(t, document+`campaigns:
  - {id: split, on: checkout, message: {template: own, topic: offers}, arms: [{id: a}, {id: b, subject: Hi}, {id: c, message: {template: armed, topic: offers}}]}
  - {id: basket, on: cart, after_minutes: 60, message: {template: cart, topic: offers}, then: [{after_minutes: 600, message: {template: later, topic: offers}}]}
  - id: trip
    on: checkout
    steps:
      - message: {template: step, topic: offers}
      - if: {field: card.points, op: gte, value: 10}
        then: [{message: {template: deep, topic: offers}}]
      - split: [{name: x, weight: 1, steps: [{message: {template: way, topic: offers}}]}, {name: y, weight: 1}]
`)
	writes := map[string][]string{"split": {"own", "armed"}, "basket": {"cart", "later"}, "trip": {"step", "deep", "way"}}
	for i, template := range p.Templates {
		edited := p.Document
		edited.Templates = slices.Clone(p.Templates)
		edited.Templates[i].Subject = "Edited"
		next, faults := programme.Compile(edited)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		for campaign, templates := range writes {
			was, _ := p.CampaignHash(campaign)
			is, _ := next.CampaignHash(campaign)
			if (was != is) != slices.Contains(templates, template.ID) {
				t.Errorf("template %s was edited: is campaign %s another? %t", template.ID, campaign, was != is)
			}
		}
	}
	for campaign, templates := range writes {
		k, _ := p.Campaign(campaign)
		var got []string
		for _, sent := range k.Letters() {
			got = append(got, sent.Template)
		}
		if fmt.Sprint(got) != fmt.Sprint(templates) {
			t.Errorf("campaign %s sends %v, want %v", campaign, got, templates)
		}
	}
}
