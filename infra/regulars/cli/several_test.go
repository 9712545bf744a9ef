package cli

import "testing"

func TestCountsAreWrittenWithTheirNoun(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"1 day": several(1, "day"), "0 days": several(0, "day"), "3 entries": several(3, "entry"), "2 receipts": several(2, "receipt"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
