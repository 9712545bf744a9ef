package loyalty_test

import (
	"bytes"
	"errors"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// before is all that a preview or a test could change: the card as it is stored, its messages, and what waits to be sent.
func (s *shop) before(number string) (card string, messages int) {
	s.t.Helper()
	opened, err := s.Store.Open(s.t.Context(), number, true)
	if err != nil {
		s.t.Fatal(err)
	}
	list, err := s.Service.Messages.MessagesOf(s.t.Context(), opened.Head.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return opened.Head.ID + string(rune(opened.HeadVersion)), len(list)
}

// W-8: who would not get the e-mail sees it all the same, with why not above.
func TestAPreviewSaysWhyTheShopperWouldNotGetIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(3)
	s.publish("mail:\n  quiet_from", "  - {id: quiet, on: schedule, holdout: 50, schedule: "+mondays+", message: {template: note, topic: offers}}\nmail:\n  cap: {count: 1, days: 30}\n  quiet_from")
	see := func(n uint64, template, campaign string) loyalty.Preview {
		t.Helper()
		card, messages := s.before(s.Number(n))
		p, err := s.Preview(t.Context(), loyalty.PreviewAsked{Template: template, Campaign: campaign, Card: s.Number(n)})
		if err != nil {
			t.Fatal(err)
		}
		if c, m := s.before(s.Number(n)); c != card || m != messages || len(s.Queue.Take())+len(s.Post.Mails()) > 0 {
			t.Errorf("looking at %s for card %d has changed something", template, n)
		}
		if says := p.Why(); (says != "") != strings.Contains(p.Bannered(), "would not get this e-mail now") {
			t.Errorf("the banner is not what is known: %s", says)
		}
		return p
	}
	if p := see(1, "mail", "big"); p.Why() != "" || p.Mail.Subject != "A coupon for you" || !strings.Contains(p.Mail.Text, "10 % off") {
		t.Errorf("a card that would get it: %s\n%s", p.Why(), p.Mail.Text)
	}
	s.leave(s.Number(2))
	if p := see(2, "mail", ""); !strings.Contains(p.Why(), "consent: not given for offers") {
		t.Errorf("unsubscribed: %s", p.Why())
	}
	held := 0
	for n := range uint64(3) {
		if strings.Contains(see(n+1, "note", "quiet").Why(), "holdout: left alone") {
			held++
		}
	}
	if held == 0 || held == 3 {
		t.Errorf("%d of 3 are held out", held)
	}
}

func TestACappedShopperIsToldOf(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(1)
	s.publish("mail:\n  quiet_from", "mail:\n  cap: {count: 1, days: 30}\n  quiet_from")
	s.checkout(s.sale("1", s.Number(1), 6000))
	s.relay(s.Number(1))
	s.send()
	p, err := s.Preview(t.Context(), loyalty.PreviewAsked{Template: "mail", Card: s.Number(1)})
	if err != nil || !strings.Contains(p.Why(), "expired_by_cap") || len(s.Post.Mails()) != 1 {
		t.Errorf("%v: %q after %d mails", err, p.Why(), len(s.Post.Mails()))
	}
}

func TestATestIsSentAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(2)
	s.leave(s.Number(1))
	card, messages := s.before(s.Number(1))
	_, err := s.SendTest(t.Context(), loyalty.TestLetter{
		PreviewAsked: loyalty.PreviewAsked{Template: "mail", Card: s.Number(1)}, To: []string{"mira@shop.example", "bo@shop.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c, m := s.before(s.Number(1)); c != card || m != messages || len(s.head(s.Number(1)).Wallet) != 0 || s.Bus.Facts() != "" {
		t.Errorf("a test has left a trace: %d messages, facts %q", m-messages, s.Bus.Facts())
	}
	mails := s.Post.Mails()
	if len(mails) != 2 || mails[0].ID == mails[1].ID || mails[0].To != "mira@shop.example" {
		t.Fatalf("the tests went out as %d mails", len(mails))
	}
	read, err := mail.ReadMessage(bytes.NewReader(mails[0].Raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || subject != "[Test] A coupon for you" {
		t.Errorf("%v: the subject is %q", err, subject)
	}
	if read.Header.Get("List-Unsubscribe") != "" || mails[0].Tags["campaign"] != "" {
		t.Errorf("a test can be unsubscribed from, or counts for campaign %q", mails[0].Tags["campaign"])
	}
	if err := s.Unsubscribe(t.Context(), "preview"); !errors.Is(err, message.ErrInvalid) {
		t.Errorf("the way out of a test leads somewhere: %v", err)
	}
}

func TestATestThatCannotBeSentSaysWhy(t *testing.T) {
	t.Parallel()
	s := open(t)
	for code, letter := range map[string]loyalty.TestLetter{
		"addresses":        {PreviewAsked: loyalty.PreviewAsked{Template: "mail"}},
		"address_invalid":  {PreviewAsked: loyalty.PreviewAsked{Template: "mail"}, To: []string{"Mira <mira@shop.example>"}},
		"template_unknown": {PreviewAsked: loyalty.PreviewAsked{Template: "male"}, To: []string{"mira@shop.example"}},
		"campaign_unknown": {PreviewAsked: loyalty.PreviewAsked{Template: "mail", Campaign: "basket"}, To: []string{"mira@shop.example"}},
	} {
		if _, err := s.SendTest(t.Context(), letter); loyalty.Code(err) != code {
			t.Errorf("%v; want %s", err, code)
		}
	}
	s.Mailer = nil
	_, err := s.SendTest(t.Context(), loyalty.TestLetter{PreviewAsked: loyalty.PreviewAsked{Template: "mail"}, To: []string{"mira@shop.example"}})
	if loyalty.Code(err) != "no_mailer" || len(s.Post.Mails()) > 0 {
		t.Error(err)
	}
}

func TestTemplatesAreListedWithWhatSendsThem(t *testing.T) {
	t.Parallel()
	s := open(t)
	list, err := s.Templates(t.Context())
	if err != nil || len(list) != 3 || strings.Join(list[0].Campaigns, " ") != "big birthday" || list[2].Languages[0] != "en" {
		t.Errorf("%v: %+v", err, list)
	}
}
