package till

import (
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/results"
)

type campaignsAnswer struct {
	Campaigns []loyalty.CampaignReport `json:"campaigns"`
}

// segmentAnswer is a segment by its name: who is in it is counted by reading every card, which no request waits for.
type segmentAnswer struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type segmentsAnswer struct {
	Segments []segmentAnswer `json:"segments"`
}

// noMargin asks for results without what is left after the cost of goods: nobody has said what that is.
const noMargin = -1

// listCampaigns tells where each campaign stands. Campaigns are the marketer's, so this door and those beside it want a key of all stores.
func (d *door) listCampaigns(a *ask) (reply, error) {
	list, err := d.Service.CampaignReports(a.Context())
	return ok(campaignsAnswer{Campaigns: list}), err
}

// showCampaign tells where one campaign stands, who has steered and approved it, its runs and its budget.
func (d *door) showCampaign(a *ask) (reply, error) {
	told, err := d.Service.CampaignReport(a.Context(), a.PathValue("id"))
	return ok(told), err
}

// campaignResults tells what a campaign has brought until now.
func (d *door) campaignResults(a *ask) (reply, error) {
	out, err := results.Read(a.Context(), d.Service, a.PathValue("id"), noMargin)
	return ok(out), err
}

// listSegments names the segments of the programme that holds now.
func (d *door) listSegments(a *ask) (reply, error) {
	rules, err := d.rules(a)
	if err != nil {
		return reply{}, err
	}
	out := segmentsAnswer{Segments: []segmentAnswer{}}
	for _, s := range rules.Segments {
		out.Segments = append(out.Segments, segmentAnswer{ID: s.ID, Name: s.Name})
	}
	return ok(out), nil
}
