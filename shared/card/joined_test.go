package card_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/limit"
)

// Whoever gives a head a new field has to say what becomes of it when two cards are merged, in Join and Part or in the programme's Merge
// and Unmerge, and then names it here.
func TestEveryFieldOfAHeadIsMerged(t *testing.T) {
	t.Parallel()
	known := strings.Fields("ID EnrolledOn Status Book Tier Qualifying Standing Given Wallet Habits Uses Lost Holds Joined Counters Past Elsewhere Assignments Spoken")
	for i := range reflect.TypeFor[card.Head]().NumField() {
		if name := reflect.TypeFor[card.Head]().Field(i).Name; !slices.Contains(known, name) {
			t.Errorf("nobody says what becomes of Head.%s when two cards are merged", name)
		}
	}
}

// C-9: what each card used once, the two have used twice, until they part.
func TestUsesOfTwoCardsAddUpC9(t *testing.T) {
	t.Parallel()
	uses := limit.Counts{}.Add("welcome", "ever", 1)
	a, b := card.Head{ID: "1", Uses: uses}, card.Head{ID: "2", Uses: uses}
	b, a, _, _ = b.Join(a)
	if n := b.Uses.Of("welcome", "ever"); n != 2 {
		t.Errorf("used %d times", n)
	}
	a.Book.Tail = []ledger.Entry{{Cause: "merge:1", Kind: ledger.Move}}
	b, a, _, _, err := b.Part(1, a)
	if err != nil || b.Uses.Of("welcome", "ever") != 1 || a.Uses.Of("welcome", "ever") != 1 {
		t.Errorf("parted: %+v and %+v, %v", b.Uses, a.Uses, err)
	}
}
