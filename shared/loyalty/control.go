package loyalty

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// CampaignState is whether a campaign may speak, whatever the programme says of it.
type CampaignState string

// The states. A campaign that nobody has steered runs, unless the programme asks for approval of campaigns like it.
const (
	CampaignUntouched CampaignState = ""
	CampaignDraft     CampaignState = "draft"     // published and silent, until it is started
	CampaignApproved  CampaignState = "approved"  // somebody else has looked at it; silent, until it is started
	CampaignRunning   CampaignState = "running"   //
	CampaignPaused    CampaignState = "paused"    // silent; e-mails and runs wait, as long as they live, and occasions of this time are past
	CampaignKilled    CampaignState = "killed"    // silent; what waits is refused, and runs end where they are. It may be resumed for what comes
	CampaignCancelled CampaignState = "cancelled" // killed for good
)

// CampaignUnstarted is a campaign that the programme wants somebody to start before it speaks, as it is worded now. No control holds it:
// it follows of the programme.
const CampaignUnstarted CampaignState = "not_started"

// AllCampaigns is what stands for all of them together: only to pause, kill and resume.
const AllCampaigns = "*"

// Control is how a campaign is steered, beside the programme, and who has steered it.
type Control struct {
	Campaign   string
	State      CampaignState
	Started    string // the hash of the campaign as it was started
	Approved   string // and as it was approved
	ApprovedBy string
	Steps      []Step         // the last maxSteps, the oldest first
	Judged     message.Health // what had been counted of its e-mails when it last stopped itself
	Stopped    Stopped        // and what for
	Untold     bool           // nobody was told of that yet
	Trial      Trial          // how its arms stand
	Most       int64          // cards that a run may be for, if whoever started it has not had them counted; 0: any number
	Resumes    CampaignState  // what a kill has found, if nobody had started that: resuming leads back to it
	Wordings   []Wording      // what stays known of the texts that it has had, the one last brought forward at the end
	Version    Version
}

// Step is one act of steering.
type Step struct {
	At    time.Time     `json:"at"`
	Verb  Verb          `json:"verb"`
	By    string        `json:"by"`
	Why   string        `json:"why,omitempty"`
	State CampaignState `json:"state"` // after it
	Hash  string        `json:"hash,omitempty"`
	ID    string        `json:"id,omitempty"` // that a caller has named it by, so that asking again does nothing
}

// maxSteps keeps a control within some ten kilobytes.
const maxSteps = 50

// Verb is what a person may do with a campaign.
type Verb string

// The verbs.
const (
	VerbDraft   Verb = "draft"
	VerbApprove Verb = "approve"
	VerbStart   Verb = "start"
	VerbPause   Verb = "pause"
	VerbResume  Verb = "resume"
	VerbKill    Verb = "kill"
	VerbCancel  Verb = "cancel"
)

// leads says where a verb leads from a state; what is not in it is refused. Approving leads on only from a draft: it may be renewed at
// any time.
var leads = map[Verb]map[CampaignState]CampaignState{
	VerbDraft: {CampaignUntouched: CampaignDraft},
	VerbApprove: {
		CampaignUntouched: CampaignUntouched, CampaignDraft: CampaignApproved, CampaignApproved: CampaignApproved,
		CampaignRunning: CampaignRunning, CampaignPaused: CampaignPaused, CampaignKilled: CampaignKilled,
	},
	VerbStart: {
		CampaignUntouched: CampaignRunning, CampaignDraft: CampaignRunning, CampaignApproved: CampaignRunning, CampaignRunning: CampaignRunning,
	},
	VerbPause:  {CampaignUntouched: CampaignPaused, CampaignRunning: CampaignPaused},
	VerbResume: {CampaignPaused: CampaignRunning, CampaignKilled: CampaignRunning},
	VerbKill: {
		CampaignUntouched: CampaignKilled, CampaignDraft: CampaignKilled, CampaignApproved: CampaignKilled, CampaignRunning: CampaignKilled,
		CampaignPaused: CampaignKilled,
	},
	VerbCancel: {
		CampaignUntouched: CampaignCancelled, CampaignDraft: CampaignCancelled, CampaignApproved: CampaignCancelled,
		CampaignRunning: CampaignCancelled, CampaignPaused: CampaignCancelled, CampaignKilled: CampaignCancelled,
	},
}

// Controls keeps how campaigns are steered.
type Controls interface {
	// Controls returns all of them by campaign, not older than within.
	Controls(ctx context.Context, within time.Duration) (map[string]Control, error)

	// Control returns one as it is now; the zero Control of a campaign that nobody has steered.
	Control(ctx context.Context, campaign string) (Control, error)

	// PutControl stores it if its Version is still that of what is stored. Otherwise ErrConflict.
	PutControl(ctx context.Context, c Control) error
}

// Steering is one act of steering a campaign.
type Steering struct {
	Campaign string
	Verb     Verb
	By, Why  string
	Authors  []string    // who has published the campaign as it is now; may not approve it
	Audience int64       // that whoever starts a large campaign has typed in
	Looked   func(int64) // told now and then how many cards were looked at to count the audience; may be nil
	Apart                // how it is asked for by somebody who waits behind a door
}

// Steered is how a campaign is steered after an act.
type Steered struct {
	Control
	Before   CampaignState // the act
	Repeated bool          // nothing was changed: this very act was done before, or what it asks for was so already
	Counted  *Audience     // of a campaign that was started, whom it is for; nil where nobody has counted
}

// Steer does it, and writes down who and why. An act that has been done already changes nothing. It is ErrRefused where the state does not
// allow it, and where a second person or a typed number is missing; ErrConflict where somebody else steers at this moment.
func (s *Service) Steer(ctx context.Context, in Steering) (Steered, error) {
	if in.By == "" {
		return Steered{}, refuse(ErrInvalid, "by_missing", "say who does it")
	}
	stops := in.Verb == VerbPause || in.Verb == VerbKill || in.Verb == VerbCancel
	if in.Why == "" && stops {
		return Steered{}, refuse(ErrInvalid, "why_missing", "say why: whoever looks for the campaign's mails will ask")
	}
	hash, err := s.steerable(ctx, in)
	if err != nil {
		return Steered{}, err
	}
	c, err := s.Controls.Control(ctx, in.Campaign)
	if err != nil {
		return Steered{}, err
	}
	out := Steered{Control: c, Before: c.State}
	if out.Repeated, err = in.done(c, hash); out.Repeated || err != nil {
		return out, err
	}
	next, allowed := c.leadsTo(in.Verb)
	if !allowed {
		return Steered{}, refuse(ErrRefused, "state", "campaign %s is %s; it cannot be followed by %s", in.Campaign, c.State.shown(), in.Verb)
	}
	if out.Counted, err = s.mayBring(ctx, in, c, hash); err != nil {
		return Steered{}, err
	}
	out.Control = in.on(c, Step{ID: in.ID, At: s.Now().UTC().Truncate(time.Second), Verb: in.Verb, By: in.By, Why: in.Why, State: next, Hash: hash})
	if err := s.Controls.PutControl(ctx, out.Control); err != nil {
		if errors.Is(err, ErrConflict) {
			return Steered{}, refuse(ErrConflict, "steered", "somebody else steers campaign %s at this moment; look again", in.Campaign)
		}
		return Steered{}, err
	}
	out.Version++
	return out, nil
}

// mayBring asks what a campaign has to have before it is approved or started.
func (s *Service) mayBring(ctx context.Context, in Steering, c Control, hash string) (*Audience, error) {
	switch in.Verb {
	case VerbApprove:
		return nil, mayApprove(in, c, hash)
	case VerbStart:
		return s.mayStart(ctx, in, c, hash)
	}
	return nil, nil
}

// leadsTo is the state after a verb. What nobody had started before a kill is not started by resuming it.
func (c Control) leadsTo(verb Verb) (CampaignState, bool) {
	next, allowed := leads[verb][c.State]
	if verb == VerbResume && c.State == CampaignKilled && c.Resumes != CampaignUntouched {
		next = c.Resumes
	}
	return next, allowed
}

// on is the control after an act on a campaign as it is worded now.
func (in Steering) on(c Control, step Step) Control {
	switch {
	case in.Verb == VerbKill && (c.State == CampaignDraft || c.State == CampaignApproved):
		c.Resumes = c.State
	case in.Verb == VerbApprove && c.Resumes == CampaignDraft:
		c.Resumes = CampaignApproved
	case in.Verb == VerbResume:
		c.Resumes = CampaignUntouched
	}
	switch in.Verb {
	case VerbApprove:
		c.Approved, c.ApprovedBy = step.Hash, in.By
	case VerbStart:
		c.Started = step.Hash
	}
	in.bound(&c)
	c.Campaign, c.State = in.Campaign, step.State
	c.remember(step)
	c.Steps = append(slices.Clip(c.Steps), step)
	c.Steps = c.Steps[max(0, len(c.Steps)-maxSteps):]
	return c
}

// states are those in which a verb has done its work already.
var states = map[Verb][]CampaignState{
	VerbDraft: {CampaignDraft}, VerbPause: {CampaignPaused}, VerbResume: {CampaignRunning}, VerbKill: {CampaignKilled}, VerbCancel: {CampaignCancelled},
}

func (c CampaignState) shown() string {
	if c == CampaignUntouched {
		return string(CampaignRunning)
	}
	return string(c)
}

// steerable looks the campaign up in the rules of now and returns its hash.
func (s *Service) steerable(ctx context.Context, in Steering) (string, error) {
	if _, known := leads[in.Verb]; !known {
		return "", refuse(ErrInvalid, "verb", "%q is nothing that can be done with a campaign", in.Verb)
	}
	if in.Campaign == AllCampaigns {
		if in.Verb != VerbPause && in.Verb != VerbKill && in.Verb != VerbResume {
			return "", refuse(ErrInvalid, "verb", "all campaigns together are paused, killed or resumed")
		}
		return "", nil
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return "", err
	}
	hash, known := rules.CampaignHash(in.Campaign)
	if !known {
		return "", refuse(ErrNotFound, "campaign_unknown", "the programme that holds now has no campaign %q", in.Campaign)
	}
	return hash, nil
}

// What makes an audience surprising, so that whoever starts the campaign has to type its number.
const (
	surprisingTimes = 20 // times the audience of the run before
	surprisingPart  = 2  // more than one in so many of all cards
)

// mayStart counts whom a campaign on a schedule is for; any other is for whoever comes. A large audience needs the approval of exactly this
// version, a surprising one its number typed in.
func (s *Service) mayStart(ctx context.Context, in Steering, c Control, hash string) (*Audience, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	k, _ := rules.Campaign(in.Campaign)
	if in.Uncounted {
		return nil, in.mayStartUncounted(rules, k, c, hash)
	}
	counted, err := s.Audience(ctx, rules, k, audienceParts, in.Looked)
	if err != nil {
		return nil, err
	}
	audience := int64(programme.Whoever)
	if counted != nil {
		audience = counted.In
	}
	if why := rules.MissesApproval(in.Campaign, audience); why != "" && c.Approved != hash {
		return nil, refuse(ErrRefused, "approval_missing", "campaign %s %s need the approval of a second person, and of this very version (%.8s): regulars campaign approve %s --by NAME",
			in.Campaign, why, hash, in.Campaign)
	}
	if counted == nil {
		return nil, nil
	}
	return counted, s.surprises(ctx, in, counted)
}

// surprises refuses an audience that nobody would expect, unless its number was typed in.
func (s *Service) surprises(ctx context.Context, in Steering, counted *Audience) error {
	before, err := s.Runs.RunsOf(ctx, in.Campaign)
	if err != nil {
		return err
	}
	surprising := counted.In*surprisingPart > counted.Cards
	if n := len(before); n > 0 {
		surprising = surprising || counted.In > before[n-1].Counts.Audience*surprisingTimes
	}
	if surprising && in.Audience != counted.In {
		return refuse(ErrRefused, "audience_surprising", "campaign %s is for %d of %d cards, which is more than half of them or more than %d times its last run; if that is meant: --audience %d",
			in.Campaign, counted.In, counted.Cards, surprisingTimes, counted.In)
	}
	return nil
}
