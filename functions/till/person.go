package till

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// maxAfter is the longest place that is read, in characters.
const maxAfter = 4_096

type eraseBody struct {
	Reason string `json:"reason"`
	After  string `json:"after"` // where the answer before ended
}

// exportPerson tells a part of what is held about the shopper of a card.
func (d *door) exportPerson(a *ask) (reply, error) {
	query, err := url.ParseQuery(a.URL.RawQuery)
	f := &faults{}
	if err != nil || len(query.Get("after")) > maxAfter {
		f.add("/after", "invalid", "must be what `next` said")
	}
	for name := range query {
		if name != "after" {
			f.add("/"+name, "unknown", "is not a parameter of this door")
		}
	}
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	number, err := d.personIn(a)
	if err != nil {
		return reply{}, err
	}
	part, err := d.Persons.Export(a.Context(), number, a.who.name, query.Get("after"))
	return ok(part), personProblem(err)
}

// erasePerson takes the shopper of a card out of the shop: 202 as long as there is more to do, 200 when it is done.
func (d *door) erasePerson(a *ask) (reply, error) {
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	body, f, err := decode[eraseBody](raw, "")
	if err != nil {
		return reply{}, err
	}
	f.missing(body.Reason != "", "/reason")
	if body.Reason != "" && !loyalty.SaidPlainly(body.Reason, loyalty.MaxReason) {
		f.add("/reason", "invalid", "must be 1 to %d characters on one line", loyalty.MaxReason)
	}
	if len(body.After) > maxAfter {
		f.add("/after", "invalid", "must be what `next` said")
	}
	if err := f.problem(); err != nil {
		return reply{}, err
	}
	number, err := d.personIn(a)
	if err != nil {
		return reply{}, err
	}
	part, err := d.Persons.Erase(a.Context(), number, loyalty.ByHand{Reason: body.Reason, By: a.who.name}, body.After)
	if err != nil {
		return reply{}, personProblem(err)
	}
	if !part.Done {
		return reply{status: http.StatusAccepted, body: part}, nil
	}
	return ok(part), nil
}

// personIn is the card that is asked about, by somebody who has a name.
func (d *door) personIn(a *ask) (string, error) {
	if !loyalty.SaidPlainly(a.who.name, loyalty.MaxBy) {
		return "", edge.Problem{Status: http.StatusForbidden, Code: "key_nameless",
			Detail: "This key has no name, and whoever asks about a shopper is recorded. Make one with `regulars key create --name`."}
	}
	return d.numberIn(a, a.PathValue("number"))
}

// personProblem says which field is at fault.
func personProblem(err error) error {
	if said := (*loyalty.Error)(nil); errors.As(err, &said) && said.Code == "after" {
		return field("/after", "invalid", said.Detail)
	}
	return err
}
