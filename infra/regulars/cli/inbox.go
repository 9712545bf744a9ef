package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

func inboxCommand() *command {
	return &command{
		name: "inbox", summary: "see to what could not be understood: list, show, replay, drop", fallback: "list", alone: true,
		subs: []*command{inboxList(), inboxShow(), inboxReplay(), inboxDrop(), inboxDead()},
		detail: "What a vendor sent and nobody understood, and what our own queues could not do, waits here with the reason. Mend the cause and replay\n" +
			"it, or drop it with a reason. Letters go after 90 days. `regulars inbox` alone lists them.",
	}
}

func inboxList() *command {
	var all bool
	return &command{
		name: "list", summary: "list what waits for a person, the newest first",
		flags: func(f *flag.FlagSet) { f.BoolVar(&all, "all", false, "list also what was replayed or dropped") },
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			list, err := c.letters(ctx, all)
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(list)
			}
			if len(list) == 0 {
				c.say("The inbox is empty: everything was understood.")
				return nil
			}
			rows := [][]string{{"LETTER", "RECEIVED", "FROM", "TOPIC", "STATE", "REASON"}}
			for _, l := range list {
				rows = append(rows, []string{l.ID[:min(10, len(l.ID))], l.At.Format(dateTime), l.Vendor, l.Topic, l.State, l.Reason})
			}
			c.table(rows)
			return nil
		},
	}
}

// letters asks for the letters that wait, or for all of the last 90 days.
func (c *call) letters(ctx context.Context, all bool) ([]admin.Letter, error) {
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return nil, err
	}
	defer leave()
	path := "/inbox"
	if all {
		path += "?all=1"
	}
	var list []admin.Letter
	return list, client.Do(ctx, http.MethodGet, path, nil, &list)
}

func inboxShow() *command {
	return &command{
		name: "show", args: "LETTER", summary: "show one letter with what was delivered",
		detail: "LETTER is what the list shows, or the first characters of it. What was delivered may hold personal data.",
		run: func(ctx context.Context, c *call) error {
			l, err := c.atLetter(ctx, http.MethodGet, "", nil)
			if err != nil || c.json {
				return err
			}
			c.say("%s from %s %s, received %s, %s\n%s\n", l.ID, l.Vendor, l.Topic, l.At.Format(dateTime), l.State, l.Reason)
			if l.Note != "" {
				c.say("%s\n", l.Note)
			}
			c.say("%s", indented(l.Body))
			return nil
		},
	}
}

// indented shows JSON readably and anything else as it is.
func indented(body string) string {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return body
	}
	return string(text)
}

// atLetter does something with the letter that the one argument names. With --json it has answered.
func (c *call) atLetter(ctx context.Context, method, action string, body any) (admin.Letter, error) {
	var l admin.Letter
	if err := c.words(1, 1, "the letter"); err != nil {
		return l, err
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return l, err
	}
	defer leave()
	if err := client.Do(ctx, method, "/inbox/"+url.PathEscape(c.args[0])+action, body, &l); err != nil {
		return l, err
	}
	if c.json {
		return l, c.writeJSON(l)
	}
	return l, nil
}

func inboxReplay() *command {
	var all bool
	return &command{
		name: "replay", args: "LETTER | --all", summary: "do a letter again by the code that could not",
		detail: "What is understood now leaves the inbox; what is not stays, with the exit code 1.",
		flags:  func(f *flag.FlagSet) { f.BoolVar(&all, "all", false, "replay everything that waits") },
		run: func(ctx context.Context, c *call) error {
			if all {
				return c.replayAll(ctx)
			}
			l, err := c.atLetter(ctx, http.MethodPost, "/replay", nil)
			if err != nil {
				return err
			}
			return c.tellReplay(l)
		},
	}
}

// tellReplay says what became of a letter, and fails where it stays in the inbox.
func (c *call) tellReplay(l admin.Letter) error {
	if !c.json {
		c.say("%s: %s", l.ID[:min(10, len(l.ID))], c.became(*l.Outcome))
	}
	if l.Outcome.Problem != "" || l.Outcome.Asked != "" {
		return fmt.Errorf("letter %s stays in the inbox", l.ID[:min(10, len(l.ID))])
	}
	return nil
}

// replayAll goes through the open letters from the oldest on, for a later one may need what an earlier one brings.
func (c *call) replayAll(ctx context.Context) error {
	if err := c.words(0, 0, ""); err != nil {
		return err
	}
	list, err := c.letters(ctx, false)
	if err != nil {
		return err
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	stay := 0
	done := []admin.Letter{}
	for i := len(list) - 1; i >= 0; i-- {
		var l admin.Letter
		err := client.Do(ctx, http.MethodPost, "/inbox/"+url.PathEscape(list[i].ID)+"/replay", nil, &l)
		if admin.Code(err) == "" && err != nil {
			return err // not this letter's fault
		}
		if err != nil {
			l = list[i]
			l.Outcome = &admin.Outcome{Problem: err.Error()}
		}
		if c.tellReplay(l) != nil {
			stay++
		}
		done = append(done, l)
	}
	if c.json {
		if err := c.writeJSON(done); err != nil {
			return err
		}
	}
	if stay > 0 {
		return fmt.Errorf("%d of %d letters stay in the inbox", stay, len(list))
	}
	return nil
}

func inboxDrop() *command {
	var reason string
	return &command{
		name: "drop", args: "LETTER --reason TEXT", summary: "decide that nothing is to be done about a letter",
		examples: []string{`regulars inbox drop Q7M4K2 --reason "a test order of the agency"`},
		flags:    func(f *flag.FlagSet) { f.StringVar(&reason, "reason", "", "`TEXT` for whoever asks later") },
		run: func(ctx context.Context, c *call) error {
			if reason == "" {
				return usage("--reason is missing: why is nothing to be done?")
			}
			l, err := c.atLetter(ctx, http.MethodPost, "/drop", map[string]string{"reason": reason})
			if err != nil || c.json {
				return err
			}
			c.say("Letter %s is dropped: %s", l.ID, l.Note)
			return nil
		},
	}
}
