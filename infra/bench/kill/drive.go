package main

import (
	"context"
	_ "embed" // the programme
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/infra/bench/real"
)

//go:embed programme.yaml
var rules string

// broadcasts is a campaign that writes to everybody, for each of so many minutes.
func broadcasts(minutes int) string {
	var b strings.Builder
	b.WriteString("campaigns:\n")
	for n := range minutes {
		fmt.Fprintf(&b, "  - {id: letter-%d, on: schedule, schedule: {at: %q}, message: {template: letter, topic: offers},\n", n,
			begins.Add(time.Duration(n)*time.Minute+time.Second).Format("2006-01-02T15:04"))
		b.WriteString("     when: {field: shopper.consents, op: contains, value: offers}}\n")
	}
	return b.String()
}

const (
	speed   = 10              // virtual seconds in a real one, so that broadcasts come one after the other and leases end
	quietly = slog.LevelError // what a dying process warns of is no news

	shortest, longest = 60 * time.Millisecond, 900 * time.Millisecond // of a life, from its greeting on
	nobody            = 5 * time.Millisecond                          // a till's rest after it found nobody

	killsAMinute = 6 // about, of the virtual clock's

	returned = 12 // per cent of what tills do
)

// begins is a second before the first broadcast, on a day when no clock is changed; the shop's clocks are UTC.
var begins = time.Date(2026, 11, 21, 9, 0, 59, 0, time.UTC)

// driver is a shop, whoever rings up there, and whoever takes its mail.
type driver struct {
	plan
	dir   string
	cards []string
	sink  *sink
	luck  *rand.Rand
	where atomic.Value // the address of the process that lives, a string
	tries atomic.Int64 // requests that got no answer

	mu   sync.Mutex
	said []said

	lost []string // answers that are not given again
}

// said is an answer of success with what it was given to.
type said struct {
	real.Request
	answer []byte
}

func open(ctx context.Context, p plan, dir string) (*driver, error) {
	d := &driver{plan: p, dir: dir, luck: rand.New(rand.NewPCG(p.seed, 0))}
	d.where.Store("")
	var err error
	if d.cards, err = real.Prepare(ctx, dir, strings.Replace(rules, "campaigns:\n", broadcasts(2+p.kills/killsAMinute), 1), p.cards, begins); err != nil {
		return nil, fmt.Errorf("prepare the shop: %w", err)
	}
	d.sink, err = openSink()
	return d, err
}

func (d *driver) close() { d.sink.close() }

// live starts the process once more.
func (d *driver) live(ctx context.Context) (*real.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-dir", d.dir, "-sink", d.sink.url)
	cmd.Env = append(os.Environ(), victimVariable+"=1")
	p, err := real.Start(ctx, cmd)
	if err == nil {
		d.where.Store(p.URL)
	}
	return p, err
}

// victimVariable tells a test's binary that it is the process which gets killed.
const victimVariable = "REGULARS_BENCH_KILL"

// drive lets the shop live and die, then lets every till hear its last answer, and every answer be given again.
func (d *driver) drive(ctx context.Context) error {
	closing, failed := make(chan struct{}), make([]error, d.tills)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	for n := range d.tills {
		all.Go(func() {
			if failed[n] = d.ring(ctx, n, closing); failed[n] != nil {
				cancel() // what one till finds wrong is enough
			}
		})
	}
	if err := d.die(ctx); err != nil {
		cancel()
		all.Wait()
		return errors.Join(err, firstOf(failed))
	}
	p, err := d.live(ctx)
	close(closing)
	all.Wait()
	if err != nil {
		return fmt.Errorf("start after the last kill: %w", err)
	}
	if err = firstOf(failed); err == nil {
		err = d.askAgain(ctx)
	}
	return errors.Join(err, p.Stop())
}

// firstOf is the first error that is more than the end of the others.
func firstOf(failed []error) error {
	for _, err := range failed {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return nil
}

// die starts the process and kills it, again and again.
func (d *driver) die(ctx context.Context) error {
	for n := range d.kills {
		p, err := d.live(ctx)
		if err != nil {
			return fmt.Errorf("start %d: %w", n+1, err)
		}
		life := shortest + time.Duration(d.luck.Int64N(int64(d.longest-shortest)))
		time.Sleep(life)
		p.Kill()
		fmt.Fprintf(d.out, "\rkilled %d of %d after %s; %d answers, %d e-mails ", n+1, d.kills, life.Round(time.Millisecond), d.answers(), d.sink.total())
	}
	fmt.Fprintln(d.out)
	return nil
}

// ring is one till at work until the shop closes. What it has begun it ends.
func (d *driver) ring(ctx context.Context, n int, closing <-chan struct{}) error {
	client, till := real.NewClient(1), real.NewTill("0042", n, d.cards, d.seed)
	for {
		select {
		case <-closing:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		request := till.Checkout
		if till.Chance(returned) {
			request = till.Return
		}
		if err := d.insist(ctx, client, request()); err != nil {
			return fmt.Errorf("till %d: %w", n, err)
		}
	}
}

// insist asks until there is an answer.
func (d *driver) insist(ctx context.Context, client *http.Client, r real.Request) error {
	for ctx.Err() == nil {
		a, err := real.Ask(ctx, client, d.where.Load().(string), r)
		switch {
		case err == nil && a.Status/100 == 2:
			d.mu.Lock()
			d.said = append(d.said, said{r, a.Body})
			d.mu.Unlock()
			return nil
		case err == nil && a.Status < http.StatusInternalServerError && a.Status != http.StatusTooManyRequests:
			return fmt.Errorf("%s %s is answered with %d: %s", r.Path, r.Body, a.Status, a.Body)
		}
		d.tries.Add(1)
		time.Sleep(nobody)
	}
	return ctx.Err()
}

func (d *driver) answers() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.said)
}
