package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Campaign is a campaign as it is steered. State is what its control says, or of a campaign on a schedule that runs what its schedule says:
// "scheduled" while it is to speak again, "done" when it is not.
type Campaign struct {
	ID         string         `json:"id"`
	Name       string         `json:"name,omitempty"`
	On         string         `json:"on,omitempty"`
	State      string         `json:"state"`
	Hash       string         `json:"hash,omitempty"`
	Started    string         `json:"started_hash,omitempty"`
	Approved   string         `json:"approved_hash,omitempty"`
	ApprovedBy string         `json:"approved_by,omitempty"`
	Next       *time.Time     `json:"next_at,omitempty"`
	Steps      []loyalty.Step `json:"steps,omitempty"`
	Runs       []CampaignRun  `json:"runs,omitempty"`

	Budget   *loyalty.BudgetUse `json:"budget,omitempty"`
	Currency money.Currency     `json:"currency,omitempty"` // of the budget
	Audience *loyalty.Audience  `json:"audience,omitempty"` // whom it is for as of now
}

// CampaignRun is one run of it.
type CampaignRun struct {
	Occasion string            `json:"occasion"`
	At       time.Time         `json:"at"`
	Done     bool              `json:"done"`
	Counts   loyalty.RunCounts `json:"counts"`
}

// CampaignStep asks for one act of steering.
type CampaignStep struct {
	By       string `json:"by"`
	Why      string `json:"why"`
	Audience int64  `json:"audience"`
}

// What a campaign on a schedule is, beside its control.
const (
	stateScheduled = "scheduled"
	stateDone      = "done"

	planAhead = 400 * 24 * time.Hour // that the next moment of a schedule is looked for
)

func (h *handler) listCampaigns(w http.ResponseWriter, r *http.Request) {
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		fail(w, err)
		return
	}
	list := []Campaign{}
	for _, k := range append([]programme.Campaign{{ID: loyalty.AllCampaigns}}, rules.Campaigns...) {
		c, err := h.store.Control(r.Context(), k.ID)
		switch {
		case err != nil:
			fail(w, err)
			return
		case k.ID != loyalty.AllCampaigns:
			list = append(list, h.campaign(rules, k, c))
		case c.Version > 0:
			list = append(list, Campaign{ID: k.ID, Name: "all campaigns", State: string(c.State)})
		}
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

func (h *handler) campaign(rules *programme.Programme, k programme.Campaign, c loyalty.Control) Campaign {
	hash, _ := rules.CampaignHash(k.ID)
	told := Campaign{ID: k.ID, Name: k.Name, On: k.On, State: string(c.State), Hash: hash, Started: c.Started, Approved: c.Approved, ApprovedBy: c.ApprovedBy, Steps: c.Steps}
	if c.State == loyalty.CampaignUntouched {
		told.State = string(loyalty.CampaignRunning)
	}
	if k.On != programme.OnSchedule || told.State != string(loyalty.CampaignRunning) {
		return told
	}
	told.State = stateDone
	if at, ok := rules.NextBroadcast(k.ID, h.Now(), h.Now().Add(planAhead)); ok {
		told.State, told.Next = stateScheduled, &at
	}
	if rules.Approval != nil && c.Started != hash {
		told.State = string(loyalty.CampaignDraft) // it waits for somebody to start exactly this version
	}
	return told
}

func (h *handler) showCampaign(w http.ResponseWriter, r *http.Request) {
	told, err := h.oneCampaign(r.Context(), r.PathValue("id"))
	if err == nil && r.PathValue("id") != loyalty.AllCampaigns {
		told.Audience, err = h.audience(r.Context(), r.PathValue("id"))
	}
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, told)
}

func (h *handler) oneCampaign(ctx context.Context, id string) (Campaign, error) {
	c, err := h.store.Control(ctx, id)
	if err != nil {
		return Campaign{}, err
	}
	if id == loyalty.AllCampaigns {
		return Campaign{ID: id, Name: "all campaigns", State: string(c.State), Steps: c.Steps}, nil
	}
	rules, err := h.Service.Programmes.At(ctx, h.Now())
	if err != nil {
		return Campaign{}, err
	}
	k, known := rules.Campaign(id)
	if !known {
		return Campaign{}, refuse(loyalty.ErrNotFound, "campaign_unknown", "the programme that holds now has no campaign \""+id+"\"; `regulars campaign list` shows them")
	}
	told := h.campaign(rules, k, c)
	told.Currency = rules.Currency
	if told.Budget, err = h.Service.BudgetOf(ctx, rules, k); err != nil {
		return Campaign{}, err
	}
	runs, err := h.store.RunsOf(ctx, id)
	for _, run := range runs {
		told.Runs = append(told.Runs, CampaignRun{Occasion: run.Occasion, At: run.At, Done: run.Done, Counts: run.Counts})
	}
	return told, err
}

// audience counts whom a campaign is for now, with a sample.
func (h *handler) audience(ctx context.Context, id string) (*loyalty.Audience, error) {
	rules, err := h.Service.Programmes.At(ctx, h.Now())
	if err != nil {
		return nil, err
	}
	k, _ := rules.Campaign(id)
	return h.Service.AudienceNow(ctx, rules, k)
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
	if err == nil {
		_, err = h.Service.Steer(r.Context(), loyalty.Steering{
			Campaign: id, Verb: loyalty.Verb(r.PathValue("verb")), By: in.By, Why: in.Why, Audience: in.Audience, Authors: authors,
		})
	}
	var told Campaign
	if err == nil {
		told, err = h.oneCampaign(r.Context(), id)
	}
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, told)
}

// authors are those who have published versions with the campaign as it is now.
func (h *handler) authors(ctx context.Context, id string) ([]string, error) {
	rules, err := h.Service.Programmes.At(ctx, h.Now())
	if err != nil {
		return nil, err
	}
	hash, _ := rules.CampaignHash(id)
	versions, err := h.store.Versions(ctx)
	var names []string
	for _, v := range versions {
		if v.Rules == nil || v.By == "" || slices.Contains(names, v.By) {
			continue
		}
		if other, known := v.Rules.CampaignHash(id); known && other == hash {
			names = append(names, v.By)
		}
	}
	return names, err
}
