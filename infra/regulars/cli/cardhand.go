package cli

import (
	"context"
	"crypto/rand"
	"flag"
	"net/http"
	"net/url"
)

// hand is who does something by hand, and why; the same flags wherever a person acts.
type hand struct {
	remote
	id, reason, by string
}

func (h *hand) set(f *flag.FlagSet) {
	h.remote.set(f)
	f.StringVar(&h.reason, "reason", "", "`TEXT` that says why; it stands in the card's book")
	f.StringVar(&h.by, "by", "", "`NAME` of who does it")
	f.StringVar(&h.id, "id", "", "`ID` of your own, which makes the command safe to repeat; a new one if not given")
}

// body is what every act by hand tells. The door judges it.
func (h *hand) body() map[string]any {
	if h.id == "" {
		h.id = rand.Text()
	}
	return map[string]any{"id": h.id, "reason": h.reason, "by": h.by}
}

// cardAdjust gives points to a card, or takes them.
func cardAdjust() *command {
	var who hand
	var points int64
	return &command{
		name: "adjust", args: "NUMBER --points N --reason TEXT --by NAME", summary: "give points to a card or take them, with a reason and a name",
		detail:   "It never takes more than the card has, and what is given counts towards no tier.",
		examples: []string{"regulars card adjust 0400123456782 --points 25 --reason \"Cold coffee\" --by Mira", "regulars card adjust 0400123456782 --points -25 --reason \"Typed twice\" --by Mira"},
		flags: func(f *flag.FlagSet) {
			who.set(f)
			f.Int64Var(&points, "points", 0, "`N` points to give, or to take where it is below 0")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			body := who.body()
			body["points"] = points
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/adjustments", body, "Adjusted card %s.")
		},
	}
}

// cardActivate makes points usable before their day.
func cardActivate() *command {
	var who hand
	var points int64
	return &command{
		name: "activate", args: "NUMBER --reason TEXT --by NAME", summary: "make points usable that wait for their day",
		detail:   "Those go first whose day comes first. They keep the last day that they had.",
		examples: []string{"regulars card activate 0400123456782 --reason \"Leaves for a journey\" --by Mira", "regulars card activate 0400123456782 --points 25 --reason \"Leaves for a journey\" --by Mira"},
		flags: func(f *flag.FlagSet) {
			who.set(f)
			f.Int64Var(&points, "points", 0, "`N` points; all that wait if not given")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			body := who.body()
			if points != 0 {
				body["points"] = points
			}
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/activations", body, "Made points of card %s usable.")
		},
	}
}

// cardStatus gives a card another status.
func cardStatus(name, to, summary, done string) *command {
	var who hand
	return &command{
		name: name, args: "NUMBER --reason TEXT --by NAME", summary: summary,
		examples: []string{"regulars card " + name + " 0400123456782 --reason \"Asked for at the till\" --by Mira"},
		flags:    who.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			body := who.body()
			body["status"] = to
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/status", body, done)
		},
	}
}
