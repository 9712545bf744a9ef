package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

func campaignPlan() *command {
	return &command{
		name: "plan", args: "CAMPAIGN", summary: "count whom a campaign on a schedule is for, with a sample of ten cards, and say how long the sending takes",
		detail:   "The time is by the programme's mail.rate with nothing else to send. Every card is looked at; nothing is changed.",
		examples: []string{"regulars campaign plan winter"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the campaign"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			p, err := askLong[admin.Plan](ctx, c, client, http.MethodGet, "/campaigns/"+url.PathEscape(c.args[0])+"/plan", nil)
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(p)
			}
			c.say("%s is for %d of %d cards", p.Campaign, p.Audience, p.Cards)
			c.showWould(p.Would, p.Sample)
			c.say("%s", planned(p))
			if p.Late {
				c.say("some of its e-mails live less long than that and would not go out; give message.days more, or choose fewer cards")
			}
			return nil
		},
	}
}

// planned says how long a sending takes.
func planned(p admin.Plan) string {
	took := p.Ends.Sub(p.Begins)
	switch {
	case !p.Rated:
		return "the programme names no mail.rate: it goes as fast as the mail service takes it"
	case p.TooLong:
		return "by mail.rate it would take more than a year"
	case p.Days > 1:
		return fmt.Sprintf("by mail.rate it takes %d days, from %s to %s", p.Days, p.Begins.UTC().Format(dateTime), p.Ends.UTC().Format(dateTime))
	case p.PerSecond == 0:
		return "by mail.rate it goes within the day"
	}
	return fmt.Sprintf("at %d a second it takes %d s (%s), from %s on", p.PerSecond, int(took/time.Second), inMinutes(took), p.Begins.UTC().Format(dateTime))
}

// inMinutes writes a time as people say it: "23 min 49 s".
func inMinutes(d time.Duration) string {
	text := fmt.Sprintf("%d min %d s", int(d.Minutes())%60, int(d.Seconds())%60)
	if d >= time.Hour {
		text = fmt.Sprintf("%d h ", int(d.Hours())) + text
	}
	return text
}
