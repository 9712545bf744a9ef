package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A shop on a clock of its own is judged by it: rules that hold there do not wait for the machine's clock.
func TestTheDoctorKnowsTheShopsTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	shown, real := time.Now().AddDate(3, 0, 0).UTC(), time.Now().UTC()
	kept := `{"shown":"` + shown.Format(time.RFC3339) + `","real":"` + real.Format(time.RFC3339) + `"}`
	text, err := os.ReadFile("testdata/in/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(t.TempDir(), "later.yaml")
	text = bytes.Replace(text, []byte("2026-01-01T"), []byte(shown.AddDate(-1, 0, 0).Format("2006-01-02T")), 1)
	for file, text := range map[string][]byte{later: text, filepath.Join(b.data, "clock.json"): []byte(kept)} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.expect(exitOK, "Published", "programme", "publish", later, "--force")
	if out := b.expect(exitOK, "clock of its own", "doctor"); !strings.Contains(out, "ok    programme  corner holds since "+shown.AddDate(-1, 0, 0).Format("2006")) {
		t.Errorf("the doctor says\n%s", out)
	}
}

// Queues are looked at while no server runs, since one would not start on a file that is damaged.
func TestTheDoctorLooksAtQueuesThatNobodyHasOpen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.expect(exitOK, "Published", "programme", "publish", "testdata/in/programme.yaml")
	file := filepath.Join(b.data, "queue.db")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.expect(exitOK, "no dead letters", "doctor")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole[:len(whole)/4], 0o600); err != nil {
		t.Fatal(err)
	}
	b.expect(exitFound, "queue.db: the file is damaged", "doctor")
}
