package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

// text is an entry with all that it holds, whatever it will hold one day, in one way of writing.
func text(e ledger.Entry) string {
	at := e.At
	e.At = at.UTC().Truncate(0)
	return fmt.Sprintf("%+v", e)
}

// same reports that two entries are the same, bit for bit.
func same(a, b ledger.Entry) bool { return a.At.Equal(b.At) && text(a) == text(b) }

// differences says in words what differs between the recorded entry and the one that was made, and apart from it which campaigns spoke
// otherwise.
func differences(recorded, made ledger.Entry) (says, campaigns []string) {
	if recorded.Points != made.Points {
		says = append(says, fmt.Sprintf("%d points are recorded, %d come out", recorded.Points, made.Points))
	}
	if recorded.From != made.From {
		says = append(says, fmt.Sprintf("it was decided in tier %q, now in %q", recorded.From, made.From))
	}
	if recorded.To != made.To {
		says = append(says, fmt.Sprintf("tier %q is recorded after it, %q comes out", recorded.To, made.To))
	}
	if !recorded.At.Equal(made.At) || recorded.Kind != made.Kind {
		says = append(says, fmt.Sprintf("a %s of %s is recorded, a %s of %s comes out", recorded.Kind, recorded.At.UTC(), made.Kind, made.At.UTC()))
	}
	for _, side := range []struct {
		has, lacks ledger.Entry
		what       string
	}{{recorded, made, "is recorded and does not come out"}, {made, recorded, "comes out and is not recorded"}} {
		for _, m := range side.has.Marks {
			if slices.Contains(side.lacks.Marks, m) {
				continue
			}
			if id, ok := campaignOf(m); ok {
				campaigns = append(campaigns, id)
				continue
			}
			says = append(says, fmt.Sprintf("mark %c%s %s", m.Kind, m.Text, side.what))
		}
	}
	slices.Sort(campaigns)
	campaigns = slices.Compact(campaigns)
	if len(says)+len(campaigns) == 0 && !same(recorded, made) {
		says = append(says, fmt.Sprintf("recorded %s, made %s", text(recorded), text(made)))
	}
	return says, campaigns
}

// campaignOf is the campaign that a mark stands for: a coupon that it granted, a message, or that it was not allowed to speak.
func campaignOf(m ledger.Mark) (string, bool) {
	switch m.Kind {
	case card.MarkMessage:
		return m.Text, true
	case card.MarkWithheld:
		id, _, _ := strings.Cut(m.Text, ":")
		return id, true
	case card.MarkGranted:
		c, err := card.CouponOf(m)
		return c.Campaign, err == nil
	case card.MarkNotTaken:
		id, reason := card.NotTakenOf(m)
		return id, reason == programme.CouponNoRoom
	}
	return "", false
}

// askForShopper reports that each campaign has a condition that asks who the shopper was, which nobody has written down.
func (t *retold) askForShopper(campaigns []string, rules *programme.Programme) bool {
	return !slices.ContainsFunc(campaigns, func(id string) bool {
		k, ok := rules.Campaign(id)
		return !ok || !strings.Contains(fmt.Sprint(k.When.Tree), "shopper.")
	})
}
