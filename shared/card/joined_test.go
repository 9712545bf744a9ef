package card_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
)

// Whoever gives a head a new field has to say what becomes of it when two cards are merged, in Join and Part or in the programme's Merge
// and Unmerge, and then names it here.
func TestEveryFieldOfAHeadIsMerged(t *testing.T) {
	t.Parallel()
	known := strings.Fields("ID EnrolledOn Status Book Tier Qualifying Standing Given Wallet Habits Uses Lost Holds Joined Counters Past")
	for i := range reflect.TypeFor[card.Head]().NumField() {
		if name := reflect.TypeFor[card.Head]().Field(i).Name; !slices.Contains(known, name) {
			t.Errorf("nobody says what becomes of Head.%s when two cards are merged", name)
		}
	}
}
