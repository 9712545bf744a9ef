package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// How a receipt's tenders and a card's holds lie in their items:
//
//	tenders     one line a tender: kind, points, hold, minor units, gift card, redemption, with a tab between them
//	holds       "till-7:200:tlsyyo": the till's id, points, and until when
const (
	recTenders = "te"
	headHolds  = "ho"
)

func writeTenders(list []receipt.Tender) string {
	text := make([]string, len(list))
	for i, t := range list {
		text[i] = strings.Join([]string{t.Kind, number(t.Points), t.Hold, number(t.Minor), t.GiftCard, t.Redemption}, "\t")
	}
	return strings.Join(text, "\n")
}

func readTenders(text string) ([]receipt.Tender, error) {
	if text == "" {
		return nil, nil
	}
	var list []receipt.Tender
	for _, row := range strings.Split(text, "\n") {
		field := strings.Split(row, "\t")
		if len(field) < 6 {
			return nil, fmt.Errorf("tender %q has %d fields", row, len(field))
		}
		t := receipt.Tender{Kind: field[0], Hold: field[2], GiftCard: field[4], Redemption: field[5]}
		var err error
		if t.Points, err = strconv.ParseInt(field[1], 10, 64); err == nil {
			t.Minor, err = strconv.ParseInt(field[3], 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("tender %q: %w", row, err)
		}
		list = append(list, t)
	}
	return list, nil
}

func writeHolds(holds []card.Hold) string {
	text := make([]string, len(holds))
	for i, h := range holds {
		text[i] = h.ID + ":" + number(h.Points) + ":" + writeMoment(h.Until)
	}
	return strings.Join(text, " ")
}

func readHolds(text string) ([]card.Hold, error) {
	var holds []card.Hold
	for _, part := range strings.Fields(text) {
		field := append(strings.Split(part, ":"), "", "")
		points, err := strconv.ParseInt(field[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("hold %q: %w", part, err)
		}
		until, err := readMoment(field[2])
		if err != nil {
			return nil, fmt.Errorf("hold %q: %w", part, err)
		}
		holds = append(holds, card.Hold{ID: field[0], Points: points, Until: until})
	}
	return holds, nil
}
