package kit_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// steer does an act of steering in another process than the shop's, which hears of it only by reading.
func (p *play) steer(ctx context.Context, verb loyalty.Verb) {
	if p.err != nil {
		return
	}
	other, _ := store.NewService(p.Shop.Items, p.Now)
	_, p.err = other.Steer(ctx, loyalty.Steering{Campaign: loyalty.AllCampaigns, Verb: verb, By: "Mira", Why: "wrong prices"})
}

// balance demands what a card holds.
func (p *play) balance(ctx context.Context, card string, points int64, coupons int) {
	if p.err != nil {
		return
	}
	view, err := p.Shop.Service.View(ctx, card)
	if p.err = err; err == nil && (view.Balance != points || len(view.Coupons) != coupons) {
		p.err = fmt.Errorf("card %s has %d points and %d coupons; want %d and %d", card, view.Balance, len(view.Coupons), points, coupons)
	}
}

// killed is a shop that is killed in the midst of its sales and goes on later. Whatever was said before stays so, and is taken back as it was
// given; whatever was withheld stays withheld, also where the till asks again when campaigns run once more.
func killed(ctx context.Context, p *play) error {
	card := p.enrol(ctx, "")
	p.sell(ctx, card, "1", 6000, "")
	p.wait(ctx, 20*time.Minute)
	p.balance(ctx, card, 120, 1)
	p.steer(ctx, loyalty.VerbKill)
	p.sleep(ctx, loyalty.HeedSoon)
	p.sell(ctx, card, "2", 6000, "")
	p.wait(ctx, 20*time.Minute)
	p.balance(ctx, card, 240, 1)
	p.asked(p.GiveBack(ctx, "r1", kit.Sale{Till: "03", Number: "1"}))
	p.balance(ctx, card, 120, 0)
	p.steer(ctx, loyalty.VerbResume)
	p.sleep(ctx, loyalty.HeedSoon)
	p.sell(ctx, card, "3", 6000, "")
	p.wait(ctx, 20*time.Minute)
	p.balance(ctx, card, 240, 1)
	p.asked(p.GiveBack(ctx, "r2", kit.Sale{Till: "03", Number: "2"}))
	p.balance(ctx, card, 120, 1)
	return p.err
}

// Nothing is granted and nothing mailed after the time within which a kill is heeded, a receipt that comes twice across it gets its first answer
// again, and what comes back is decided a second time as it was the first.
func TestAKillInTheMidstOfSales(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	w.Begin(calm)
	p := &play{World: w}
	if err := killed(ctx, p); err != nil {
		t.Fatal(err)
	}
	for number, want := range map[string]int{"1": 1, "2": 0} {
		filed, err := w.Shop.Store.Receipt(ctx, receipt.Key{Store: "0042", Till: "03", Number: number})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.Shop.Service.Checkout(ctx, filed.Receipt); err != nil || !again.Repeated || len(again.Granted) != want {
			t.Errorf("receipt %s again: %+v, %v", number, again, err)
		}
	}
	why, err := w.Shop.Service.Why(ctx, p.cards[0], "big")
	if err != nil || why.Outcome != "delivered" {
		t.Errorf("why: %+v, %v", why, err)
	}
	replayed, err := audit.Replay(ctx, w.Shop.Items, w.Now(), func(string, int64) {})
	if err != nil || !replayed.Sound() || replayed.Receipts != 3 || replayed.Returns != 2 {
		t.Errorf("decided again: %+v, %v", replayed, err)
	}
	broken, err := w.End(ctx)
	if err != nil || len(broken) > 0 {
		t.Errorf("%v, %v", broken, err)
	}
}
