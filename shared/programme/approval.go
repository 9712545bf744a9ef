package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
)

// Approval says which campaigns need a second person. With it, a campaign speaks only once somebody has started exactly what it says now.
type Approval struct {
	Audience *int64  `json:"audience,omitempty"` // more cards than this need the approval of somebody who has not made the campaign; without both, any. A campaign that is not on a schedule is for more than any number
	Money    Decimal `json:"money,omitempty"`    // so do coupons that could take off more than this together, and those that nothing bounds
}

// Whoever is the audience of a campaign that nobody can count: it speaks to each card that its occasion comes to.
const Whoever = -1

// MissesApproval says why a campaign that is for so many cards, or Whoever, needs a second person; "" where it does not.
func (p *Programme) MissesApproval(campaign string, audience int64) string {
	a := p.Approval
	if a == nil {
		return ""
	}
	most := int64(0)
	if a.Audience != nil {
		most = *a.Audience
	}
	switch asked := a.Audience != nil || a.Money == ""; {
	case asked && audience == Whoever:
		return fmt.Sprintf("is for whoever its occasion comes to; more than %d", most)
	case asked && audience > most:
		return fmt.Sprintf("is for %d cards; more than %d", audience, most)
	}
	if a.Money == "" {
		return ""
	}
	cost, bounded := p.MostGiven(campaign)
	switch limit := (money.Amount{Minor: p.approvalMoney, Currency: p.Currency}); {
	case !bounded:
		return fmt.Sprintf("brings coupons, and nothing bounds what they take off together; more than %s", limit)
	case cost > p.approvalMoney:
		return fmt.Sprintf("could take off %s; more than %s", money.Amount{Minor: cost, Currency: p.Currency}, limit)
	}
	return ""
}

// MostGiven is the most, in minor units, that all coupons of a campaign together could take off: its budget of money, or of coupons where
// their offers bound what each takes off. It is false where nothing bounds that.
func (p *Programme) MostGiven(campaign string) (minor int64, bounded bool) {
	k := p.campaigns[campaign]
	grants := slices.DeleteFunc(k.grants(), func(g Grant) bool { return g.Offer == "" })
	if len(grants) == 0 {
		return 0, true
	}
	if k.budget.Money > 0 {
		return k.budget.Money, true
	}
	dearest := int64(0)
	for _, g := range grants {
		most, known := p.MostOff(g.Offer)
		if !known || k.budget.Uses == 0 {
			return 0, false
		}
		dearest = max(dearest, most)
	}
	return money.MulDiv(dearest, k.budget.Uses, 1), true
}

// CampaignHash names a campaign by all that it says and does: its own text, the templates of all its
// e-mails, those of arms, reminders and steps too, its offers and its segments. Any edit of them is another hash.
// false for a campaign that is not in this version.
func (p *Programme) CampaignHash(id string) (string, bool) {
	k, ok := p.campaigns[id]
	if !ok {
		return "", false
	}
	if known, asked := p.hashes.Load(id); asked {
		hash, _ := known.(string)
		return hash, hash != ""
	}
	hash := p.hashOf(k)
	p.hashes.Store(id, hash)
	return hash, hash != ""
}

// hashOf reckons the hash of a campaign; "" where that cannot be done.
func (p *Programme) hashOf(k campaign) string {
	says := struct {
		Campaign  Campaign
		Templates []message.Template
		Offers    []Offer
		Segments  []Segment
	}{Campaign: k.Campaign}
	when, err := json.Marshal(k.When)
	if k.Who != "" || len(k.Not) > 0 || strings.Contains(string(when), `"segment"`) {
		says.Segments = p.Segments // they name one another
	}
	for _, t := range p.Templates {
		if k.writes(t.ID) {
			says.Templates = append(says.Templates, t)
		}
	}
	for _, o := range p.Offers {
		if k.handsOut(o.ID) {
			says.Offers = append(says.Offers, o)
		}
	}
	text, failed := json.Marshal(says)
	if err != nil || failed != nil { // what was read from JSON can be written
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (c *compiler) approval() {
	a := c.p.Approval
	if a == nil {
		return
	}
	if a.Audience != nil && *a.Audience < 0 {
		c.fault("/approval/audience", "how many cards a campaign may be for without a second person, 0 or more")
	}
	c.p.approvalMoney = c.amount("/approval/money", a.Money)
}
