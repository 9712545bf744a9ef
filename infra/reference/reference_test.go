package reference

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the page anew")

// pageFile is where the command carries the page.
const pageFile = "../regulars/cli/programme.md"

func TestThePageSaysWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	want, err := Page("../..")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(pageFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("the reference is not the code's (go test ./infra/reference -update writes it anew):\n%s", d)
	}
	for _, says := range []string{"## earn[]", "## points", "## offers[]", "## campaigns[]", "## templates[].blocks[]", "`receipt.total`"} {
		if !strings.Contains(string(want), says) {
			t.Errorf("the reference does not tell of %s", says)
		}
	}
}
