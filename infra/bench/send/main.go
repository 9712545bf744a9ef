// Command send measures the sending of personalised e-mails: orders lie on the mail queue of the whole system on one machine, the send
// function takes them as it does on AWS, and Amazon's own client hands each to a sink that speaks the protocol of SES. In the middle
// the process that sends is killed and started again; what it had in hand is settled by the sink's Send events, or goes out once
// more when its lease is over.
//
// It prints a line for each size. The last line, for programs, is that of the last size: lost and doubled are counted by the sink.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/bench/real"
)

func main() {
	sizes := flag.String("messages", "20000,100000", "how many messages; several sizes with commas between them")
	kill := flag.Int("kill", 50, "per cent of the messages after which the sender is killed; 0 lets it live")
	profile := flag.String("profile", "", "write a CPU profile of the sender to this file; it is not killed then")
	role := flag.String("role", "", "of a child process: prepare or send")
	dir := flag.String("dir", "", "of a child process: the folder of the shop")
	sink := flag.String("sink", "", "of a child process: where the sink answers")
	flag.Parse()
	ctx := context.Background()
	var err error
	switch *role {
	case "":
		err = run(ctx, *sizes, *kill, *profile)
	default:
		n, bad := strconv.Atoi(*sizes)
		if err = bad; err == nil {
			err = child(ctx, *role, *dir, *sink, n, *profile)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench send:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes string, kill int, profile string) error {
	if profile != "" {
		kill = 0
	}
	last := ""
	for _, size := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf("-messages %q: a number of messages is needed", size)
		}
		m, err := measure(ctx, n, kill, profile)
		if err != nil {
			return fmt.Errorf("%d messages: %w", n, err)
		}
		fmt.Println(m)
		last = m.line()
		if m.lost > 0 || m.doubled > 0 {
			fmt.Println(last)
			return errors.New("messages are lost or doubled")
		}
	}
	fmt.Println(last)
	return nil
}

// measured is what one size came to.
type measured struct {
	messages, bytes int
	busy            time.Duration // from the first mail of a life to its last, over both lives, without the leases waited for at the end
	processor       time.Duration // of the sender, in its own code and in the system
	sink            time.Duration // of the sink meanwhile, which has the same processors
	peak, anonymous int           // KiB: all pages in memory, and those that are not of the store's files
	settled, again  int           // of what was in hand at the kill: told by the sink's events; sent once more
	doubtful        int
	lost, doubled   int
}

func (m measured) perSecond() int64 {
	return int64(m.messages) * int64(time.Second) / max(1, int64(m.busy))
}

// perMessage is in microseconds.
func (m measured) perMessage(processor time.Duration) int64 {
	return int64(processor/time.Microsecond) / int64(m.messages)
}

func (m measured) milliseconds() string {
	each := m.perMessage(m.processor) / 10
	return fmt.Sprintf("%d.%02d", each/100, each%100)
}

func (m measured) String() string {
	return fmt.Sprintf("messages=%d bytes=%d messages_per_second=%d cpu_ms_per_message=%s sink_cpu_us_per_message=%d peak_mb=%d heap_mb=%d in_hand_settled_by_event=%d "+
		"in_hand_sent_later=%d doubtful=%d lost=%d doubled=%d", m.messages, m.bytes, m.perSecond(), m.milliseconds(), m.perMessage(m.sink), m.peak>>10,
		m.anonymous>>10, m.settled, m.again, m.doubtful, m.lost, m.doubled)
}

func (m measured) line() string {
	return fmt.Sprintf("messages_per_second=%d cpu_ms_per_message=%s peak_mb=%d lost=%d doubled=%d",
		m.perSecond(), m.milliseconds(), m.peak>>10, m.lost, m.doubled)
}

// measure fills a shop, sends, kills, sends on, and counts.
func measure(ctx context.Context, n, kill int, profile string) (measured, error) {
	dir, err := os.MkdirTemp("", "regulars-send-")
	if err != nil {
		return measured{}, fmt.Errorf("make a folder for the shop: %w", err)
	}
	defer os.RemoveAll(dir)
	s, err := openSink()
	if err != nil {
		return measured{}, err
	}
	defer s.close()
	if _, err := start(ctx, "prepare", dir, s.url, n, "").wait(); err != nil {
		return measured{}, err
	}
	m, before := measured{messages: n}, processor()
	if kill > 0 {
		first := start(ctx, "send", dir, s.url, n, "")
		s.after(n*kill/100, func() {
			m.note(first.memory())
			first.kill()
		})
		if _, err := first.wait(); err != errKilled {
			return m, fmt.Errorf("the first sender was to be killed: %w", err)
		}
		s.hungUp()
		m.processor += first.processor()
		m.busy += s.turn()
		if err := os.WriteFile(filepath.Join(dir, acceptedFile), s.accepted(), 0o600); err != nil {
			return m, err
		}
	}
	second := start(ctx, "send", dir, s.url, n, profile)
	said, err := second.wait()
	if err != nil {
		return m, err
	}
	m.busy += said.Busy
	m.sink = processor() - before
	m.processor += said.Processor
	m.note(said.Memory)
	m.settled, m.again, m.doubtful = said.Settled, said.Again, said.Doubtful
	m.bytes = s.average()
	m.lost, m.doubled = n-s.distinct()-said.Doubtful, s.total()-s.distinct()
	return m, nil
}

func (m *measured) note(said real.Memory) {
	m.peak, m.anonymous = max(m.peak, said.Peak), max(m.anonymous, said.Anonymous)
}

// told is what a child says at its end.
type told struct {
	Processor time.Duration
	Memory    real.Memory
	Busy      time.Duration
	Settled   int
	Again     int
	Doubtful  int
}

type process struct {
	cmd    *exec.Cmd
	out    bytes.Buffer
	failed error
}

var errKilled = errors.New("killed")

func start(ctx context.Context, role, dir, sink string, n int, profile string) *process {
	p := &process{}
	self, err := os.Executable()
	if err != nil {
		p.failed = err
		return p
	}
	p.cmd = exec.CommandContext(ctx, self, "-role", role, "-dir", dir, "-sink", sink, "-messages", strconv.Itoa(n), "-profile", profile)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, os.Stderr
	p.failed = p.cmd.Start()
	return p
}

func (p *process) wait() (told, error) {
	if p.failed != nil {
		return told{}, p.failed
	}
	if err := p.cmd.Wait(); err != nil {
		if p.cmd.ProcessState != nil && p.cmd.ProcessState.String() == "signal: killed" {
			return told{}, errKilled
		}
		return told{}, err
	}
	var t told
	for lines := bufio.NewScanner(&p.out); lines.Scan(); {
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return t, fmt.Errorf("read what the child says: %w", err)
		}
	}
	return t, nil
}

func (p *process) kill() { _ = p.cmd.Process.Kill() } // SIGKILL; one that is gone already is found by wait

func (p *process) processor() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

func (p *process) memory() real.Memory { return real.MemoryOf(p.cmd.Process.Pid) }
