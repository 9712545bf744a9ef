package loyalty_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Points that a campaign grants are said in its e-mail.
func TestGrantedPointsAreSaid(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.publish("grant: {offer: ten, days: 30}", "grant: {points: 100}",
		"{type: text, text: Hello}, {type: coupon}", `{type: text, text: "{{if .Granted.Points}}{{.Granted.Points}} points are yours{{end}}."}`)
	s.checkout(s.sale("1", ana, 6000))
	s.relay(ana)
	if orders := s.send(); len(orders) != 1 || orders[0].Points != 100 {
		t.Fatalf("%+v", orders)
	}
	if mails := s.Post.Mails(); len(mails) != 1 || !strings.Contains(string(mails[0].Raw), "100 points are yours") {
		t.Errorf("%d mails", len(mails))
	}
	s.check("book", s.Book(ana), "+160 0042/1/1")
}

// A form that is filled in again brings nothing more, and neither does one for a card that a swipe has enrolled.
func TestEnrolmentIsRewardedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("campaigns:\n", "campaigns:\n  - {id: hello, on: enrolled, grant: {points: 50}}\n")
	form, swiped := s.Number(21), s.Number(22)
	s.checkout(s.sale("1", swiped, 1000))
	for _, number := range []string{form, form, swiped} {
		if _, err := s.Service.Enrol(t.Context(), loyalty.Enrolment{Number: number, Store: "0042"}, nil); err != nil && loyalty.Code(err) != "card_taken" {
			t.Fatal(err)
		}
	}
	s.check("form", s.Book(form), "+50 enrolled")
	s.check("swipe", s.Book(swiped), "+50 enrolled, +10 0042/1/1")
	s.relay(form)
	s.check("facts", s.Bus.Facts(), "points.earned")
}
