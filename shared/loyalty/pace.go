package loyalty

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Paces keeps how much of the sending rate is given away, over all who send.
type Paces interface {
	// Pace returns it and its version; the zero Pace where nothing was ever given. A read sees every earlier put.
	Pace(ctx context.Context) (message.Pace, Version, error)

	// PutPace stores it if over is still its version. Otherwise ErrConflict.
	PutPace(ctx context.Context, p message.Pace, over Version) error
}

// Pacer holds the leaves to send of one process. Each is for a few e-mails at once, so what all processes share is written about once a second,
// however fast they send.
type Pacer struct {
	mu           sync.Mutex
	bulk, urgent holding
	quota        message.Quota
	quotaRead    time.Time
}

// holding is what is left of a leave.
type holding struct {
	message.Leave
	size  int64 // of it when it was taken
	taken time.Time
}

const (
	// leaveSoon is within what time a leave must be used up for the next to be twice as large. A process that sends now and then takes
	// leave for one e-mail at a time, and so spoils none of the day's number.
	leaveSoon = 5 * time.Second

	// leaveMost is the largest where the rate has no bound.
	leaveMost = 64

	// paceSlack is how much too early an e-mail goes rather than wait on the queue: rates are by the second.
	paceSlack = time.Second
)

// paced heeds the sending rate for a message that may go: it goes, or waits for the moment that is given to it, or for the shop's next day.
// One that comes back at its moment has it already.
func (s *Service) paced(ctx context.Context, o message.Order, j *job, before *message.Record, now time.Time) error {
	if s.Pacer == nil || j.verdict.Action != message.Send || hadMoment(before) {
		return nil
	}
	rate, err := s.rateNow(ctx, j.rules, now)
	if err != nil || !rate.Bounded() {
		return err
	}
	at, err := s.moment(ctx, o, rate, j.rules, now)
	if err != nil {
		return err
	}
	verdict := message.Verdict{Action: message.Defer, Until: at, Reason: message.Paced}
	switch {
	case at.IsZero() && rate.Window:
		verdict.Until, verdict.Reason = now.Add(quotaPause), message.DailyQuota
	case at.IsZero():
		_, verdict.Until = j.rules.Today(now)
		verdict.Reason = message.DailyQuota
	case !at.After(now.Add(paceSlack)):
		return nil
	case at.Sub(now) > message.PaceAhead: // none was given: it asks again
		verdict.Until, verdict.Reason = now.Add(message.PaceAhead), message.Crowded
	}
	if !verdict.Until.Before(o.ExpiresAt) {
		verdict = message.Verdict{Action: message.Refuse, Reason: verdict.Reason}
	}
	j.verdict, j.agenda = verdict, nil
	return nil
}

// hadMoment reports whether a message was given its moment before.
func hadMoment(before *message.Record) bool {
	return before != nil && (before.State == message.StateClaimed || before.Reason == message.Paced || before.Reason == message.Throttled)
}

// moment is when a message may go, by the leaves of this process or a new one; zero where the day's number is reached.
func (s *Service) moment(ctx context.Context, o message.Order, rate message.Rate, rules *programme.Programme, now time.Time) (time.Time, error) {
	s.Pacer.mu.Lock()
	defer s.Pacer.mu.Unlock()
	h := &s.Pacer.urgent
	if o.Bulk {
		h = &s.Pacer.bulk
	}
	day, _ := rules.Today(now)
	if today := day.String(); h.N == 0 || h.Day != today {
		if err := s.takeLeave(ctx, h, o, rate, now, today); err != nil || h.N == 0 {
			return h.From, err
		}
	}
	at := h.From
	h.N--
	h.From = h.From.Add(h.Every)
	return at, nil
}

// takeLeave takes leave for some more e-mails.
func (s *Service) takeLeave(ctx context.Context, h *holding, o message.Order, rate message.Rate, now time.Time, today string) error {
	size, most := int64(1), rate.PerSecond
	if most == 0 {
		most = leaveMost
	}
	if h.size > 0 && now.Sub(h.taken) < leaveSoon {
		size = min(2*h.size, most)
	}
	for range maxRounds {
		pace, over, err := s.Paces.Pace(ctx)
		if err != nil {
			return fmt.Errorf("read how fast is sent: %w", err)
		}
		next, leave := pace.Take(size, o.Bulk, message.ClassOf(o.Topic), rate, now, today)
		h.Leave = leave
		if leave.N == 0 {
			return nil
		}
		err = s.Paces.PutPace(ctx, next, over)
		if err == nil {
			h.size, h.taken = size, now
			return nil
		}
		h.Leave = message.Leave{}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("store how fast is sent: %w", err)
		}
	}
	return errBusy
}

// Bounds of how a run waits for the sending rate.
const (
	// runAhead is how much mail may be on its way before a run looks through more cards: what is ordered later need not be put off.
	runAhead = 4 * time.Minute

	runPause = time.Minute
)

// holdsBack reports that enough of a run's mail is on its way for now.
func (s *Service) holdsBack(ctx context.Context, rules *programme.Programme, now time.Time) (bool, error) {
	if s.Paces == nil {
		return false, nil
	}
	pace, _, err := s.Paces.Pace(ctx)
	if err != nil {
		return false, fmt.Errorf("read how fast is sent: %w", err)
	}
	return pace.Until.Sub(now) > runAhead, nil
}
