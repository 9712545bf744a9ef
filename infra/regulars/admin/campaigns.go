package admin

import (
	"context"
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Campaign is a campaign as it is steered, and whom it is for as of now.
type Campaign struct {
	loyalty.CampaignReport
	Audience *loyalty.Audience `json:"audience,omitempty"`
	Finding  *loyalty.Finding  `json:"finding,omitempty"` // of a campaign of time: who has a moment ahead
}

// CampaignStep asks for one act of steering.
type CampaignStep struct {
	By       string `json:"by"`
	Why      string `json:"why"`
	Audience int64  `json:"audience"`
}

func (h *handler) listCampaigns(w http.ResponseWriter, r *http.Request) {
	list, err := h.Service.CampaignReports(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

func (h *handler) showCampaign(w http.ResponseWriter, r *http.Request) {
	answer := answering(w, r)
	told, err := h.oneCampaign(r.Context(), r.PathValue("id"))
	if err == nil && r.PathValue("id") != loyalty.AllCampaigns {
		told.Audience, err = h.audience(r.Context(), r.PathValue("id"), answer.looked)
	}
	if err == nil {
		told.Finding, err = h.Service.FindingFor(r.Context(), r.PathValue("id"))
	}
	answer.end(told, err)
}

func (h *handler) oneCampaign(ctx context.Context, id string) (Campaign, error) {
	told, err := h.Service.CampaignReport(ctx, id)
	return Campaign{CampaignReport: told}, err
}

// audience counts whom a campaign is for now, with a sample.
func (h *handler) audience(ctx context.Context, id string, looked func(int64)) (*loyalty.Audience, error) {
	rules, err := h.Service.Programmes.At(ctx, h.Now())
	if err != nil {
		return nil, err
	}
	k, _ := rules.Campaign(id)
	return h.Service.Audience(ctx, rules, k, segmentParts, looked)
}

// steerCampaign does what a person asks. Who has published the campaign as it is now counts as its author.
func (h *handler) steerCampaign(w http.ResponseWriter, r *http.Request) {
	var in CampaignStep
	if !read(w, r, &in, 0) {
		return
	}
	id := r.PathValue("id")
	authors, err := h.authors(r.Context(), id)
	if err == nil && (in.By != "" && !loyalty.SaidPlainly(in.By, maxVersionBy) || in.Why != "" && !loyalty.SaidPlainly(in.Why, maxVersionNote)) {
		err = refuse(loyalty.ErrInvalid, "by", "--by and --why are short texts on one line")
	}
	if was, known := h.oneCampaign(r.Context(), id); known == nil {
		onRecord(r, id+" "+r.PathValue("verb"), was.State, "")
	}
	answer, done := answering(w, r), loyalty.Steered{}
	if err == nil {
		done, err = h.Service.Steer(r.Context(), loyalty.Steering{
			Campaign: id, Verb: loyalty.Verb(r.PathValue("verb")), By: in.By, Why: in.Why, Audience: in.Audience, Authors: authors, Looked: answer.looked,
		})
	}
	var told Campaign
	if err == nil {
		told, err = h.oneCampaign(r.Context(), id)
	}
	if err == nil {
		told.Audience = done.Counted
		onRecord(r, "", "", told.State)
	}
	answer.end(told, err)
}

// authors are those who have published versions with the campaign as it is now.
func (h *handler) authors(ctx context.Context, id string) ([]string, error) {
	rules, err := h.Service.Programmes.At(ctx, h.Now())
	if err != nil {
		return nil, err
	}
	hash, _ := rules.CampaignHash(id)
	return h.store.Authors(ctx, id, hash)
}
