package loyaltytest

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/regulars-dev/regulars/shared/store"
)

// RunConverge plays scripts in order and in disorder over two stores: see Converge. A history that fails tells its seed, and plays the
// same again.
func RunConverge(t *testing.T, open func(t *testing.T) store.Items, histories int) {
	t.Helper()
	prompt, other := open(t), open(t)
	first, last := uint64(1), uint64(histories)
	if one, err := strconv.ParseUint(os.Getenv(seedVariable), 10, 64); err == nil {
		first, last = one, one
	}
	var sum Injected
	var mu sync.Mutex
	crowd(int(last-first)+1, func(n int) {
		seed := first + uint64(n)
		told, err := Converge(t.Context(), prompt, other, seed)
		if err != nil {
			t.Errorf("history %d: %v\nplay it again with %s=%d", seed, err, seedVariable, seed)
		}
		mu.Lock()
		defer mu.Unlock()
		sum = sum.Add(told)
	})
	t.Logf("%s", sum)
	if first != last && (sum.Unmerges == 0 || sum.Late == 0 || sum.Faults == 0 || sum.Repeats == 0 || sum.Spends == 0 || sum.Expired == 0 || sum.Early == 0 || sum.Reckoned == 0) {
		t.Errorf("the histories were too tame to prove anything: %s", sum)
	}
}
