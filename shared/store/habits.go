package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// Habits lie in HEAD as numbers with a space between them: visits, what was spent, the first and the last day; where a return has left
// less than there once was, the most of visits and of what was spent behind them.
//
// Spoken lies there as campaign, last day in base 36, how often: "welcome:feo:2 spring:fe9:1".

func writeHabits(b card.Habits) string {
	text := fmt.Sprintf("%d %d %s %s", b.Visits, b.Spent, writeDay(b.FirstOn), writeDay(b.LastOn))
	if b.MostVisits != 0 || b.MostSpent != 0 {
		text += fmt.Sprintf(" %d %d", b.MostVisits, b.MostSpent)
	}
	return text
}

func readHabits(text string) (card.Habits, error) {
	if text == "" {
		return card.Habits{}, nil
	}
	field := strings.Fields(text)
	if len(field) < 4 {
		return card.Habits{}, fmt.Errorf("habits %q have %d fields", text, len(field))
	}
	n, err := wholes(field[0]+" "+field[1], 2)
	if err != nil {
		return card.Habits{}, err
	}
	days := [2]day.Day{}
	for i := range days {
		if days[i], err = readDay(field[2+i]); err != nil {
			return card.Habits{}, err
		}
	}
	b := card.Habits{Visits: n[0], Spent: n[1], FirstOn: days[0], LastOn: days[1]}
	if len(field) > 4 {
		most, err := wholes(strings.Join(field[4:], " "), 2)
		if err != nil {
			return b, err
		}
		b.MostVisits, b.MostSpent = most[0], most[1]
	}
	return b, nil
}

func writeSpoken(list []card.Spoken) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = s.Campaign + ":" + strconv.FormatInt(int64(s.On), 36) + ":" + number(s.Times)
	}
	return strings.Join(text, " ")
}

func readSpoken(text string) ([]card.Spoken, error) {
	var list []card.Spoken
	for _, part := range strings.Fields(text) {
		field := strings.Split(part, ":")
		if len(field) != 3 {
			return nil, fmt.Errorf("what a campaign spoke, %q, has %d fields", part, len(field))
		}
		on, err := strconv.ParseInt(field[1], 36, 32)
		if err != nil {
			return nil, fmt.Errorf("what a campaign spoke, %q: %w", part, err)
		}
		times, err := strconv.ParseInt(field[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("what a campaign spoke, %q: %w", part, err)
		}
		list = append(list, card.Spoken{Campaign: field[0], On: day.Day(on), Times: times})
	}
	return list, nil
}
