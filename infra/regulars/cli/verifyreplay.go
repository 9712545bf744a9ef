package cli

import (
	"context"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/audit"
)

// verified is the answer of verify for programs.
type verified struct {
	*audit.Report
	Replay *audit.Replayed `json:"replay,omitempty"`
}

// replayed has everything decided again.
func (c *call) replayed(ctx context.Context, client *admin.Client) (*audit.Replayed, error) {
	line, err := c.followed(ctx, client, "/verify/replay", nil)
	return line.Replay, err
}

const shownDifferences = 50 // a card that is wrong once is wrong often

// showReplay says what came out as it was recorded, and what did not.
func (c *call) showReplay(r *audit.Replayed) {
	if r == nil {
		return
	}
	c.say("\nDecided again on %s: %s, %s, %s", several(r.Cards, "card"), several(r.Receipts, "receipt"), several(r.Returns, "return"), several(r.Expiries, "expiry"))
	if r.Others > 0 {
		c.say("  taken as they stand: %s of staff and campaigns", several(r.Others, "entry"))
	}
	if r.Gone > 0 {
		c.say("  taken as they stand: %s whose receipt is cleared away by now", several(r.Gone, "entry"))
	}
	if r.Unprovable > 0 {
		c.say("  taken as it stands: a part of %s that goes by what is not kept, who the shopper was then or what other tills held", several(r.Unprovable, "receipt"))
	}
	if r.Sound() {
		c.say("Every answer comes out as it is recorded.")
		return
	}
	shown := r.Differences[:min(len(r.Differences), shownDifferences)]
	for _, d := range shown {
		c.say("differs %s %s: %s", d.Card, d.Cause, strings.Join(d.Says, "; "))
	}
	if more := r.Wrong - int64(len(shown)); more > 0 {
		c.say("... and %d more; --json lists the first 500", more)
	}
	c.say("\n%s found. After the first one of a card, the next may follow from it.", several(r.Wrong, "difference"))
}
