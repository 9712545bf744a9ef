// Command till measures the shop as tills feel it: the process that `regulars run` starts, on this machine's disk, asked over loopback by 1 to
// 256 tills at once, each of which waits for its answer before it asks again. Of a hundred requests 70 are quotes, 25 checkouts and 5 returns,
// for baskets of five lines.
//
// Each step prints a line: throughput, percentiles of what was done, errors, how many were told to come again (429), and the memory of the
// process; and, measured in the same minute, what a bare handler comes to that reads the same JSON and answers. A till that is told to come
// again waits as long as it is told. Whoever asks takes processor time too, of the same machine. The last line is for programs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/regulars-dev/regulars/infra/bench/real"
	"github.com/regulars-dev/regulars/infra/regulars/demo"
)

// settings are what the command line says.
type settings struct {
	binary   string
	duration time.Duration
	first    int
	clients  int
	cards    int
	profile  string
	role     string
	dir      string
}

func main() {
	var s settings
	flag.StringVar(&s.binary, "regulars", "build/regulars", "the program that is measured")
	flag.DurationVar(&s.duration, "duration", 40*time.Second, "how long all steps take together")
	flag.IntVar(&s.first, "from", 1, "tills at once in the first step")
	flag.IntVar(&s.clients, "clients", 256, "tills at once in the last step")
	flag.IntVar(&s.cards, "cards", 2000, "cards that are bought with")
	flag.StringVar(&s.profile, "profile", "", "run the shop in a process of this program and write a CPU profile of the last step to this file")
	flag.StringVar(&s.role, "role", "", "of a child process: serve or bare")
	flag.StringVar(&s.dir, "dir", "", "of a child process: the folder of the shop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch s.role {
	case "":
		err = run(ctx, s)
	case "serve":
		err = serve(ctx, s)
	case "bare":
		err = bare(ctx)
	default:
		err = fmt.Errorf("-role %s: there are serve and bare", s.role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench till:", err)
		os.Exit(1)
	}
}

// run measures step by step.
func run(ctx context.Context, s settings) (err error) {
	dir, err := os.MkdirTemp("", "regulars-till-")
	if err != nil {
		return fmt.Errorf("make a folder for the shop: %w", err)
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d cards, %s in all, %d processors for the shop and for those who ask\n", s.cards, s.duration, runtime.NumCPU())
	cards, err := real.Prepare(ctx, dir, demo.Programme, s.cards, time.Time{})
	if err != nil {
		return fmt.Errorf("prepare the shop: %w", err)
	}
	ours, err := real.Start(ctx, s.ours(ctx, dir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.Stop()) }()
	plain, err := real.Start(ctx, self(ctx, "-role", "bare"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.Stop()) }()
	steps, err := s.climb(ctx, ours, plain, cards)
	if err != nil {
		return err
	}
	k := knee(steps)
	fmt.Printf("\nthe knee is at %d at once: the last step that brought a tenth more than the one before, with a p99 below ten times that of one till\n",
		steps[k].clients)
	fmt.Println(line(steps, k))
	return nil
}

// ours is the command of the shop.
func (s settings) ours(ctx context.Context, dir string) *exec.Cmd {
	if s.profile != "" {
		return self(ctx, "-role", "serve", "-dir", dir, "-profile", s.profile)
	}
	cmd := exec.CommandContext(ctx, s.binary, "run", "--empty", "--data", dir)
	cmd.Env = append(os.Environ(), "PORT=0", "HOST=127.0.0.1")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}

// self is this program in another role.
func self(ctx context.Context, words ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, path, words...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}

// bareShare is the part of a step in which the bare handler is asked.
const bareShare = 5

// climb doubles the tills from step to step.
func (s settings) climb(ctx context.Context, ours, plain *real.Process, cards []string) ([]step, error) {
	count := 1
	for n := s.first; n < s.clients; n *= 2 {
		count++
	}
	each := s.duration / time.Duration(count)
	tills, others := newCrowd(cards, s.clients), newCrowd(cards, s.clients)
	var steps []step
	for n := s.first; ctx.Err() == nil; n = min(n*2, s.clients) {
		fmt.Fprintf(os.Stderr, "\rstep %d of %d: %d at once, %s ...", len(steps)+1, count, n, each.Round(time.Second))
		now, err := tills.ask(ctx, ours, n, each-each/bareShare)
		if err != nil {
			return nil, err
		}
		beside, err := others.ask(ctx, plain, n, each/bareShare)
		if err != nil {
			return nil, fmt.Errorf("the bare handler: %w", err)
		}
		now.bare = beside.perSecond()
		steps = append(steps, now)
		fmt.Fprintf(os.Stderr, "\r%s\r", strings.Repeat(" ", 60))
		fmt.Println(now)
		if n >= s.clients {
			return steps, nil
		}
	}
	return nil, ctx.Err()
}

// profileOf is the file next to the folder of a shop. It is given by its whole path, since a child may run elsewhere.
func profileOf(file string) (*os.File, error) { return os.Create(filepath.Clean(file)) }
