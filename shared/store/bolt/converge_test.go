package bolt_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
)

func TestAnyOrderOfDeliveryEndsTheSame(t *testing.T) {
	t.Parallel()
	loyaltytest.RunConverge(t, func(t *testing.T) store.Items { return fresh(t) }, 40)
}
