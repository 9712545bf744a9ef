package loyalty

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Bus carries public facts to whoever listens.
type Bus interface {
	// Publish puts all events on the bus. After an error some of them may be on it; publish all again, their ids stay the same.
	Publish(ctx context.Context, list []events.Event) error
}

// Relay tells the world what a write of a card's head brought: for each new ledger entry the public facts, and an order on the
// mail queue for each e-mail that a campaign asks for. Every fact and order is named by its entry, so the same change again
// changes nothing.
func (s *Service) Relay(ctx context.Context, before *card.Head, now card.Head) error {
	err := s.relay(ctx, before, now)
	step := StepEntry
	if err != nil {
		step = StepUntold
	}
	for _, i := range fresh(before, now) {
		s.Trace(ctx, Trace{Correlation: CorrelationOf(now.Book.Tail[i].Cause), Step: step})
	}
	return err
}

func (s *Service) relay(ctx context.Context, before *card.Head, now card.Head) error {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return err
	}
	var facts []events.Event
	balances := now.Book.Balances()
	for _, i := range fresh(before, now) {
		e := now.Book.Tail[i]
		told, err := factsOf(now.ID, e, balances[i])
		if err != nil {
			return err
		}
		for _, fact := range told {
			if rules.Publishes(fact.Type) {
				facts = append(facts, fact)
			}
		}
		then, err := s.spokenBy(ctx, rules, e)
		if err != nil {
			return err
		}
		if err := s.enterBy(ctx, then, now.Brought(e), e); err != nil {
			return err
		}
		orders, err := ordersOf(then, now.Brought(e), e, s.Now())
		if err != nil {
			return err
		}
		for _, order := range orders {
			if err := s.order(ctx, order, 0); err != nil {
				return err
			}
		}
	}
	var bought, posted []ledger.Entry
	for _, i := range fresh(before, now) {
		posted = append(posted, now.Book.Tail[i])
		if rules.IsReceipt(now.Book.Tail[i]) {
			bought = append(bought, now.Book.Tail[i])
		}
	}
	if err := s.hearEntries(ctx, rules, now, posted); err != nil {
		return err
	}
	if err := s.awaitReferral(ctx, rules, now.ID, bought); err != nil {
		return fmt.Errorf("look for the referral of card %s: %w", now.ID, err)
	}
	if err := s.watch(ctx, before, now); err != nil {
		return err
	}
	if err := s.arm(ctx, before, now); err != nil || len(facts) == 0 {
		return err
	}
	if err := s.publish(ctx, facts); err != nil {
		return fmt.Errorf("publish facts of card %s: %w", now.ID, err)
	}
	return nil
}

// spokenBy returns the rules by which an entry's campaigns have spoken: those of its moment, whatever has become of them since. The entry of
// a date is dated by the day's first minute; a campaign that began later that day has spoken by the rules of now.
func (s *Service) spokenBy(ctx context.Context, now *programme.Programme, e ledger.Entry) (*programme.Programme, error) {
	then, err := s.rules(ctx, e.At)
	if err != nil {
		return nil, err
	}
	if campaign, _, dated := strings.Cut(e.Cause, "~"); dated && !strings.Contains(campaign, "/") {
		if _, known := then.Campaign(campaign); !known {
			return now, nil
		}
	}
	return then, nil
}

// fresh lists which entries of the tail the write added.
func fresh(before *card.Head, now card.Head) []int {
	added := now.Book.Posted
	if before != nil {
		added -= before.Book.Posted
	}
	var list []int
	for i := max(0, len(now.Book.Tail)-int(added)); i < len(now.Book.Tail); i++ {
		list = append(list, i)
	}
	return list
}

// order puts one order on the mail queue.
func (s *Service) order(ctx context.Context, o message.Order, delay time.Duration) error {
	body, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write order %s: %w", o.ID, err)
	}
	queue := s.MailQueue
	if o.Bulk && s.BulkQueue != nil {
		queue = s.BulkQueue
	}
	if err := queue.Send(ctx, body, delay); err != nil {
		return fmt.Errorf("order message %s: %w", o.ID, err)
	}
	s.traceMail(ctx, o, StepQueued, "")
	return nil
}

// factsOf lists the public facts of an entry.
func factsOf(id string, e ledger.Entry, balance int64) ([]events.Event, error) {
	var facts []events.Event
	tell := func(part string, body events.Body) {
		facts = append(facts, events.New(events.Metadata{
			ID:            ids.Derive(26, body.EventName(), id, e.Cause, part),
			OccurredAt:    e.At,
			Source:        ownSource,
			CorrelationID: CorrelationOf(e.Cause),
			CausationID:   e.Cause,
		}, body))
	}
	switch {
	case e.Kind == ledger.Move: // nobody has earned or lost anything
	case e.Points < 0 && (e.Kind == ledger.Reverse || e.Kind == ledger.Adjust):
		tell("", events.PointsReversed{Card: id, Cause: e.Cause, Points: e.Points, Balance: balance})
	case e.Points > 0 && e.Kind != ledger.Spend && e.Kind != ledger.Expire:
		earned := events.PointsEarned{Card: id, Cause: e.Cause, Points: e.Points, Balance: balance}
		bonuses, err := card.Bonuses(e)
		if err != nil {
			return nil, err
		}
		for _, b := range bonuses {
			earned.Bonuses = append(earned.Bonuses, events.Bonus(b))
		}
		tell("", earned)
	}
	granted, err := card.Coupons(e, card.MarkGranted)
	if err != nil {
		return nil, err
	}
	for _, c := range granted {
		tell(c.ID, events.CouponGranted{Card: id, Cause: e.Cause, Coupon: c.ID, Offer: c.Offer, Campaign: c.Campaign, ExpiresOn: c.ExpiresOn.String()})
	}
	redeemed, err := card.Coupons(e, card.MarkRedeemed)
	if err != nil {
		return nil, err
	}
	for _, c := range redeemed {
		tell(c.ID, events.CouponRedeemed{Card: id, Cause: e.Cause, Coupon: c.ID, Offer: c.Offer})
	}
	if e.From != e.To {
		tell("", events.TierChanged{Card: id, Cause: e.Cause, From: e.From, To: e.To})
	}
	for _, m := range e.Marks {
		if m.Kind == card.MarkEnrolled {
			tell("", events.ShopperEnrolled{Card: id, Store: m.Text})
		}
	}
	return facts, nil
}

// CorrelationOf is the id that follows a cause from the till to the e-mail. A return follows its receipt.
func CorrelationOf(cause string) string {
	if receipt, _, _ := strings.Cut(cause, "~"); strings.Contains(receipt, "/") {
		cause = receipt
	}
	return ids.Derive(16, cause)
}

// ordersOf lists the e-mails that an entry asks for: one for each coupon that came with a message, one for each campaign that
// spoke without a coupon.
func ordersOf(rules *programme.Programme, id string, e ledger.Entry, now time.Time) ([]message.Order, error) {
	if isMinted(e.Cause) {
		return nil, nil
	}
	var orders []message.Order
	bonuses, err := card.Bonuses(e)
	if err != nil {
		return nil, err
	}
	about, ending := card.About(e)
	add := func(campaign, coupon string) {
		c, ok := rules.Campaign(campaign)
		arm := card.SpokenIn(e, campaign)
		if c = c.In(arm); !ok || c.Message == nil {
			return
		}
		occasion, ordered := Occasion(plainCause(e.Cause)), e.At
		if ordered.After(now) {
			ordered = now // a till's clock runs ahead; the order's life begins now
		}
		orders = append(orders, message.Order{
			ID: message.OrderID(campaign, occasion, id), Campaign: campaign, Occasion: occasion, Card: id,
			Arm: arm, Template: c.Message.Template, Topic: c.Message.Topic, Coupon: coupon, Points: granted(bonuses, campaign) + ending,
			OrderedAt: ordered, ExpiresAt: now.Add(c.Message.Life()), Repeatable: c.Message.Repeatable,
			Priority:      c.Rank(),
			CorrelationID: CorrelationOf(e.Cause),
		})
	}
	coupons, err := card.Coupons(e, card.MarkGranted)
	if err != nil {
		return nil, err
	}
	for _, c := range coupons {
		if c.Campaign != "" {
			add(c.Campaign, c.ID)
		}
	}
	for _, m := range e.Marks {
		if m.Kind == card.MarkMessage {
			add(m.Text, about)
		}
	}
	return orders, nil
}

// granted is the points that a campaign has granted among the bonuses of an entry.
func granted(bonuses []card.Bonus, campaign string) (points int64) {
	for _, b := range bonuses {
		if b.By == campaign {
			points += b.Points
		}
	}
	return points
}

// Occasion names a cause within the alphabet of ids: "0042/03/173" is "0042.03.173". One that is too long is named by its hash, and
// so is one that would read like another: with dots of its own, or the return of a receipt.
func Occasion(cause string) string {
	name := strings.NewReplacer("/", ".", "~", "-", ":", "-", " ", "-").Replace(cause)
	if !ids.ValidPart(name) || strings.Contains(cause, ".") || strings.Contains(cause, "/") && strings.Contains(cause, "~") {
		return ids.Derive(26, cause)
	}
	return name
}
