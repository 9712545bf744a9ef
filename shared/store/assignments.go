package store

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// Assignments lie in HEAD as short text with a space between them: campaign, arm, first day in base 36, minor units spent since.
//
//	birthday:h:feo:1999   left alone since that day
//	birthday:t:feo        spoken to, and nothing was bought yet
//	spring                its window is over; the card is not measured in it again
//
// The two arms that every campaign has are written with one letter, any other by its id behind a dot.

var armLetters = map[string]string{card.ArmTreated: "t", card.ArmHeld: "h"}

func writeAssignments(list []card.Assignment) string {
	text := make([]string, len(list))
	for i, a := range list {
		text[i] = a.Campaign
		if a.Done {
			continue
		}
		arm, short := armLetters[a.Arm]
		if !short {
			arm = "." + a.Arm
		}
		text[i] += ":" + arm + ":" + strconv.FormatInt(int64(a.Since), 36)
		if a.Spent != 0 {
			text[i] += ":" + number(a.Spent)
		}
	}
	return strings.Join(text, " ")
}

func readAssignments(text string) ([]card.Assignment, error) {
	var list []card.Assignment
	for _, part := range strings.Fields(text) {
		field := strings.Split(part, ":")
		a := card.Assignment{Campaign: field[0], Done: len(field) == 1}
		if a.Done {
			list = append(list, a)
			continue
		}
		if len(field) != 3 && len(field) != 4 {
			return nil, fmt.Errorf("assignment %q has %d fields", part, len(field))
		}
		for arm, letter := range armLetters {
			if field[1] == letter {
				a.Arm = arm
			}
		}
		if id, own := strings.CutPrefix(field[1], "."); own {
			a.Arm = id
		}
		since, err := strconv.ParseInt(field[2], 36, 32)
		if err != nil || a.Arm == "" {
			return nil, fmt.Errorf("assignment %q: no arm, or no day", part)
		}
		a.Since = day.Day(since)
		if len(field) == 4 {
			if a.Spent, err = strconv.ParseInt(field[3], 10, 64); err != nil {
				return nil, fmt.Errorf("assignment %q: %w", part, err)
			}
		}
		list = append(list, a)
	}
	return list, nil
}
