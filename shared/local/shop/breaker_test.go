package shop_test

import (
	"encoding/json"
	"time"

	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
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
	w.waitsInBulk("last-year")
	if n := w.shop.Run.Counts()["campaigns_stopped"]; n != 1 {
		w.Errorf("%d campaigns are counted as stopped, want 1", n)
	}
}

// waitsInBulk: what was on the way for many goes back to where it came from, until a person has looked at the campaign.
func (w *world) waitsInBulk(campaign string) {
	w.Helper()
	card, now := w.enrol("sue@mail.example", ""), w.clock.Now()
	o := message.Order{
		ID: message.OrderID(campaign, "2026", card), Campaign: campaign, Occasion: "2026", Card: card, Template: "thanks", Topic: "offers",
		OrderedAt: now, ExpiresAt: now.Add(24 * time.Hour), Bulk: true,
	}
	body, err := json.Marshal(o)
	if err == nil {
		err = w.shop.Run.Send(w.Context(), shop.BulkMailQueue, body, nil, 0)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.jump(20 * time.Minute)
	rec, _, err := w.shop.Store.Message(w.Context(), card, o.ID)
	if err != nil || rec.State != message.StateDeferred || rec.Reason != message.CampaignStopped {
		w.Errorf("%+v, %v", rec, err)
	}
}
