package till

import "github.com/regulars-dev/regulars/shared/programme"

// leftOutAnswer is a line that earns no points, and why.
type leftOutAnswer struct {
	Line   string `json:"line"`
	Reason string `json:"reason"`
}

func leftOutOf(list []programme.LeftOut) []leftOutAnswer {
	told := make([]leftOutAnswer, 0, len(list))
	for _, l := range list {
		told = append(told, leftOutAnswer(l))
	}
	return told
}
