package main

import (
	"os"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/bench/real"
	"github.com/regulars-dev/regulars/infra/regulars/demo"
)

// childVariable tells a test's binary that it is the shop or the bare handler.
const childVariable = "REGULARS_BENCH_TILL"

// TestMain lets the binary be each of them.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// stepOf makes a step of so many answers in a second, each of which took so long.
func stepOf(clients, answers int, each time.Duration) step {
	s := step{clients: clients, took: time.Second}
	for range answers {
		s.kinds[quote] = append(s.kinds[quote], each)
	}
	s.sort()
	return s
}

func TestTheKneeIsTheLastStepWorthHaving(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps []step
		want  int
	}{
		"always more":        {[]step{stepOf(1, 100, 1000), stepOf(2, 180, 1500), stepOf(4, 300, 2000)}, 2},
		"no more":            {[]step{stepOf(1, 100, 1000), stepOf(2, 180, 1500), stepOf(4, 190, 2000)}, 1},
		"more, but too late": {[]step{stepOf(1, 100, 1000*time.Microsecond), stepOf(2, 200, 11*time.Millisecond)}, 0},
	} {
		if got := knee(c.steps); got != c.want {
			t.Errorf("%s: the knee is at step %d, want %d", name, got, c.want)
		}
	}
}

// TestTillsAreAnsweredByTheRunningShop asks the process in small: nothing of what tills make up is an error.
func TestTillsAreAnsweredByTheRunningShop(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cards, err := real.Prepare(t.Context(), dir, demo.Programme, 20, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	s := settings{profile: dir + "/cpu.profile"}
	cmd := s.ours(t.Context(), dir)
	cmd.Env = append(os.Environ(), childVariable+"=1")
	p, err := real.Start(t.Context(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	got, err := newCrowd(cards, 4).ask(t.Context(), p, 4, 300*time.Millisecond)
	if err != nil || got.errors > 0 || got.perSecond() == 0 {
		t.Errorf("%s, %v", got, err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}
