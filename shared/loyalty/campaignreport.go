package loyalty

import (
	"context"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// CampaignReport is a campaign as it is steered. State is what its control says, or of a campaign on a schedule that runs what its schedule
// says: "scheduled" while it is to speak again, "done" when it is not.
type CampaignReport struct {
	ID         string        `json:"id"`
	Name       string        `json:"name,omitempty"`
	On         string        `json:"on,omitempty"`
	State      string        `json:"state"`
	Hash       string        `json:"hash,omitempty"`
	Started    string        `json:"started_hash,omitempty"`
	Approved   string        `json:"approved_hash,omitempty"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	Next       *time.Time    `json:"next_at,omitempty"`
	Version    Version       `json:"version"` // of how it is steered: grows by one with each act
	Steps      []Step        `json:"steps,omitempty"`
	Runs       []CampaignRun `json:"runs,omitempty"`

	Budget   *BudgetUse     `json:"budget,omitempty"`
	Currency money.Currency `json:"currency,omitempty"` // of the budget
}

// CampaignRun is one run of it.
type CampaignRun struct {
	Occasion string    `json:"occasion"`
	At       time.Time `json:"at"`
	Done     bool      `json:"done"`
	Counts   RunCounts `json:"counts"`
}

// What a campaign on a schedule is, beside its control.
const (
	stateScheduled = "scheduled"
	stateDone      = "done"

	planAhead = 400 * 24 * time.Hour // that the next moment of a schedule is looked for
)

// CampaignReports tells where each campaign of the programme that holds now stands; first all of them together, if anybody has ever steered
// those. It reads no card, no run and no budget.
func (s *Service) CampaignReports(ctx context.Context) ([]CampaignReport, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return nil, err
	}
	list := []CampaignReport{}
	for _, k := range append([]programme.Campaign{{ID: AllCampaigns}}, rules.Campaigns...) {
		c, err := s.Controls.Control(ctx, k.ID)
		switch {
		case err != nil:
			return nil, err
		case k.ID != AllCampaigns:
			list = append(list, reportOf(rules, k, c, now))
		case c.Version > 0:
			list = append(list, CampaignReport{ID: k.ID, Name: "all campaigns", State: string(c.State), Version: c.Version})
		}
	}
	return list, nil
}

// CampaignReport tells where one campaign stands, AllCampaigns for all of them together, with its runs and its budget. ErrNotFound: the
// programme that holds now has no such campaign.
func (s *Service) CampaignReport(ctx context.Context, id string) (CampaignReport, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return CampaignReport{}, err
	}
	k, known := rules.Campaign(id)
	if !known && id != AllCampaigns {
		return CampaignReport{}, refuse(ErrNotFound, "campaign_unknown", "the programme that holds now has no campaign %q; `regulars campaign list` shows them", id)
	}
	c, err := s.Controls.Control(ctx, id)
	if err != nil {
		return CampaignReport{}, err
	}
	if id == AllCampaigns {
		return CampaignReport{ID: id, Name: "all campaigns", State: string(c.State), Version: c.Version, Steps: c.Steps}, nil
	}
	told := reportOf(rules, k, c, now)
	told.Currency = rules.Currency
	if told.Budget, err = s.BudgetOf(ctx, rules, k); err != nil {
		return CampaignReport{}, err
	}
	runs, err := s.Runs.RunsOf(ctx, id)
	for _, run := range runs {
		told.Runs = append(told.Runs, CampaignRun{Occasion: run.Occasion, At: run.At, Done: run.Done, Counts: run.Counts})
	}
	return told, err
}

func reportOf(rules *programme.Programme, k programme.Campaign, c Control, now time.Time) CampaignReport {
	hash, _ := rules.CampaignHash(k.ID)
	told := CampaignReport{ID: k.ID, Name: k.Name, On: k.On, State: c.State.shown(), Hash: hash, Started: c.Started, Approved: c.Approved, ApprovedBy: c.ApprovedBy, Version: c.Version, Steps: c.Steps}
	if told.State != string(CampaignRunning) {
		return told
	}
	if k.On == programme.OnSchedule {
		told.State = stateDone
		if at, ok := rules.NextBroadcast(k.ID, now, now.Add(planAhead)); ok {
			told.State, told.Next = stateScheduled, &at
		}
	}
	if rules.Approval != nil && c.Started != hash {
		told.State = string(CampaignDraft) // it waits for somebody to start exactly this version
	}
	return told
}
