package ids_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/ids"
)

func TestDeriveNamesACauseOnce(t *testing.T) {
	t.Parallel()
	first := ids.Derive(16, "0042", "03", "000173")
	if again := ids.Derive(16, "0042", "03", "000173"); again != first || len(first) != 16 {
		t.Errorf("the same cause is %q and %q, want one id of 16 characters", first, again)
	}
	if ids.Derive(16, "ab", "c") == ids.Derive(16, "a", "bc") {
		t.Error("parts that read the same together have one id")
	}
	if !ids.ValidPart(first) || ids.HasPaymentCard(first) {
		t.Errorf("id %q cannot stand in a key", first)
	}
}

func TestValidPart(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"0042", "till-3", "a_b.c#9", strings.Repeat("x", ids.MaxPart)} {
		if !ids.ValidPart(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "a/b", "a b", "a:b", "a~b", "ä", "a\n", strings.Repeat("x", ids.MaxPart+1)} {
		if ids.ValidPart(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}
