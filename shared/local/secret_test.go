package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/local"
)

func TestASecretIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "link.secret")
	draw := func(text string, err error) func() (string, error) {
		return func() (string, error) { return text, err }
	}
	if _, err := local.Secret(path, draw("", errNotNow)); !errors.Is(err, errNotNow) {
		t.Errorf("no secret was drawn, and %v", err)
	}
	for _, left := range []string{"none", "", "\n"} { // what a crash leaves behind
		if left != "none" {
			if err := os.WriteFile(path, []byte(left), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, other := range []string{"first", "second"} {
			if got, err := local.Secret(path, draw(other, nil)); err != nil || got != "first" {
				t.Errorf("over %q: %q, %v", left, got, err)
			}
		}
	}
	if _, err := local.Secret(filepath.Join(dir, "none", "x"), draw("first", nil)); err == nil {
		t.Error("it was kept in a folder that is not there")
	}
}

// A disk that went bad must not answer a person with a stack trace.
func TestADamagedFileOfTheQueuesIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	left := open(t, "", start, nothing).crash()
	path := filepath.Join(left, "queue.db")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for at := 2 * page; at < len(text); at++ { // behind the two heads of the file
		text[at] = 0x5a
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = local.Open(local.Options{Template: strings.NewReader(small), Dir: left, Clock: local.NewClock(start)})
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "receipts and cards do not") {
		t.Errorf("got %v", err)
	}
}
