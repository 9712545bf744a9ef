package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
)

// Where consent is confirmed, what is ticked behind the link of an e-mail is asked at the address of now: whoever still has a link to a
// former one can end e-mails there, and begin none.
func TestAnOldLinkAllowsNothingAtANewAddress(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Publish("mail:\n", "consent: {double: true, text_version: \"4\"}\nmail:\n")
	ana := s.Enrol(1, "", "offers")
	old, err := message.Token(s.Letters.Secrets[0], ana, "offers")
	if err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Hour)
	_, _, err = s.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) {
		p.Email = "new@shopper.example"
		return p.Decide("offers", card.Consent{At: s.Clock(), Source: card.SourceTill + "0042"}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Hour)
	for range 3 { // pressed again and again
		if err := s.Prefer(t.Context(), old, []string{"offers"}); err != nil {
			t.Fatal(err)
		}
		s.Wait(time.Hour)
	}
	if c := s.consent(ana); c.Allowed || !c.Asked || c.Source != card.SourcePreferences || c.Text != "4" {
		t.Errorf("allowed by a link to a former address: %+v", c)
	}
	list, err := s.Preferences(t.Context(), old)
	if err != nil || list[0].On || !list[0].Asked {
		t.Errorf("the page shows %+v %v", list, err)
	}
	s.send()
	mails := s.Post.Mails()
	if len(mails) != 1 || mails[0].To != "new@shopper.example" || !strings.Contains(string(mails[0].Raw), "/confirm/") {
		t.Fatalf("%d e-mails ask whose address it is", len(mails))
	}
	if err := s.Prefer(t.Context(), old, nil); err != nil || s.consent(ana).Asked {
		t.Errorf("one withdraws by any link: %+v %v", s.consent(ana), err)
	}
}
