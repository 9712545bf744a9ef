package kit_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/local"
)

// told is how a story ended.
type told struct {
	picture string
	calls   []string
}

// ends plays a story under a plan, in a world of its own.
func (s story) ends(t *testing.T, plan kit.Plan) (told, error) {
	t.Helper()
	ctx := t.Context()
	dir, err := os.MkdirTemp(kit.Memory(), "regulars-story-") // not of the test, which keeps its folders until hundreds of worlds are played
	if err != nil {
		return told{}, err
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	w, err := kit.Open(ctx, kit.Options{Dir: dir})
	if err != nil {
		return told{}, err
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	w.Begin(plan)
	p := &play{World: w}
	if err := s.tell(ctx, p); err != nil {
		return told{}, err
	}
	calls := w.Calls()
	broken, err := w.End(ctx)
	if err != nil {
		return told{}, err
	}
	if len(broken) > 0 {
		return told{}, fmt.Errorf("%d things are wrong:\n%s", len(broken), strings.Join(broken, "\n"))
	}
	picture, err := w.Picture(ctx, p.cards...)
	return told{picture, calls}, err
}

func calm(int, kit.Call) kit.Fault { return kit.None }

// whole plays every further fault and every pair of failures; make test plays one of several.
var whole = flag.Bool("whole", false, "play every fault of every story at each call, and all pairs of failures")

// Every story comes to the same end whichever of its calls fails, before it has worked or after.
func TestSweep(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			undisturbed, err := s.ends(t, calm)
			if err != nil {
				t.Fatalf("undisturbed: %v", err)
			}
			t.Logf("%d of %d calls", len(worth(undisturbed.calls)), len(undisturbed.calls))
			for _, n := range worth(undisturbed.calls) {
				s.once(t, undisturbed, n, kit.NotDone)
				s.once(t, undisturbed, n, kit.ButDone)
			}
		})
	}
}

// seenEnough is after how many of the same call the next one shows nothing new: a schedule that finds nothing to do, minute by minute.
const seenEnough = 2

// worth lists the numbers of the calls that are to fail: all, but for what schedules ask in vain again and again.
func worth(calls []string) (numbers []int) {
	seen := map[string]int{}
	for i, name := range calls {
		seen[name]++
		idle := strings.Contains(name, local.ActionInvoke+" schedule/") || strings.Contains(name, "dynamodb:Query cards due ")
		if !idle || seen[name] <= seenEnough {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

const doubtful = "doubtful unknown"

// undoubted leaves out of two pictures the e-mails that are in doubt in the first, with the coupons that are made with e-mails: where a
// sender fails between its claim and the mail service, nobody can tell afterwards, and a second copy would be worse than none.
func undoubted(got, want string) (string, string) {
	if !strings.Contains(got, doubtful) {
		return got, want
	}
	var doubts []string
	for line := range strings.Lines(got) {
		if before, _, in := strings.Cut(line, doubtful); in {
			doubts = append(doubts, before)
		}
	}
	strip := func(picture string) string {
		kept := ""
		for line := range strings.Lines(picture) {
			line, _, _ = strings.Cut(line, " coupons ")
			mailed := slices.ContainsFunc(doubts, func(d string) bool { return strings.HasPrefix(line, d) })
			if !mailed && !strings.Contains(line, " mail~") {
				kept += strings.TrimSpace(line) + "\n"
			}
		}
		return kept
	}
	return strip(got), strip(want)
}

func (s story) once(t *testing.T, undisturbed told, n int, f kit.Fault) {
	t.Helper()
	s.under(t, undisturbed, kit.One(n, f), fmt.Sprintf("call %d (%s) %s", n, undisturbed.calls[n-1], f), f != kit.Held && f != kit.Leap)
}

// under plays a story under a plan. same demands that it ends as it does undisturbed, but for e-mails that are in doubt.
func (s story) under(t *testing.T, undisturbed told, plan kit.Plan, what string, same bool) {
	t.Helper()
	got, err := s.ends(t, plan)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if !same {
		return
	}
	got.picture, undisturbed.picture = undoubted(got.picture, undisturbed.picture)
	if got.picture != undisturbed.picture {
		t.Errorf("%s ends otherwise:\n%s\nundisturbed:\n%s", what, got.picture, undisturbed.picture)
	}
}

// The stories, when nothing goes wrong.
func TestStories(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			got, err := s.ends(t, calm)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d calls\n%s", len(got.calls), got.picture)
		})
	}
}
