package kit_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/regulars-dev/regulars/shared/kit"
)

// gcPercent lets garbage lie: each of a thousand worlds is small and soon gone, and collecting it was a fifth of the sweep's time.
const gcPercent = 400

func TestMain(m *testing.M) {
	debug.SetGCPercent(gcPercent)
	os.Exit(m.Run())
}

// open is a world of a test's own, closed when the test is over.
func open(t *testing.T) *kit.World {
	t.Helper()
	w, err := kit.Open(t.Context(), kit.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}
