package dynamo_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
	"github.com/regulars-dev/regulars/shared/store/dynamotest"
)

// The use cases over the production adapter and an engine that is not ours: the same books and histories as over the embedded store.
func TestUseCases(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if !ok {
		return
	}
	db := dynamo.New(client, tables)
	open := func(*testing.T) store.Items { return db }
	t.Run("account books", func(t *testing.T) { loyaltytest.Run(t, open) })
	t.Run("random histories", func(t *testing.T) { loyaltytest.RunRandom(t, open, 16) })
	t.Run("gift cards", func(t *testing.T) { loyaltytest.RunGiftCards(t, open) })
	t.Run("points that end", func(t *testing.T) { loyaltytest.RunEndings(t, open) })
	t.Run("moments of a card", func(t *testing.T) { loyaltytest.RunMoments(t, open) })
	t.Run("referrals", func(t *testing.T) { loyaltytest.RunReferrals(t, open) })
	t.Run("merges", func(t *testing.T) { loyaltytest.RunMerges(t, open) })
	t.Run("households", func(t *testing.T) { loyaltytest.RunHouseholds(t, open) })
	t.Run("a till dies", func(t *testing.T) { loyaltytest.RunCrash(t, open) })
	t.Run("limits", func(t *testing.T) { loyaltytest.RunLimits(t, open) })
	t.Run("budgets", func(t *testing.T) { loyaltytest.RunBudgets(t, open) })
	t.Run("steering", func(t *testing.T) { loyaltytest.RunSteering(t, open) })
	t.Run("journeys", func(t *testing.T) { loyaltytest.RunJourneys(t, open, 100) })
}

// Segments are counted over all cards there are, so they have tables of their own.
func TestSegments(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if ok {
		loyaltytest.RunSegments(t, func(*testing.T) store.Items { return dynamo.New(client, tables) })
	}
}

// Editions are counted over all that is published, so they have tables of their own.
func TestPublishing(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if ok {
		loyaltytest.RunPublishing(t, func(*testing.T) store.Items { return dynamo.New(client, tables) })
	}
}
