package local_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func earned(n int) events.Event {
	return events.New(events.Metadata{ID: fmt.Sprint("e-", n), OccurredAt: start.Add(-time.Hour), Source: "till"},
		events.PointsEarned{Card: "7001000000012", Cause: "0042/03/1", Points: int64(n), Balance: int64(n)})
}

func TestOurEventsTravelByTheBusPort(t *testing.T) {
	t.Parallel()
	var got []string
	b := open(t, "", start, only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		e, err := edge.ReadEnvelope(m.Body)
		got = append(got, e.DetailType+" "+e.Time.Format(time.RFC3339))
		return err
	})}))
	var list []events.Event
	for n := 1; n <= local.MaxEntries+2; n++ {
		list = append(list, earned(n))
	}
	if err := b.env.Bus("Bus").Publish(context.Background(), list); err != nil {
		t.Fatal(err)
	}
	b.drain()
	if len(got) != len(list) || got[0] != "points.earned.v1 2026-11-21T11:00:00Z" {
		t.Errorf("%d came: %v", len(got), got)
	}
	if b.env.Bus("Bus").Publish(context.Background(), []events.Event{{Type: "points.earned.v1"}}) == nil {
		t.Error("an event without data was published")
	}
}

func TestTheMailPortTellsTheKindOfRefusal(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	mailer := b.env.Mailer("MailSet")
	e := loyalty.Envelope{ID: "m-1", From: "Shop <cards@shop.example>", To: "a@example.com", Raw: []byte(raw), Tags: map[string]string{"campaign": "birthday"}}
	id, err := mailer.Mail(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.Mailbox().Get(id)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"message": "m-1", "campaign": "birthday"}, m.Tags); d != "" {
		t.Error(d)
	}
	foreign, broken := e, e
	foreign.From, broken.To = "boss@shop.example", "nobody"
	if _, err := mailer.Mail(context.Background(), foreign); !errors.Is(err, loyalty.ErrThrottled) {
		t.Errorf("got %v", err)
	}
	if _, err := mailer.Mail(context.Background(), broken); !errors.Is(err, loyalty.ErrRefused) {
		t.Errorf("got %v", err)
	}
}

func TestAQueuePortNeedsTheRight(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	var denied *local.Denied
	if err := b.env.Queue("WorkQueue").Send(context.Background(), []byte("x"), 0); !errors.As(err, &denied) {
		t.Errorf("got %v", err)
	}
}
