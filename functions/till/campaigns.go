package till

import "github.com/regulars-dev/regulars/shared/loyalty"

// askBody names the occasion: the caller's own id, which makes the call safe to repeat.
type askBody struct {
	Occasion string `json:"occasion"`
}

type askedAnswer struct {
	Campaign string `json:"campaign"`
	Card     string `json:"card"`
	Occasion string `json:"occasion"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason,omitempty"` // why it has withheld what it would have given
}

// askCampaign lets a campaign speak to a card: 201 the first time, 200 at a repeat and where it says nothing or has withheld it. It wants a key of all stores,
// for a campaign is the marketer's and no till's.
func (d *door) askCampaign(a *ask) (reply, error) {
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[askBody](raw, "")
	if err != nil {
		return reply{}, err
	}
	f.missing(body.Occasion != "", "/occasion")
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	said, err := d.Service.SpeakTo(a.Context(), a.PathValue("id"), number, body.Occasion)
	answer := askedAnswer{Campaign: said.Campaign, Card: said.Card, Occasion: said.Occasion, Outcome: said.Outcome, Reason: said.Reason}
	return created(said.Outcome != loyalty.SaidNow, answer), err
}
