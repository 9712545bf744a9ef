package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const payShop = `
programme: pay
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: "1 Test Street, Testing"}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
earn: [{id: base, points: 1, per: "1.00"}]
points: {pay: %}
`

func payRules(t *testing.T, pay string) (*programme.Programme, []yamldoc.Fault) {
	t.Helper()
	rules, _, faults, err := yamldoc.Read(strings.NewReader(strings.Replace(payShop, "%", pay, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return rules, faults
}

func TestPointsThatMayPay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, pay                 string
		available, total, payable int64
		want, worth               int64
	}{
		{"RW-1", `{worth: "0.01"}`, 500, 320, 320, 320, 320},
		{"RW-3", `{worth: "0.01", at_most_percent: 50}`, 5000, 999, 999, 499, 499},
		{"all there is", `{worth: "0.01"}`, 200, 320, 320, 200, 200},
		{"too few", `{worth: "0.01", at_least: 100}`, 99, 320, 320, 0, 0},
		{"not for gift cards", `{worth: "0.01"}`, 5000, 7000, 2000, 2000, 2000},
		{"coarse", `{worth: "0.05"}`, 500, 999, 999, 199, 995},
		{"fine", `{worth: "1.00", points: 150}`, 500, 320, 320, 480, 320},
		{"worth nothing", `{worth: "0.01", points: 10}`, 9, 320, 320, 0, 0},
		{"does not pay", `null`, 500, 320, 320, 0, 0},
	} {
		rules, faults := payRules(t, c.pay)
		if len(faults) > 0 {
			t.Fatalf("%s: %v", c.name, faults)
		}
		got := rules.Payable(c.available, c.total, c.payable)
		if got != c.want || rules.PointsWorth(got) != c.worth {
			t.Errorf("%s: %d points worth %d may pay, want %d worth %d", c.name, got, rules.PointsWorth(got), c.want, c.worth)
		}
	}
}

func TestPayIsCheckedAtPublish(t *testing.T) {
	t.Parallel()
	for pay, pointer := range map[string]string{
		`{}`:                                    "/points/pay/worth",
		`{worth: "0"}`:                          "/points/pay/worth",
		`{worth: "0.001"}`:                      "/points/pay/worth",
		`{worth: "0.01", at_most_percent: 101}`: "/points/pay/at_most_percent",
		`{worth: "0.01", points: -1}`:           "/points/pay/points",
		`{worth: "0.01", short: maybe}`:         "/points/pay/short",
		`{worth: "0.01", hold_minutes: 9999}`:   "/points/pay/hold_minutes",
	} {
		_, faults := payRules(t, pay)
		if len(faults) != 1 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v, want a fault at %s", pay, faults, pointer)
		}
	}
}
