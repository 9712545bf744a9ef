package events

// JourneyReached (journey.reached.v1, out): a card has come to a step of a campaign that tells others of it, on the bus or by a webhook. The
// id of the event is that of the step of this one journey, so a repeat is known by it.
type JourneyReached struct {
	Card     string `json:"card"`
	Campaign string `json:"campaign"`
	Occasion string `json:"occasion"` // by which the card has entered
	Step     string `json:"step"`     // its id
	Reached  string `json:"reached"`  // the shop's own word for it, such as "lapsed"
}

// Validate implements Body.
func (e JourneyReached) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.part("/campaign", e.Campaign)
	c.part("/occasion", e.Occasion)
	c.part("/step", e.Step)
	c.word("/reached", e.Reached)
	return c.found
}
