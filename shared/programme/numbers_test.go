package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

func TestNumbersThatMeanSomethingElseAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ calling, code, want string }{
		{`"49"`, "WELCOME10", ""},
		{`"1"`, `"12345678"`, ""},
		{`"+49"`, "WELCOME10", "/calling_code"},
		{`"0049"`, "WELCOME10", "/calling_code"},
		{`"4 9"`, "WELCOME10", "/calling_code"},
		{`de`, "WELCOME10", "/calling_code"},
		{`"49"`, `"4111111111111111"`, "/offers/0/code"},
		{`"49"`, "4111-1111-1111-1111", "/offers/0/code"},
		{`"49"`, "4111-1111-1111-1112", ""},
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(`
programme: test
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
calling_code: ` + c.calling + `
shop: {name: Test shop, address: "1 Test Street, Testing"}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
offers: [{id: welcome, name: Welcome, percent: "10", on: basket, code: ` + c.code + `}]
`))
		if err != nil {
			t.Fatal(err)
		}
		var at []string
		for _, f := range faults {
			at = append(at, f.Pointer)
			if strings.Contains(f.Message, "4111") {
				t.Errorf("a fault repeats what reads like a payment card number: %s", f)
			}
		}
		if got := strings.Join(at, " "); got != c.want {
			t.Errorf("calling code %s, code %s: faults at %q, want %q: %v", c.calling, c.code, got, c.want, faults)
		}
	}
}
