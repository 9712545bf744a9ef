package main

import (
	"io"
	"os"
	"testing"
)

// TestMain lets the binary be the victim.
func TestMain(m *testing.M) {
	if os.Getenv(victimVariable) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestAShopThatIsKilledKeepsWhatItHasAnswered is `make kill` in small.
func TestAShopThatIsKilledKeepsWhatItHasAnswered(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), plan{kills: 3, tills: 4, cards: 20, seed: 1, longest: shortest * 4, out: io.Discard}); err != nil {
		t.Fatal(err)
	}
}

func TestAnswersAreComparedByWhatTheirReceiptDid(t *testing.T) {
	t.Parallel()
	first := `{"repeated":false,"points":12,"balance":12,"tier":{"id":""}}`
	for second, want := range map[string][2]bool{
		`{"repeated":true,"points":12,"balance":12,"tier":{"id":"silver"}}`: {true, true},
		`{"repeated":true,"points":13,"balance":12,"tier":{"id":""}}`:       {false, true},
		`{"repeated":false,"points":12,"balance":12,"tier":{"id":""}}`:      {true, false},
	} {
		same, repeated, err := compared([]byte(first), []byte(second))
		if err != nil || [2]bool{same, repeated} != want {
			t.Errorf("%s: same %t, repeated %t, %v", second, same, repeated, err)
		}
	}
}
