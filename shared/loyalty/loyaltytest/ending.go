package loyaltytest

import (
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/events"
)

// Under plays another programme of testdata from here on.
func (s *Shop) Under(name string) {
	s.t.Helper()
	rules, _, err := read("testdata/" + name + ".yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	s.Programmes, s.rules = fixed{rules}, rules
}

// Ending writes what the world has heard of points that end, each once: "15/20 until 2026-12-21" is 15 of 20.
func (b *Bus) Ending() string {
	var list []string
	for _, e := range b.ending {
		list = append(list, fmt.Sprintf("%d/%d until %s", e.Points, e.Balance, e.ExpiresOn))
	}
	return strings.Join(list, ", ")
}

// Cards lists whose points they were.
func (b *Bus) Cards() string {
	var list []string
	for _, e := range b.ending {
		list = append(list, e.Card)
	}
	return strings.Join(list, ", ")
}

// hear keeps what is said of points that end, and of touches.
func (b *Bus) hear(e events.Event) {
	switch data := e.Data.(type) {
	case events.PointsExpiring:
		b.ending = append(b.ending, data)
	case events.ShopperTouched:
		b.Touches = append(b.Touches, e)
	}
}
