package mail

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/regulars-dev/regulars/shared/message"
)

// Account is what SES says of the account in its Region.
type Account struct {
	Sandbox   bool   // mail goes to verified addresses alone, 200 a day
	Enabled   bool   // sending is not paused
	Standing  string // HEALTHY; PROBATION and SHUTDOWN call for a person
	PerSecond int64  // e-mails that SES takes; whole ones
	PerDay    int64  // within any 24 hours; below 0 there is no bound
	Sent      int64  // within the last 24 hours, by everybody in the account
}

// ReadAccount asks SES. The caller needs the right ses:GetAccount.
func ReadAccount(ctx context.Context, cfg aws.Config) (Account, error) {
	out, err := sesv2.NewFromConfig(cfg).GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		return Account{}, fmt.Errorf("ask SES about the account: %w", err)
	}
	a := Account{Sandbox: !out.ProductionAccessEnabled, Enabled: out.SendingEnabled, Standing: aws.ToString(out.EnforcementStatus)}
	if q := out.SendQuota; q != nil {
		a.PerSecond, a.PerDay, a.Sent = int64(q.MaxSendRate), int64(q.Max24HourSend), int64(q.SentLast24Hours)
	}
	return a, nil
}

// Quota implements loyalty.Quotas.
func (m *Mail) Quota(ctx context.Context) (message.Quota, error) {
	a, err := ReadAccount(ctx, m.cfg)
	return message.Quota{PerSecond: a.PerSecond, PerDay: max(0, a.PerDay), Sent: a.Sent}, err
}
