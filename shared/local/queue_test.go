package local_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
)

// TestAQueueDay reads like an account book: what is sent, what comes and when.
func TestAQueueDay(t *testing.T) {
	t.Parallel()
	var book []string
	var b *bench
	b = open(t, "", start, only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		book = append(book, fmt.Sprintf("%s %s #%d", b.clock.Now().Sub(start), m.Body, m.ReceiveCount))
		switch {
		case string(m.Body) == "poison":
			return errNotNow
		case string(m.Body) == "late" && m.ReceiveCount == 1:
			panic("once")
		}
		return nil
	})}))
	b.send("good", 0)
	b.send("poison", 0)
	b.send("late", 0)
	b.send("delayed", 90*time.Second)
	b.drain()
	b.advance(5 * time.Minute)
	want := []string{"0s good #1", "0s poison #1", "0s late #1", "1m0s poison #2", "1m0s late #2", "1m30s delayed #1", "2m0s poison #3"}
	if d := cmp.Diff(want, book); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{"Dead": 1}, b.lying()); d != "" {
		t.Error(d)
	}
	if n, err := b.Redrive(context.Background(), "Dead"); n != 1 || err != nil {
		t.Errorf("redrove %d, %v", n, err)
	}
	b.drain()
	if last := book[len(book)-1]; last != "5m0s poison #1" {
		t.Errorf("after the redrive came %s", last)
	}
}

func TestACrashLosesNothingThatWasAccepted(t *testing.T) {
	t.Parallel()
	var left string
	var b *bench
	b = open(t, "", start, only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		if string(m.Body) == "two" {
			left = b.crash() // the process dies here: three are handed out, none is done
		}
		return nil
	})}))
	for _, body := range []string{"one", "two", "three"} {
		b.send(body, 0)
	}
	b.drain()
	if len(b.lying()) != 0 {
		t.Errorf("still lying: %v", b.lying())
	}

	var again []string
	after := open(t, left, start, only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		again = append(again, fmt.Sprintf("%s #%d", m.Body, m.ReceiveCount))
		return nil
	})}))
	after.drain()
	if len(again) != 0 {
		t.Errorf("handed out before the visibility ran out: %v", again)
	}
	after.advance(time.Minute)
	if d := cmp.Diff([]string{"one #2", "two #2", "three #2"}, again); d != "" {
		t.Error(d)
	}
}

func TestAQueueRefusesWhatSQSRefuses(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	for what, send := range map[string]func() error{
		"another queue": func() error { return b.Send(context.Background(), "NoQueue", []byte("x"), nil, 0) },
		"nothing":       func() error { return b.Send(context.Background(), "WorkQueue", nil, nil, 0) },
		"too much": func() error {
			return b.Send(context.Background(), "WorkQueue", []byte(strings.Repeat("x", local.MaxMessageBytes+1)), nil, 0)
		},
		"no text":  func() error { return b.Send(context.Background(), "WorkQueue", []byte{0xff}, nil, 0) },
		"too late": func() error { return b.Send(context.Background(), "WorkQueue", []byte("x"), nil, local.MaxDelay+1) },
	} {
		if send() == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestALiveQueueWakesItsFunctionWithoutAsking(t *testing.T) {
	t.Parallel()
	came := make(chan time.Time, 1)
	b := open(t, "", start, only(edge.Mux{Batch: edge.Batch(func(context.Context, edge.Message) error { came <- time.Now(); return nil })}))
	b.Start()
	for range 20 {
		sent := time.Now()
		b.send("x", 0)
		select {
		case at := <-came:
			if took := at.Sub(sent); took > time.Second {
				t.Errorf("took %s", took)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("never came")
		}
	}
	b.drain()
	if len(b.lying()) != 0 {
		t.Errorf("still lying: %v", b.lying())
	}
}
