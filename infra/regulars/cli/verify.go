package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/money"
)

func verifyCommand() *command {
	var post, replay bool
	return &command{
		name: "verify", summary: "hold every card's book to what a book must be",
		detail: "The balance is the sum of the entries and of the lots, each receipt and return is posted once and on its own card, no coupon is redeemed\n" +
			"twice, no occasion is mailed twice; the money on gift cards is what was paid in, less what was taken out. It may run beside a working\n" +
			"shop, and exits with 3 if anything is wrong.\n\n" +
			"It changes nothing, but for --post: a receipt that was filed just before a crash, and whose till never came back, is then posted.\n\n" +
			"With --replay every receipt and return is decided again by the rules of its own day, card by card in the order in which they were posted,\n" +
			"and must give what is recorded, bit for bit: points, caps, tiers, coupons with their ids. Who a shopper was then is not kept: a coupon\n" +
			"of a campaign that asks for it is taken as it stands where nothing brings it about, and counted. On a deployment it reads every receipt.",
		examples: []string{"regulars verify", "regulars verify --replay"},
		flags: func(set *flag.FlagSet) {
			set.BoolVar(&replay, "replay", false, "decide every receipt and return again, and name each that comes out otherwise")
			set.BoolVar(&post, "post", false, "post the receipts and returns that are filed and not in their card's book")
		},
		run: func(ctx context.Context, c *call) error { return verify(ctx, c, post, replay) },
	}
}

// verify fails with errFound if anything is wrong, so that a nightly job can tell sound books from books that could not be read.
func verify(ctx context.Context, c *call, post, replay bool) error {
	if err := c.words(0, 0, ""); err != nil {
		return err
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	report, err := c.audited(ctx, client)
	if err == nil && post {
		report, err = c.repost(ctx, client, report)
	}
	if err != nil {
		return err
	}
	out := verified{Report: report}
	if replay {
		if out.Replay, err = c.replayed(ctx, client); err != nil {
			return err
		}
	}
	if c.json {
		err = c.writeJSON(out)
	} else {
		c.showAudit(*report)
		c.showReplay(out.Replay)
	}
	if err == nil && (!report.Sound() || out.Replay != nil && !out.Replay.Sound()) {
		err = errFound
	}
	return err
}

// repost posts what the audit found unposted and audits again, for as long as that finds less each time.
func (c *call) repost(ctx context.Context, client *admin.Client, report *audit.Report) (*audit.Report, error) {
	for {
		posted := map[string]bool{}
		for _, f := range report.Faults {
			key, _, _ := strings.Cut(f.Cause, "~")
			if f.Kind != audit.NotPosted || posted[key] {
				continue
			}
			if err := client.Do(ctx, http.MethodPost, "/repost", admin.Repost{Receipt: key}, nil); err != nil {
				return nil, fmt.Errorf("post receipt %s: %w", key, err)
			}
			posted[key] = true
		}
		if len(posted) == 0 {
			return report, nil
		}
		if !c.json {
			c.say("Posted %s.", several(len(posted), "receipt"))
		}
		next, err := c.audited(ctx, client)
		if err != nil || next.Wrong >= report.Wrong {
			return next, err
		}
		report = next
	}
}

// audited runs the audit and shows how far it is.
func (c *call) audited(ctx context.Context, client *admin.Client) (*audit.Report, error) {
	line, err := c.followed(ctx, client, "/verify", nil)
	return line.Report, err
}

// followed reads the answer of a long piece of work to its last line and shows how far it is.
func (c *call) followed(ctx context.Context, client *admin.Client, path string, ask any) (admin.Verified, error) {
	body, err := client.Stream(ctx, http.MethodPost, path, ask)
	if err != nil {
		return admin.Verified{}, err
	}
	defer body.Close()
	progress := c.newBar()
	defer progress.end()
	in := json.NewDecoder(bufio.NewReader(body))
	for {
		var line admin.Verified
		if err := in.Decode(&line); err != nil {
			return line, fmt.Errorf("the answer broke off: %w", err)
		}
		switch {
		case line.Error != "":
			return line, errors.New(line.Error)
		case line.Report != nil || line.Replay != nil || line.Books != nil:
			return line, nil
		}
		progress.show(line.Stage, line.Done, 0)
	}
}

// showAudit says what was counted, then each fault on a line that can be searched for by its kind.
func (c *call) showAudit(r audit.Report) {
	c.say("%s with %s in %s: %s", several(r.Cards, "card"), several(r.Points, "point"), several(r.Entries, "entry"), several(r.Coupons, "live coupon"))
	c.say("%s (%d of guests, %d kept without earning), %s, %s", several(r.Receipts, "receipt"), r.Guests, r.Silent, several(r.Returns, "return"), several(r.Messages, "message"))
	if r.Waiting > 0 {
		c.say("%s waited for by returns that came first", several(r.Waiting, "receipt"))
	}
	for _, g := range r.GiftCards {
		of := func(minor int64) string { return money.Amount{Minor: minor, Currency: g.Currency}.String() }
		c.say("%s in %s: issued %s, redeemed %s, refunded %s, expired %s, cancelled %s, left %s", several(g.Cards, "gift card"), g.Currency,
			of(g.Issued), of(g.Redeemed), of(g.Refunded), of(g.Expired), of(g.Cancelled), of(g.Balance))
	}
	if r.Sound() {
		c.say("Everything adds up.")
		return
	}
	c.say("")
	for _, f := range r.Faults {
		where := f.Card
		if f.Cause != "" {
			where += " " + f.Cause
		}
		c.say("%-15s %s: %s", f.Kind, where, f.Detail)
	}
	if more := r.Wrong - int64(len(r.Faults)); more > 0 {
		c.say("... and %d more", more)
	}
	c.say("\n%s found.", several(r.Wrong, "fault"))
}
