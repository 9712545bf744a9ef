package local_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
)

// ticks collects the firings of one schedule by the moment they were meant for and the moment they came.
func ticks(t *testing.T, resource string, into *[]string, clock func() time.Time) edge.Handler {
	t.Helper()
	return only(edge.Mux{Event: edge.Event(func(_ context.Context, e edge.Envelope) error {
		if e.Source == "aws.scheduler" && strings.HasSuffix(e.Resources[0], resource) {
			*into = append(*into, fmt.Sprintf("%s at %s", e.Time.Format("01-02T15:04"), clock().UTC().Format("01-02T15:04")))
		}
		return nil
	})})
}

func TestSchedulesFireAtTheirOwnMoments(t *testing.T) {
	t.Parallel()
	var daily, often []string
	var b *bench
	now := func() time.Time { return b.clock.Now() }
	b = open(t, "", start, ticks(t, "WorkFunctionDaily", &daily, now))
	b.advance(24 * time.Hour)
	if d := cmp.Diff([]string{"11-22T06:00 at 11-22T06:00"}, daily); d != "" {
		t.Error(d)
	}
	b = open(t, "", start, ticks(t, "WorkFunctionOften", &often, now))
	b.advance(3*time.Minute + 30*time.Second)
	if d := cmp.Diff([]string{"11-21T12:01 at 11-21T12:01", "11-21T12:02 at 11-21T12:02", "11-21T12:03 at 11-21T12:03"}, often); d != "" {
		t.Error(d)
	}
	often = nil
	if err := b.JumpTo(context.Background(), start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"11-21T13:00 at 11-21T13:00"}, often); d != "" {
		t.Errorf("after a jump: %s", d)
	}
}

func TestARestartNeitherDoublesNorLosesAFiring(t *testing.T) {
	t.Parallel()
	var got []string
	var b *bench
	now := func() time.Time { return b.clock.Now() }
	b = open(t, "", start, ticks(t, "WorkFunctionDaily", &got, now))
	b.advance(20 * time.Hour) // past the 22nd, 06:00 UTC
	left := b.crash()

	b = open(t, left, start.Add(20*time.Hour), ticks(t, "WorkFunctionDaily", &got, now))
	b.drain()
	if d := cmp.Diff([]string{"11-22T06:00 at 11-22T06:00"}, got); d != "" {
		t.Errorf("doubled: %s", d)
	}
	left = b.crash()

	got = nil
	b = open(t, left, start.Add(20*24*time.Hour), ticks(t, "WorkFunctionDaily", &got, now))
	b.drain() // away for weeks: the moments of the last seven days are made good
	want := []string{}
	for day := 5; day <= 11; day++ {
		want = append(want, fmt.Sprintf("12-%02dT06:00 at 12-11T12:00", day))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTheClockNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	c := local.NewClock(start)
	c.Advance(time.Hour)
	c.Advance(-time.Hour)
	if err := c.Set(start); !errors.Is(err, local.ErrBackwards) || !c.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("%v, %s", err, c.Now())
	}
	dir := t.TempDir()
	first, err := local.OpenClock(dir, time.Now().Add(48*time.Hour), 3600)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Keep(); err != nil {
		t.Fatal(err)
	}
	shown := first.Now()
	second, err := local.OpenClock(dir, time.Time{}, 1)
	if err != nil || second.Now().Before(shown) {
		t.Errorf("%s after %s, %v", second.Now(), shown, err)
	}
	if _, err := local.OpenClock(dir, time.Now(), 1); !errors.Is(err, local.ErrBackwards) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(dir+"/clock.json", []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := local.OpenClock(dir, time.Time{}, 1); err == nil || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("got %v", err)
	}
}

func TestALiveRunFollowsAFastClock(t *testing.T) {
	t.Parallel()
	clock := local.NewClock(start)
	fired := make(chan string, 100)
	b := openWith(t, clock, only(edge.Mux{Event: edge.Event(func(_ context.Context, e edge.Envelope) error {
		fired <- e.Time.Format("15:04")
		return nil
	})}))
	b.Start()
	clock.SetSpeed(6000) // a minute in 10 ms
	for range 3 {
		select {
		case <-fired:
		case <-time.After(10 * time.Second):
			t.Fatal("the schedule did not fire")
		}
	}
}
