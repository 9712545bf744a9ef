package loyalty

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
)

// passed are the gates of an e-mail that was ordered, in the order in which the sender asks, with the reasons for which one does not open.
var passed = []struct {
	gate    string
	reasons []message.Reason
}{
	{"steering", []message.Reason{message.CampaignStopped}},
	{"holdout", []message.Reason{message.HeldOut}},
	{"card", []message.Reason{message.CardClosed}},
	{"address", []message.Reason{message.NoEmail}},
	{"suppression", []message.Reason{message.Suppressed}},
	{"age", []message.Reason{message.TooYoung}},
	{"consent", []message.Reason{message.NoConsent}},
	{"cap", []message.Reason{message.Capped, message.ExpiredByCap}},
	{"quiet hours", []message.Reason{message.QuietHours, message.Planned}},
	{"coupon", []message.Reason{message.CouponGone, message.BudgetSpent}},
}

// recorded tells what the record of an e-mail knows: each gate up to the one where it has ended or waits, and what came after the last.
func (w *Why) recorded(rec message.Record) {
	w.pass("segment", true, "", "chosen and ordered at %s", whyMoment(rec.OrderedAt))
	w.Outcome = string(rec.State)
	stopped := rec.SentAt.IsZero() && rec.Reason != "" // of one that was sent, it is why it had waited
	if stopped {
		w.Outcome += ": " + string(rec.Reason)
	}
	for _, p := range passed {
		if p.gate == "coupon" && rec.Grant == nil && rec.Coupon == "" {
			continue
		}
		if stopped && slices.Contains(p.reasons, rec.Reason) {
			w.stop(p.gate, rec)
			return
		}
		w.pass(p.gate, true, "", "open")
	}
	if stopped {
		w.stop("sending", rec)
		return
	}
	if rec.Attempt > 0 {
		w.pass("claim", true, "", "%s", map[bool]string{true: "once", false: fmt.Sprintf("%d times", rec.Attempt)}[rec.Attempt == 1])
	}
	if rec.SentAt.IsZero() {
		return
	}
	w.pass("sent", true, "", "at %s", whyMoment(rec.SentAt))
	switch rec.State {
	case message.StateDelivered, message.StateBounced, message.StateComplained:
		w.pass(string(rec.State), rec.State == message.StateDelivered, "", "at %s", whyMoment(rec.SettledAt))
	}
	if c := rec.Clicks; c.Count > 0 {
		w.pass("clicked", true, "", "at %s", whyMoment(c.FirstAt))
	}
}

// stop is the gate at which an e-mail has ended, or waits.
func (w *Why) stop(gate string, rec message.Record) {
	says := string(rec.Reason)
	if rec.Detail != "" {
		says += ": " + rec.Detail
	}
	if rec.State == message.StateDeferred && !rec.NotBefore.IsZero() {
		says += ", until " + whyMoment(rec.NotBefore)
	}
	w.pass(gate, false, rec.Reason, "%s", says)
}

func whyMoment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// redeemed adds whether a coupon of the campaign was used since the e-mail was ordered.
func (s *Service) redeemed(ctx context.Context, w *Why, opened Opened, rec message.Record) error {
	if rec.SentAt.IsZero() || rec.Grant == nil && rec.Coupon == "" {
		return nil
	}
	head, err := s.withPages(ctx, opened.Head)
	if err != nil {
		return err
	}
	entries := slices.Clone(head.Book.Tail)
	for _, p := range head.Past {
		entries = append(entries, p.Entries...)
	}
	used := func(e ledger.Entry) bool {
		coupons, err := card.Coupons(e, card.MarkRedeemed)
		return err == nil && !e.At.Before(rec.OrderedAt) && slices.ContainsFunc(coupons, func(c card.Coupon) bool { return c.Campaign == rec.Campaign })
	}
	if i := slices.IndexFunc(entries, used); i >= 0 {
		w.pass("redeemed", true, "", "on %s", entries[i].Cause)
	}
	return nil
}
