package cli

import (
	"context"
	"net/http"
	"net/url"
)

// cardMerge makes one card of two.
func cardMerge() *command {
	var who hand
	return &command{
		name: "merge", args: "NUMBER INTO --reason TEXT --by NAME", summary: "merge a card into another, with points, coupons and numbers",
		detail: "All numbers of the first card lead to the second one then, and so do its receipts and returns. Points keep their last days, what counts towards\n" +
			"a tier adds up, and the shopper of the second card stays. `regulars card unmerge` makes two of them again.",
		examples: []string{"regulars card merge 0400123456782 0400123456799 --reason \"One shopper\" --by Mira"},
		flags:    who.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, 2, "the card's number and that of the card that remains"); err != nil {
				return err
			}
			body := who.body()
			body["into"] = c.args[1]
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/merge", body, "Merged card %s.")
		},
	}
}

// cardUnmerge takes a merged card out again.
func cardUnmerge() *command {
	var who hand
	return &command{
		name: "unmerge", args: "NUMBER --reason TEXT --by NAME", summary: "take a merged card out again, named by one of its numbers",
		detail:   "What is left of its points goes back with it, and what its numbers have earned meanwhile. What was spent stays spent.",
		examples: []string{"regulars card unmerge 0400123456782 --reason \"Two shoppers\" --by Mira"},
		flags:    who.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			return c.atCard(ctx, who.remote, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/unmerge", who.body(), "Card %s is a card of its own again.")
		},
	}
}
