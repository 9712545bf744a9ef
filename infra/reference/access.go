package reference

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// callers are the heads of the table of doors, and what each has shown.
var callers = []struct {
	name  string
	shows []till.Access
	right loyalty.Right // of its key
}{
	{"nobody", nil, ""},
	{"shopper's link", []till.Access{till.ByLink}, ""},
	{"till of another store", []till.Access{till.AnyKey}, loyalty.RightTill},
	{"till of the store", []till.Access{till.AnyKey, till.StoreKey}, loyalty.RightTill},
	{"till of all stores", []till.Access{till.AnyKey, till.StoreKey, till.EveryStores}, loyalty.RightTill},
	{"key for campaigns", []till.Access{till.AnyKey, till.StoreKey, till.EveryStores}, loyalty.RightCampaigns},
	{"key for persons", []till.Access{till.AnyKey, till.StoreKey, till.EveryStores}, loyalty.RightPersons},
}

// AccessPage writes who may use what: the doors of the API, of webhooks, of this machine alone, and what wakes each function.
func AccessPage() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# Who may do what\n\nA test comes to every door as every kind of caller. *The store* is the one that the request names. A shopper's link serves one purpose and no other; it opens no door below `/v1`. A webhook opens its own door alone, by its signature. A door that *looks up* is shut for the rest of the minute to a key that has asked for 30 cards, gift cards or codes that do not exist; `POST /v1/quotes` is where the basket names a card or codes.\n\n| door |")
	for _, c := range callers {
		out.WriteString(" " + c.name + " |")
	}
	out.WriteString(" webhook | looks up | on record as |\n|---|" + strings.Repeat("---|", len(callers)+3) + "\n")
	for _, d := range till.Doors() {
		fmt.Fprintf(&out, "| `%s %s` |", d.Method, d.Path)
		for _, c := range callers {
			out.WriteString(tick(d.Asks == till.ForAll || slices.Contains(c.shows, d.Asks) && (len(d.May) == 0 || slices.Contains(d.May, c.right))))
		}
		out.WriteString(tick(d.Asks == till.ForAll) + tick(d.Looks) + " " + d.Changes + " |\n")
	}
	out.WriteString("| `POST /webhooks/{vendor}` |" + strings.Repeat(tick(false), len(callers)) + tick(true) + tick(false) + "  |\n")
	out.WriteString("\n## On this machine\n\nThe command asks these doors: they open to the machine itself, and to whoever can read `server.json` beside the store. With `--aws` there is no such\ndoor: the command works on the tables with the rights of the person's own AWS account.\n\n| door | on record as |\n|---|---|\n")
	for _, d := range admin.Doors() {
		fmt.Fprintf(&out, "| `%s` | %s |\n", d.Pattern, d.Changes)
	}
	err := functions(&out)
	return out.Bytes(), err
}

func tick(may bool) string {
	if may {
		return " yes |"
	}
	return "  |"
}

// functions writes what wakes each function. Only what has a door of HTTP can be reached from outside.
func functions(out *bytes.Buffer) error {
	template, err := sam.Read(bytes.NewReader(regulars.Template))
	if err != nil {
		return err
	}
	out.WriteString("\n## What wakes the functions\n\n| function | by | from outside |\n|---|---|---|\n")
	for _, f := range template.Functions {
		var by []string
		outside := ""
		for _, e := range f.Events {
			switch {
			case e.HTTP != nil:
				outside = "yes"
				by = append(by, "`"+e.HTTP.Method+" "+e.HTTP.Path+"`")
			case e.Queue != nil:
				by = append(by, e.Queue.Queue)
			case e.Stream != nil:
				by = append(by, "stream of "+e.Stream.Table)
			case e.Rule != nil:
				by = append(by, "rule "+e.Name)
			case e.Schedule != nil:
				by = append(by, "schedule "+e.Name)
			}
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", f.Name, strings.Join(by, ", "), outside)
	}
	return nil
}
