package loyalty

import (
	"context"
	"fmt"
	"slices"

	"github.com/regulars-dev/regulars/shared/programme"
)

// Apart is how an act of steering is asked for over a network: it may come twice, late, or beside somebody else's, and nobody waits while
// all cards are counted.
type Apart struct {
	ID   string   // names the act; the same id again does nothing. "": only its state tells a repeat
	Over *Version // of the control that the person has seen; nil: whatever it is by now

	// Uncounted starts a campaign without counting whom it is for. Audience is then the most cards that it may be for, which its run keeps to.
	Uncounted bool
}

// maxActID is the longest id of an act, in characters.
const maxActID = 64

// done reports whether the act has been done: its id is known, or what it asks for is so already. ErrConflict: its id has done something
// else, or the control has moved since it was looked at.
func (in Steering) done(c Control, hash string) (bool, error) {
	if len(in.ID) > maxActID {
		return false, refuse(ErrInvalid, "id_invalid", "an act is named by at most %d characters", maxActID)
	}
	if i := slices.IndexFunc(c.Steps, func(s Step) bool { return in.ID != "" && s.ID == in.ID }); i >= 0 {
		if c.Steps[i].Verb != in.Verb || c.Steps[i].By != in.By {
			return false, refuse(ErrConflict, "id_known", "the id was used for %s by %s; name another act by another id", c.Steps[i].Verb, c.Steps[i].By)
		}
		return true, nil
	}
	if in.Over != nil && *in.Over != c.Version {
		return false, refuse(ErrConflict, "steered", "campaign %s was steered since: its version is %d and not %d; look at it and ask again", in.Campaign, c.Version, *in.Over)
	}
	switch in.Verb {
	case VerbStart:
		return c.State == CampaignRunning && c.Started == hash && c.Most == in.most(), nil
	case VerbApprove:
		return c.State != CampaignDraft && c.Resumes != CampaignDraft && c.Approved == hash && sameName(c.ApprovedBy, in.By), nil
	}
	return c.State != CampaignUntouched && slices.Contains(states[in.Verb], c.State), nil
}

// bound keeps the run of a campaign to the number that was named when it was started, until a person lets it go on.
func (in Steering) bound(c *Control) {
	if in.Verb == VerbStart || in.Verb == VerbResume {
		c.Most = in.most()
	}
}

// most is how many cards a run may be for; 0: any number.
func (in Steering) most() int64 {
	if in.Uncounted {
		return in.Audience
	}
	return 0
}

// mayStartUncounted is mayStart for whoever cannot wait for a count: the number they name is the most that the campaign may be for, so
// approval is asked of that.
func (in Steering) mayStartUncounted(rules *programme.Programme, k programme.Campaign, c Control, hash string) error {
	if k.On == programme.OnSchedule && in.Audience < 1 {
		return refuse(ErrInvalid, "audience_missing", "say how many cards campaign %s may be for at most; its run pauses where it meets more", k.ID)
	}
	audience := in.Audience
	if k.On != programme.OnSchedule {
		audience = programme.Whoever
	}
	if why := rules.MissesApproval(k.ID, audience); why != "" && c.Approved != hash {
		return refuse(ErrRefused, "approval_missing", "campaign %s %s need the approval of a second person, and of this very version (%.8s)", k.ID, why, hash)
	}
	return nil
}

// bySystem is who has steered where no person has, whatever for: the step's reason says that.
const bySystem = "regulars"

// passesMost pauses a campaign whose run has met more cards than whoever started it has named. The page that went beyond is not kept: it
// is chosen again when the campaign is resumed. Four parts look at once, so a run may reach three pages more.
func (s *Service) passesMost(ctx context.Context, w *partWork) (bool, error) {
	if s.Controls == nil {
		return false, nil
	}
	all, err := s.Controls.Controls(ctx, HeedAtOnce)
	if err != nil {
		return false, err
	}
	most := all[w.run.Campaign].Most
	if most == 0 {
		return false, nil
	}
	audience, err := s.audienceBeside(ctx, w)
	if err != nil || audience <= most {
		return false, err
	}
	_, err = s.Steer(ctx, Steering{
		Campaign: w.run.Campaign, Verb: VerbPause, By: bySystem, Why: fmt.Sprintf("the run of %s is for more than the %d cards that were named", w.run.Occasion, most),
	})
	if err != nil && Code(err) != "state" && Code(err) != "steered" { // somebody else has stopped it, or steers: the next turn asks again
		return false, err
	}
	return true, s.goOn(ctx, PartOrder{Campaign: w.run.Campaign, Occasion: w.run.Occasion, Part: w.part.Number}, partPause)
}

// audienceBeside adds up whom a run is for, with what this part has chosen and not stored.
func (s *Service) audienceBeside(ctx context.Context, w *partWork) (int64, error) {
	runs, err := s.Runs.RunsOf(ctx, w.run.Campaign)
	if err != nil {
		return 0, err
	}
	audience := w.part.Counts.Audience
	for _, run := range runs {
		for _, part := range run.Begun {
			if run.Occasion == w.run.Occasion && part.Number != w.part.Number {
				audience += part.Counts.Audience
			}
		}
	}
	return audience, nil
}
