package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// begins is the programme of every simulated shop, but for its offers with limits and its campaigns.
const begins = `programme: world
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: World shop, address: "1 World Street, Everywhere", url: https://shop.example}
stores: [{id: "0042", name: First}, {id: "0043", name: Second}, {id: "0044", name: Third}]
cards: {secret: a secret of the world}
topics: [{id: offers, name: Offers}]
earn:
  - {id: base, points: 1, per: "1.00"}
  - {id: beans, points: 2, per: "1.00", lines: {categories: [beans]}}
points: {days: 40, pay: {worth: "0.01"}}
tiers: [{id: silver, name: Silver, points: 150}, {id: gold, name: Gold, points: 600}]
mail: {cap: {count: 20, days: 7}}
templates:
  - {id: mail, language: en, topic: offers, subject: A coupon for you, blocks: [{type: text, text: Hello}, {type: coupon}, {type: footer}]}
  - {id: note, language: en, topic: offers, subject: On your way, blocks: [{type: text, text: Thank you}, {type: footer}]}
  - {id: basket, language: en, topic: offers, subject: Your basket, blocks: [{type: cart}, {type: footer}]}
offers:
  - {id: ten, name: 10 % off, percent: "10", on: basket, coupon: true}
  - {id: cake, name: 3 euros off, amount: "3.00", on: basket, coupon: true}
`

// codes are those that everybody may use, of offers with limits.
var codes = []string{"CROWD", "FIRST1", "DAILY5", "STORE7"}

// programme writes the rules of one shop: limits and campaigns of all kinds by chance, the rest always the same.
func programme(chance *rand.Rand) string {
	var b strings.Builder
	b.WriteString(begins)
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`  - {id: crowd, name: Crowd, percent: "10", on: basket, code: CROWD, limits: {total: %d}}`, 5+chance.IntN(400))
	line(`  - {id: first, name: First, percent: "10", on: basket, code: FIRST1, limits: {per_card: %d}}`, 1+chance.IntN(2))
	line(`  - {id: daily, name: Daily, percent: "5", on: basket, code: DAILY5, limits: {total: %d, per: day}, given_back: false}`, 1+chance.IntN(8))
	line(`  - {id: stores, name: Stores, percent: "5", on: basket, code: STORE7, limits: {per_store: %d, money: "%d.00"}}`, 5+chance.IntN(60), 20+chance.IntN(200))
	b.WriteString("campaigns:\n")
	for n := range 6 + chance.IntN(10) {
		from := 2 + chance.IntN(90)
		line(`  - {id: big%d, on: checkout, when: {all: [{field: receipt.total, op: gte, value: "%d.00"}, {field: receipt.total, op: lt, value: "%d.00"}]}, %s%s}`,
			n, from, from+1+chance.IntN(4), grant(chance), letter(chance))
	}
	for n := range 1 + chance.IntN(3) {
		line(`  - {id: few%d, on: checkout, when: {field: receipt.total, op: gte, value: "%d.00"}, grant: {offer: cake, days: 5}, budget: {coupons: %d}%s}`,
			n, 5+chance.IntN(60), 3+chance.IntN(300), letter(chance))
	}
	moments := []string{
		"on: first_purchase", "on: purchase, nth: 3", "on: purchase, nth: 9", `on: spend_crossed, amount: "100.00"`, `on: spend_crossed, amount: "60.00", within: month`,
		"on: tier_changed, tier: {move: up}", "on: tier_changed, tier: {move: down}", "on: returned", "on: points_expiring, days_before: 9",
		"on: coupon_unused, days_before: 2", "on: idle, idle: {days: 12}", `on: idle, idle: {times: "2.5", least_days: 5}`,
		"on: anniversary, date: birthday", "on: anniversary, date: enrolled, days_after: 0", "on: cart, after_minutes: 60, least: \"5.00\"",
		`on: schedule, schedule: {cron: "0 15 ? * SAT *"}, when: {field: shopper.consents, op: contains, value: offers}`,
		`on: schedule, schedule: {cron: "30 9 ? * TUE *"}, when: {field: card.visits, op: gte, value: 4}`,
		`on: schedule, schedule: {cron: "0 11 3 * ? *"}, when: {field: card.points, op: gte, value: 60}`,
	}
	for n, on := range moments {
		if chance.IntN(3) == 0 {
			continue
		}
		template, gives := "mail", "grant: {offer: cake, days: 10}"
		if strings.HasPrefix(on, "on: cart") {
			template, gives = "basket", ""
		}
		if strings.HasPrefix(on, "on: coupon_unused") {
			gives = ""
		}
		if gives != "" {
			gives += ", "
		}
		line("  - {id: moment%d, %s, %smessage: {template: %s, topic: offers}}", n, on, gives, template)
	}
	line(`  - {id: wander, on: schedule, schedule: {cron: "0 16 ? * SAT *"}, when: {field: card.visits, op: gte, value: 3}, steps: [{wait: {for: 2h}}, {grant: {points: 5}}, {message: {template: note, topic: offers}}]}`)
	line(`  - {id: welcome, on: first_purchase, steps: [{wait: {event: checkout, within: 3d}, then: [{grant: {points: 3}}], else: [{message: {template: mail, topic: offers}, grant: {offer: ten, days: 6}}]}, {tag: seen}]}`)
	return b.String()
}

func grant(chance *rand.Rand) string {
	switch chance.IntN(4) {
	case 0:
		return fmt.Sprintf("grant: {points: %d}", 1+chance.IntN(20))
	case 1:
		return "grant: {offer: cake, days: 3}"
	}
	return fmt.Sprintf("grant: {offer: ten, days: %d}", 1+chance.IntN(30))
}

func letter(chance *rand.Rand) string {
	if chance.IntN(2) == 0 {
		return ""
	}
	return ", message: {template: mail, topic: offers}"
}
