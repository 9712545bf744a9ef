package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// W-10: a programme that is exported has no secret in it, is sound, and is called the same in the shop that takes it over, which keeps its
// own secret.
func TestW10ExportedProgrammes(t *testing.T) {
	t.Parallel()
	must := func(b *bench, args ...string) string {
		t.Helper()
		code, out, faults := b.run(args...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s%s", args, code, out, faults)
		}
		return out
	}
	text, err := os.ReadFile("testdata/in/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const at = "--at=2027-03-01T00:00:00Z"
	here, there, empty := newBench(t), newBench(t), newBench(t)
	must(here, "programme", "publish", "testdata/in/programme.yaml")
	must(here, "programme", "publish", "testdata/in/programme.next.yaml")
	must(there, "programme", "publish", file("there.yaml", strings.Replace(string(text), "a secret for the tests alone", "the secret of another shop", 1)))

	exported := must(here, "programme", "show", "--export", at)
	if strings.Contains(exported, "a secret for the tests alone") {
		t.Errorf("the secret is exported:\n%s", exported)
	}
	path := file("exported.json", exported)
	must(there, "programme", "check", path)
	must(there, "programme", "publish", path)
	must(there, "programme", "publish", path) // changes nothing
	version := func(b *bench) string {
		_, name, _ := strings.Cut(must(b, "programme", "show", at), "version")
		return strings.TrimSpace(name)
	}
	if a, b := version(here), version(there); a != b || a == "" {
		t.Errorf("it is called %s here and %s there", a, b)
	}
	if kept := must(there, "programme", "show", "--json", at); !strings.Contains(kept, `"secret": "the secret of another shop"`) {
		t.Errorf("the other shop's secret is gone:\n%s", kept)
	}
	if again := must(there, "programme", "show", "--export", at); again != exported {
		t.Errorf("exported again it is another document:\n%s", again)
	}
	if code, _, faults := empty.run("programme", "publish", path); code != 1 || !strings.Contains(faults, "cards.secret") {
		t.Errorf("a shop without a secret takes it over: exit %d: %s", code, faults)
	}
}
