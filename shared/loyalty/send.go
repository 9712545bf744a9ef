package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Envelope is one rendered e-mail on its way to the mail service.
type Envelope struct {
	ID   string // of the message; comes back with every report
	From string
	To   string
	Raw  []byte
	Tags map[string]string
}

// Mailer hands an e-mail to the mail service.
type Mailer interface {
	// Mail sends and returns the service's own id. ErrRefused: the service will never take it. ErrThrottled: it was not taken,
	// and may be later. Any other error leaves it unknown whether it was sent.
	Mail(ctx context.Context, e Envelope) (providerID string, err error)
}

// ErrThrottled says that the mail service takes no more for now. It is no kind of error: the order comes again.
var ErrThrottled = errors.New("the mail service takes no more for now")

// maxDelay is the longest that a queue holds a message back.
const maxDelay = 15 * time.Minute

// Send carries out an order on the mail queue: claim, look at the shopper as of now, render, mail, settle. The message is mailed
// once for its occasion, whatever is delivered twice or dies between; where a sender died after the claim, the message is left
// doubtful until the mail service tells (Report), and only one that is marked repeatable goes out again.
func (s *Service) Send(ctx context.Context, o message.Order) error {
	now := s.Now()
	rec, over, err := s.Messages.Message(ctx, o.Card, o.ID)
	stored := &rec
	if errors.Is(err, ErrNotFound) {
		stored, over = nil, 0
	} else if err != nil {
		return fmt.Errorf("read message %s: %w", o.ID, err)
	}
	claimed, verdict := message.Claim(o, stored, now)
	switch verdict {
	case message.ClaimSettled:
		return s.tellAgain(ctx, claimed)
	case message.ClaimBusy:
		return s.order(ctx, o, wait(claimed.LeaseUntil, now))
	case message.ClaimEarly:
		return s.orderAt(ctx, o, claimed.NotBefore, now)
	case message.ClaimDoubtful:
		_, err := s.Messages.PutMessage(ctx, claimed, over)
		if err == nil {
			s.traceMail(ctx, o, StepDoubtful, "")
		}
		return s.lookAgain(ctx, o, err)
	}
	job, err := s.prepare(ctx, o, stored != nil && (rec.Reason == message.Throttled || rec.State == message.StateClaimed), now)
	if err != nil {
		return err
	}
	if stays, err := s.schedule(ctx, o, job, stored, now); stays || err != nil {
		return err
	}
	if job.verdict.Action != message.Send {
		return s.putOff(ctx, claimed, over, job, now)
	}
	if over, err = s.claim(ctx, claimed, over, job, now); err != nil {
		if errors.Is(err, ErrAgendaMoved) || (job.cart != nil || job.guarded) && errors.Is(err, ErrConflict) {
			return s.order(ctx, o, time.Second) // the agenda, the cart or the card was written to; what is now, decides
		}
		return s.lookAgain(ctx, o, err)
	}
	s.traceMail(ctx, o, StepClaimed, "")
	if o.Grant != nil {
		booked := job.agenda
		if job, err = s.mint(ctx, o, job); err != nil {
			return err
		}
		if job.verdict.Action != message.Send {
			return s.giveBack(ctx, claimed, over, booked, job, now)
		}
	}
	return s.mail(ctx, claimed, over, job)
}

// wait is how long an order is held back until t.
func wait(t, now time.Time) time.Duration {
	return min(max(t.Sub(now), time.Second), maxDelay)
}

// lookAgain comes back to an order whose record another sender has moved, once that sender's lease is over: if it died, somebody
// must write down that the message is doubtful. Any other error goes on.
func (s *Service) lookAgain(ctx context.Context, o message.Order, err error) error {
	if errors.Is(err, ErrConflict) {
		return s.order(ctx, o, message.Lease)
	}
	return err
}

// job is what an order comes to, as of now.
type job struct {
	verdict  message.Verdict
	detail   string // of a refusal, for the marketer
	envelope Envelope
	cart     *Cart
	shown    *Cart // cart, without what the shopper has bought elsewhere
	cartOver Version
	coupon   *card.Coupon
	opened   Opened
	agenda   *agenda   // the shopper's, where there is a cap
	stored   card.Head // as it lies in the table; that of opened is as the shopper sees it
	rules    *programme.Programme
	guarded  bool // only while the card is as it was read
}

// putOff writes down why a message is not sent: for good, or until a moment.
func (s *Service) putOff(ctx context.Context, rec message.Record, over Version, j *job, now time.Time) error {
	rec.Reason, rec.Detail, rec.LeaseUntil = j.verdict.Reason, j.detail, time.Time{}
	if j.verdict.Action == message.Defer {
		rec.State, rec.NotBefore = message.StateDeferred, j.verdict.Until
		if _, err := s.Messages.PutMessage(ctx, rec, over); err != nil {
			return s.lookAgain(ctx, rec.Order, err)
		}
		s.traceMail(ctx, rec.Order, StepPutOff, string(rec.Reason))
		return s.orderAt(ctx, rec.Order, j.verdict.Until, now)
	}
	rec.State, rec.SettledAt = message.StateRefused, now
	if _, err := s.Messages.PutMessage(ctx, rec, over); err != nil {
		return s.lookAgain(ctx, rec.Order, err)
	}
	s.traceMail(ctx, rec.Order, StepRefused, string(rec.Reason))
	return s.tellRefused(ctx, rec)
}

// tellAgain publishes what a settled message came to, under the same id as the first time: an order that is delivered again after it
// was settled may be one whose fact never reached the bus.
func (s *Service) tellAgain(ctx context.Context, rec message.Record) error {
	switch {
	case rec.Reported: // whoever heard the report tells
		return nil
	case !rec.SentAt.IsZero():
		return s.tellSent(ctx, rec)
	case rec.State == message.StateRefused:
		return s.tellRefused(ctx, rec)
	}
	return nil // doubtful: there is nothing to tell yet
}

func (s *Service) tellRefused(ctx context.Context, rec message.Record) error {
	return s.tell(ctx, events.New(s.about(rec, "refused", rec.SettledAt), events.MessageRefused{
		Message: rec.ID, Card: rec.Card, Campaign: rec.Campaign, Occasion: rec.Occasion, Reason: string(rec.Reason),
	}))
}

func (s *Service) tellSent(ctx context.Context, rec message.Record) error {
	return s.tell(ctx, events.New(s.about(rec, "sent", rec.SentAt), events.MessageSent{
		Message: rec.ID, Card: rec.Card, Campaign: rec.Campaign, Occasion: rec.Occasion,
	}))
}

// claim takes the message for this sender, after its slot in the shopper's agenda; for a cart, together with "this version is still open, and the
// card has bought nothing since".
func (s *Service) claim(ctx context.Context, rec message.Record, over Version, j *job, now time.Time) (Version, error) {
	if j.bookedByClaim() {
		return s.Agendas.ClaimBooked(ctx, rec, over, Booking{j.agenda.card, j.agenda.Take(rec.Order, now), j.agenda.over})
	}
	if j.cart == nil && j.guarded {
		return s.Messages.ClaimForCard(ctx, rec, over, j.opened)
	}
	if j.cart == nil {
		return s.Messages.PutMessage(ctx, rec, over)
	}
	return s.Messages.ClaimForCart(ctx, rec, over, s.reminded(rec.Order, j), j.cartOver, j.opened)
}

// mail sends what has been claimed and settles it.
func (s *Service) mail(ctx context.Context, rec message.Record, over Version, j *job) error {
	provider, err := s.Mailer.Mail(ctx, j.envelope)
	now := s.Now()
	switch {
	case errors.Is(err, ErrThrottled):
		return s.putOff(ctx, rec, over, &job{verdict: message.Verdict{
			Action: message.Defer, Until: now.Add(throttlePause(rec.Attempt)), Reason: message.Throttled,
		}}, now)
	case errors.Is(err, ErrRefused):
		return s.giveBack(ctx, rec, over, j.agenda, &job{
			verdict: message.Verdict{Action: message.Refuse, Reason: message.Rejected}, detail: err.Error(),
		}, now)
	case err != nil:
		return fmt.Errorf("mail message %s: %w", rec.ID, err) // the claim stands: nobody knows whether it went out
	}
	s.traceMail(ctx, rec.Order, StepMailed, "")
	rec, _ = message.Settle(rec, message.HappenAccept, now)
	rec.ProviderID = provider
	_, err = s.Messages.PutMessage(ctx, rec, over)
	if errors.Is(err, ErrConflict) { // the service's own report was faster: what it wrote is told
		if rec, _, err = s.Messages.Message(ctx, rec.Card, rec.ID); err == nil {
			return s.tellAgain(ctx, rec)
		}
	}
	if err != nil {
		return fmt.Errorf("settle message %s: %w", rec.ID, err) // the service's own report settles it
	}
	return s.tellSent(ctx, rec)
}

func (s *Service) about(rec message.Record, what string, at time.Time) events.Metadata {
	return events.Metadata{
		ID: ids.Derive(26, rec.ID, what), OccurredAt: at, Source: ownSource,
		CorrelationID: rec.CorrelationID, CausationID: rec.ID,
	}
}

func (s *Service) tell(ctx context.Context, e events.Event) error {
	if err := s.publish(ctx, []events.Event{e}); err != nil {
		return fmt.Errorf("publish %s: %w", e.Type, err)
	}
	return nil
}

// prepare looks at the shopper, the card and the cart as they are now, and renders the message if it may go. again says that the
// message was claimed before, and with it its cart.
func (s *Service) prepare(ctx context.Context, o message.Order, again bool, now time.Time) (*job, error) {
	refuse := func(why message.Reason) (*job, error) {
		return &job{verdict: message.Verdict{Action: message.Refuse, Reason: why}}, nil
	}
	rules, err := s.rules(ctx, now)
	if err != nil {
		return nil, err
	}
	if v, err := s.heed(ctx, rules, o, now); err != nil || v.Action != message.Send {
		return &job{verdict: v}, err
	}
	opened, err := s.Cards.Open(ctx, o.Card, true)
	if errors.Is(err, ErrNotFound) {
		return refuse(message.CardClosed)
	}
	if err != nil {
		return nil, fmt.Errorf("open card %s: %w", o.Card, err)
	}
	opened, held, err := s.heldOut(ctx, o, opened, rules, now)
	if err != nil {
		return nil, err
	}
	if held {
		return refuse(message.HeldOut)
	}
	j := &job{stored: opened.Head, rules: rules}
	opened.Head = rules.Shown(opened.Head, now)
	j.opened = opened
	if j.verdict, j.agenda, err = s.permit(ctx, o, opened, rules, now); err != nil || j.verdict.Action != message.Send {
		if j.verdict.Reason == message.NoConsent && opened.Profile.Consents[o.Topic].Asked {
			j.detail = unconfirmed
		}
		return j, err
	}
	if o.Journey != "" {
		if j, j.guarded, err = s.onJourney(ctx, o, j, now); err != nil || j.verdict.Action != message.Send {
			return j, err
		}
	}
	if j.coupon, err = s.couponOf(ctx, o, j, now); errors.Is(err, errBudgetSpent) {
		return refuse(message.BudgetSpent)
	} else if err != nil {
		return nil, err
	}
	if j.coupon == nil && (o.Coupon != "" || o.Grant != nil) {
		return refuse(message.CouponGone)
	}
	if o.Cart != "" {
		c, over, err := s.cart(ctx, o.Cart)
		if err != nil {
			return nil, err
		}
		shown, why, err := s.mayRemind(ctx, o, c, again, j)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return refuse(why)
		}
		j.cart, j.shown, j.cartOver = &c, &shown, over
	}
	return s.write(o, j, now)
}

// write renders the message.
func (s *Service) write(o message.Order, j *job, now time.Time) (*job, error) {
	envelope, why, err := s.Letters.render(j.rules, o, j.opened, j.coupon, j.shown, now)
	if err != nil {
		return nil, err
	}
	if why.reason != "" {
		return &job{verdict: message.Verdict{Action: message.Refuse, Reason: why.reason}, detail: why.detail}, nil
	}
	j.envelope = envelope
	return j, nil
}

// permit asks the message room with the shopper's facts of now.
func (s *Service) permit(
	ctx context.Context, o message.Order, opened Opened, rules *programme.Programme, now time.Time,
) (message.Verdict, *agenda, error) {
	p := opened.Profile
	if o.Campaign == message.CampaignConsent && !slices.ContainsFunc(asked(p), o.OrderedAt.Equal) {
		return message.Verdict{Action: message.Refuse, Reason: message.NoConsent}, nil, nil // withdrawn or confirmed since
	}
	in := message.PermitInput{
		Now: now, Class: message.ClassOf(o.Topic), CardClosed: opened.Head.Status != card.Open, Email: p.Email,
		Consent: p.Consents[o.Topic].Allowed, Minor: rules.Minor(p, now), Quiet: rules.Quiet(), StoreZone: rules.Zone(""),
	}
	if p.TimeZone != "" {
		if zone, err := time.LoadLocation(p.TimeZone); err == nil { // judged at the door; one that is unknown by now leaves the store's
			in.Zone = zone
		}
	}
	var err error
	if in.Suppressed, err = s.against(ctx, p); err != nil {
		return message.Verdict{}, nil, err
	}
	var kept *agenda
	if caps := rules.MailCaps(); len(caps) > 0 && in.Class == message.Marketing && in.Consent {
		var err error
		if kept, err = s.agendaOf(ctx, opened.Shopper()); err != nil {
			return message.Verdict{}, nil, err
		}
		in.Caps, in.Agenda = caps, kept.Agenda
	}
	return message.Permit(o, in), kept, nil
}
