package loyaltytest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// balance tells what a card has and of which lots: last day and points, behind a stroke the first day where they wait for it.
func (p *player) balance() string {
	v, err := p.service.View(p.t.Context(), p.card)
	if err != nil {
		return p.told(loyalty.Answer{}, err)
	}
	var lots []string
	for _, l := range v.Lots {
		text := fmt.Sprintf("%s:%d", l.ExpiresOn, l.Points)
		if l.From != 0 {
			text += "/" + l.From.String()
		}
		lots = append(lots, text)
	}
	out := fmt.Sprintf("balance=%d tier=%s coupons=%d lots=%s", v.Balance, v.Tier, len(v.Coupons), strings.Join(lots, ","))
	if v.Pending > 0 {
		out += fmt.Sprintf(" pending=%d", v.Pending)
	}
	return out + stamps(v)
}

// stamps tells the cards of stamps that were begun.
func stamps(v loyalty.CardView) (text string) {
	for _, s := range v.Rules.Progress(v.Head, v.At) {
		for _, g := range s.Goals {
			if g.Have != 0 || s.Rewards != 0 {
				text += fmt.Sprintf(" %s=%d/%d", s.ID, g.Have, g.Of)
			}
		}
	}
	return text
}

// activate reads points= (all that wait if missing) and id=.
func (p *player) activate(value map[string]string) string {
	points := int64(0)
	if text, ok := value["points"]; ok {
		var err error
		if points, err = strconv.ParseInt(text, 10, 64); err != nil {
			p.t.Fatal(err)
		}
	}
	a, err := p.service.Activate(p.t.Context(), p.card, points, loyalty.ByHand{ID: value["id"], Reason: "asked for", By: "Mira"})
	told := p.told(a, err)
	if err == nil {
		told += fmt.Sprintf(" activated=%d", a.Activated)
	}
	return told
}
