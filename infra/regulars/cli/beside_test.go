package cli

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// expect types a command and demands its exit code and something in what it says.
func (b *bench) expect(code int, says string, args ...string) string {
	b.t.Helper()
	got, out, faults := b.run(args...)
	if got != code || !strings.Contains(out+faults, says) {
		b.t.Errorf("%v: exit %d, want %d and %q:\n%s%s", args, got, code, says, out, faults)
	}
	if strings.Contains(faults, "goroutine ") {
		b.t.Errorf("%v shows a stack", args)
	}
	return out
}

func TestNoShop(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"card 77000001", "key list", "programme show", "verify", "inbox", "export -", "replay testdata/in/saved.json", "send testdata/in/receipt.json"} {
		b := newBench(t)
		b.expect(exitFailed, "there is no shop in "+b.data, words(line)...)
		if _, err := os.Stat(b.data); err == nil {
			t.Errorf("%s has made a folder", line)
		}
	}
	newBench(t).expect(exitOK, "warn  store", "doctor")
}

// A store that somebody else has open and who does not answer.
func TestLocked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	db, err := bolt.Open(filepath.Join(b.data, admin.StoreFile), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b.expect(exitFailed, "already open, most likely by `regulars run`", "verify")
	b.expect(exitFound, "fail  store", "doctor")
}

func TestImportBesideServer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.serve()
	b.expect(exitFailed, "stop it first: an import is history", "import", "receipts", "testdata/in/sales.csv", "--map", "testdata/in/sales.map.yaml")
	b.expect(exitFailed, "stop it first: an import is history", "import", "shoppers", "testdata/in/shoppers.csv", "--map", "testdata/in/shoppers.map.yaml")
}

// A shop where all is well, one where nothing is, and what a program reads of it.
func TestDoctor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	b.expect(exitOK, "rk_", "key", "create", "--store", "0042")
	golden(t, "doctor.well.txt", b.masked(b.expect(exitOK, "", "doctor")))

	ill := newBench(t)
	if err := os.WriteFile(ill.data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ill.expect(exitFound, "is a file, not a folder", "doctor", "--template", "testdata/in/garbage.txt")

	empty := newBench(t)
	empty.expect(exitOK, "rk_", "key", "create", "--store", "0042")
	empty.expect(exitOK, "", "key", "list", "--json")
	out := empty.expect(exitFound, "none is published", "doctor", "--json", "--template", "testdata/in/none.yaml")
	if !strings.Contains(out, `"state": "fail"`) || !strings.Contains(out, "no such file") {
		t.Errorf("the JSON is %s", out)
	}

	beside := newBench(t)
	beside.serve()
	beside.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	beside.expect(exitOK, "open in the running server at http://127.0.0.1:", "doctor")
}

// A shop on a clock of its own goes on by it when nothing runs: what is sent then happens in the shop's time.
func TestShopClock(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	shown := time.Now().AddDate(1, 0, 0).UTC()
	kept := `{"shown":"` + shown.Format(time.RFC3339) + `","real":"` + time.Now().UTC().Format(time.RFC3339) + `"}`
	if err := os.WriteFile(filepath.Join(b.data, "clock.json"), []byte(kept), 0o600); err != nil {
		t.Fatal(err)
	}
	out := b.expect(exitOK, "", "key", "create", "--store", "1", "--json")
	if !strings.Contains(out, shown.Format("2006-01-02")) {
		t.Errorf("a key of %s was made at %s", shown.Format("2006-01-02"), out)
	}
	b.expect(exitOK, "the shop runs on a clock of its own", "doctor")
}

// The same commands against a server on another machine, with a till's key.
func TestRemote(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	secret, _, _ := strings.Cut(b.expect(exitOK, "rk_", "key", "create", "--store", "0042"), "\n")
	db, err := bolt.Open(filepath.Join(b.data, admin.StoreFile), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	kept := store.New(db, func() time.Time { return noon })
	server := httptest.NewServer(till.Routes(till.Deps{Service: admin.Service(db, func() time.Time { return noon }), Keys: kept}))
	defer server.Close()
	far := newBench(t)
	far.expect(exitOK, "brings 59 points", "send", "testdata/in/receipt.json", "--url", server.URL, "--key", secret)
	far.env["REGULARS_URL"], far.env["REGULARS_KEY"] = server.URL, secret
	far.expect(exitOK, "Card 77000001: 59 points", "card", "77000001")
	far.expect(exitFailed, "is --key the key of this server?", "card", "77000001", "--key", "rk_WRONG")
	far.expect(exitFailed, "ask http://127.0.0.1:1", "card", "77000001", "--url", "http://127.0.0.1:1")
	far.in = `{"return": "R-1", "receipt": {"store": "0042", "till": "03", "number": "000173"}}`
	far.expect(exitOK, "takes back 59 points", "send", "-")
	far.in = `{"return": "R-1", "receipt": {"store": "0043", "till": "03", "number": "000173"}}`
	far.expect(exitFailed, "acts for store 0042", "send", "-")
}

// The inbox as a person works through it.
func TestInbox(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	db, err := bolt.Open(filepath.Join(b.data, admin.StoreFile), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	event, err := os.ReadFile("testdata/in/event.json")
	if err != nil {
		t.Fatal(err)
	}
	kept := store.New(db, func() time.Time { return noon })
	for _, p := range []loyalty.Parked{
		{ID: "AAAA1", Topic: "checkout", Message: event}, {ID: "BBBB2", Topic: "checkout", Message: []byte("{}")}, {ID: "CCCC3", Topic: "send", Message: []byte("{}")},
	} {
		p.Vendor, p.Reason, p.At = "regulars", "the card was not known", noon
		if err := kept.Park(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	golden(t, "inbox.letters.txt", b.play(`# Letters that wait for a person.
$ regulars inbox
$ regulars inbox show AAAA
$ regulars inbox show X
$ regulars inbox replay AAAA1
$ regulars inbox replay AAAA1
$ regulars inbox replay BBBB2
$ regulars inbox replay CCCC3
$ regulars inbox replay --all
$ regulars inbox drop CCCC3 --reason 'the shop has closed'
$ regulars inbox replay --all
$ regulars inbox --all
$ regulars inbox show CCCC3 --json
$ regulars doctor --json
`))
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	out := b.expect(exitOK, "This is key ", "key", "create", "--store", "0042")
	_, rest, _ := strings.Cut(out, "This is key ")
	b.expect(exitOK, "is revoked since 2026-11-21 12:00", "key", "revoke", rest[:10])
	b.expect(exitOK, "2026-11-21 12:00  2026-11-21 12:00", "key", "list")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "regulars development, built with Go 1.", "version")
	b.expect(exitOK, `"go": "1.`, "version", "--json")
}

// The bar on a terminal, and the lines elsewhere.
func TestBar(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		var out strings.Builder
		now := noon
		b := &bar{out: &out, now: func() time.Time { return now }, terminal: terminal}
		for n := range 25 {
			b.show("booking", int64(n*100), 2_400)
			now = now.Add(time.Second)
		}
		b.show("reading", 7, 0)
		now = now.Add(6 * time.Second)
		b.show("reading", 8, 0)
		b.end()
		golden(t, map[bool]string{true: "bar.terminal.txt", false: "bar.lines.txt"}[terminal], strings.ReplaceAll(out.String(), "\r", "\n"))
	}
}
