package results

import (
	"context"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Read tells what a campaign has brought until now, as Of does. loyalty.ErrNotFound: neither the programme that holds now nor anything
// that was counted knows it.
func Read(ctx context.Context, s *loyalty.Service, campaign string, margin int64) (Results, error) {
	rules, err := s.Programmes.At(ctx, s.Now())
	if err != nil {
		return Results{}, fmt.Errorf("read the programme: %w", err)
	}
	counts, err := s.Sheets.Counted(ctx)
	if err != nil {
		return Results{}, fmt.Errorf("read what was counted of campaigns: %w", err)
	}
	_, known := rules.Campaign(campaign)
	if counts[loyalty.Group{Campaign: campaign}] == nil && !known && campaign != programme.OverAll {
		return Results{}, &loyalty.Error{Kind: loyalty.ErrNotFound, Code: "campaign_unknown", Detail: "there is no campaign " + campaign + ", and nothing was ever counted of one"}
	}
	c, err := s.Controls.Control(ctx, campaign)
	return Of(rules, campaign, counts, c.Trial, margin), err
}
