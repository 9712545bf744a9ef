package real_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/infra/bench/real"
	"github.com/regulars-dev/regulars/infra/regulars/cli"
	"github.com/regulars-dev/regulars/shared/kit"
)

// commandVariable tells a test's binary that it is the command `regulars`.
const commandVariable = "REGULARS_BENCH_COMMAND"

// TestMain lets the binary be the command.
func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		os.Exit(cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// command is `regulars` with these words.
func command(t *testing.T, words ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, words...)
	cmd.Env = append(os.Environ(), commandVariable+"=1", "PORT=0")
	return cmd
}

// prepare makes a shop with a few cards.
func prepare(t *testing.T) (dir string, cards []string) {
	t.Helper()
	dir = t.TempDir()
	cards, err := real.Prepare(t.Context(), dir, kit.Programme, 5, time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return dir, cards
}

// start starts a shop that is stopped with the test if it is there still.
func start(t *testing.T, dir string) *real.Process {
	t.Helper()
	p, err := real.Start(t.Context(), command(t, "run", "--empty", "--data", dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// fails runs a command that cannot do what it is to do, and demands its exit code and each of the words.
func fails(t *testing.T, cmd *exec.Cmd, code int, words ...string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("%s exits with %d (%v), want %d", strings.Join(cmd.Args[1:], " "), got, err, code)
	}
	for _, word := range words {
		if !strings.Contains(string(out), word) {
			t.Errorf("%s says not %q:\n%s", strings.Join(cmd.Args[1:], " "), word, out)
		}
	}
	if lines := strings.Count(string(out), "\n"); lines > 3 {
		t.Errorf("%s shows a person %d lines:\n%s", strings.Join(cmd.Args[1:], " "), lines, out)
	}
}

// sound demands that the books of a folder add up, and that every receipt decided again comes out as recorded.
func sound(t *testing.T, dir string) {
	t.Helper()
	if out, err := command(t, "verify", "--replay", "--data", dir).CombinedOutput(); err != nil {
		t.Errorf("verify --replay: %v\n%s", err, out)
	}
}

// ask makes one request of a till.
func ask(t *testing.T, p *real.Process, r real.Request, want int) real.Answer {
	t.Helper()
	a, err := real.Ask(t.Context(), http.DefaultClient, p.URL, r)
	if err != nil || a.Status != want {
		t.Fatalf("%s is answered with %d %s (%v), want %d\n%s", r.Path, a.Status, a.Body, err, want, p.Said())
	}
	return a
}

func TestAStoreThatIsDamaged(t *testing.T) {
	t.Parallel()
	dir, _ := prepare(t)
	copied := func(file string, change func(path string) error) string {
		to := t.TempDir()
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := change(filepath.Join(to, file)); err != nil {
			t.Fatal(err)
		}
		return to
	}
	cut := func(path string) error { return os.Truncate(path, int64(6*os.Getpagesize()+100)) }
	empty := func(path string) error { return os.Truncate(path, 0) }
	later := func(path string) error {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("9")) })
	}
	for name, c := range map[string]struct {
		file   string
		change func(path string) error
		words  []string
	}{
		"cut short":          {"regulars.db", cut, []string{"is damaged", "restore a backup"}},
		"empty":              {"regulars.db", empty, []string{"the file is empty", "restore a backup"}},
		"of a later program": {"regulars.db", later, []string{`unknown format "9"`, "use that program"}},
		"queues cut short":   {"queue.db", cut, []string{"is damaged", "receipts and cards do not"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := copied(c.file, c.change)
			fails(t, command(t, "run", "--data", to), 1, append(c.words, filepath.Join(to, c.file))...)
			if c.file == "regulars.db" {
				fails(t, command(t, "verify", "--data", to), 1, c.words...)
			}
		})
	}
	sound(t, dir)
}

func TestTwoProcessesInOneFolder(t *testing.T) {
	t.Parallel()
	dir, cards := prepare(t)
	p, till := start(t, dir), real.NewTill("0042", 1, cards, 1)
	ask(t, p, till.Checkout(), http.StatusCreated)
	fails(t, command(t, "run", "--data", dir), 1, filepath.Join(dir, "regulars.db"), "another process has it open", "stop that one first")
	ask(t, p, till.Checkout(), http.StatusCreated)
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	sound(t, dir)
}

func TestAFolderThatIsNotThere(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fails(t, command(t, "run", "--data", file), 1, file, "not a directory")
	fails(t, command(t, "verify", "--data", filepath.Join(base, "none")), 1, "there is no shop in", "`regulars run` makes one")
	if err := start(t, filepath.Join(base, "some", "where")).Stop(); err != nil {
		t.Errorf("a folder that is made at the first start: %v", err)
	}
}

// TestAFolderThatMayNotBeWrittenTo is also played by a user who may write everywhere: then the command is given to nobody.
func TestAFolderThatMayNotBeWrittenTo(t *testing.T) {
	t.Parallel()
	dir, cards := prepare(t)
	p := start(t, dir)
	checkout := real.NewTill("0042", 1, cards, 1).Checkout()
	ask(t, p, checkout, http.StatusCreated)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	lock(t, dir, 0o555, 0o444)
	cmd := command(t, "run", "--data", dir)
	unprivileged(t, cmd)
	fails(t, cmd, 1, dir, "permission denied", "change the rights of the folder")
	lock(t, dir, 0o700, 0o600)
	ask(t, start(t, dir), checkout, http.StatusOK)
}

// lock sets the rights of a folder and of the files in it.
func lock(t *testing.T, dir string, folder, file os.FileMode) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(dir, e.Name()), file); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, folder); err != nil {
		t.Fatal(err)
	}
}

// TestAFullDisk fills the disk under a shop at work: whoever asks hears that it cannot be done now, what was answered stays, and with room
// again all goes on.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	dir, cards := prepare(t)
	p, till := start(t, dir), real.NewTill("0042", 1, cards, 1)
	before, during := till.Checkout(), till.Checkout()
	ask(t, p, before, http.StatusCreated)

	full(t, p, true)
	refused := ask(t, p, during, http.StatusServiceUnavailable)
	if !strings.Contains(string(refused.Body), "Send the same request again") {
		t.Errorf("a till hears %s", refused.Body)
	}
	ask(t, p, till.Quote(), http.StatusOK)
	ask(t, p, before, http.StatusOK)
	if a, err := http.Get(p.URL + "/healthz"); err != nil || a.StatusCode != http.StatusOK {
		t.Errorf("health: %v, %v", a, err)
	}
	if !strings.Contains(p.Said(), "see whether the disk is full") || !strings.Contains(p.Said(), "regulars.db") {
		t.Errorf("the log says not what is full: %s", p.Said())
	}

	full(t, p, false)
	ask(t, p, during, http.StatusCreated)
	ask(t, p, before, http.StatusOK)
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	sound(t, dir)
}

// TestADiskThatIsFullAtTheStart begins anew once there is room, also where a file was begun.
func TestADiskThatIsFullAtTheStart(t *testing.T) {
	t.Parallel()
	for kilobytes, words := range map[int][]string{0: {"file too large"}, 64: {"the disk is full; make room"}, 2000: {"the disk is full; make room"}} {
		t.Run(fmt.Sprintf("%d KB left", kilobytes), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cmd := command(t, "run", "--data", dir, "--empty")
			bounded(cmd, kilobytes)
			fails(t, cmd, 1, words...)
			if err := start(t, dir).Stop(); err != nil {
				t.Errorf("with room again: %v", err)
			}
		})
	}
}
