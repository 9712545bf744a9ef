package bolt_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
)

func TestReceiptsMeetMergesOnce(t *testing.T) {
	t.Parallel()
	loyaltytest.RunMerges(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestReceiptsMeetHouseholdsOnce(t *testing.T) {
	t.Parallel()
	loyaltytest.RunHouseholds(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestNoFaultLosesOrDoublesPointsThatEnd(t *testing.T) {
	t.Parallel()
	loyaltytest.RunEndings(t, func(t *testing.T) store.Items { return fresh(t) })
}

func TestNoFaultLosesOrDoublesWhatTimeTouchesAndCallsSay(t *testing.T) {
	t.Parallel()
	loyaltytest.RunMoments(t, func(t *testing.T) store.Items { return fresh(t) })
}

// Both sides of a recommendation are rewarded once, whatever fails on the way.
func TestReferralsUnderFaults(t *testing.T) {
	t.Parallel()
	loyaltytest.RunReferrals(t, func(t *testing.T) store.Items { return fresh(t) })
}
