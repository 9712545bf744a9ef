package cli

import (
	"bytes"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// noon is the one moment of all these tests.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// bench is a folder of a shop and somebody who types commands.
type bench struct {
	t    *testing.T
	data string
	env  map[string]string
	in   string // what stands on standard input
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, data: filepath.Join(t.TempDir(), "shop"), env: map[string]string{"PORT": "0"}}
}

// serve has the shop opened by a server, as `regulars run` does, so that every command goes over HTTP.
func (b *bench) serve() {
	b.t.Helper()
	if err := os.MkdirAll(b.data, 0o700); err != nil {
		b.t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(b.data, admin.StoreFile), func() time.Time { return noon })
	if err != nil {
		b.t.Fatal(err)
	}
	deps := admin.Offline(db, func() time.Time { return noon }, "the token")
	deps.Service.Letters = &loyalty.Letters{Secrets: []string{benchSecret}}
	server := httptest.NewServer(admin.Handler(deps))
	b.t.Cleanup(func() {
		server.Close()
		if err := db.Close(); err != nil {
			b.t.Error(err)
		}
	})
	if err := (admin.Server{URL: server.URL, Key: "the token", PID: 4711}).Write(b.data); err != nil {
		b.t.Fatal(err)
	}
}

// benchSecret is what a bench's shop makes numbers of gift cards with.
const benchSecret = "a secret for the tests alone"

// keepSecret leaves the secret in the folder, as the first `regulars run` does.
func (b *bench) keepSecret() {
	b.t.Helper()
	err := os.MkdirAll(b.data, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(b.data, "link.secret"), []byte(benchSecret), 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// run types a command and returns its exit code and what it wrote. Flags of the folder are added.
func (b *bench) run(args ...string) (int, string, string) {
	b.t.Helper()
	var out, faults bytes.Buffer
	p := program{
		now: func() time.Time { return noon }, stdin: strings.NewReader(b.in), stdout: &out, stderr: &faults,
		lookup: func(name string) (string, bool) { v, ok := b.env[name]; return v, ok },
	}
	code := p.main(b.t.Context(), append(args, "--data", b.data))
	return code, out.String(), faults.String()
}

// masks hide what differs from run to run.
var masks = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`rk_[0-9A-HJKMNP-TV-Z]{32}`), "rk_SECRET"},
	{regexp.MustCompile(`\b[0-9a-f]{10}\b`), "KEYID00000"},
	{regexp.MustCompile(`\b04\d{11}\b`), "04NNNNNNNNNNN"},
	{regexp.MustCompile(`\d+\.\d MB`), "0.0 MB"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "http://127.0.0.1:PORT"},
}

func (b *bench) masked(text string) string {
	for _, m := range masks {
		text = m.find.ReplaceAllString(text, m.put)
	}
	return strings.ReplaceAll(text, b.data, "SHOP")
}

// words splits a line as a shell does, as far as these stories need: single quotes hold words together.
func words(line string) []string {
	var list []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
			continue
		}
		list = append(list, strings.Fields(part)...)
	}
	return list
}

// play runs a story: lines "$ regulars ..." and, below each, what it prints. It returns the story as it went.
func (b *bench) play(story string) string {
	b.t.Helper()
	var went strings.Builder
	for line := range strings.Lines(story) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "#"), line == "" && went.Len() == 0:
			fmt.Fprintln(&went, line)
		case strings.HasPrefix(line, "$ regulars "):
			args := words(strings.TrimPrefix(line, "$ regulars "))
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "SHOP", b.data)
			}
			code, out, faults := b.run(args...)
			fmt.Fprintf(&went, "%s\n%s%s", line, b.masked(out), b.masked(faults))
			if code != 0 {
				fmt.Fprintf(&went, "(exit %d)\n", code)
			}
			fmt.Fprintln(&went)
		}
	}
	return went.String()
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	path = filepath.Join("testdata", path)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed; -update takes the new one (- old, + new):\n%s", path, diff)
	}
}
