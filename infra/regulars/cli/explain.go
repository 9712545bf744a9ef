package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func explainCommand() *command {
	return &command{
		name: "explain", args: "STORE/TILL/NUMBER", summary: "say how a receipt came to its points, its discounts and what its returns took back",
		detail: "What stands in the card's book, beside what the rules of the receipt's day come to when they are asked again: the price of each line\n" +
			"that counts, what each rule and each offer did or why not, coupons, stamps and tier. The id beside `logs` stands in each line that the\n" +
			"functions have logged about the receipt. The exit code is 3 where book and rules differ,\n" +
			"which they do only if rules of days that are over were published with --force. Nothing is changed.",
		examples: []string{"regulars explain 0042/03/000173", "regulars explain 0042/03/000173 --json"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the receipt, as STORE/TILL/NUMBER"); err != nil {
				return err
			}
			name, _, _ := strings.Cut(c.args[0], "~") // an entry of a return is named so
			key, err := receipt.ParseKey(name)
			if err == nil && slices.ContainsFunc(strings.Split(name, "/"), dots) {
				err = fmt.Errorf("receipt %q is not named STORE/TILL/NUMBER, as 0042/03/000173 is", name)
			}
			if err != nil {
				return usage("%v", err)
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var x loyalty.Explanation
			path := "/receipts/" + url.PathEscape(key.Store) + "/" + url.PathEscape(key.Till) + "/" + url.PathEscape(key.Number) + "/explanation"
			if err := client.Do(ctx, http.MethodGet, path, nil, &x); err != nil {
				return err
			}
			if c.json {
				err = c.writeJSON(x)
			} else {
				c.explain(x)
			}
			if err == nil && x.Outcome == loyalty.ExplainedPosted && !x.Agrees {
				return errFound
			}
			return err
		},
	}
}

// outcomes say what became of a receipt.
var outcomes = map[string]string{
	loyalty.ExplainedGuest:  "a guest's; nobody has claimed it",
	loyalty.ExplainedSilent: "kept, and not in the card's book: the card took no part or the number was reported lost",
}

func (c *call) explain(x loyalty.Explanation) {
	whose := outcomes[x.Outcome]
	if x.Outcome == loyalty.ExplainedPosted {
		whose = "in the book of card " + x.Card
	}
	c.say("%s of %s, %s: %s", x.Receipt, x.At.Format(dateTime), x.Total, whose)
	c.say("  logs      %s", loyalty.CorrelationOf(x.Receipt))
	c.say("  rules     version %.12s, from %s", x.Rules.Version, x.Rules.From.Format(dateTime))
	c.explainLines(x.Points)
	c.explainOffers(x)
	c.explainRules(x)
	if x.Posted != nil {
		c.explainPosted(*x.Posted)
	}
	for _, ret := range x.Back {
		c.explainReturn(ret)
	}
}

func (c *call) explainLines(p programme.Reckoned) {
	rows := [][]string{{"LINE", "PIECES", "PRICE", "OFF", "COUNTS", "POINTS"}}
	for _, l := range p.Lines {
		by := l.LeftOut
		for _, b := range l.By {
			by += map[bool]string{true: ", "}[by != ""] + b.Points + " by " + b.Rule
		}
		rows = append(rows, []string{
			"  " + strings.TrimSpace(l.Line+" "+l.Category), fmt.Sprint(l.Pieces), l.Amount.String(), l.Discount.String(), l.Counts.String(), by,
		})
	}
	c.table(rows)
}

func (c *call) explainOffers(x loyalty.Explanation) {
	var rows [][]string
	for _, o := range x.Offers {
		did := "not applied"
		switch {
		case o.Applied && o.Took == o.ByRules:
			did = o.Took.String() + " off"
		case o.Applied:
			did = o.Took.String() + " off, by the rules " + o.ByRules.String()
		case o.ByRules.Minor != 0:
			did = "not told by the till, by the rules " + o.ByRules.String()
		}
		says := string(o.Reason)
		if o.By != "" {
			says += " " + o.By
		}
		if o.Detail != "" {
			says += ": " + o.Detail
		}
		rows = append(rows, []string{"  offer " + o.Offer, strings.TrimSpace(o.Coupon + " " + o.Code), did, says})
	}
	for _, u := range x.Uses {
		did := u.Reason
		if did == "" {
			did = "counted"
		}
		rows = append(rows, []string{"  use " + u.Name, u.Offer, u.Amount.String() + " off", did})
	}
	c.table(rows)
}

func (c *call) explainRules(x loyalty.Explanation) {
	var rows [][]string
	for _, r := range x.Points.Rules {
		rows = append(rows, []string{"  rule " + r.Rule, r.Outcome, r.Points + strings.Join(r.Why, "; ")})
	}
	c.table(rows)
	p := x.Points
	if p.Paid != "" {
		c.say("  %s of it was paid in money", p.Paid)
	}
	text := p.Exact + " by the rules"
	if p.Over > 0 {
		text += fmt.Sprintf(", %d over the cap of a receipt", p.Over)
	}
	if p.Cut != "" {
		text += ", " + p.Cut + " below a point is cut off"
	}
	c.say("  points    %s: %s", text, p.Worth)
	if x.Outcome == loyalty.ExplainedPosted {
		c.say("  book      %s", map[bool]string{true: "says the same", false: "says something else: other rules held when it was posted"}[x.Agrees])
	}
}

// explainPosted tells what an entry has done.
func (c *call) explainPosted(p loyalty.PostedTold) {
	text := fmt.Sprintf("%+d points", p.Points)
	if p.Carried > 0 {
		text += fmt.Sprintf(", %d of them carried over from earlier receipts", p.Carried)
	}
	for _, b := range p.Bonuses {
		text += fmt.Sprintf(", %+d of them by %s", b.Points, b.By)
	}
	if p.Capped > 0 {
		text += fmt.Sprintf(", %d cut off by a cap", p.Capped)
	}
	c.say("  posted    %s", text)
	if p.Lot != nil {
		c.say("  lot       %s", lotSaid(*p.Lot))
	}
	if p.Paid != 0 {
		var of []string
		for _, l := range p.PaidLots {
			of = append(of, fmt.Sprintf("%d that %s", l.Points, lotSaid(l)))
		}
		c.say("  paid      %s, %s: %s", points(p.Paid), p.PaidMinor, strings.Join(of, ", "))
	}
	if p.Tier != p.TierBefore {
		c.say("  tier      from %s to %s", orDash(p.TierBefore), orDash(p.Tier))
	} else if p.Tier != "" {
		c.say("  tier      %s", p.Tier)
	}
	for _, s := range p.Stamps {
		c.say("  stamps    %s %+d%s", s.Stamps, s.Count, map[bool]string{true: ": " + s.Reason}[s.Reason != ""])
	}
	for _, k := range p.Withheld {
		c.say("  withheld  %s: %s", k.Campaign, k.State)
	}
	for _, list := range []struct {
		did     string
		coupons []loyalty.CouponTold
	}{{"redeemed", p.Redeemed}, {"granted", p.Granted}, {"given back", p.Reinstated}, {"void", p.Voided}, {"not taken", p.NotTaken}} {
		for _, k := range list.coupons {
			said := []string{k.Coupon, k.Offer, k.Campaign, k.Reason, k.ExpiresOn}
			c.say("  coupon    %s: %s", list.did, strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), ", "))
		}
	}
}

func lotSaid(l loyalty.LotTold) string {
	text := "never expire"
	if l.ExpiresOn != "" {
		text = "live until " + l.ExpiresOn
	}
	if l.UsableFrom != "" {
		text += ", usable from " + l.UsableFrom
	}
	return text
}

func (c *call) explainReturn(ret loyalty.ReturnTold) {
	why := string(ret.Basis)
	if ret.Why != "" {
		why += ": " + ret.Why
	}
	c.say("return %s of %s: %s back by %s", ret.Return, ret.At.Format(dateTime), ret.Refund, why)
	for _, l := range ret.Lines {
		c.say("  line      %d of %s: %s", l.Pieces, l.Line, l.Amount)
	}
	c.say("  points    the receipt was worth %s and is worth %s", ret.Before, ret.After)
	if ret.Posted != nil {
		c.explainPosted(*ret.Posted)
	}
}

// dots reports that a part of a receipt's name would be taken for a step of the path that asks for it.
func dots(part string) bool { return strings.Trim(part, ".") == "" }
