package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// Attributes of CONTROL, in full words: few are written, and people read them in a console.
const (
	controlPartition  = "control"
	controlState      = "state"
	controlStarted    = "started"
	controlApproved   = "approved"
	controlApprovedBy = "approved_by"
	controlSteps      = "steps"   // JSON of []loyalty.Step
	controlJudged     = "judged"  // JSON of message.Health
	controlStopped    = "stopped" // JSON of loyalty.Stopped
	controlUntold     = "untold"
	controlTrial      = "trial" // JSON of loyalty.Trial
	controlMost       = "most"
	controlResumes    = "resumes"
	controlWordings   = "wordings" // JSON of []loyalty.Wording
)

// controlDesk is what a process has read of all controls.
type controlDesk struct {
	mu   sync.Mutex
	read time.Time
	list map[string]loyalty.Control
}

// Controls returns how all campaigns are steered, not older than within. The map is for reading alone.
func (s *Store) Controls(ctx context.Context, within time.Duration) (map[string]loyalty.Control, error) {
	s.controls.mu.Lock()
	defer s.controls.mu.Unlock()
	now := s.now()
	if age := now.Sub(s.controls.read); s.controls.list != nil && age >= 0 && age < within {
		return s.controls.list, nil
	}
	list := map[string]loyalty.Control{}
	in := QueryInput{Table: Programme, Partition: controlPartition, Read: Strong}
	err := every(ctx, s.items, in, func(item Item) error {
		c, err := readControl(item)
		list[c.Campaign] = c
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read how campaigns are steered: %w", err)
	}
	s.controls.read, s.controls.list = now, list
	return list, nil
}

// Control reads how one campaign is steered.
func (s *Store) Control(ctx context.Context, campaign string) (loyalty.Control, error) {
	item, err := s.items.Get(ctx, Key{Table: Programme, Partition: controlPartition, Sort: campaign}, Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.Control{Campaign: campaign}, nil
	}
	if err != nil {
		return loyalty.Control{}, err
	}
	return readControl(item)
}

func readControl(item Item) (loyalty.Control, error) {
	a := item.Attrs
	c := loyalty.Control{
		Campaign: item.Key.Sort, State: loyalty.CampaignState(a.text(controlState)), Started: a.text(controlStarted),
		Approved: a.text(controlApproved), ApprovedBy: a.text(controlApprovedBy), Version: loyalty.Version(item.Version),
	}
	if err := json.Unmarshal([]byte(a.text(controlSteps)), &c.Steps); err != nil {
		return c, fmt.Errorf("%s: %w", item.Key, err)
	}
	for name, into := range map[string]any{controlJudged: &c.Judged, controlStopped: &c.Stopped, controlTrial: &c.Trial, controlWordings: &c.Wordings} {
		if text := a.text(name); text != "" {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				return c, fmt.Errorf("%s: %w", item.Key, err)
			}
		}
	}
	c.Untold, c.Most, c.Resumes = a.whole(controlUntold) != 0, a.whole(controlMost), loyalty.CampaignState(a.text(controlResumes))
	return c, nil
}

// judgedInto writes down what a campaign has stopped itself for; nothing of one that never has.
func judgedInto(a Attrs, c loyalty.Control) error {
	if c.Judged == (message.Health{}) {
		return nil
	}
	for name, from := range map[string]any{controlJudged: c.Judged, controlStopped: c.Stopped} {
		text, err := json.Marshal(from)
		if err != nil {
			return err
		}
		a[name] = string(text)
	}
	if c.Untold {
		a.set(controlUntold, int64(1))
	}
	return nil
}

// PutControl stores how a campaign is steered over the version that it was read at. This process heeds it at once.
func (s *Store) PutControl(ctx context.Context, c loyalty.Control) error {
	steps, err := json.Marshal(c.Steps)
	if err != nil {
		return err
	}
	a := Attrs{controlSteps: string(steps)}
	a.set(controlMost, c.Most)
	if err := judgedInto(a, c); err != nil {
		return err
	}
	for name, from := range map[string]any{controlTrial: c.Trial, controlWordings: c.Wordings} {
		if name == controlTrial && c.Trial == (loyalty.Trial{}) || name == controlWordings && len(c.Wordings) == 0 {
			continue
		}
		text, err := json.Marshal(from)
		if err != nil {
			return err
		}
		a[name] = string(text)
	}
	for name, text := range map[string]string{
		controlState: string(c.State), controlStarted: c.Started, controlApproved: c.Approved, controlApprovedBy: c.ApprovedBy,
		controlResumes: string(c.Resumes),
	} {
		a.set(name, text)
	}
	stored, err := s.items.Put(ctx, Item{Key: Key{Table: Programme, Partition: controlPartition, Sort: c.Campaign}, Attrs: a}, over(c.Version))
	if err != nil {
		return known(err)
	}
	s.controls.mu.Lock()
	defer s.controls.mu.Unlock()
	if s.controls.list != nil { // another reader may hold the map
		s.controls.list = maps.Clone(s.controls.list)
		c.Version = loyalty.Version(stored.Version)
		s.controls.list[c.Campaign] = c
	}
	return nil
}
