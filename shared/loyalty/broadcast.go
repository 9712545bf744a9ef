package loyalty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/together"
)

// A broadcast looks through all cards in parts, each part on its own. Each page of cards is decided on once: whom it has chosen is
// written down together with the place that was reached, and ordered after that. So a crash anywhere loses nobody and changes nobody's
// lot: whoever goes on orders what lies there once more, and the record of each message knows it as one.

// broadcastParts is how many parts a run is looked through in, and so how many functions at most are at work on it.
const broadcastParts = 4

// PartOrder asks for one part of a run to be gone on with. It lies as JSON on the broadcast queue.
type PartOrder struct {
	Campaign string `json:"campaign"`
	Occasion string `json:"occasion"`
	Part     int    `json:"part"`
}

// ParsePartOrder reads an order off the broadcast queue. ErrInvalid for what is none.
func ParsePartOrder(body []byte) (PartOrder, error) {
	var o PartOrder
	if err := json.Unmarshal(body, &o); err != nil || o.Campaign == "" || o.Occasion == "" || o.Part < 0 {
		return PartOrder{}, &Error{Kind: ErrInvalid, Code: "no_part", Detail: "this asks for no part of a run"}
	}
	return o, nil
}

// Broadcasts begins every run whose moment has come, up to Campaign.Late ago, and tells how many. A run is named by its campaign and the
// local date, so the same tick again, or another scheduler's, begins none twice.
func (s *Service) Broadcasts(ctx context.Context, now time.Time) (begun int, err error) {
	rules, err := s.rules(ctx, now)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, b := range rules.Broadcasts(now.Add(-programme.LatestBroadcast), now) {
		if !b.Begins().After(now.Add(-b.Campaign.Late())) {
			continue
		}
		began, err := s.begin(ctx, b)
		if err != nil {
			failed = append(failed, fmt.Errorf("begin campaign %s of %s: %w", b.Campaign.ID, b.Occasion(), err))
		}
		if began {
			begun++
		}
	}
	return begun, errors.Join(failed...)
}

// begin writes the run down, puts its parts on the queue, and writes down that they are.
func (s *Service) begin(ctx context.Context, b programme.Broadcast) (bool, error) {
	run, err := s.Runs.Run(ctx, b.Campaign.ID, b.Occasion())
	switch {
	case errors.Is(err, ErrNotFound):
		then, err := s.rules(ctx, b.Begins()) // a campaign says nothing of days before it was published
		if err != nil {
			return false, err
		}
		if _, planned := then.Broadcast(b.Campaign.ID, b.Occasion()); !planned {
			return false, nil
		}
		if may, err := s.maySpeak(ctx, then, b.Campaign.ID); !may || err != nil {
			return false, err
		}
		run = Run{Campaign: b.Campaign.ID, Occasion: b.Occasion(), At: b.Begins(), Parts: broadcastParts}
		if err := s.Runs.PutRun(ctx, run); err != nil {
			return false, orBegun(err)
		}
		run.Version = 1
	case err != nil:
		return false, err
	case run.Queued:
		return false, nil
	}
	for part := range run.Parts {
		if err := s.goOn(ctx, PartOrder{Campaign: run.Campaign, Occasion: run.Occasion, Part: part}, 0); err != nil {
			return false, err
		}
	}
	run.Queued = true
	return true, orBegun(s.Runs.PutRun(ctx, run))
}

// orBegun takes a conflict for what it is here: another scheduler was faster.
func orBegun(err error) error {
	if errors.Is(err, ErrConflict) {
		return nil
	}
	return err
}

func (s *Service) goOn(ctx context.Context, o PartOrder, delay time.Duration) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.BroadcastQueue.Send(ctx, body, delay)
}

const (
	// pagesATurn is how many pages one call looks through before it sends itself on: some ten seconds of work, well within the life of a
	// function.
	pagesATurn = 10

	// partPause is how long a part waits whose place another worker has moved, or whose campaign stands still.
	partPause = time.Minute
)

// Broadcast goes on with one part of a run: it orders an e-mail for each card that the campaign is for, a page after another, and puts
// itself back on the queue until there is none left. The same order again, also at the same time, mails nobody twice.
func (s *Service) Broadcast(ctx context.Context, o PartOrder) error {
	w, err := s.openPart(ctx, o)
	if errors.Is(err, ErrNotFound) {
		return refuse(ErrInvalid, "no_run", "there is no such run of a campaign")
	}
	if err != nil {
		return err
	}
	for range pagesATurn {
		if err := s.orderChosen(ctx, w); err != nil {
			return err
		}
		if w.part.Done {
			return nil
		}
		if w.part.Looked {
			w.part.Done, w.part.Chosen = true, nil
		} else if stays, err := s.stopPart(ctx, w.rules, o); stays || err != nil {
			return err
		} else if waits, err := s.holdsBack(ctx, w.rules, s.Now()); err != nil {
			return err
		} else if waits {
			return s.goOn(ctx, o, runPause)
		} else if err := s.choosePage(ctx, w); err != nil {
			return err
		} else if passes, err := s.passesMost(ctx, w); passes || err != nil {
			return err
		}
		w.over, err = s.Runs.PutPart(ctx, w.part, w.over)
		if errors.Is(err, ErrConflict) {
			return s.goOn(ctx, o, partPause) // another worker is at it; if it dies, this one finds the place
		}
		if err != nil {
			return fmt.Errorf("store how far part %d of campaign %s has come: %w", o.Part, o.Campaign, err)
		}
	}
	return s.goOn(ctx, o, 0)
}

// stopPart heeds that a campaign is stopped before another page is chosen: what was chosen is ordered, and each of those e-mails says in
// its record what became of it. A paused run waits; a killed one ends here.
func (s *Service) stopPart(ctx context.Context, rules *programme.Programme, o PartOrder) (stays bool, err error) {
	state, err := s.standing(ctx, rules, o.Campaign, message.Marketing)
	if err != nil || state.speaks() {
		return false, err
	}
	if state.waits() {
		return true, s.goOn(ctx, o, partPause)
	}
	return true, nil
}

// partWork is a part of a run at work.
type partWork struct {
	run   Run
	part  RunPart
	over  Version
	rules *programme.Programme
	plan  programme.Broadcast
}

func (s *Service) openPart(ctx context.Context, o PartOrder) (*partWork, error) {
	run, err := s.Runs.Run(ctx, o.Campaign, o.Occasion)
	if err != nil {
		return nil, fmt.Errorf("read the run of campaign %s: %w", o.Campaign, err)
	}
	w := &partWork{run: run}
	if w.rules, err = s.rules(ctx, run.At); err != nil {
		return nil, err
	}
	var planned bool
	if w.plan, planned = w.rules.Broadcast(o.Campaign, o.Occasion); !planned {
		return nil, fmt.Errorf("campaign %s of %s is not in the rules of its moment: %w", o.Campaign, o.Occasion, ErrNotFound)
	}
	w.part, w.over, err = s.Runs.Part(ctx, o.Campaign, o.Occasion, o.Part)
	if err != nil {
		return nil, fmt.Errorf("read part %d of campaign %s: %w", o.Part, o.Campaign, err)
	}
	return w, nil
}

// choosePage looks through the next page of cards and writes into the part whom the campaign is for.
func (s *Service) choosePage(ctx context.Context, w *partWork) error {
	cards, next, err := s.Shoppers.CardsOf(ctx, w.part.Number, w.run.Parts, w.part.After)
	if err != nil {
		return err
	}
	w.part.Chosen, w.part.After, w.part.Looked = nil, next, next == ""
	meant, err := s.meantOf(ctx, w.rules.WhoFor(w.plan.Campaign.ID), cards, s.Now())
	if err != nil {
		return err
	}
	for i, o := range cards {
		w.part.Counts.Cards++
		if !meant[i] {
			continue
		}
		w.part.Counts.Audience++
		if held, _ := w.rules.HeldOut(w.plan.Campaign.ID, o.Head.ID); held {
			w.part.Counts.HeldOut++ // it is ordered all the same: whoever sends writes down that it is held out, and measures it
		} else {
			w.part.Counts.Ordered++
		}
		choice := Choice{Card: o.Head.ID, Arm: w.rules.ArmOf(w.plan.Campaign.ID, o.Head)}
		if w.plan.Shopper {
			choice.Before = w.plan.At(w.rules.ShopperZone(o.Profile.TimeZone)).UTC()
		}
		w.part.Chosen = append(w.part.Chosen, choice)
	}
	return nil
}

// orderChosen orders the e-mails of those whom the newest page has chosen.
func (s *Service) orderChosen(ctx context.Context, w *partWork) error {
	if w.plan.Campaign.HasSteps() {
		return s.enterAll(ctx, w)
	}
	orders := make([]message.Order, 0, len(w.part.Chosen))
	for _, c := range w.part.Chosen {
		orders = append(orders, w.order(c))
	}
	return s.orderAll(ctx, orders)
}

// order is the e-mail to one card. Its life is reckoned from the moment at which it was to be sent, so what comes late is not sent
// when it no longer means anything.
func (w *partWork) order(c Choice) message.Order {
	k, from := w.plan.Campaign.In(c.Arm), w.run.At
	if c.Before.After(from) {
		from = c.Before
	}
	o := message.Order{
		ID: message.OrderID(k.ID, w.run.Occasion, c.Card), Campaign: k.ID, Occasion: w.run.Occasion, Card: c.Card,
		Arm: c.Arm, Template: k.Message.Template, Topic: k.Message.Topic, OrderedAt: w.run.At, EarliestAt: c.Before,
		ExpiresAt: from.Add(k.Message.Life()), Repeatable: k.Message.Repeatable,
		Priority: k.Rank(), Bulk: true,
		CorrelationID: CorrelationOf(k.ID + "~" + w.run.Occasion),
	}
	if k.Grant != nil {
		o.Grant = &message.Grant{Offer: k.Grant.Offer, Days: k.Grant.Days}
	}
	return o
}

// ordersAtOnce is how many orders are on their way to the queue at the same time.
const ordersAtOnce = 16

// orderAll puts orders on the mail queue. After an error some may lie there; order all again.
func (s *Service) orderAll(ctx context.Context, orders []message.Order) error {
	return atOnce(ctx, len(orders), func(i int) error { return s.order(ctx, orders[i], 0) })
}

// atOnce does n things, ordersAtOnce at a time, and returns one of their errors.
func atOnce(ctx context.Context, n int, do func(i int) error) error {
	failed := make([]error, n)
	together.Each(ctx, n, ordersAtOnce, func(i int) { failed[i] = do(i) })
	for _, err := range failed {
		if err != nil {
			return err // one says enough
		}
	}
	return nil
}

// Add adds what a part has come to.
func (r *RunReport) Add(p RunPart) {
	r.Begun = append(r.Begun, p)
	r.Counts.Cards += p.Counts.Cards
	r.Counts.Audience += p.Counts.Audience
	r.Counts.Ordered += p.Counts.Ordered
	r.Counts.HeldOut += p.Counts.HeldOut
	done := 0
	for _, part := range r.Begun {
		if part.Done {
			done++
		}
	}
	r.Done = done == r.Parts
}
