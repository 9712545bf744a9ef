package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

func programmeCommand() *command {
	return &command{name: "programme", summary: "check, compare, publish and show the shop's rules", subs: []*command{
		programmeCheck(), programmeFields(), programmeDiff(), programmePublish(), programmeShow(), programmeHistory(),
	}}
}

// checked reads a programme file and prints its faults as file:line:column, as compilers do.
func (c *call) checked() (*programme.Programme, []byte, error) {
	if err := c.words(1, 1, "the programme's file"); err != nil {
		return nil, nil, err
	}
	in, name, err := c.input(c.args[0])
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	p, document, faults, err := yamldoc.Read(in)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, f := range faults {
		place := name
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", name, f.Line, f.Column)
		}
		if !c.json {
			c.say("%s: %s", place, strings.TrimPrefix(f.Problem.String(), ": "))
		}
	}
	if len(faults) > 0 {
		if c.json {
			if err := c.writeJSON(map[string]any{"faults": faults}); err != nil {
				return nil, nil, err
			}
		}
		return nil, nil, errFound
	}
	return p, document, nil
}

// input opens a file, or standard input for "-".
func (c *call) input(name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(c.stdin), "standard input", nil
	}
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", name, plainPathError(err))
	}
	return f, name, nil
}

// programmeCheck needs no shop, so that a marketer or a build can check a file anywhere.
func programmeCheck() *command {
	return &command{
		local: true,
		name:  "check", args: "FILE|-", summary: "check a programme and name every fault with its line and column",
		detail:   "Nothing is published. The exit code is 3 where there are faults.",
		examples: []string{"regulars programme check programme.yaml"},
		run: func(_ context.Context, c *call) error {
			p, _, err := c.checked()
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(map[string]any{"faults": []string{}})
			}
			c.say("%s is a sound programme: it holds from %s, in %s, with %s.", c.args[0], p.From.Format(time.RFC3339), p.Currency, contents(p.Document))
			return nil
		},
	}
}

func contents(d programme.Document) string {
	return strings.Join([]string{
		several(len(d.Earn), "earning rule"), several(len(d.Tiers), "tier"), several(len(d.Offers), "offer"), several(len(d.Campaigns), "campaign"),
	}, ", ")
}

// programmePublish checks the file here, where its lines and columns are known, and the door checks the document again.
func programmePublish() *command {
	var force bool
	var by, note, base string
	return &command{
		name: "publish", args: "FILE|-", summary: "publish a programme: it holds from its own `from`, and never changes",
		detail: "The file is checked whole first. The same file again changes nothing; another one for the same moment is refused. A version that\n" +
			"would make issued card numbers or older receipts unreadable needs --force. Who publishes it and why stands in `programme history`.",
		examples: []string{"regulars programme publish programme.yaml --by Mira --note 'double points in May'"},
		flags: func(f *flag.FlagSet) {
			f.BoolVar(&force, "force", false, "publish even if card numbers or the currency change")
			f.StringVar(&by, "by", "", "`NAME` of who publishes it")
			f.StringVar(&note, "note", "", "`TEXT` that says why, for `programme history`")
			f.StringVar(&base, "base", "", "`VERSION` that it was edited from, as `programme show` calls it; refused if somebody has published since")
		},
		run: func(ctx context.Context, c *call) error {
			p, document, err := c.checked()
			if err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, true)
			if err != nil {
				return err
			}
			defer leave()
			var out admin.Published
			if err := client.Do(ctx, http.MethodPost, "/programme", admin.Publication{Document: document, Force: force, By: by, Note: note, Base: base}, &out); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(map[string]any{"from": out.From})
			}
			c.say("Published: %s holds from %s, with %s.", p.Programme, p.From.Format(time.RFC3339), contents(p.Document))
			if client.Where != "the store" {
				c.say("The running server heeds it within half a minute.")
			}
			return nil
		},
	}
}

// programmeShow shows the rules. What it writes as JSON can be published again.
func programmeShow() *command {
	var at string
	var export bool
	return &command{
		name: "show", summary: "show the rules that hold now, or at a moment",
		detail: "With --json it is the whole document, which `programme check` and `programme publish` read again. --export leaves the secret of the\n" +
			"shop's card numbers out: a shop that publishes such a file keeps its own, and the version is called the same in both.",
		examples: []string{"regulars programme show --json > programme.json", "regulars programme show --export > programme.json"},
		flags: func(f *flag.FlagSet) {
			f.BoolVar(&export, "export", false, "the whole document without secrets, as JSON, to be given away")
			f.StringVar(&at, "at", "", "`MOMENT` such as 2026-11-21T10:00:00+01:00; now if not given")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			path := "/programme"
			if at != "" {
				path += "?at=" + url.QueryEscape(at)
			}
			var raw json.RawMessage
			if err := client.Do(ctx, http.MethodGet, path, nil, &raw); err != nil {
				return err
			}
			var out admin.Published
			if err := json.Unmarshal(raw, &out); err != nil {
				return fmt.Errorf("read the programme: %w", err)
			}
			if export {
				return c.writeJSON(out.Document.Exported())
			}
			if c.json {
				return c.writeJSON(out.Document)
			}
			c.showProgramme(out.Document)
			c.say("  version   %.12s", out.Hash)
			return nil
		},
	}
}

func (c *call) showProgramme(d programme.Document) {
	c.say("%s of %s, in %s, holds from %s", d.Programme, d.Shop.Name, d.Currency, d.From.Format(time.RFC3339))
	for _, e := range d.Earn {
		c.say("  earn      %-12s %s", e.ID, earning(e, d.Currency))
	}
	for _, t := range d.Tiers {
		c.say("  tier      %-12s %s from %s", t.ID, t.Name, reachedBy(t, d))
	}
	for _, o := range d.Offers {
		c.say("  offer     %-12s %s", o.ID, o.Name)
	}
	for _, k := range d.Campaigns {
		c.say("  campaign  %-12s on %s%s", k.ID, k.On, named(k.Name))
	}
	if d.Points.Months > 0 {
		c.say("  points live for %s", several(d.Points.Months, "month"))
	}
	if d.Points.CarryOver {
		c.say("  points are carried over: what a receipt leaves below a point waits for the next")
	}
	if d.Points.ReceiptCap > 0 {
		c.say("  points of one receipt end at %d", d.Points.ReceiptCap)
	}
}

// earning says in words what a rule brings.
func earning(e programme.EarnRule, in money.Currency) string {
	said := several(e.Points, "point") + " for each " + string(e.Per) + " " + string(in)
	switch {
	case e.Times != "":
		said = "times " + string(e.Times)
	case e.Per == programme.PerItem, e.Per == programme.PerVisit:
		said = several(e.Points, "point") + " for each " + string(e.Per)
	case e.Per == programme.PerFirst:
		said = several(e.Points, "point") + " for the first purchase"
	}
	if e.From != "" {
		said += ", from " + e.From
	}
	if e.Until != "" {
		said += ", until " + e.Until
	}
	return said
}

func named(name string) string {
	if name == "" {
		return ""
	}
	return ": " + name
}
