package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/regulars-dev/regulars/infra/bench/real"
	"github.com/regulars-dev/regulars/shared/aws/mail"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// acceptedFile lists what the sink had taken when the first sender was killed.
const acceptedFile = "accepted.json"

// Waits of the second sender, in real time, and how far its clock jumps: over the queue's visibility and a claim's lease.
const (
	look  = 20 * time.Millisecond
	quiet = 3 * time.Second // without a mail: all that shows is sent
	jump  = 15 * time.Minute
	jumps = 8
)

func child(ctx context.Context, role, dir, sink string, n int, profile string) error {
	switch role {
	case "prepare":
		return prepare(ctx, dir, n)
	case "send":
		return send(ctx, dir, sink, n, profile)
	}
	return fmt.Errorf("-role %s: there are prepare and send", role)
}

// counted is the mail service with the number of calls and when the last one was.
type counted struct {
	loyalty.Mailer
	set              string
	calls, first, at atomic.Int64 // how many, and when the first began and the last was answered
}

func (c *counted) Mail(ctx context.Context, e loyalty.Envelope) (string, error) {
	c.first.CompareAndSwap(0, time.Now().UnixNano())
	id, err := c.Mailer.Mail(ctx, e)
	c.calls.Add(1)
	c.at.Store(time.Now().UnixNano())
	return id, err
}

// send works until the queue has nothing more to show, tells what the sink had taken before the kill, and lets the rest come again.
func send(ctx context.Context, dir, sink string, n int, profile string) error {
	shop.SpareProcessor(os.LookupEnv)
	ses, err := service(sink)
	if err != nil {
		return err
	}
	c := &counted{}
	s, err := open(dir, func(set string) loyalty.Mailer {
		c.Mailer, c.set = ses(set), set
		return c
	})
	if err != nil {
		return err
	}
	defer s.Close()
	stop, err := profiled(profile)
	if err != nil {
		return err
	}
	c.at.Store(time.Now().UnixNano())
	s.Run.Start()
	for time.Since(time.Unix(0, c.at.Load())) < quiet {
		time.Sleep(look)
	}
	stop()
	t := told{Processor: processor(), Memory: real.MemoryOf(os.Getpid()), Busy: time.Duration(c.at.Load() - c.first.Load())}
	before := c.calls.Load()
	if t.Settled, err = settled(ctx, s, c.set, dir, n); err != nil {
		return err
	}
	for range jumps {
		if err := s.Run.JumpTo(ctx, s.Run.Clock().Now().Add(jump)); err != nil {
			return err
		}
	}
	t.Again = int(c.calls.Load() - before)
	if t.Doubtful, err = inHand(ctx, s, n); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(t)
}

// settled tells what the sink had taken before the kill, and counts whom that settled.
func settled(ctx context.Context, s *shop.Shop, set, dir string, n int) (int, error) {
	before, err := inHand(ctx, s, n)
	if err != nil {
		return 0, err
	}
	if err := tellAccepted(ctx, s, set, dir); err != nil {
		return 0, err
	}
	if err := s.Run.Drain(ctx); err != nil {
		return 0, err
	}
	after, err := inHand(ctx, s, n)
	return before - after, err
}

// service is the mail service at the sink, by the client and with the settings that the function has on AWS.
func service(sink string) (func(configurationSet string) loyalty.Mailer, error) {
	env := map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_ENDPOINT_URL": sink,
	}
	cfg, err := wire.Config(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return func(set string) loyalty.Mailer { return mail.Open(cfg, set) }, err
}

func profiled(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
		if allocs, err := os.Create(file + ".allocs"); err == nil {
			_ = pprof.Lookup("allocs").WriteTo(allocs, 0)
			_ = allocs.Close()
		}
	}, nil
}

// tellAccepted puts the Send events of the sink on the default bus, as SES does.
func tellAccepted(ctx context.Context, s *shop.Shop, set, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, acceptedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var accepted []string
	if err := json.Unmarshal(text, &accepted); err != nil {
		return err
	}
	now := s.Run.Clock().Now()
	return sideBySide(len(accepted), func(i int) error {
		detail, err := json.Marshal(map[string]any{"eventType": "Send", "mail": map[string]any{
			"timestamp": now, "messageId": "sink", "tags": map[string][]string{"message": {accepted[i]}, "ses:configuration-set": {set}},
		}})
		if err != nil {
			return err
		}
		return s.Run.Publish(ctx, shop.DefaultBus, local.Entry{Source: "aws.ses", DetailType: "Email Sent", Detail: detail, Time: now})
	})
}

// inHand counts the messages of which nobody knows whether they went out.
func inHand(ctx context.Context, s *shop.Shop, n int) (int, error) {
	parsed, err := s.Service.Programmes.At(ctx, s.Service.Now())
	if err != nil {
		return 0, err
	}
	found := 0
	for i := range n {
		o := order(parsed.IssueNumber(uint64(i)), time.Time{})
		rec, _, err := s.Store.Message(ctx, o.Card, o.ID)
		if errors.Is(err, loyalty.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if rec.State == message.StateClaimed || rec.State == message.StateDoubtful {
			found++
		}
	}
	return found, nil
}

// processor is the time that this process has used, in its own code and in the system.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
