package loyalty_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

const browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"

func TestClicksAreCountedOnTheMessageAndToldOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.checkout(s.sale("1", ana, 6000))
	s.relay(ana)
	id := s.send()[0].ID
	token, err := message.ClickToken(s.Letters.Secrets[0], id, "https://shop.example/sale")
	if err != nil {
		t.Fatal(err)
	}
	told := func() int { return strings.Count(s.Bus.Facts(), "message.clicked") }
	follow := func(agent string) {
		t.Helper()
		was, _, err := s.Store.Message(t.Context(), ana, id)
		if err != nil {
			t.Fatal(err)
		}
		target, err := s.Follow(t.Context(), token, message.Visit{Agent: agent})
		if err != nil || target != "https://shop.example/sale" {
			t.Fatalf("%q %v", target, err)
		}
		is, _, err := s.Store.Message(t.Context(), ana, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.TellClicked(t.Context(), &was, is); err != nil {
			t.Fatal(err)
		}
	}
	follow(browser) // within a second of sending
	if n := told(); n != 0 {
		t.Errorf("a scanner's visit is told %d times", n)
	}
	s.Wait(60 * 24 * time.Hour) // the law of some countries asks that links work so long
	for range 3 {
		follow(browser)
		s.Wait(time.Minute)
	}
	rec, _, err := s.Store.Message(t.Context(), ana, id)
	if err != nil || rec.Clicks.Count != 3 || rec.Clicks.Machines != 1 || told() != 1 {
		t.Errorf("%+v, told %d times, %v", rec.Clicks, told(), err)
	}
}

func TestAReaderIsSentOnWhateverWeHaveToDo(t *testing.T) {
	t.Parallel()
	s := open(t)
	gone, err := message.ClickToken(s.Letters.Secrets[0], message.OrderID("big", "0", "7001"), "https://shop.example/sale")
	if err != nil {
		t.Fatal(err)
	}
	if target, err := s.Follow(t.Context(), gone, message.Visit{}); err != nil || target == "" {
		t.Errorf("a message that is no longer kept: %q %v", target, err)
	}
	s.Service.Messages = unreachable{s.Service.Messages}
	if target, err := s.Follow(t.Context(), gone, message.Visit{}); !errors.Is(err, errDown) || target == "" {
		t.Errorf("the store is down: %q %v", target, err)
	}
	for _, bad := range []string{"", "x", gone + "A", gone[:len(gone)-1], strings.Repeat("A", 9000)} {
		if target, err := s.Follow(t.Context(), bad, message.Visit{}); !errors.Is(err, message.ErrInvalid) || target != "" {
			t.Errorf("%.20s: %q %v", bad, target, err)
		}
	}
}

// unreachable is a store that does not answer.
type unreachable struct{ loyalty.Messages }

func (unreachable) MessageCard(context.Context, string) (string, error) { return "", errDown }
