// Package real starts the whole shop as a process of its own, as `regulars run` does, and speaks to it as tills do: over HTTP, asking the same
// again when no answer came. What it measures or kills is what a shop would run.
package real

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxStart is how long a process may take until it has greeted; a first start makes a store.
const maxStart = time.Minute

// greeting stands before the address in what a started process says.
const greeting = "Regulars is open at "

// Process is one life of a shop.
type Process struct {
	URL  string
	cmd  *exec.Cmd
	said *tail
	end  chan struct{} // closed when it is gone
}

// Start runs cmd, which is to be `regulars run` on port 0 or one like it, and returns once it has greeted. Its error brings the last that
// the process said.
func Start(ctx context.Context, cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, said: &tail{}, end: make(chan struct{})}
	read, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = io.MultiWriter(p.said, write), p.said
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is asked of its state
		_ = write.Close()
		close(p.end)
	}()
	open := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(read); lines.Scan(); {
			if _, url, ok := strings.Cut(lines.Text(), greeting); ok {
				open <- url
				break
			}
		}
		_, _ = io.Copy(io.Discard, read) // it goes on telling
	}()
	late := time.NewTimer(maxStart)
	defer late.Stop()
	why := "did not greet within " + maxStart.String()
	select {
	case p.URL = <-open:
		return p, nil
	case <-p.end:
		why = "ended at once: " + cmd.ProcessState.String()
	case <-ctx.Done():
		why = ctx.Err().Error()
	case <-late.C:
	}
	p.Kill()
	return nil, fmt.Errorf("%s %s: %s", cmd.Path, why, p.said)
}

// Kill ends the process without warning and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // one that is gone already needs none
	<-p.end
}

// Stop asks the process to end, and waits. An error brings the last that it said.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the shop: %w: %s", err, p.said)
	}
	<-p.end
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("the shop ended with %s: %s", p.cmd.ProcessState, p.said)
	}
	return nil
}

// PID is the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Said is the last that the process has said.
func (p *Process) Said() string { return p.said.String() }

// ExitCode is what the process has ended with; -1 if a signal ended it, or it lives.
func (p *Process) ExitCode() int { return p.cmd.ProcessState.ExitCode() }

// Memory is what the system says that a process holds, in KiB: all its pages, and those that are not of files.
type Memory struct{ Resident, Peak, Anonymous int }

// Memory is that of the process.
func (p *Process) Memory() Memory { return MemoryOf(p.cmd.Process.Pid) }

// MemoryOf reads it from /proc; where there is none it is 0.
func MemoryOf(pid int) Memory {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}
	}
	var m Memory
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // a line that is no figure is 0
		switch name {
		case "VmRSS":
			m.Resident = n
		case "VmHWM":
			m.Peak = n
		case "RssAnon":
			m.Anonymous = n
		}
	}
	return m
}

// maxTail is how much of what a process says is kept.
const maxTail = 4 << 10 // bytes

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - maxTail; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
