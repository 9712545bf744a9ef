package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func TestAccountBooks(t *testing.T) {
	t.Parallel()
	loyaltytest.Run(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestRandomHistories(t *testing.T) {
	t.Parallel()
	loyaltytest.RunRandom(t, func(t *testing.T) store.Items { return fresh(t) }, 30)
}

func TestEveryCallOfAHistoryFailsBothWays(t *testing.T) {
	t.Parallel()
	loyaltytest.RunSweep(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestATillThatDiesLeavesAReceiptThatCanComeBack(t *testing.T) {
	t.Parallel()
	loyaltytest.RunCrash(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestGiftCardsAreNeverOverspent(t *testing.T) {
	t.Parallel()
	loyaltytest.RunGiftCards(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestLimits(t *testing.T) {
	t.Parallel()
	loyaltytest.RunLimits(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	loyaltytest.RunBudgets(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestSteering(t *testing.T) {
	t.Parallel()
	loyaltytest.RunSteering(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestSegments(t *testing.T) {
	t.Parallel()
	loyaltytest.RunSegments(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestOneOfTwoWhoPublishAtOnceIsRefused(t *testing.T) {
	t.Parallel()
	loyaltytest.RunPublishing(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestJourneys(t *testing.T) {
	t.Parallel()
	loyaltytest.RunJourneys(t, func(t *testing.T) store.Items {
		return open(t, filepath.Join(t.TempDir(), "regulars.db"), bolt.Unsynced())
	}, 1000)
}
