package loyalty

import (
	"context"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/message"
)

// maxTestAddresses is how many people one test goes to.
const maxTestAddresses = 5

// TestLetter is a test to be sent: a preview, and to whom.
type TestLetter struct {
	PreviewAsked
	To []string `json:"to"` // bare addresses
}

// SendTest sends a preview to addresses that the marketer names. It needs no consent and is written down nowhere: no claim, no record, no
// coupon, no place in a cap or a figure. Its subject says that it is a test, and its way out leads nowhere.
//
// ErrInvalid for addresses that are none or too many of them, ErrRefused where nothing here sends mail, else what Preview returns. Any other
// error leaves it open how many of the tests went out.
func (s *Service) SendTest(ctx context.Context, t TestLetter) (Preview, error) {
	if len(t.To) == 0 || len(t.To) > maxTestAddresses {
		return Preview{}, refuse(ErrInvalid, "addresses", "a test goes to 1 to %d addresses; here are %d", maxTestAddresses, len(t.To))
	}
	for _, to := range t.To {
		if err := message.CheckAddress(to); err != nil {
			return Preview{}, refuse(ErrInvalid, "address_invalid", "%s", strings.TrimPrefix(err.Error(), message.ErrInvalid.Error()+": "))
		}
	}
	if s.Mailer == nil || s.Letters == nil || s.Letters.From == "" {
		return Preview{}, refuse(ErrRefused, "no_mailer", "nothing here sends e-mails; let `regulars run` run, or name the deployment and MAIL_FROM")
	}
	p, err := s.Preview(ctx, t.PreviewAsked)
	if err != nil {
		return Preview{}, err
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return Preview{}, err
	}
	p.Mail.Subject = "[Test] " + p.Mail.Subject
	p.Mail.HTML = message.Bannered(p.Mail.HTML, p.banner(t.Card != "")...)
	for i, to := range t.To {
		letter := p.Mail
		letter.ID = "t" + ids.Derive(20, "test", p.Template, to, s.Now().UTC().Format("20060102150405.000000000"), fmt.Sprint(i))
		letter.From, letter.To, letter.Date, letter.UnsubscribeURL = s.Letters.sender(rules.Shop.Name), to, s.Now(), ""
		raw, err := letter.MIME(letter.ID)
		if err != nil {
			return Preview{}, refuse(ErrInvalid, "mail_invalid", "the sender %q cannot stand in a mail", s.Letters.From)
		}
		if _, err := s.Mailer.Mail(ctx, Envelope{ID: letter.ID, From: letter.From, To: to, Raw: raw, Tags: map[string]string{"message": letter.ID, "test": "yes"}}); err != nil {
			return Preview{}, fmt.Errorf("send test %d of %d: %w", i+1, len(t.To), err)
		}
	}
	return p, nil
}

// banner is what stands above a preview that somebody might take for more.
func (p Preview) banner(ofCard bool) []string {
	list := []string{"This is a test. Its coupon is not one, and its unsubscribe link does nothing."}
	if ofCard && len(p.NotSent) > 0 {
		list = append(list, p.Why())
	}
	return list
}
