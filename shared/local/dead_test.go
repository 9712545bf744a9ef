package local_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
)

// Dead letters are listed with their reason, put back once the cause is mended, or dropped.
func TestDeadLettersAreSeenTo(t *testing.T) {
	t.Parallel()
	ill, done := true, 0
	fail := func() error {
		if ill {
			return errNotNow
		}
		done++
		return nil
	}
	b := open(t, "", start, only(edge.Mux{
		Batch:   edge.Batch(func(context.Context, edge.Message) error { return fail() }),
		Changes: edge.Changes(func(context.Context, edge.Change) error { return errNotNow }),
	}))
	b.send("one", 0)
	b.send("two", 0)
	b.put("card/1", 1)
	b.advance(time.Hour)
	if got := b.lying(); got["Dead"] != 2 || got["Lost"] != 1 {
		t.Fatalf("lying: %v", got)
	}
	list, err := b.DeadLetters()
	if err != nil || len(list) != 0 { // the queues of this template are not called so
		t.Fatalf("%v, %v", list, err)
	}
	for _, id := range []string{"Dead-1", "WorkQueue-1", "NoDeadLetters-1", "", "x"} {
		if err := b.Again(t.Context(), id); !errors.Is(err, local.ErrNoLetter) {
			t.Errorf("put back %q: %v", id, err)
		}
	}
	ill = false
	if _, err := b.Redrive(t.Context(), "Dead"); err != nil {
		t.Fatal(err)
	}
	b.drain()
	if done != 2 {
		t.Errorf("%d done, want 2", done)
	}
}

// letters tells what lies where, one a line.
func letters(t *testing.T, run *local.Runtime) (found map[string]local.DeadLetter) {
	t.Helper()
	list, err := run.DeadLetters()
	if err != nil {
		t.Fatal(err)
	}
	found = map[string]local.DeadLetter{}
	for _, l := range list {
		found[l.Queue] = l
	}
	return found
}

// seeTo deals with the letters that poison has left: each has a reason, what came from a queue goes back there, what did not can be dropped.
func seeTo(t *testing.T, run *local.Runtime) {
	t.Helper()
	for queue, l := range letters(t, run) {
		if l.Reason == "" || l.Body == "" || l.At.IsZero() {
			t.Errorf("a letter in %s says not what it is: %+v", queue, l)
		}
		err := run.Again(t.Context(), l.ID)
		switch {
		case l.From == "" && !errors.Is(err, local.ErrNoOrigin):
			t.Errorf("%s came from a stream, and putting it back gives %v", l.ID, err)
		case l.From == "":
			if err := run.Drop(t.Context(), l.ID); err != nil {
				t.Errorf("drop %s: %v", l.ID, err)
			}
		case err != nil:
			t.Errorf("put %s back into %s: %v", l.ID, l.From, err)
		}
		if err := run.Drop(t.Context(), l.ID); !errors.Is(err, local.ErrNoLetter) {
			t.Errorf("%s was seen to, and is there still: %v", l.ID, err)
		}
		if again := letters(t, run)[queue]; again.ID == l.ID || !strings.HasSuffix(queue, "DeadLetters") {
			t.Errorf("%s is still listed", l.ID)
		}
	}
}
