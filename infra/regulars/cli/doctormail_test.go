package cli

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/aws/mail"
)

func TestTheDoctorLooksAtTheMailAccount(t *testing.T) {
	t.Parallel()
	well := mail.Account{Enabled: true, Standing: "HEALTHY", PerSecond: 14, PerDay: 50_000, Sent: 12}
	for name, row := range map[string]struct {
		change      func(*mail.Account)
		state, says string
	}{
		"well":       {func(*mail.Account) {}, fine, "14 e-mails a second"},
		"sandbox":    {func(a *mail.Account) { a.Sandbox, a.PerDay, a.PerSecond = true, 200, 1 }, warn, "sandbox"},
		"nearly all": {func(a *mail.Account) { a.Sent = 45_000 }, warn, "45000 of 50000"},
		"no bound":   {func(a *mail.Account) { a.PerDay, a.Sent = -1, 45_000 }, fine, "14 e-mails a second"},
		"review":     {func(a *mail.Account) { a.Standing, a.Sandbox = "PROBATION", true }, bad, "under review"},
		"shut down":  {func(a *mail.Account) { a.Standing = "SHUTDOWN" }, bad, "sends nothing"},
		"paused":     {func(a *mail.Account) { a.Enabled = false }, bad, "sends nothing"},
	} {
		a := well
		row.change(&a)
		if f := mailFinding(a); f.State != row.state || !strings.Contains(f.Text, row.says) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
