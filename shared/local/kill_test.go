package local_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// childDir names the folder in which this test binary, started by itself, plays the process that gets killed.
const childDir = "REGULARS_TEST_KILL_DIR"

// TestMain lets the binary be the victim.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim sends numbers for ever, telling each once it was accepted and each once it was worked on.
func victim(dir string) error {
	clock, err := local.OpenClock(dir, time.Time{}, 1)
	if err != nil {
		return err
	}
	items, err := bolt.Open(filepath.Join(dir, "items.db"), clock.Now)
	if err != nil {
		return err
	}
	handler := only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		_, err := fmt.Printf("done %s\n", m.Body)
		return err
	})})
	run, err := local.Open(local.Options{Template: strings.NewReader(small), Dir: dir, Store: items, Clock: clock,
		Functions: map[string]local.Builder{"WorkFunction": func(local.FunctionEnv) (edge.Handler, error) { return handler, nil }}})
	if err != nil {
		return err
	}
	run.Start()
	for n := 0; ; n++ {
		body := fmt.Sprint(n)
		if err := run.Send(context.Background(), "WorkQueue", []byte(body), nil, 0); err != nil {
			return err
		}
		fmt.Printf("sent %s\n", body)
	}
}

// TestAKilledProcessLosesNothing kills a working process without warning and looks for every message it had accepted.
func TestAKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	sent, done := map[string]bool{}, map[string]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		what, body, _ := strings.Cut(lines.Text(), " ") // the last line may be cut: its number was told before, too
		switch {
		case body == "":
		case what == "sent":
			sent[body] = true
		case what == "done":
			done[body] = true
		}
		if len(sent) == 100 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if len(sent) < 100 || len(done) == 0 {
		t.Fatalf("%d sent, %d done: the victim did not work", len(sent), len(done))
	}
	b := open(t, dir, time.Now().Add(time.Hour), only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		done[string(m.Body)] = true
		return nil
	})}))
	b.drain()
	for body := range sent {
		if !done[body] {
			t.Errorf("message %s was accepted and is lost", body)
		}
	}
}
