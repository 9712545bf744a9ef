package kit_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// gcPercent lets garbage lie: each of a thousand worlds is small and soon gone, and collecting it was a fifth of the sweep's time.
const gcPercent = 400

func TestMain(m *testing.M) {
	debug.SetGCPercent(gcPercent)
	os.Exit(m.Run())
}
