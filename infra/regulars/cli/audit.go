package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// auditFlags are what a person asks of the record.
type auditFlags struct {
	since, until string
	csv          bool
}

func auditCommand() *command {
	var f auditFlags
	return &command{
		name: "audit", args: "[--since DAY] [--until DAY] [--csv]", summary: "what people have changed: who, when, why, what before and what after",
		detail: "Each change by a person has a line: rules published, keys, campaigns and offers steered, points and tiers given by hand, cards blocked and\n" +
			"merged, gift cards, codes, lists, suppressions, erasures. It is written before the change is made and closed after it; lines are never changed.\n" +
			"`asked` is a change that was broken off: nobody knows whether it was done. Who is what --by says, else REGULARS_BY, else the name that this\n" +
			"machine knows.",
		examples: []string{"regulars audit --since 2026-11-01", "regulars audit --since 2026-01-01 --csv > changes.csv"},
		flags: func(set *flag.FlagSet) {
			set.StringVar(&f.since, "since", "", "`DAY` from which on: 2026-11-01; a year back if not given")
			set.StringVar(&f.until, "until", "", "`DAY` before which")
			set.BoolVar(&f.csv, "csv", false, "answer as a table for spreadsheets")
		},
		run: func(ctx context.Context, c *call) error { return c.audit(ctx, f) },
	}
}

func (c *call) audit(ctx context.Context, f auditFlags) error {
	if err := c.words(0, 0, ""); err != nil {
		return err
	}
	query := url.Values{}
	for name, text := range map[string]string{"since": f.since, "until": f.until} {
		if text == "" {
			continue
		}
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return usage("--%s is a day such as 2026-11-01", name)
		}
		query.Set(name, at.Format(time.RFC3339))
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	body, err := client.Stream(ctx, http.MethodGet, "/acts?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	defer body.Close()
	switch {
	case c.json:
		return eachAct(body, func(a admin.Act) error { return c.writeLine(a) })
	case f.csv:
		return c.auditCSV(body)
	}
	return c.auditTable(body)
}

// onRecord puts a change on record that goes past every door: an import has the store to itself. end tells how it ended.
func (c *call) onRecord(ctx context.Context, s *loyalty.Service, what string, dry bool) (end func(error), err error) {
	if dry {
		return func(error) {}, nil
	}
	a := loyalty.Act{ID: what, At: c.now().UTC(), State: loyalty.ActAsked, By: c.person(), Through: "the command", What: what, On: filepath.Base(c.args[0])}
	if err := s.Acts.PutAct(ctx, a); err != nil {
		return nil, err
	}
	return func(failed error) {
		a.State, a.EndedAt = loyalty.ActDone, c.now().UTC()
		if failed != nil {
			a.State = loyalty.ActFailed
		}
		if err := s.Acts.PutAct(context.WithoutCancel(ctx), a); err != nil {
			c.unrecorded(ctx, err)
		}
	}, nil
}

// eachAct reads the answer line by line.
func eachAct(body io.Reader, each func(admin.Act) error) error {
	dec := json.NewDecoder(bufio.NewReader(body))
	for {
		var line admin.ActLine
		err := dec.Decode(&line)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read the record: %w", err)
		case line.Error != "":
			return errors.New(line.Error)
		case line.Act == nil:
			continue
		}
		if err := each(*line.Act); err != nil {
			return err
		}
	}
}

// writeLine writes one line of JSON.
func (c *call) writeLine(v any) error { return json.NewEncoder(c.stdout).Encode(v) }

// auditTable writes an act in a line of its own, and below it what was before, what after and why. No line is wider than a terminal: what
// does not fit goes on in the next one.
func (c *call) auditTable(body io.Reader) error {
	none := true
	err := eachAct(body, func(a admin.Act) error {
		if none {
			c.say("%-16s  %-6s  %-20s  WHO", "WHEN (UTC)", "STATE", "WHAT")
		}
		none = false
		c.say("%-16s  %-6s  %-20s  %s", a.At.UTC().Format(dateTime), a.State, a.What, a.By)
		for _, part := range [][2]string{{"on", a.On}, {"code", a.Code}, {"before", a.Before}, {"after", a.After}, {"why", a.Why}} {
			if part[1] == "" {
				continue
			}
			for i, line := range folded(part[1], auditWide-len(auditIndent)) {
				if i > 0 {
					part[0] = ""
				}
				c.say("    %-6s  %s", part[0], line)
			}
		}
		return nil
	})
	if err == nil && none {
		c.say("Nobody has changed anything in that time.")
	}
	return err
}

const (
	auditWide   = 100 // characters of a line
	auditIndent = "    before  "
)

// folded parts a text into lines of at most wide characters, at spaces where there are some.
func folded(text string, wide int) (lines []string) {
	for rest := []rune(text); ; {
		if len(rest) <= wide {
			return append(lines, string(rest))
		}
		at := wide
		for n := wide; n > wide/2; n-- {
			if rest[n] == ' ' {
				at = n
				break
			}
		}
		lines = append(lines, strings.TrimRight(string(rest[:at]), " "))
		rest = []rune(strings.TrimLeft(string(rest[at:]), " "))
	}
}

// auditCSV writes a header and a row an act. A text that a spreadsheet would take for a formula is told by a quote before it.
func (c *call) auditCSV(body io.Reader) error {
	out := csv.NewWriter(c.stdout)
	if err := out.Write([]string{"at", "ended_at", "state", "by", "through", "what", "on", "why", "before", "after", "code", "id"}); err != nil {
		return err
	}
	err := eachAct(body, func(a admin.Act) error {
		ended := ""
		if !a.EndedAt.IsZero() {
			ended = a.EndedAt.UTC().Format(time.RFC3339Nano)
		}
		row := []string{a.At.UTC().Format(time.RFC3339Nano), ended, a.State, a.By, a.Through, a.What, a.On, a.Why, a.Before, a.After, a.Code, a.ID}
		for i := range row {
			row[i] = noFormula(row[i])
		}
		return out.Write(row)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}

// noFormula keeps a spreadsheet from reckoning with what somebody typed.
func noFormula(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t') {
		return "'" + text
	}
	return text
}
