package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// ErrBackwards is told of a clock that should be set to a moment before the one it shows.
var ErrBackwards = errors.New("the clock never runs backwards")

// Clock is the time of the whole run: it may stand still and be set (tests), follow the real clock, or run faster. It never runs
// backwards, and it may be used by many goroutines at once.
type Clock struct {
	mu      sync.Mutex
	real    func() time.Time
	speed   int64     // virtual seconds in a real one; 0 stands still
	shown   time.Time // what it showed ...
	at      time.Time // ... at this real moment
	changed chan struct{}
	file    string // where the clock is kept; "" nowhere
}

// MaxSpeed is how many virtual seconds may pass in a real one; in a year of theirs a shop still does all that is due.
const MaxSpeed = 100_000

// keepAhead is how many real seconds of running the kept clock is ahead, so that after a crash it goes on later and never earlier.
const keepAhead = 2

// NewClock shows start and stands still until it is set or its speed is. Nothing of it is kept.
func NewClock(start time.Time) *Clock {
	return &Clock{real: time.Now, shown: start, at: time.Now(), changed: make(chan struct{})}
}

// OpenClock goes on with the clock kept in dir, or begins with the real time. A start that is not zero sets it, if it is not before
// what the kept clock has already shown. Speed is how many seconds pass in a real one, 1 to MaxSpeed.
func OpenClock(dir string, start time.Time, speed int64) (*Clock, error) {
	if speed < 1 || speed > MaxSpeed {
		return nil, fmt.Errorf("open the clock: speed %d is not within 1 and %d", speed, MaxSpeed)
	}
	c := NewClock(time.Now())
	c.speed, c.file = speed, filepath.Join(dir, "clock.json")
	kept, err := readKept(c.file)
	if err != nil {
		return nil, err
	}
	if !kept.Shown.IsZero() {
		c.shown = kept.Shown
		if gone := c.at.Sub(kept.Real); gone > 0 { // it also ran while we were away, at the pace of the world
			c.shown = c.shown.Add(gone)
		}
	}
	if !start.IsZero() {
		if start.Before(kept.Shown) {
			return nil, fmt.Errorf("open the clock: %w: %s already showed %s; choose a later start or another folder",
				ErrBackwards, dir, kept.Shown.Format(time.RFC3339))
		}
		c.shown = start
	}
	return c, c.Keep()
}

type keptClock struct {
	Shown time.Time `json:"shown"`
	Real  time.Time `json:"real"`
}

func readKept(file string) (keptClock, error) {
	var kept keptClock
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		return kept, fmt.Errorf("read the clock %s: %w (remove the file to begin with the real time)", file, err)
	}
	return kept, nil
}

// Keep writes down where the clock stands. The runtime calls it each second; nothing is written for a clock that is the world's own
// or that is not kept.
func (c *Clock) Keep() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if c.file == "" || c.speed == 1 && now.Sub(c.real()).Abs() < time.Second {
		return nil
	}
	text, err := json.Marshal(keptClock{Shown: now.Add(time.Duration((c.speed - 1) * keepAhead * int64(time.Second))), Real: c.real()})
	if err == nil {
		err = os.WriteFile(c.file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(c.file+".new", c.file)
	}
	if err != nil {
		return fmt.Errorf("keep the clock: %w", err)
	}
	return nil
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.speed == 0 {
		return c.shown
	}
	gone, most := c.real().Sub(c.at), time.Duration(math.MaxInt64/c.speed) // 292 years on it stands still; more would run backwards
	return c.shown.Add(min(gone, most) * time.Duration(c.speed))
}

// Set moves the clock forward to t. It returns ErrBackwards for an earlier moment than the one it shows.
func (c *Clock) Set(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); t.Before(now) {
		return fmt.Errorf("set the clock to %s: %w: it is %s", t.Format(time.RFC3339), ErrBackwards, now.Format(time.RFC3339))
	}
	c.anchor(t)
	return nil
}

// Advance moves the clock forward by d; a negative d changes nothing.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anchor(c.now().Add(max(0, d)))
}

// SetSpeed goes on from here with n virtual seconds in a real one, at most MaxSpeed; 0 stands still.
func (c *Clock) SetSpeed(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anchor(c.now())
	c.speed = min(max(0, n), MaxSpeed)
}

// Speed is how many virtual seconds pass in a real one.
func (c *Clock) Speed() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

func (c *Clock) anchor(shown time.Time) {
	c.shown, c.at = shown, c.real()
	close(c.changed)
	c.changed = make(chan struct{})
}

// wait returns when the clock shows t, when wake or done is closed, or when somebody has set the clock (look again then). A zero t is
// never reached.
func (c *Clock) wait(t time.Time, wake, done <-chan struct{}) {
	c.mu.Lock()
	changed, speed, left := c.changed, c.speed, t.Sub(c.now())
	c.mu.Unlock()
	var alarm <-chan time.Time
	if !t.IsZero() && (speed > 0 || left <= 0) {
		timer := time.NewTimer(max(0, left) / time.Duration(max(1, speed)))
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-wake:
	case <-done:
	case <-changed:
	case <-alarm:
	}
}

// bell wakes all who listen. Who takes the channel first, then looks for work, then waits, misses nothing.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

func newBell() *bell { return &bell{ch: make(chan struct{})} }

func (b *bell) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.ch)
	b.ch = make(chan struct{})
}
