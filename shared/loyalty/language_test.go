package loyalty_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// The pages behind an e-mail's links are in the language that the e-mail is in.
func TestALinkIsInTheLanguageOfTheShoppersEMails(t *testing.T) {
	t.Parallel()
	s := open(t)
	own, shops := s.Enrol(1, "", "offers"), s.Enrol(2, "", "offers")
	if _, _, err := s.UpdateProfile(t.Context(), own, func(p card.Profile) (card.Profile, error) { p.Language = "de-AT"; return p, nil }); err != nil {
		t.Fatal(err)
	}
	link := func(number string) string {
		token, err := message.Token(s.Letters.Secrets[0], number, "offers")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	confirm, err := message.ConfirmToken(s.Letters.Secrets[0], message.Confirming(own, s.Clock(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{link(own): "de-AT", confirm: "de-AT", link(shops): "en", link(s.Number(99)): "", link(own) + "x": "", "": ""} {
		if got, err := s.LanguageOf(t.Context(), token); err != nil || got != want {
			t.Errorf("%q: %q, want %q (%v)", token, got, want, err)
		}
	}
}
