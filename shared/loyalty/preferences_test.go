package loyalty_test

import (
	"errors"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
)

func TestAShopperChoosesWhatTheyGet(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	token, err := message.Token(s.Letters.Secrets[0], ana, "offers")
	if err != nil {
		t.Fatal(err)
	}
	was, err := s.Preferences(t.Context(), token)
	if err != nil || len(was) != 2 || !was[0].On || was[1].On {
		t.Fatalf("%+v %v", was, err)
	}
	enrolled := s.Clock()
	s.Wait(time.Hour)
	for _, row := range []struct {
		on   []string
		want [2]bool
	}{{[]string{"offers", "news", "nothing"}, [2]bool{true, true}}, {nil, [2]bool{false, false}}, {[]string{"news"}, [2]bool{false, true}}} {
		for range 2 { // pressed twice
			if err := s.Prefer(t.Context(), token, row.on); err != nil {
				t.Fatal(err)
			}
		}
		is, err := s.Preferences(t.Context(), token)
		if err != nil || [2]bool{is[0].On, is[1].On} != row.want {
			t.Errorf("%v: %+v %v", row.on, is, err)
		}
		if o, err := s.Store.Open(t.Context(), ana, true); err != nil || row.want[0] && !o.Profile.Consents["offers"].At.Equal(enrolled) || o.Profile.Consents["news"].Source != "preference page" {
			t.Errorf("the proof is not the act's: %+v %v", o.Profile.Consents, err)
		}
		s.Wait(time.Hour)
	}
	if list, err := s.Preferences(t.Context(), token+"x"); err != nil || len(list) != 2 || list[0].On || list[1].On {
		t.Errorf("a link that is not ours: %+v %v", list, err)
	}
	if err := s.Prefer(t.Context(), token+"x", []string{"news"}); !errors.Is(err, message.ErrInvalid) {
		t.Errorf("a choice by a link that is not ours: %v", err)
	}
	gone, _ := message.Token(s.Letters.Secrets[0], s.Number(99), "offers")
	if list, err := s.Preferences(t.Context(), gone); err != nil || list[0].On {
		t.Errorf("a card that is gone: %+v %v", list, err)
	}
	if err := s.Prefer(t.Context(), gone, []string{"news"}); err != nil {
		t.Error(err)
	}
}
