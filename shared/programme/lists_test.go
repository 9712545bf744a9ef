package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
)

// A list may stand wherever a test may, and where a campaign says whom it is for and whom not; an offer at the till may ask for it too.
func TestWhoIsOnAList(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`
segments: [{id: guests, who: {all: [{list: friends}, {not: {list: staff}}]}}]
offers:
  - {id: ten, name: 10 % off, percent: "10", on: basket, coupon: true}
  - {id: half, name: Half, percent: "50", on: basket, when: {list: staff}}
campaigns:
  - {id: back, on: checkout, who: "list:friends", not: ["list:staff", "list:late"], grant: {offer: ten, days: 5}}
`)
	if got := fmt.Sprint(p.Lists()); got != "[{friends /segments/0/who/all/0} {late /campaigns/0/when/all/2/not} {staff /segments/0/who/all/1/not}]" {
		t.Error(got)
	}
	now := at(t, "2026-11-21T10:00")
	for _, row := range []struct {
		lists string
		want  string
		total int64
	}{{"", "", 1000}, {"friends", "+ten", 1000}, {"friends late", "", 1000}, {"friends staff", "", 500}, {"staff", "", 500}} {
		h, shopper := card.Head{ID: "7001", EnrolledOn: 1}, card.Profile{ID: "7001", Lists: strings.Fields(row.lists)}
		if in := inSegment(p, "guests", h, shopper, now); in != (strings.HasPrefix(row.lists, "friends") && !strings.Contains(row.lists, "staff")) {
			t.Errorf("%q: in the segment %v", row.lists, in)
		}
		if got := strings.ReplaceAll(marks(last(p.Checkout(h, shopper, sale("1", now, 500), now))), "#", ""); got != row.want {
			t.Errorf("%q: %q, want %q", row.lists, got, row.want)
		}
		if priced, _, err := p.QuoteWithout(nil, h, shopper, sale("1", now, 1000), nil, now); err != nil || priced.Total != row.total {
			t.Errorf("%q: %d, want %d (%v)", row.lists, priced.Total, row.total, err)
		}
	}
}
