package loyalty_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// ask lets a shopper allow offers at the till of a shop that wants it confirmed, and returns the token of the link in the e-mail.
func (s *shop) ask(number string) string {
	s.t.Helper()
	o, _, err := s.UpdateProfile(s.t.Context(), number, func(p card.Profile) (card.Profile, error) {
		return p.Ask("offers", card.Consent{At: s.Clock(), Source: card.SourceTill + "0042", Text: "4"}), nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for range 2 { // a till that repeats itself
		if err := s.AskToConfirm(s.t.Context(), o.Profile); err != nil {
			s.t.Fatal(err)
		}
	}
	before := len(s.Post.Mails())
	s.send()
	sent := s.Post.Mails()[before:]
	if len(sent) != 1 {
		s.t.Fatalf("%d e-mails ask to confirm", len(sent))
	}
	raw := strings.ReplaceAll(string(sent[0].Raw), "=\r\n", "")
	if strings.Contains(raw, "List-Unsubscribe") {
		s.t.Error("an e-mail of service is no list's")
	}
	found := regexp.MustCompile(`/confirm/([\w-]+)`).FindStringSubmatch(raw)
	if found == nil {
		s.t.Fatalf("no link in %s", raw)
	}
	return found[1]
}

func (s *shop) consent(number string) card.Consent {
	s.t.Helper()
	o, err := s.Store.Open(s.t.Context(), number, true)
	if err != nil {
		s.t.Fatal(err)
	}
	return o.Profile.Consents["offers"]
}

func TestNothingIsSentBeforeTheShopperConfirms(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "")
	token := s.ask(ana)
	s.checkout(s.sale("1", ana, 6000))
	s.relay(ana)
	rec, _, err := s.Store.Message(t.Context(), ana, s.send()[0].ID)
	if err != nil || rec.State != message.StateRefused || rec.Reason != message.NoConsent || rec.Detail != "unconfirmed" {
		t.Errorf("before: %s %s %q %v", rec.State, rec.Reason, rec.Detail, err)
	}
	asked := s.Clock()
	s.Wait(time.Hour)
	for range 2 { // pressed twice
		if err := s.Confirm(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if c := s.consent(ana); !c.Allowed || c.Asked || !c.ConfirmedAt.Equal(asked.Add(time.Hour)) || !c.At.Equal(asked) || c.Text != "4" || c.Source != "till 0042" {
			t.Errorf("the proof: %+v", c)
		}
		s.Wait(0)
	}
	if got := s.mailing(ana, "2"); got != "sent" {
		t.Errorf("after: %s", got)
	}
}

func TestAnOldLinkConfirmsNothing(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(*shop, string, card.Profile) card.Profile{
		"withdrawn meanwhile": func(s *shop, _ string, p card.Profile) card.Profile {
			return p.Decide("offers", card.Consent{At: s.Clock(), Source: "unsubscribe link"})
		},
		"another address": func(_ *shop, _ string, p card.Profile) card.Profile { p.Email = "other@shopper.example"; return p },
		"erased":          func(_ *shop, number string, _ card.Profile) card.Profile { return card.Profile{ID: number} },
	} {
		s := open(t)
		ana := s.Enrol(1, "")
		token := s.ask(ana)
		s.Wait(time.Hour)
		if _, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { return between(s, ana, p), nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.Confirm(t.Context(), token); err != nil || s.consent(ana).Allowed {
			t.Errorf("%s: %+v %v", name, s.consent(ana), err)
		}
	}
	s := open(t)
	leave, err := message.Token(s.Letters.Secrets[0], s.Number(1), "offers")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "1", leave, strings.Repeat("A", 300)} {
		if err := s.Confirm(t.Context(), bad); !errors.Is(err, message.ErrInvalid) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestANewAddressIsConfirmedAnew(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	p := card.Profile{Email: "a@b.example"}.With("offers", card.Consent{Allowed: true, At: at, ConfirmedAt: at}).With("news", card.Consent{At: at})
	p = p.AskAll(at.Add(time.Hour))
	if c := p.Consents["offers"]; c.Allowed || !c.Asked || !c.At.Equal(at.Add(time.Hour)) || p.Consents["news"].Asked {
		t.Errorf("%+v", p.Consents)
	}
	again := p.Ask("offers", card.Consent{At: at.Add(time.Hour + time.Minute)})
	if !again.Consents["offers"].At.Equal(at.Add(time.Hour)) {
		t.Error("a till that repeats itself asks twice")
	}
	if later := p.Ask("offers", card.Consent{At: at.Add(2 * time.Hour)}); !later.Consents["offers"].At.Equal(at.Add(2 * time.Hour)) {
		t.Error("whoever asks again later gets no other e-mail")
	}
	yes := p.With("offers", card.Consent{Allowed: true, At: at})
	if !yes.Ask("offers", card.Consent{At: at.Add(time.Hour)}).Consents["offers"].Allowed {
		t.Error("what is confirmed is asked again")
	}
}

// The e-mail that asks is on the queue when the shopper changes their mind: it is not sent.
func TestNobodyIsAskedForWhatTheyHaveWithdrawn(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(s *shop, token string) error{
		"by the link of an older mail": func(s *shop, token string) error { return s.Unsubscribe(t.Context(), token) },
		"on the page of preferences":   func(s *shop, token string) error { return s.Prefer(t.Context(), token, nil) },
	} {
		s := open(t)
		ana := s.Enrol(1, "")
		o, _, err := s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) {
			return p.Ask("offers", card.Consent{At: s.Clock(), Source: card.SourceTill + "0042"}), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AskToConfirm(t.Context(), o.Profile); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Minute)
		token, err := message.Token(s.Letters.Secrets[0], ana, "offers")
		if err != nil {
			t.Fatal(err)
		}
		if err := leave(s, token); err != nil {
			t.Fatal(err)
		}
		if c := s.consent(ana); c.Asked || c.Allowed {
			t.Errorf("%s: %+v", name, c)
		}
		rec, _, err := s.Store.Message(t.Context(), ana, s.send()[0].ID)
		if err != nil || len(s.Post.Mails()) != 0 || rec.State != message.StateRefused || rec.Reason != message.NoConsent {
			t.Errorf("%s: %s %s %v", name, rec.State, rec.Reason, err)
		}
	}
}
