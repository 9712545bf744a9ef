package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Quotas is a Mailer that knows how much it takes.
type Quotas interface {
	// Quota asks the mail service. The zero Quota is one without bounds.
	Quota(ctx context.Context) (message.Quota, error)
}

// quotaKnown is how long a process goes by the quota that it has read: an e-mail reads nothing for it.
const quotaKnown = time.Minute

// quotaPause is how long an e-mail waits where the quota is used up. Its window moves with the clock, so there may be room long before
// the next day.
const quotaPause = time.Hour

// AskQuota asks the mail service what it takes, where nobody has asked for a quarter of an hour, and keeps it for all who send. It is
// called each minute; a mail service that knows no quota is never asked.
func (s *Service) AskQuota(ctx context.Context, now time.Time) error {
	asked, ok := s.Mailer.(Quotas)
	if !ok || s.Paces == nil {
		return nil
	}
	pace, _, err := s.Paces.Pace(ctx)
	if err != nil {
		return fmt.Errorf("read how fast is sent: %w", err)
	}
	if !pace.Quota.Stale(now) {
		return nil
	}
	q, err := asked.Quota(ctx)
	if err != nil {
		return fmt.Errorf("ask how much mail is taken: %w", err)
	}
	if q == (message.Quota{}) && pace.Quota.AskedAt.IsZero() {
		return nil // no bounds, as before
	}
	rules, err := s.rules(ctx, now)
	if err != nil {
		return err
	}
	q.AskedAt = now
	return s.keepQuota(ctx, q, rules, now)
}

// keepQuota stores a quota beside what the senders write meanwhile.
func (s *Service) keepQuota(ctx context.Context, q message.Quota, rules *programme.Programme, now time.Time) error {
	for range maxRounds {
		pace, over, err := s.Paces.Pace(ctx)
		if err != nil {
			return fmt.Errorf("read how fast is sent: %w", err)
		}
		err = s.Paces.PutPace(ctx, pace.Heard(q, rules.MailRateWithin(q, now), now), over)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("store how much mail is taken: %w", err)
		}
	}
	return errBusy
}

// rateNow is how fast this process may send: by the programme, and by the quota where the programme leaves something open.
func (s *Service) rateNow(ctx context.Context, rules *programme.Programme, now time.Time) (message.Rate, error) {
	rate := rules.MailRate(now)
	if rate.PerSecond > 0 && rate.PerDay > 0 {
		return rate, nil
	}
	q, err := s.Pacer.quotaOf(ctx, s.Paces, now)
	return rules.MailRateWithin(q, now), err
}

// quotaOf is the quota as this process knows it.
func (p *Pacer) quotaOf(ctx context.Context, paces Paces, now time.Time) (message.Quota, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if age := now.Sub(p.quotaRead); !p.quotaRead.IsZero() && age >= 0 && age < quotaKnown {
		return p.quota, nil
	}
	pace, _, err := paces.Pace(ctx)
	if err != nil {
		return message.Quota{}, fmt.Errorf("read how fast is sent: %w", err)
	}
	p.quota, p.quotaRead = pace.Quota, now
	return p.quota, nil
}
