package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	address      = "127.0.0.1:8080" // as the README writes it
	startCommand = "make run"
	dataFolder   = ".regulars" // as the README writes it
	dataVariable = "REGULARS_DATA"
	stepPatience = 2 * time.Minute // for one command
	runPatience  = 3 * time.Minute // until the system is healthy; the first start builds it and fills a shop
	quitPatience = 10 * time.Second
)

// Take runs the steps, tells w of each, and stops at the first that fails or prints something else than is shown.
func Take(ctx context.Context, steps []Step, w io.Writer) (err error) {
	if len(steps) == 0 {
		return fmt.Errorf("no step found; mark blocks with %s", fence)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "tour")
	if err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	t := &tour{w: w, port: port, here: fmt.Sprintf("127.0.0.1:%d", port), data: data}
	if err := t.openShell(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.end()) }()
	for i, step := range steps {
		fmt.Fprintf(w, "tour %d/%d $ %s\n", i+1, len(steps), step.Command)
		if err := t.hold(ctx, step); err != nil {
			return fmt.Errorf("line %d: %s: %w", step.Line, step.Command, err)
		}
	}
	fmt.Fprintf(w, "tour: %d steps, all as shown\n", len(steps))
	return nil
}

// looks is how often a command that begins with "sleep" is run: it waits for something, and a busy machine may need longer than the
// README says.
const looks = 10

// hold runs a step and holds what it prints against what is shown.
func (t *tour) hold(ctx context.Context, step Step) error {
	for look := 1; ; look++ {
		printed, err := t.take(ctx, step)
		if err != nil {
			return fmt.Errorf("%w\n%s", err, printed)
		}
		printed = strings.NewReplacer(t.here, address, t.data, dataFolder).Replace(printed)
		if Matches(step.Shown, printed) {
			return nil
		}
		if look == looks || !strings.HasPrefix(step.Command, "sleep ") {
			return fmt.Errorf("printed something else than the README shows\n--- shown\n%s--- printed\n%s", step.Shown, printed)
		}
	}
}

// freePort asks the system for a port that nobody uses.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tour is one walk: a shell that keeps its variables from step to step, and perhaps the running system.
type tour struct {
	w     io.Writer
	port  int
	here  string
	data  string // folder of the shop's data, so that each tour begins with a first start and touches nobody's shop
	shell *exec.Cmd
	in    io.WriteCloser
	lines chan string // what the shell prints
	run   *exec.Cmd
	said  *transcript // what the system printed
}

// openShell starts bash in a process group of its own, so that all of it can be ended without touching anybody else's.
func (t *tour) openShell(ctx context.Context) error {
	t.shell = exec.CommandContext(ctx, "bash")
	t.shell.Env = append(os.Environ(), fmt.Sprint("PORT=", t.port), dataVariable+"="+t.data)
	t.shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	t.shell.Cancel = func() error { return endGroup(t.shell, syscall.SIGKILL) }
	in, err := t.shell.StdinPipe()
	if err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	out, err := t.shell.StdoutPipe()
	if err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	t.shell.Stderr = t.shell.Stdout
	if err := t.shell.Start(); err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	t.in, t.lines = in, make(chan string)
	go func() {
		defer close(t.lines)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if line != "" {
				t.lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	return nil
}

func (t *tour) take(ctx context.Context, step Step) (string, error) {
	if strings.TrimSpace(step.Command) == startCommand {
		return t.start(ctx)
	}
	return t.ask(ctx, strings.NewReplacer(address, t.here, dataFolder, t.data).Replace(step.Command))
}

// ask gives the shell one command and reads on until the mark behind it, which also brings the exit code. The newline before the
// mark is ours: an answer need not end with one.
func (t *tour) ask(ctx context.Context, command string) (string, error) {
	const mark = "the step has ended with "
	if _, err := fmt.Fprintf(t.in, "{ %s\n} </dev/null\nprintf '\\n%s%%d\\n' $?\n", command, mark); err != nil {
		return "", fmt.Errorf("the shell has gone: %w", err)
	}
	var printed strings.Builder
	patience := time.NewTimer(stepPatience)
	defer patience.Stop()
	for {
		select {
		case line, open := <-t.lines:
			if !open {
				return printed.String(), errors.New("the shell has gone")
			}
			code, done := strings.CutPrefix(line, mark)
			if !done {
				printed.WriteString(line)
				continue
			}
			if code = strings.TrimSpace(code); code != "0" {
				return printed.String(), fmt.Errorf("exit code %s", code)
			}
			return printed.String(), nil
		case <-patience.C:
			return printed.String(), fmt.Errorf("not done after %s", stepPatience)
		case <-ctx.Done():
			return printed.String(), ctx.Err()
		}
	}
}

// transcript collects what a process prints while somebody else may look.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// start runs the system beside the shell and waits until it says that it is healthy.
func (t *tour) start(ctx context.Context) (string, error) {
	if t.run != nil {
		return "", errors.New("it runs already")
	}
	t.said = &transcript{}
	t.run = exec.Command("make", "--no-print-directory", "run")
	t.run.Env = append(os.Environ(), fmt.Sprint("PORT=", t.port), "HOST=127.0.0.1", dataVariable+"="+t.data)
	t.run.Stdout, t.run.Stderr = t.said, t.said
	t.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := t.run.Start(); err != nil {
		t.run = nil
		return "", err
	}
	gone := make(chan error, 1)
	go func() { gone <- t.run.Wait() }()
	deadline := time.NewTimer(runPatience)
	defer deadline.Stop()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case err := <-gone:
			t.run = nil
			return t.said.String(), fmt.Errorf("it ended before it was healthy: %w", err)
		case <-deadline.C:
			return t.said.String(), fmt.Errorf("not healthy after %s", runPatience)
		case <-ctx.Done():
			return t.said.String(), ctx.Err()
		case <-again.C:
			if healthy("http://" + t.here + "/healthz") {
				return t.said.String(), nil
			}
		}
	}
}

func healthy(url string) bool {
	client := http.Client{Timeout: time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// end asks the system to stop, insists after quitPatience, and closes the shell.
func (t *tour) end() error {
	t.in.Close()
	endGroup(t.shell, syscall.SIGKILL)
	for range t.lines {
	}
	t.shell.Wait() // it was killed, so its own error says nothing
	if t.run == nil {
		return nil
	}
	endGroup(t.run, syscall.SIGTERM)
	for deadline := time.Now().Add(quitPatience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if syscall.Kill(-t.run.Process.Pid, 0) != nil {
			return nil
		}
	}
	endGroup(t.run, syscall.SIGKILL)
	return fmt.Errorf("the system did not stop within %s of being asked to", quitPatience)
}

// endGroup signals a process that we started and all that it has started.
func endGroup(c *exec.Cmd, signal syscall.Signal) error {
	return syscall.Kill(-c.Process.Pid, signal)
}
