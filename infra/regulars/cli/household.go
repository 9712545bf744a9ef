package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// household is the answer to asking who shares a card.
type household struct {
	Members []struct {
		Card   string `json:"card"`
		Number string `json:"number"`
		Holder bool   `json:"holder"`
		Points int64  `json:"points"`
	} `json:"members"`
	Most       int    `json:"most"`
	LeavesWith string `json:"leaves_with"`
}

func householdCommand() *command {
	return &command{name: "household", summary: "let cards share points and coupons", fallback: "show",
		subs:   []*command{householdShow(), householdJoin(), householdLeave()},
		detail: "`regulars household NUMBER` is short for `regulars household show NUMBER`."}
}

func householdShow() *command {
	var where remote
	return &command{
		name: "show", args: "NUMBER", summary: "show the cards that share points with this one",
		detail:   "The points behind a card are what is left of those that came by it; all of them are everybody's to spend.",
		examples: []string{"regulars household 0400123456782", "regulars household show 0400123456782 --json"},
		flags:    where.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			return c.showHousehold(ctx, where)
		},
	}
}

func (c *call) showHousehold(ctx context.Context, where remote) error {
	if err := where.resolve(c); err != nil {
		return err
	}
	client, leave, err := c.till(ctx, where)
	if err != nil {
		return err
	}
	defer leave()
	var raw json.RawMessage
	if err := client.Do(ctx, http.MethodGet, "/v1/cards/"+url.PathEscape(c.args[0])+"/household", nil, &raw); err != nil {
		return explained(err)
	}
	if c.json {
		return c.writeJSON(raw)
	}
	var h household
	if err := json.Unmarshal(raw, &h); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	c.say("%s, of at most %d; a member leaves with: %s", several(int64(len(h.Members)), "card"), h.Most, h.LeavesWith)
	for _, m := range h.Members {
		holder := ""
		if m.Holder {
			holder = ", holds the book"
		}
		c.say("  card      %s, %s%s", m.Number, points(m.Points), holder)
	}
	return nil
}

func householdJoin() *command {
	var who hand
	return &command{
		name: "join", args: "NUMBER WITH --reason TEXT --by NAME", summary: "let a card share points and coupons with another, and with all that do so already",
		detail:   "Its shopper keeps numbers, profile, consents and birthday. The programme's household says how many cards may share.",
		examples: []string{"regulars household join 0400123456782 0400123456799 --reason \"One household\" --by Mira"},
		flags:    who.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, 2, "the card's number and one of the household"); err != nil {
				return err
			}
			body := who.body()
			body["with"] = c.args[1]
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/household/join", body, "Card %s shares its points now.")
		},
	}
}

func householdLeave() *command {
	var who hand
	return &command{
		name: "leave", args: "NUMBER --reason TEXT --by NAME", summary: "make a member's card one of its own again",
		detail:   "It leaves with what the programme says: its own points, an equal share, or none. The holder stays until the members have left.",
		examples: []string{"regulars household leave 0400123456782 --reason \"Moved out\" --by Mira"},
		flags:    who.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/household/leave", who.body(), "Card %s is one of its own again.")
		},
	}
}
