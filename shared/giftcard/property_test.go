package giftcard_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/money"
)

// Whatever is done to a card in whatever order: its book is sound, its balance between nothing and what was paid in, and the two sides tie.
func TestAnyHistoryOfACardIsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		today := day.Date(2026, time.November, 1)
		c := giftcard.New("id", giftcard.Entry{Cause: "issue"}, money.Amount{Minor: rapid.Int64Range(1, 50).Draw(t, "amount"), Currency: "EUR"}, "", today+rapid.SampledFrom([]day.Day{20, 1000}).Draw(t, "life"))
		var paid []string
		for n := range rapid.IntRange(1, 30).Draw(t, "steps") {
			today += day.Day(rapid.IntRange(0, 2).Draw(t, "days"))
			c = c.AsOf(today, time.UTC)
			e := giftcard.Entry{Cause: strconv.Itoa(n)}
			minor := rapid.Int64Range(1, 30).Draw(t, "minor")
			switch rapid.SampledFrom([]string{"redeem", "redeem", "up to", "refund", "refund", "load", "block", "open", "cancel"}).Draw(t, "act") {
			case "redeem":
				c, _ = c.Redeem(e, minor, today)
				paid = append(paid, e.Cause)
			case "up to":
				c = c.RedeemUpTo(e, minor, today)
				paid = append(paid, e.Cause)
			case "refund":
				e.Of = rapid.SampledFrom(append(paid, "nothing")).Draw(t, "of")
				c, _ = c.Refund(e, minor, today)
			case "load":
				c, _ = c.Load(e, minor, today)
			case "block":
				c, _ = c.SetBlocked(e, true)
			case "open":
				c, _ = c.SetBlocked(e, false)
			case "cancel":
				if rapid.IntRange(0, 4).Draw(t, "really") == 0 {
					c, _ = c.Cancel(e)
				}
			}
			if wrong := c.Sound(); wrong != "" || !c.Sums().Ties() {
				t.Fatalf("%s: %+v", wrong, c.Entries)
			}
		}
	})
}
