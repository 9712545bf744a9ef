package importer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// errNotOurs is told of a card number that the programme does not know.
var errNotOurs = &loyalty.Error{Kind: loyalty.ErrNotFound, Code: NotOurs,
	Detail: "the card number is not one of the programme's; name the older scheme under cards.ranges, or let the map issue numbers (card: issue)"}

// keepEvery is how often the checkpoint is written. What was booked since is booked again after a kill, which changes nothing.
const keepEvery = 2 * time.Second

// keeper keeps how far an import is, beside the store.
type keeper struct {
	dir, of string
	now     func() time.Time
	last    time.Time
	state   checkpoint
	changed bool
}

// checkpoint lies as JSON in the file import-<of>.json. It stands for the jobs before Done; one that cannot be read is as good as none.
type checkpoint struct {
	Of      string  `json:"of"`   // SHA-256 of the map and the file
	Jobs    int     `json:"jobs"` // of the whole plan, which depends on the programme too
	Done    int     `json:"done"`
	Tally   Tally   `json:"tally"`
	Refused []saved `json:"refused,omitempty"`
}

type saved struct {
	Reject
	Micro int64 `json:"micro"`
}

const nameLength = 12 // characters of the hash in the checkpoint's name

func (k *keeper) path() string { return filepath.Join(k.dir, "import-"+k.of[:nameLength]+".json") }

// load returns where to go on, and what was booked up to there.
func (k *keeper) load(jobs int) (int, Tally, []Reject) {
	body, err := os.ReadFile(k.path())
	if k.dir == "" || err != nil || json.Unmarshal(body, &k.state) != nil || k.state.Of != k.of || k.state.Jobs != jobs || k.state.Done > jobs {
		k.state = checkpoint{Jobs: jobs}
		return 0, Tally{}, nil
	}
	var refused []Reject
	for _, s := range k.state.Refused {
		s.Reject.micro = s.Micro
		refused = append(refused, s.Reject)
	}
	return k.state.Done, k.state.Tally, refused
}

// mark notes how far the import is, and writes it down when the last time is long enough ago.
func (k *keeper) mark(done int, t Tally, refused []Reject) error {
	k.state.Of, k.state.Done, k.state.Tally, k.changed = k.of, done, t, true
	for _, r := range refused[min(len(k.state.Refused), len(refused)):] {
		k.state.Refused = append(k.state.Refused, saved{r, r.micro})
	}
	if now := k.now(); now.Sub(k.last) >= keepEvery {
		k.last = now
		return k.keep()
	}
	return nil
}

// keep writes the checkpoint, whole or not at all.
func (k *keeper) keep() error {
	if k.dir == "" || !k.changed {
		return nil
	}
	k.changed = false
	body, err := json.Marshal(k.state)
	if err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	if err := os.WriteFile(k.path()+".new", body, 0o600); err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	if err := os.Rename(k.path()+".new", k.path()); err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	return nil
}
