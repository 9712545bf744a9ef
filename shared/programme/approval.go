package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/regulars-dev/regulars/shared/message"
)

// Approval says which campaigns need a second person. With it, a campaign on a schedule speaks only once somebody has started it.
type Approval struct {
	Audience int64 `json:"audience"` // more cards than this need the approval of somebody who has not made the campaign
}

// CampaignHash names a campaign by all that it says and does: its own text, the templates of all its
// e-mails, those of arms, reminders and steps too, its offers and its segments. Any edit of them is another hash.
// false for a campaign that is not in this version.
func (p *Programme) CampaignHash(id string) (string, bool) {
	k, ok := p.campaigns[id]
	if !ok {
		return "", false
	}
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
		return "", false
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), true
}

func (c *compiler) approval() {
	if a := c.p.Approval; a != nil && a.Audience < 0 {
		c.fault("/approval/audience", "how many cards a campaign may be for without a second person, 0 or more")
	}
}
