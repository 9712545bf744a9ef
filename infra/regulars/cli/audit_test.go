package cli

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

// reads are commands that change nothing, or whose changes are no person's: a till's receipts, a machine that runs.
var reads = []string{
	"run", "send", "card show", "card enrol", "household show", "giftcard show", "key list", "code list", "code show", "programme check", "programme compare", "programme show",
	"programme diff", "programme history", "programme fields", "campaign list", "campaign show", "campaign plan", "campaign results", "campaign simulate", "template list", "template preview",
	"offer list", "why", "journey show", "journey list", "explain", "inbox list", "inbox show", "export", "suppress list", "segment list", "segment count", "segment explain", "segment rfm",
	"list show", "backtest", "report liability", "verify", "audit", "doctor", "version",
	"inbox dead", // lists; where a server runs it puts back and drops too, by doors that are held to the record by a test of their own
}

// changes are commands that change something, in an order that makes sense, with what the record calls it.
var changes = []struct{ command, args, what string }{
	{"programme publish", "testdata/in/giftcards.yaml", "programme.publish"},
	{"key create", "--store 0042", "key.create"},
	{"key rotate", "0000000000", "key.rotate"},
	{"key revoke", "0000000000", "key.revoke"},
	{"card adjust", "77000001 --points 5 --reason Tea --by Jon", "card.adjust"},
	{"card activate", "77000001 --reason Tea --by Jon", "card.activate"},
	{"card block", "77000001 --reason Lost --by Jon", "card.status"},
	{"card unblock", "77000001 --reason Found --by Jon", "card.status"},
	{"card close", "77000001 --reason Gone --by Jon", "card.status"},
	{"card tier", "77000001 --tier gold --reason Friend --by Jon", "card.tier"},
	{"card replace", "77000001", "card.replace"},
	{"card merge", "77000001 77000002 --reason One --by Jon", "card.merge"},
	{"card unmerge", "77000001 --reason Two --by Jon", "card.unmerge"},
	{"household join", "77000001 77000002 --reason One --by Jon", "household.join"},
	{"household leave", "77000001 --reason Two --by Jon", "household.leave"},
	{"giftcard issue", "--amount '25.00 EUR' --id a-1", "gift_card.issue"},
	{"giftcard block", "89G7M9QT98VEHAVAPQHE --reason Lost --by Jon", "gift_card.status"},
	{"giftcard unblock", "89G7M9QT98VEHAVAPQHE --reason Found --by Jon", "gift_card.status"},
	{"code make", "spring --count 5 --out SHOP.csv", "code.make"},
	{"code void", "ABCDEF", "code.void"},
	{"campaign approve", "spring --by Jon", "campaign.steer"},
	{"campaign start", "spring --by Jon", "campaign.steer"},
	{"campaign pause", "spring --by Jon --why Test", "campaign.steer"},
	{"campaign resume", "spring --by Jon", "campaign.steer"},
	{"campaign cancel", "spring --by Jon --why Test", "campaign.steer"},
	{"campaign kill", "spring --by Jon --why Test", "campaign.steer"},
	{"campaign draft", "spring --by Jon", "campaign.steer"},
	{"offer kill", "ten --by Jon --why Test", "offer.steer"},
	{"offer resume", "ten --by Jon", "offer.steer"},
	{"template send", "hello --to jon@shop.example", "template.test"},
	{"journey stop", "77000001 spring --by Jon --why Test", "journey.stop"},
	{"journey move", "spring", "journey.move"},
	{"replay", "testdata/in/event.json", "replay"},
	{"inbox replay", "Q7", "inbox.replay"},
	{"inbox drop", "Q7 --reason Test", "inbox.drop"},
	{"import receipts", "testdata/in/sales.csv --map testdata/in/sales.map.yaml", "import.receipts"},
	{"import shoppers", "testdata/in/shoppers.csv --map testdata/in/shoppers.map.yaml", "import.shoppers"},
	{"person export", "77000001", "person.export"},
	{"person erase", "77000001 --reason Asked --by Jon", "person.erase"},
	{"suppress add", "ana@shopper.example", "suppression.add"},
	{"suppress remove", "ana@shopper.example", "suppression.lift"},
	{"list create", "friends", "list.make"},
	{"list import", "friends testdata/in/friends.csv --column card", "list.cards"},
	{"list add", "friends 77000001", "list.cards"},
	{"list remove", "friends 77000001", "list.cards"},
	{"list delete", "friends", "list.delete"},
}

// leaves are the commands that do something, as they are typed.
func leaves(of []*command, path string) (list []string) {
	for _, c := range of {
		name := strings.TrimSpace(path + " " + c.name)
		if c.subs == nil {
			list = append(list, name)
			continue
		}
		list = append(list, leaves(c.subs, name)...)
	}
	return list
}

// Every command by which a person changes something leaves a line, with the person who typed it; whoever adds a command says here which
// of the two it is.
func TestEveryCommandThatChangesIsOnRecord(t *testing.T) {
	t.Parallel()
	typed := leaves(commands(), "")
	known := slices.Clone(reads)
	b := newBench(t)
	b.keepSecret()
	b.env[byVariable] = "mira"
	for _, c := range changes {
		known = append(known, c.command)
		if !slices.Contains(typed, c.command) {
			t.Errorf("there is no command %s", c.command)
			continue
		}
		args := words(strings.ReplaceAll(c.command+" "+c.args, "SHOP", b.data))
		_, out, faults := b.run(args...)
		if i := slices.IndexFunc(b.acts(), func(a admin.Act) bool { return a.What == c.what && a.State != "asked" }); i < 0 {
			t.Errorf("%s leaves no line of %s: %s%s", c.command, c.what, out, faults)
		}
	}
	for _, name := range typed {
		if !slices.Contains(known, name) {
			t.Errorf("%s: does it change something? It is in neither list", name)
		}
	}
	for _, a := range b.acts() {
		if a.By != "mira" && a.By != "Jon" || strings.Contains(a.On+a.Before+a.After+a.Why, "@") {
			t.Errorf("%+v", a)
		}
	}
	_, out, _ := b.run("audit", "--csv")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != len(b.acts())+1 || rows[0][0] != "at" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// acts is the record as the command exports it.
func (b *bench) acts() (list []admin.Act) {
	b.t.Helper()
	_, out, _ := b.run("audit", "--json")
	for line := range strings.Lines(out) {
		var a admin.Act
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			b.t.Fatalf("%s: %v", line, err)
		}
		list = append(list, a)
	}
	return list
}

func TestASpreadsheetReckonsWithNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "a=b": "a=b", "": ""} {
		if got := noFormula(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// What somebody wrote at length goes on in the next line, whole and no wider than a terminal.
func TestTheRecordFitsATerminal(t *testing.T) {
	t.Parallel()
	long := strings.TrimSpace(strings.Repeat("Überraschend viele Worte ", 20))
	for _, text := range []string{"", "short", long, strings.Repeat("x", 300)} {
		lines := folded(text, 88)
		for _, line := range lines {
			if len([]rune(line)) > 88 {
				t.Errorf("a line of %d characters: %s", len([]rune(line)), line)
			}
		}
		if got := strings.ReplaceAll(strings.Join(lines, " "), " ", ""); got != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%q is told as %q", text, lines)
		}
	}
}
