package till

import (
	"errors"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// joinBody asks to share another card's points: by hand, or with the code that one of its shoppers shows.
type joinBody struct {
	With string `json:"with"`
	Code string `json:"code"`
	handBody
}

type leaveBody struct{ handBody }

type householdAnswer struct {
	Card       string         `json:"card"` // the holder's id
	Members    []memberAnswer `json:"members"`
	Most       int            `json:"most"`
	LeavesWith string         `json:"leaves_with"`
}

type memberAnswer struct {
	Card   string `json:"card"`
	Number string `json:"number"`
	Holder bool   `json:"holder"`
	Points int64  `json:"points"` // of the balance: what is left of those that came by this card
}

type joinCodeAnswer struct {
	Code  string    `json:"code"`
	Until time.Time `json:"until"`
}

// showHousehold lists the cards that share points with the one of a number.
func (d *door) showHousehold(a *ask) (reply, error) {
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	h, err := d.Service.Household(a.Context(), number)
	if err != nil {
		return reply{}, err
	}
	told := householdAnswer{Card: h.Card, Most: h.Most, LeavesWith: h.LeavesWith}
	for _, m := range h.Members {
		told.Members = append(told.Members, memberAnswer(m))
	}
	return ok(told), nil
}

// showJoinCode gives the code that whoever shall share the card's points shows at a till. Asking again changes nothing.
func (d *door) showJoinCode(a *ask) (reply, error) {
	number, err := d.numberIn(a, a.PathValue("number"))
	if err != nil {
		return reply{}, err
	}
	code, until, err := d.Service.JoinCode(a.Context(), number)
	return ok(joinCodeAnswer{Code: code, Until: until.UTC()}), err
}

// joinHousehold makes the card share its points with another: 201 the first time, 200 at a repeat.
func (d *door) joinHousehold(a *ask) (reply, error) {
	return byHand(d, a, func(body joinBody, f *faults) (handBody, act) {
		f.missing(body.With != "", "/with")
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			with, err := d.numberIn(a, body.With)
			if err != nil {
				return loyalty.Answer{}, err
			}
			if body.Code != "" {
				if err := d.codeOf(a, with, body.Code); err != nil {
					return loyalty.Answer{}, err
				}
			}
			return d.Service.JoinHousehold(a.Context(), number, with, by)
		}
	})
}

// codeOf checks a code to join with. One that is wrong is a miss, as with codes of coupons.
func (d *door) codeOf(a *ask, with, code string) error {
	err := d.Service.CheckJoinCode(a.Context(), with, code)
	if errors.Is(err, loyalty.ErrRefused) {
		a.missed = append(a.missed, "join "+with+" "+code)
	}
	return err
}

// leaveHousehold makes the card one of its own again: 201 the first time, 200 at a repeat. It answers with the card that has left.
func (d *door) leaveHousehold(a *ask) (reply, error) {
	return byHand(d, a, func(body leaveBody, _ *faults) (handBody, act) {
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.LeaveHousehold(a.Context(), number, by)
		}
	})
}
