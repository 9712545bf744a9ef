package cli

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// lacking is what a card lacks of its next tier.
type lacking struct {
	Name    string        `json:"name"`
	Missing int64         `json:"points_missing"`
	Amount  *money.Amount `json:"amount_missing"`
	Visits  int64         `json:"visits_missing"`
}

// stands is what a card's tier brings and how long it holds.
type stands struct {
	Benefits []string  `json:"benefits"`
	Until    string    `json:"holds_until"`
	Then     *standing `json:"then"`
	AtRisk   bool      `json:"at_risk"`
	ByHand   bool      `json:"by_hand"`
}

// more says what is missing: "84 points more, 84.00 EUR at the base rate", "12.40 EUR more" or "2 visits more".
func (l lacking) more() string {
	switch {
	case l.Missing > 0 && l.Amount != nil:
		return points(l.Missing) + " more, " + l.Amount.String() + " at the base rate"
	case l.Missing > 0:
		return points(l.Missing) + " more"
	case l.Amount != nil:
		return l.Amount.String() + " more"
	}
	return several(l.Visits, "visit") + " more"
}

// standing tells how long a tier holds, what it brings, and what is missing to the next one.
func (c *call) standing(s *stands, next *lacking) {
	if s != nil {
		text := "is not lost"
		if s.Until != "" {
			text = fmt.Sprintf("until %s, then %s", s.Until, tierName(*s.Then))
		}
		if s.ByHand {
			text += ", given by hand"
		}
		if s.AtRisk {
			text += "; that is soon"
		}
		c.say("  holds     %s", text)
		if len(s.Benefits) > 0 {
			c.say("  brings    %s", strings.Join(s.Benefits, ", "))
		}
	}
	if next != nil {
		c.say("  next      %s: %s", next.Name, next.more())
	}
}

// reachedBy says what reaches a tier, and in which time.
func reachedBy(t programme.Tier, d programme.Document) string {
	text := several(t.Points, "point")
	switch {
	case t.Spend != "":
		text = string(t.Spend) + " " + string(d.Currency)
	case t.Visits > 0:
		text = several(t.Visits, "visit")
	}
	switch {
	case d.Tiering == nil || d.Tiering.Period != programme.PeriodRolling:
		text += " in a year"
	case d.Tiering.Months == 0:
		text += " in 12 months"
	default:
		text += " in " + several(int64(d.Tiering.Months), "month")
	}
	if t.Times != "" {
		text += ", " + string(t.Times) + " times the points"
	}
	if t.Keep == programme.KeepForever {
		text += ", never lost"
	}
	return text
}

// cardTier gives a card a tier by hand.
func cardTier() *command {
	var who hand
	var tier, until string
	return &command{
		name: "tier", args: "NUMBER --tier ID --reason TEXT --by NAME", summary: "give a card a tier, with a reason and a name, or take back the one it was given",
		detail: "It holds to its last day, or for ever if none is given, whatever was earned; a tier that is earned above it counts as ever. " +
			"An empty --tier takes back what was given.",
		examples: []string{
			"regulars card tier 0400123456782 --tier gold --until 2027-12-31 --reason \"Gold at another shop\" --by Mira",
			"regulars card tier 0400123456782 --tier \"\" --reason \"A mistake\" --by Mira",
		},
		flags: func(f *flag.FlagSet) {
			who.set(f)
			f.StringVar(&tier, "tier", "", "`ID` of the tier, as the programme has it")
			f.StringVar(&until, "until", "", "last `DAY` of the tier, such as 2027-12-31")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			body := who.body()
			body["tier"] = tier
			if until != "" {
				body["until"] = until
			}
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/tier", body, "Set the tier of card %s.")
		},
	}
}
