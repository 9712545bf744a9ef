package cli

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/local"
)

func inboxDead() *command {
	var again, drop, by, reason string
	return &command{
		name: "dead", args: "[--replay ID | --drop ID --by NAME --reason TEXT]", summary: "messages that were tried as often as their queue allows: list, put back, drop", local: true,
		detail: "No function could do these, however often, and they do not come again by themselves. Mend the cause and put them back into their\n" +
			"queue: what was done once is not done again. What is dropped stays readable in the inbox, with the name and the reason.\n" +
			"Of a deployment infra/runbooks/DeadLetterAlarm.md says how.",
		examples: []string{"regulars inbox dead", "regulars inbox dead --replay MailDeadLetters-3", "regulars inbox dead --replay all"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&again, "replay", "", "put the letter `ID` back into its queue; all: every one that came from a queue")
			f.StringVar(&drop, "drop", "", "take the letter `ID` away; all: every one")
			f.StringVar(&by, "by", "", "`NAME` of who drops it")
			f.StringVar(&reason, "reason", "", "`TEXT` for whoever asks later")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			if again != "" && drop != "" {
				return usage("--replay and --drop do not go together")
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			switch {
			case drop == everyLetter:
				return c.allDead(ctx, client, "/drop", admin.DropDead{By: by, Reason: reason}, func(local.DeadLetter) string { return "is dropped" })
			case drop != "":
				return c.atDead(ctx, client, drop, "/drop", admin.DropDead{By: by, Reason: reason}, "is dropped")
			case again == everyLetter:
				return c.allDead(ctx, client, "/replay", struct{}{}, backIn)
			case again != "":
				return c.atDead(ctx, client, again, "/replay", struct{}{}, "is back in its queue")
			}
			list, err := deadLetters(ctx, client)
			if err != nil {
				return err
			}
			return c.showDead(list)
		},
	}
}

const (
	everyLetter   = "all"
	maxDeadRounds = 1000 // pages; letters that die again while others are put back must not keep the command for ever
)

// backIn says where a letter goes that is put back, "" for one that came from no queue.
func backIn(l local.DeadLetter) string {
	if l.From == "" {
		return ""
	}
	return "is back in " + l.From
}

// deadLetters are the first of each queue.
func deadLetters(ctx context.Context, client *admin.Client) (list []local.DeadLetter, err error) {
	err = client.Do(ctx, http.MethodGet, "/dead-letters/all", nil, &list)
	return list, err
}

// allDead does the same to every letter for which said says something, page by page: what is seen to makes room for what lies behind it. After
// an error or an interruption the same command goes on with what is left.
func (c *call) allDead(ctx context.Context, client *admin.Client, action string, body any, said func(local.DeadLetter) string) error {
	seen := map[string]bool{}
	for range maxDeadRounds {
		list, err := deadLetters(ctx, client)
		if err != nil {
			return err
		}
		before := len(seen)
		for _, l := range list {
			text := said(l)
			if text == "" || seen[l.ID] {
				continue
			}
			err := c.atDead(ctx, client, l.ID, action, body, text)
			if err != nil && admin.Code(err) != "letter_unknown" { // unknown: somebody else was faster
				return fmt.Errorf("after %s, and the same command goes on from here: %w", several(len(seen), "letter"), err)
			}
			seen[l.ID] = true
		}
		if len(seen) == before {
			break
		}
	}
	if !c.json {
		c.say("%s in all.", several(len(seen), "letter"))
	}
	return nil
}

func (c *call) atDead(ctx context.Context, client *admin.Client, id, action string, body any, said string) error {
	if err := client.Do(ctx, http.MethodPost, "/dead-letters/"+url.PathEscape(id)+action, body, nil); err != nil {
		return err
	}
	if !c.json {
		c.say("%s %s.", id, said)
	}
	return nil
}

// showDead lists them without what they hold, which may be personal; --json has it.
func (c *call) showDead(list []local.DeadLetter) error {
	if c.json {
		return c.writeJSON(list)
	}
	if len(list) == 0 {
		c.say("No dead letters: everything was done.")
		return nil
	}
	rows := [][]string{{"LETTER", "SINCE", "FROM", "REASON"}}
	for _, l := range list {
		rows = append(rows, []string{l.ID, l.At.Format(dateTime), l.From, l.Reason})
	}
	c.table(rows)
	return nil
}
