package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/message"
)

// click follows a link of a message as a program of some name does, and hands back the touch that is told of it.
func (s *shop) click(number, id, agent string) *events.Event {
	s.t.Helper()
	token, err := message.ClickToken(s.Letters.Secrets[0], id, "https://shop.example/sale")
	if err != nil {
		s.t.Fatal(err)
	}
	was, _, err := s.Store.Message(s.t.Context(), number, id)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.Follow(s.t.Context(), token, message.Visit{Agent: agent}); err != nil {
		s.t.Fatal(err)
	}
	is, _, err := s.Store.Message(s.t.Context(), number, id)
	if err != nil {
		s.t.Fatal(err)
	}
	before := len(s.Bus.Touches)
	for range 2 { // streams deliver at least once
		if err := s.TellClicked(s.t.Context(), &was, is); err != nil {
			s.t.Fatal(err)
		}
	}
	if len(s.Bus.Touches) == before {
		return nil
	}
	return &s.Bus.Touches[before]
}

func TestAClickIsATouchAndAProgramsVisitIsNone(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: touch, touch: click")
	live(t, s, number, "2026-12-01T10:00 buy a 6000 -> +60 0042/1/a")
	id := s.send()[0].ID
	s.Wait(time.Hour)
	for _, agent := range []string{"Slackbot 1.0 (+http://slack.example)", "curl/8.5"} {
		if e := s.click(number, id, agent); e != nil {
			t.Errorf("%s: %+v", agent, e)
		}
		s.Wait(time.Minute)
	}
	touch := s.click(number, id, browser)
	if touch == nil || touch.Metadata.Source != "click" {
		t.Fatalf("%+v", touch)
	}
	s.Wait(time.Minute)
	if e := s.click(number, id, browser); e != nil {
		t.Errorf("told again: %+v", e)
	}
	for range 2 {
		if err := s.Hear(t.Context(), *touch); err != nil {
			t.Fatal(err)
		}
	}
	s.relay(number)
	orders := s.send()
	if len(orders) != 1 || orders[0].Campaign != "said" || strings.Count(s.Book(number), "said~") != 1 {
		t.Fatalf("%+v; %s", orders, s.Book(number))
	}
	s.Wait(time.Minute)
	if e := s.click(number, orders[0].ID, browser); e != nil {
		t.Errorf("a campaign answers the clicks in its own e-mail: %+v", e)
	}
}

func TestWhoWaitsForAnyTouchDoesNotHearOfClicks(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: touch")
	live(t, s, number, "2026-12-01T10:00 buy a 6000 -> +60 0042/1/a")
	id := s.send()[0].ID
	s.Wait(time.Hour)
	if e := s.click(number, id, browser); e != nil {
		t.Errorf("%+v", e)
	}
}
