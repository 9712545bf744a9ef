package cli

import (
	"context"

	"github.com/regulars-dev/regulars/shared/aws/mail"
	"github.com/regulars-dev/regulars/shared/aws/wire"
)

// mailAccount is what SES says of the account that mails: whether it may, how fast, and in what standing it is.
func (d *doctor) mailAccount(ctx context.Context) {
	cfg, err := wire.Config(d.lookup)
	if err != nil {
		d.find(bad, "mail", "%v", err)
		return
	}
	a, err := mail.ReadAccount(ctx, cfg)
	if err != nil {
		d.find(warn, "mail", "SES does not say how the account stands; whoever asks needs the right ses:GetAccount")
		return
	}
	d.list = append(d.list, mailFinding(a))
}

// mailFinding judges the account. The gravest of what there is to say is said.
func mailFinding(a mail.Account) finding {
	d := doctor{}
	switch {
	case a.Standing == "SHUTDOWN" || !a.Enabled:
		d.find(bad, "mail", "SES sends nothing for this account (%s); look at its reputation page in the AWS console and answer their case", orDash(a.Standing))
	case a.Standing == "PROBATION":
		d.find(bad, "mail", "SES has put the account under review, because of bounces or complaints; `regulars campaign kill --all`, then answer their case")
	case a.Sandbox:
		d.find(warn, "mail", "the account is in the SES sandbox: only verified addresses get mail, %d a day and %d a second; ask AWS for production access", a.PerDay, a.PerSecond)
	case a.PerDay > 0 && a.Sent*10 >= a.PerDay*9:
		d.find(warn, "mail", "%d of %d e-mails of 24 hours are sent; what comes on top waits. Ask AWS for more", a.Sent, a.PerDay)
	default:
		d.find(fine, "mail", "SES takes %d e-mails a second and %d in 24 hours, %d of them are sent; what mail.rate leaves out goes by that", a.PerSecond, a.PerDay, a.Sent)
	}
	return d.list[0]
}
