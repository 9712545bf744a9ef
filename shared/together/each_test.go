package together_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/regulars-dev/regulars/shared/together"
)

func TestEachDoesAllAndInOrderWhereItIsAlone(t *testing.T) {
	t.Parallel()
	const n = 100
	want := make([]int, n)
	for i := range want {
		want[i] = i
	}
	var mu sync.Mutex
	var done []int
	note := func(i int) {
		mu.Lock()
		defer mu.Unlock()
		done = append(done, i)
	}
	together.Each(t.Context(), n, 7, note)
	if slices.Sort(done); !slices.Equal(done, want) {
		t.Errorf("side by side did %v", done)
	}
	done = nil
	together.Each(together.OneByOne(t.Context()), n, 7, note)
	if !slices.Equal(done, want) {
		t.Errorf("one by one did %v", done)
	}
	together.Each(t.Context(), 0, 7, func(int) { t.Error("there is nothing to do") })
}
