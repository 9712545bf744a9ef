package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The stories are what a person types and reads. Each is played over a store that the command opens itself, and beside a running
// server; what is printed must be the same, but for the lines that speak of the server.
func TestStories(t *testing.T) {
	t.Parallel()
	stories, err := filepath.Glob("testdata/*.story")
	if err != nil || len(stories) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range stories {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.keepSecret()
			golden(t, filepath.Base(file), b.play(string(text)))
		})
		if filepath.Base(file) == "import.story" {
			continue // refused beside a server; see TestImportBesideServer
		}
		t.Run(filepath.Base(file)+" beside a server", func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.serve()
			got := b.play(string(text))
			if *update {
				return
			}
			alone := strings.NewReplacer("The running server heeds it within half a minute.\n", "")
			if diff := cmp.Diff(string(text), alone.Replace(got)); diff != "" {
				t.Errorf("beside a server it goes otherwise (- alone, + beside):\n%s", diff)
			}
		})
	}
}
