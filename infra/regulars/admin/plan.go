package admin

import (
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// planAhead is how far the next moments of a schedule are looked for.
const planAhead = 400 * 24 * time.Hour

// Plan is what a campaign on a schedule would send, counted as of now, and how long that takes by the programme's rate.
type Plan struct {
	Campaign  string           `json:"campaign"`
	Cards     int64            `json:"cards"`
	Audience  int64            `json:"audience"`
	Would     map[string]int64 `json:"would"`  // become of an e-mail to each of them now: "sent", or why not
	Sample    []string         `json:"sample"` // numbers of some of them
	Begins    time.Time        `json:"begins_at"`
	Rated     bool             `json:"rated"` // the programme names a rate; else mail goes as fast as the mail service takes it
	PerSecond int64            `json:"per_second,omitempty"`
	Ends      time.Time        `json:"ends_at,omitzero"`
	Days      int              `json:"days,omitempty"` // of the shop
	TooLong   bool             `json:"too_long,omitempty"`
	Late      bool             `json:"late,omitempty"` // some of the e-mails live less long than the sending takes
}

// campaignPlan counts the audience, which looks at every card.
func (h *handler) campaignPlan(w http.ResponseWriter, r *http.Request) {
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		fail(w, err)
		return
	}
	k, known := rules.Campaign(r.PathValue("id"))
	if !known || k.On != programme.OnSchedule {
		fail(w, refuse(loyalty.ErrNotFound, "campaign_unknown", "the programme that holds now has no campaign \""+r.PathValue("id")+"\" on a schedule"))
		return
	}
	answer := answering(w, r)
	counted, err := h.Service.Audience(r.Context(), rules, k, segmentParts, answer.looked)
	if err != nil {
		answer.end(nil, err)
		return
	}
	answer.end(h.planned(rules, k, *counted), nil)
}

// planned is the plan for an audience.
func (h *handler) planned(rules *programme.Programme, k programme.Campaign, counted loyalty.Audience) Plan {
	p := Plan{Campaign: k.ID, Cards: counted.Cards, Audience: counted.In, Would: counted.Would, Sample: counted.Sample, Begins: h.Now().UTC()}
	if at, again := rules.NextBroadcast(k.ID, h.Now(), h.Now().Add(planAhead)); again {
		p.Begins = at
	}
	if rate := rules.MailRate(p.Begins); rate.Bounded() {
		p.Rated, p.PerSecond = true, rate.PerSecond
		days, until, ends := rules.SendingTime(counted.In, p.Begins)
		p.Days, p.Ends, p.TooLong = days, until.UTC(), !ends
		p.Late = !ends || k.Message != nil && until.Sub(p.Begins) > k.Message.Life()
	}
	return p
}
