package cli

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// heeded says how fast. What is at work already takes up to a second.
var heeded = fmt.Sprintf("E-mails, runs, dates and journeys stop within %d seconds; coupons, points and journeys that receipts, returns and enrolments bring within %d.",
	int(loyalty.HeedAtOnce.Seconds())+1, int(loyalty.HeedSoon.Seconds())+1)

func campaignCommand() *command {
	return &command{name: "campaign", summary: "show and steer campaigns: approve, start, pause, kill", subs: []*command{
		campaignList(), campaignShow(), campaignPlan(), campaignResults(), campaignSimulate(),
		campaignStep(loyalty.VerbDraft, "keep a published campaign silent until it is started", ""),
		campaignStep(loyalty.VerbApprove, "approve a campaign that somebody else has made",
			"The approval is for exactly what the campaign says and does now: any edit of it, its template or its offer ends the approval. The campaign\n"+
				"speaks once it is started."),
		campaignStart(),
		campaignStep(loyalty.VerbPause, "let a campaign wait: its e-mails and runs go on when it is resumed, as long as they live",
			"Occasions that come meanwhile are past: a receipt, a return, an enrolment or a birthday of that time brings nothing later. `explain` and `why`\n"+
				"say so of each receipt.\n"+heeded),
		campaignStep(loyalty.VerbResume, "let a paused or killed campaign speak again", "What a kill has refused stays refused. A draft that was killed is a draft again."),
		campaignStep(loyalty.VerbCancel, "end a campaign for good", "What is not sent yet is refused, with a record."),
		campaignStep(loyalty.VerbKill, "stop all that a campaign does, or all campaigns do: e-mails, coupons, points, tags, events, journeys",
			heeded+"\nWhat is handed to the mail service already arrives; every other e-mail is refused, with a record of each. Coupons and points that were granted\n"+
				"stay, and a return takes them off as it would have. --all leaves mail alone that is no campaign's, such as the\nquestion whether a shopper wants any."),
	}}
}

func campaignList() *command {
	return &command{name: "list", summary: "list the campaigns of the programme and where each stands", run: func(ctx context.Context, c *call) error {
		if err := c.words(0, 0, ""); err != nil {
			return err
		}
		client, leave, err := c.shop(ctx, false)
		if err != nil {
			return err
		}
		defer leave()
		var list []admin.Campaign
		if err := client.Do(ctx, http.MethodGet, "/campaigns", nil, &list); err != nil {
			return err
		}
		if c.json {
			return c.writeJSON(list)
		}
		rows := [][]string{{"CAMPAIGN", "ON", "STATE", "NEXT", "NAME"}}
		for _, k := range list {
			rows = append(rows, []string{k.ID, orDash(k.On), k.State, nextOf(k), k.Name})
		}
		c.table(rows)
		return nil
	}}
}

func nextOf(k admin.Campaign) string {
	if k.Next == nil {
		return "-"
	}
	return k.Next.UTC().Format(dateTime)
}

func campaignShow() *command {
	return &command{
		name: "show", args: "CAMPAIGN", summary: "show a campaign, who has steered it and why, and its runs",
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the campaign to show"); err != nil {
				return err
			}
			return c.atCampaign(ctx, http.MethodGet, c.args[0], "", nil)
		},
	}
}

// atCampaign asks about a campaign and shows what it is then.
func (c *call) atCampaign(ctx context.Context, method, id, verb string, body any) error {
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	path := "/campaigns/" + url.PathEscape(id)
	if verb != "" {
		path += "/" + verb
	}
	k, err := askLong[admin.Campaign](ctx, c, client, method, path, body)
	if err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(k)
	}
	c.showCampaign(k)
	return nil
}

func (c *call) showCampaign(k admin.Campaign) {
	c.say("%s: %s%s", k.ID, k.State, map[bool]string{true: ", speaks next at " + nextOf(k)}[k.Next != nil])
	if k.Hash != "" {
		c.say("version %.8s%s", k.Hash, approvalOf(k))
	}
	c.showBudget(k)
	c.showFinding(k)
	c.showAudience(k)
	for _, s := range k.Steps {
		why := ""
		if s.Why != "" {
			why = ": " + s.Why
		}
		c.say("  %s  %s by %s%s", s.At.UTC().Format(dateTime), s.Verb, s.By, why)
	}
	if len(k.Runs) == 0 {
		return
	}
	rows := [][]string{{"RUN", "BEGAN", "CARDS", "AUDIENCE", "ORDERED", "HELD OUT", "DONE"}}
	for _, r := range k.Runs {
		rows = append(rows, []string{
			r.Occasion, r.At.UTC().Format(dateTime), fmt.Sprint(r.Counts.Cards), fmt.Sprint(r.Counts.Audience), fmt.Sprint(r.Counts.Ordered),
			fmt.Sprint(r.Counts.HeldOut), map[bool]string{true: "yes", false: "no"}[r.Done],
		})
	}
	c.table(rows)
}

func approvalOf(k admin.Campaign) string {
	switch k.Approved {
	case "":
		return ""
	case k.Hash:
		return ", approved by " + k.ApprovedBy
	}
	return fmt.Sprintf("; %s has approved another one, %.8s", k.ApprovedBy, k.Approved)
}

// takesAll says which verbs are also for all campaigns together.
var takesAll = map[loyalty.Verb]bool{loyalty.VerbPause: true, loyalty.VerbResume: true, loyalty.VerbKill: true}

func campaignStep(verb loyalty.Verb, summary, detail string) *command {
	var in admin.CampaignStep
	var all bool
	args := "CAMPAIGN --by NAME"
	if takesAll[verb] {
		args = "CAMPAIGN|--all --by NAME"
	}
	return &command{
		name: string(verb), args: args, summary: summary, detail: detail,
		flags: func(f *flag.FlagSet) {
			f.StringVar(&in.By, "by", "", "`NAME` of who does it")
			f.StringVar(&in.Why, "why", "", "`TEXT` that says why, for `campaign show`")
			if takesAll[verb] {
				f.BoolVar(&all, "all", false, "all campaigns at once")
			}
		},
		run: func(ctx context.Context, c *call) error {
			id, err := c.campaignNamed(all)
			if err != nil {
				return err
			}
			return c.atCampaign(ctx, http.MethodPost, id, string(verb), in)
		},
	}
}

func (c *call) campaignNamed(all bool) (string, error) {
	if all {
		return loyalty.AllCampaigns, c.words(0, 0, "")
	}
	if err := c.words(1, 1, "the campaign"); err != nil {
		return "", err
	}
	return c.args[0], nil
}

func campaignStart() *command {
	var in admin.CampaignStep
	return &command{
		name: "start", args: "CAMPAIGN --by NAME", summary: "let a campaign speak; of one on a schedule the audience is counted first",
		detail: "With approval in the programme, no campaign speaks before it is started, and after an edit before it is started again. One that is for more\n" +
			"cards than approval.audience, or that could give more than approval.money, needs `campaign approve` by somebody who has not made it; one that\n" +
			"is not on a schedule is for whoever comes.\n" +
			"One that is for more than half of all cards, or for twenty times as many as its last run, needs the number typed in.",
		examples: []string{"regulars campaign start winter --by Mira", "regulars campaign start winter --by Mira --audience 48211"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&in.By, "by", "", "`NAME` of who does it")
			f.StringVar(&in.Why, "why", "", "`TEXT` that says why, for `campaign show`")
			f.Int64Var(&in.Audience, "audience", 0, "`N` cards, where the answer has asked for the number")
		},
		run: func(ctx context.Context, c *call) error {
			id, err := c.campaignNamed(false)
			if err != nil {
				return err
			}
			return c.atCampaign(ctx, http.MethodPost, id, string(loyalty.VerbStart), in)
		},
	}
}
