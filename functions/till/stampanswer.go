package till

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// stampAnswer is how far a card is on one card of stamps or in one challenge, as of now.
type stampAnswer struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Goals   []goalAnswer `json:"goals"`
	Rewards int64        `json:"rewards"`
	Until   string       `json:"until,omitempty"` // last day; absent: there is none
}

// goalAnswer is one thing to reach. Money is in minor units of the programme's currency.
type goalAnswer struct {
	Goal string `json:"goal"`
	Have int64  `json:"have"`
	Of   int64  `json:"of"`
}

// countedAnswer is what a receipt or a return has changed beside points of its own.
type countedAnswer struct {
	Added   []addedAnswer `json:"stamps_added,omitempty"`
	Bonuses []bonusAnswer `json:"points_granted,omitempty"` // part of points
}

type addedAnswer struct {
	ID     string `json:"id"`
	Added  int64  `json:"added"`
	Reason string `json:"reason,omitempty"`
}

// bonusAnswer is points that a campaign or a full card of stamps brought.
type bonusAnswer struct {
	By     string `json:"by"`
	Points int64  `json:"points"`
}

func stampsOf(rules *programme.Programme, h card.Head, now time.Time) []stampAnswer {
	var list []stampAnswer
	for _, s := range rules.Progress(h, now) {
		told := stampAnswer{ID: s.ID, Name: s.Name, Goals: []goalAnswer{}, Rewards: s.Rewards, Until: s.Until.String()}
		for _, g := range s.Goals {
			told.Goals = append(told.Goals, goalAnswer{Goal: g.Kind, Have: g.Have, Of: g.Of})
		}
		list = append(list, told)
	}
	return list
}

func countedOf(stamps []card.Stamp, bonuses []card.Bonus) countedAnswer {
	var a countedAnswer
	for _, s := range stamps {
		a.Added = append(a.Added, addedAnswer{ID: s.ID, Added: s.Count, Reason: s.Reason})
	}
	for _, b := range bonuses {
		a.Bonuses = append(a.Bonuses, bonusAnswer(b))
	}
	return a
}
