package cli

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func listCommand() *command {
	return &command{
		name: "list", summary: "lists of shoppers that are put together by hand: make them, put cards on them, show who is on them",
		subs: []*command{listCreate(), listChange(false), listChange(true), listImport(), listShow(), listDelete()},
		detail: "Rules ask for a list with {list: ID}, and campaigns with who: list:ID or not: [list:ID]. Who is on a list stands with the shopper,\n" +
			"in their export too; when cards are merged, the shopper is on the lists of both.",
	}
}

func listPath(id string) string { return "/lists/" + url.PathEscape(id) }

func listCreate() *command {
	var in admin.MadeList
	return &command{
		name: "create", args: "LIST", summary: "make a list with nobody on it",
		examples: []string{"regulars list create friends --name 'Friends of the house'"},
		flags:    func(set *flag.FlagSet) { set.StringVar(&in.Name, "name", "", "the list's `NAME`") },
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the list"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out admin.MadeList
			if err := client.Do(ctx, http.MethodPut, listPath(c.args[0]), in, &out); err != nil {
				return err
			}
			switch {
			case c.json:
				return c.writeJSON(out)
			case out.Repeated:
				c.say("There is the list %s already.", c.args[0])
			default:
				c.say("Made the list %s.", c.args[0])
			}
			return nil
		},
	}
}

// listChange is `add` and `remove`.
func listChange(off bool) *command {
	name, summary := "add", "put cards on a list"
	if off {
		name, summary = "remove", "take cards off a list"
	}
	return &command{
		name: name, args: "LIST CARD ...", summary: summary + ", by their numbers or their shoppers' e-mail addresses",
		examples: []string{"regulars list " + name + " friends 0400123456782"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, loyalty.MaxListed, "the list and the cards"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out loyalty.Listed
			if err := client.Do(ctx, http.MethodPost, listPath(c.args[0])+"/cards", admin.ListCards{Cards: c.args[1:], Off: off}, &out); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(out)
			}
			c.sayListed(c.args[0], out)
			for _, u := range out.Refused {
				c.say("  %s", u.Detail)
			}
			return nil
		},
	}
}

// sayListed tells what became of cards that were named.
func (c *call) sayListed(list string, l loyalty.Listed) {
	var said []string
	for _, part := range []struct {
		n    int
		says string
	}{{l.Added, "put on"}, {l.Removed, "taken off"}, {l.Unchanged, "unchanged"}, {len(l.Refused), "refused"}} {
		if part.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", part.n, part.says))
		}
	}
	if said == nil {
		said = []string{"no cards were named"}
	}
	c.say("List %s: %s.", list, strings.Join(said, ", "))
}

func listShow() *command {
	all := false
	return &command{
		name: "show", args: "[LIST]", summary: "show what lists there are, or who is on one",
		detail:   "Of one list every card is looked at; on AWS a million cards cost about two cents.",
		examples: []string{"regulars list show", "regulars list show friends", "regulars list show friends --all"},
		flags:    func(set *flag.FlagSet) { set.BoolVar(&all, "all", false, "the numbers of all cards, one a line") },
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 1, "the list"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			if len(c.args) == 0 {
				return c.showLists(ctx, client)
			}
			path := listPath(c.args[0]) + "/count"
			if all {
				path += "?all"
			}
			line, err := c.followList(ctx, client, path)
			if err != nil || all {
				return err
			}
			if c.json {
				return c.writeJSON(line.Counted)
			}
			c.say("%d of %s on list %s.", line.Counted.In, several(line.Counted.Cards, "card"), c.args[0])
			for _, number := range line.Counted.Sample {
				c.say("  %s", number)
			}
			return nil
		},
	}
}

func (c *call) showLists(ctx context.Context, client *admin.Client) error {
	var list []loyalty.List
	if err := client.Do(ctx, http.MethodGet, "/lists", nil, &list); err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(list)
	}
	if len(list) == 0 {
		c.say("There are no lists; `regulars list create` makes one.")
	}
	for _, l := range list {
		c.say("%s", strings.TrimSpace(fmt.Sprintf("%-24s %s  %s", l.ID, l.MadeAt.Format("2006-01-02"), l.Name)))
	}
	return nil
}

// followList reads a long answer about a list; numbers that come with it are said as they come.
func (c *call) followList(ctx context.Context, client *admin.Client, path string) (admin.ListLine, error) {
	body, err := client.Stream(ctx, http.MethodPost, path, nil)
	if err != nil {
		return admin.ListLine{}, err
	}
	defer body.Close()
	done := int64(0)
	return follow(c, body, "cards", "it broke off; run it again", func(l admin.ListLine) (bool, int64, string) {
		for _, number := range l.Cards {
			c.say("%s", number)
		}
		done = max(done, l.Done)
		return l.Counted != nil || l.Taken != nil, done, l.Error
	})
}

func listDelete() *command {
	return &command{
		name: "delete", args: "LIST", summary: "take everybody off a list and end it; its id is not used again",
		detail: "A list that the programme asks for is not deleted. A deletion that broke off is run again.",
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the list"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			line, err := c.followList(ctx, client, listPath(c.args[0])+"/delete")
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(map[string]int64{"taken": *line.Taken})
			}
			c.say("List %s is gone; %s taken off it.", c.args[0], several(*line.Taken, "card"))
			return nil
		},
	}
}
