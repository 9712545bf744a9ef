package shop_test

import (
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// breaker is a campaign that stops itself, because a twentieth of its e-mails have come back; the minute's look at the counts finds it.
func (w *world) breaker() {
	w.Helper()
	bad := loyalty.Sheet{Last: "1", Counts: loyalty.Counts{{Campaign: "last-year"}: &loyalty.Brought{Delivered: 190, Bounced: 10}}}
	if err := w.shop.Store.PutSheet(w.Context(), "messages/of the test", bad, 0); err != nil {
		w.Fatal(err)
	}
	w.jump(2 * time.Minute)
	c, err := w.shop.Store.Control(w.Context(), "last-year")
	if err != nil || c.State != loyalty.CampaignPaused || c.Untold {
		w.Errorf("%+v, %v", c, err)
	}
	if n := w.shop.Run.Counts()["campaigns_stopped"]; n != 1 {
		w.Errorf("%d campaigns are counted as stopped, want 1", n)
	}
}
