package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/programme"
)

func segmentCommand() *command {
	return &command{name: "segment", summary: "who is in the programme's segments, and why somebody is not", subs: []*command{segmentList(), segmentCount(), segmentExplain(), segmentRFM()}}
}

func segmentList() *command {
	return &command{
		name: "list", summary: "list the segments of the programme that holds now",
		examples: []string{"regulars segment list"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out struct {
				Segments []programme.Segment `json:"segments"`
			}
			if err := client.Do(ctx, http.MethodGet, "/segments", nil, &out); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(out)
			}
			if len(out.Segments) == 0 {
				c.say("The programme has no segments; `regulars programme fields segments` tells how one is written.")
			}
			for _, s := range out.Segments {
				c.say("%s", strings.TrimSpace(fmt.Sprintf("%-24s %s", s.ID, s.Name)))
			}
			return nil
		},
	}
}

func segmentCount() *command {
	return &command{
		name: "count", args: "SEGMENT", summary: "count who is in a segment now, with a sample of ten cards",
		detail:   "Every card is looked at. On AWS a million cards cost about two cents.",
		examples: []string{"regulars segment count sleepers"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the segment"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			body, err := client.Stream(ctx, http.MethodPost, "/segments/"+url.PathEscape(c.args[0])+"/count", nil)
			if err != nil {
				return err
			}
			defer body.Close()
			line, err := follow(c, body, "cards", "the count broke off; run it again", func(l admin.CountLine) (bool, int64, string) {
				return l.Counted != nil, l.Done, l.Error
			})
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(line.Counted)
			}
			c.say("%d of %s in %s.", line.Counted.In, several(line.Counted.Cards, "card"), c.args[0])
			for _, number := range line.Counted.Sample {
				c.say("  %s", number)
			}
			return nil
		},
	}
}

func segmentExplain() *command {
	return &command{
		name: "explain", args: "SEGMENT NUMBER", summary: "tell why a card is in a segment or not",
		examples: []string{"regulars segment explain sleepers 0400123456782"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, 2, "the segment and the card's number"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out admin.Explained
			if err := client.Do(ctx, http.MethodGet, "/segments/"+url.PathEscape(c.args[0])+"/cards/"+url.PathEscape(c.args[1]), nil, &out); err != nil {
				return err
			}
			switch {
			case c.json:
				return c.writeJSON(out)
			case out.In:
				c.say("Card %s is in %s.", out.Card, out.Segment)
			default:
				c.say("Card %s is not in %s:", out.Card, out.Segment)
				for _, why := range out.Why {
					c.say("  %s", why)
				}
			}
			return nil
		},
	}
}
