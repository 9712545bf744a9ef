package shop_test

import (
	"slices"
	"testing"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
)

// What a command finds in a folder is what the shop there made its numbers with; before the first start it is nothing.
func TestACommandMakesTheNumbersOfTheShop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got, err := shop.LinkSecrets(dir); err != nil || len(got) != 0 {
		t.Fatalf("%d secrets before the first start, %v", len(got), err)
	}
	w := openIn(t, dir, local.NewClock(morning))
	if got, err := shop.LinkSecrets(dir); err != nil || len(got) != 1 || !slices.Equal(got, w.shop.Service.Letters.Secrets) {
		t.Errorf("the command has other secrets than the shop, %v", err)
	}
}
