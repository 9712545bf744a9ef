package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever stands in a file of cards, no name of it is longer than any name, and reading on from a row leaves out those before it alone.
func FuzzListFile(f *testing.F) {
	for _, seed := range []string{"card\n7001\n7002\n", "\ufeffname;card\nAna;7001\n", "a,\"b\nc", "card\n\"", strings.Repeat("7", longestName+1)} {
		f.Add(seed, "card")
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, text, column string) {
		path := filepath.Join(t.TempDir(), "cards.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := listFile{column: column}.read(path)
		if err != nil {
			return
		}
		for _, named := range all {
			if len(named) > longestName {
				t.Errorf("a name of %d bytes", len(named))
			}
		}
		if rest, err := (listFile{column: column, from: 2}).read(path); err != nil || len(rest) != max(len(all)-1, 0) {
			t.Errorf("%d rows, and from the second on %d: %v", len(all), len(rest), err)
		}
	})
}
