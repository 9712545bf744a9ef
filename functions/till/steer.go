package till

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Limits of steering.
const (
	maxWhy      = 200           // characters of a reason
	maxAudience = 1_000_000_000 // cards
)

// verbs are what a campaign can be asked for.
var verbs = []loyalty.Verb{
	loyalty.VerbDraft, loyalty.VerbApprove, loyalty.VerbStart, loyalty.VerbPause, loyalty.VerbResume, loyalty.VerbKill, loyalty.VerbCancel,
}

// steerBody says why, and on what the decision rests. Who asks is the key's name and nothing that a body could say.
type steerBody struct {
	Why      string           `json:"why"`
	ID       string           `json:"id"`       // the caller's own, so that a repeat is known
	Version  *loyalty.Version `json:"version"`  // of the campaign as it was looked at; If-Match says the same
	Audience int64            `json:"audience"` // at start: the most cards that a run may be for
}

type steeredAnswer struct {
	Repeated bool `json:"repeated"`
	loyalty.CampaignReport
}

// steerCampaign does one act of steering, and says where the campaign stands after it. All cards are never looked through meanwhile.
func (d *door) steerCampaign(a *ask) (reply, error) {
	verb := loyalty.Verb(a.PathValue("verb"))
	if !slices.Contains(verbs, verb) {
		return reply{}, edge.Problem{Status: http.StatusNotFound, Code: "no_such_path", Detail: fmt.Sprintf("A campaign can be asked for one of %v.", verbs)}
	}
	in, err := readSteering(a, verb)
	if err != nil {
		return reply{}, err
	}
	if verb == loyalty.VerbApprove {
		if in.Authors, err = d.authors(a, in.Campaign); err != nil {
			return reply{}, err
		}
	}
	done, err := d.Service.Steer(a.Context(), in)
	if err != nil {
		return reply{}, steerProblem(err)
	}
	acts.Tell(a.Context(), acts.Told{Before: string(done.Before), After: string(done.State)})
	told, err := d.Service.CampaignReport(a.Context(), in.Campaign)
	return ok(steeredAnswer{Repeated: done.Repeated, CampaignReport: told}), err
}

// readSteering judges what is asked for. The body may be empty where nothing has to be said.
func readSteering(a *ask, verb loyalty.Verb) (loyalty.Steering, error) {
	raw, err := a.read()
	if err != nil {
		return loyalty.Steering{}, err
	}
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	body, f, err := decode[steerBody](raw, "")
	if err != nil {
		return loyalty.Steering{}, err
	}
	stops := verb == loyalty.VerbPause || verb == loyalty.VerbKill || verb == loyalty.VerbCancel
	f.missing(body.Why != "" || !stops, "/why")
	if body.Why != "" && !loyalty.SaidPlainly(body.Why, maxWhy) {
		f.add("/why", "invalid", "must be 1 to %d characters on one line", maxWhy)
	}
	if body.ID != "" && !ids.ValidPart(body.ID) {
		f.add("/id", "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	if body.Audience < 0 || body.Audience > maxAudience {
		f.add("/audience", "invalid", "must be a whole number of cards from 1 to %d", maxAudience)
	}
	over := seen(a.Request, body, f)
	if err := f.problem(); err != nil {
		return loyalty.Steering{}, err
	}
	if !loyalty.SaidPlainly(a.who.name, loyalty.MaxBy) {
		return loyalty.Steering{}, edge.Problem{Status: http.StatusForbidden, Code: "key_nameless",
			Detail: "This key has no name, and whoever steers a campaign stands in its record. Make one with `regulars key create --name`."}
	}
	return loyalty.Steering{
		Campaign: a.PathValue("id"), Verb: verb, By: a.who.name, Why: body.Why, Audience: body.Audience,
		Apart: loyalty.Apart{ID: body.ID, Over: over, Uncounted: true},
	}, nil
}

// seen is the version that the caller has looked at: by If-Match or by the body; nil where neither says.
func seen(r *http.Request, body steerBody, f *faults) *loyalty.Version {
	if body.Version != nil && *body.Version < 0 {
		f.add("/version", "invalid", "must be the version that the campaign was shown with, or left out")
	}
	header := r.Header.Get("If-Match")
	if header == "" || header == "*" {
		return body.Version
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	version := loyalty.Version(n)
	switch {
	case err != nil || n < 0:
		f.add("", "if_match", "the header If-Match must be the version that the campaign was shown with")
	case body.Version != nil && *body.Version != version:
		f.add("/version", "if_match", "is another than the header If-Match says; send one of them")
	}
	return &version
}

// authors are those who have published the campaign as it is now.
func (d *door) authors(a *ask, campaign string) ([]string, error) {
	rules, err := d.rules(a)
	if err != nil {
		return nil, err
	}
	hash, known := rules.CampaignHash(campaign)
	if !known {
		return nil, nil // Steer says so
	}
	names, err := d.Authors(a.Context(), campaign, hash)
	if err != nil {
		return nil, fmt.Errorf("read who has published campaign %s: %w", campaign, err)
	}
	return names, nil
}

// steerProblem says which field is at fault, and keeps apart what a person may not do from what cannot be done now.
func steerProblem(err error) error {
	said := (*loyalty.Error)(nil)
	if !errors.As(err, &said) {
		return err
	}
	switch said.Code {
	case "audience_missing":
		return field("/audience", "missing", said.Detail)
	case "own_campaign":
		return told(http.StatusForbidden, "", *said)
	}
	return err
}
