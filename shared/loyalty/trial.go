package loyalty

import (
	"context"
	"time"

	"github.com/regulars-dev/regulars/shared/programme"
)

// Trial is what has been decided of the arms of a campaign, when, and by which figures. The zero Trial is of one whose arms nobody has been
// assigned to.
type Trial struct {
	Began  time.Time `json:"began_at,omitzero"`  // when the first cards were counted in its arms
	Looked time.Time `json:"looked_at,omitzero"` // when the arms were compared, once
	Winner string    `json:"arm,omitempty"`      // that speaks to all from then on; missing: none was proven to be the best
	By     string    `json:"by,omitempty"`       // what they were compared by
	Says   string    `json:"says,omitempty"`     // the figures of that moment
}

// VerbChoose is the step of a winner rule; no person makes it.
const VerbChoose Verb = "choose"

// PutTrial writes down how the arms of a campaign stand, if that has not changed since it was read. Whoever steers at the same moment goes
// first, and the next look writes.
func (s *Service) PutTrial(ctx context.Context, campaign string, was, next Trial) error {
	c, err := s.Controls.Control(ctx, campaign)
	if err != nil || c.Trial != was {
		return err
	}
	c.Campaign, c.Trial = campaign, next
	if !next.Looked.IsZero() {
		c.Steps = append(c.Steps, Step{At: next.Looked.UTC().Truncate(time.Second), Verb: VerbChoose, By: bySystem, Why: next.Says, State: c.State})
		c.Steps = c.Steps[max(0, len(c.Steps)-maxSteps):]
	}
	return orBegun(s.Controls.PutControl(ctx, c))
}

// withWinners is the programme with the arms that have won. One whose campaigns have no winner rule is not asked about.
func (s *Service) withWinners(ctx context.Context, p *programme.Programme) (*programme.Programme, error) {
	if s.Controls == nil || !p.Chooses() {
		return p, nil
	}
	all, err := s.Controls.Controls(ctx, HeedSoon)
	if err != nil {
		return nil, err
	}
	var won map[string]string
	for _, k := range p.Campaigns {
		if arm := all[k.ID].Trial.Winner; arm != "" && k.Winner != nil {
			if won == nil {
				won = map[string]string{}
			}
			won[k.ID] = arm
		}
	}
	return p.Won(won), nil
}
