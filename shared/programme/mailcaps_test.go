package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

func TestMailCapsAndPrioritiesAreChecked(t *testing.T) {
	t.Parallel()
	const document = `
programme: test
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: "1 Test Street, Testing", url: https://shop.example}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
earn: [{id: base, points: 1, per: "1.00"}]
`
	for mail, want := range map[string]string{
		"cap: {count: 5, days: 7}":                                        "",
		"caps: [{count: 1, days: 1}, {count: 2, days: 7, topic: offers}]": "",
		"cap: {count: 5}":                                                 "/mail/cap",
		"caps: [{days: 7}]":                                               "/mail/caps/0",
		"caps: [{count: 1, days: 93}]":                                    "/mail/caps/0/days",
		"caps: [{count: 51, days: 7}]":                                    "/mail/caps/0/count",
		"caps: [{count: 1, days: 7, topic: cats}]":                        "/mail/caps/0/topic",
		"caps: [{count: 1, days: 7, topic: service}]":                     "/mail/caps/0/topic",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(document + "mail: {" + mail + "}\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range faults {
			got += f.Pointer
		}
		if got != want {
			t.Errorf("%s: faults at %q, want %q", mail, got, want)
		}
	}
}
