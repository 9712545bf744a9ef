package bolt_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
)

func TestAccountBooks(t *testing.T) {
	t.Parallel()
	loyaltytest.Run(t, func(t *testing.T) store.Items { return fresh(t) })
}
