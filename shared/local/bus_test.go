package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store"
)

func TestAnEventReachesTheQueueOfItsRule(t *testing.T) {
	t.Parallel()
	var got []string
	b := open(t, "", start, only(edge.Mux{Batch: edge.Batch(func(_ context.Context, m edge.Message) error {
		e, err := edge.ReadEnvelope(m.Body)
		got = append(got, fmt.Sprintf("%s %s %s %s", e.DetailType, e.Source, e.Time.Format(time.RFC3339), e.Detail))
		return err
	})}))
	err := b.env.Publish(context.Background(), "Bus",
		local.Entry{Source: "regulars", DetailType: "points.earned.v1", Detail: []byte(`{"data":{"points":12}}`)},
		local.Entry{Source: "regulars", DetailType: "tier.changed.v1", Detail: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	b.drain()
	if d := cmp.Diff([]string{`points.earned.v1 regulars 2026-11-21T12:00:00Z {"data":{"points":12}}`}, got); d != "" {
		t.Error(d)
	}
}

func TestPublishIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	good := local.Entry{Source: "regulars", DetailType: "points.earned.v1", Detail: []byte(`{}`)}
	for what, entries := range map[string][]local.Entry{
		"no object":     {good, {Source: "regulars", DetailType: "points.earned.v1", Detail: []byte(`[]`)}},
		"no JSON":       {good, {Source: "regulars", DetailType: "points.earned.v1", Detail: []byte(`{`)}},
		"no source":     {good, {DetailType: "points.earned.v1", Detail: []byte(`{}`)}},
		"in AWS's name": {good, {Source: "aws.ses", DetailType: "Email Sent", Detail: []byte(`{}`)}},
		"too many":      {good, good, good, good, good, good, good, good, good, good, good},
	} {
		if b.env.Publish(context.Background(), "Bus", entries...) == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	if len(b.lying()) != 0 {
		t.Errorf("something was left behind: %v", b.lying())
	}
}

func TestThePolicyOfTheTemplateIsKept(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	ctx := context.Background()
	cards, records := store.Key{Table: store.Cards, Partition: "A", Sort: "B"}, store.Key{Table: store.Records, Partition: "A", Sort: "B"}
	if _, err := b.env.Items.Put(ctx, store.Item{Key: cards}, store.IfAbsent()); err != nil {
		t.Errorf("a granted put: %v", err)
	}
	line := 1 + strings.Count(small[:strings.Index(small, "- {Effect: Allow, Action: [dynamodb:GetItem")], "\n")
	for what, c := range map[string]struct {
		call func() error
		want local.Denied
	}{
		"query": {func() error {
			_, err := b.env.Items.Query(ctx, store.QueryInput{Table: store.Cards, Partition: "A"})
			return err
		}, local.Denied{Action: "dynamodb:Query", On: "CardsTable", Line: line}},
		"due": {func() error {
			_, err := b.env.Items.Due(ctx, store.DueInput{Kind: "k", To: "z"})
			return err
		}, local.Denied{Action: "dynamodb:Query", On: "CardsTable/index/due", Line: line}},
		"put over anything": {func() error {
			_, err := b.env.Items.Put(ctx, store.Item{Key: cards}, store.Always())
			return err
		}, local.Denied{Action: "dynamodb:UpdateItem", On: "CardsTable", Line: line}},
		"check": {func() error {
			return b.env.Items.Transact(ctx, []store.Write{{Item: store.Item{Key: cards}, If: store.IfVersion(1), Check: true}})
		}, local.Denied{Action: "dynamodb:ConditionCheckItem", On: "CardsTable", Line: line}},
		"another table": {func() error {
			_, err := b.env.Items.Get(ctx, records, store.Stale)
			return err
		}, local.Denied{Action: "dynamodb:GetItem", On: "RecordsTable", Line: line + 6}},
		"queue": {func() error { return b.env.Send(ctx, "WorkQueue", []byte("x"), nil, 0) },
			local.Denied{Action: "sqs:SendMessage", On: "WorkQueue", Line: b.env.Function.Line}},
		"another bus": {func() error {
			return b.env.Publish(ctx, "default", local.Entry{Source: "x", DetailType: "y", Detail: []byte(`{}`)})
		}, local.Denied{Action: "events:PutEvents", On: "default", Line: b.env.Function.Line}},
		"another sender": {func() error {
			_, err := b.env.Mail(ctx, local.Letter{From: "boss@shop.example", To: []string{"a@example.com"}, Raw: []byte("Subject: x\r\n\r\n")})
			return err
		}, local.Denied{Action: "ses:SendEmail", On: "from boss@shop.example", Line: line + 2}},
	} {
		var denied *local.Denied
		if err := c.call(); !errors.As(err, &denied) {
			t.Errorf("%s: %v", what, err)
			continue
		}
		c.want.Function = "WorkFunction"
		if d := cmp.Diff(&c.want, denied); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	want := sam.Call{Function: "WorkFunction", Action: "dynamodb:PutItem", On: "CardsTable"}
	if observed := b.Observed(); len(observed) != 9 || observed[len(observed)-1].On == "" {
		t.Errorf("observed %v, %v among them", observed, want)
	}
}

func TestTheEnvironmentComesFromTheTemplate(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	var c struct {
		Cards string `env:"CARDS_TABLE"`
		Bus   string `env:"BUS_NAME"`
		Queue string `env:"WORK_QUEUE_URL"`
		From  string `env:"MAIL_FROM"`
	}
	if err := edge.LoadConfig(&c, b.env.Lookup); err != nil {
		t.Fatal(err)
	}
	if c.Cards != "CardsTable" || c.Bus != "Bus" || c.Queue != "WorkQueue" || c.From != "cards@shop.example" {
		t.Errorf("got %+v", c)
	}
	if _, ok := b.env.Lookup("SECRET"); ok {
		t.Error("a secret without a value is there")
	}
}

const raw = "From: Shop <cards@shop.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello\r\n"

func TestAMailComesBackAsFeedback(t *testing.T) {
	t.Parallel()
	var got []string
	b := open(t, "", start, only(edge.Mux{Event: edge.Event(func(_ context.Context, e edge.Envelope) error {
		if e.Source != "aws.ses" {
			return nil
		}
		var d struct {
			EventType string
			Mail      struct{ Tags map[string][]string }
			Bounce    struct {
				BounceType        string
				BouncedRecipients []struct{ EmailAddress string }
			}
		}
		err := json.Unmarshal(e.Detail, &d)
		got = append(got, fmt.Sprint(e.DetailType, " ", d.EventType, " ", d.Mail.Tags["message"], d.Bounce.BouncedRecipients))
		return err
	})}))
	send := func(to string) string {
		t.Helper()
		id, err := b.env.Mail(context.Background(), local.Letter{From: "Shop <cards@shop.example>", To: []string{to}, Raw: []byte(raw),
			Tags: map[string]string{"message": "m-1"}, ConfigurationSet: "MailSet"})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := send("a@example.com")
	send("bounce+x@simulator.example")
	send("complaint@simulator.example")
	b.drain()
	want := []string{"Email Sent Send [m-1] []", "Email Delivered Delivery [m-1] []",
		"Email Sent Send [m-1] []", "Email Bounced Bounce [m-1] [{bounce+x@simulator.example}]",
		"Email Sent Send [m-1] []", "Email Delivered Delivery [m-1] []", "Email Complaint Received Complaint [m-1] []"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	m, err := b.Mailbox().Get(first)
	if err != nil || string(m.Raw) != raw || m.Subject != "Grüße" || m.Fate != "delivered" {
		t.Errorf("got %+v, %v", m, err)
	}
	list, err := b.Mailbox().List(0, 2)
	if err != nil || len(list) != 2 || list[0].Number != 3 || list[0].Raw != nil {
		t.Errorf("got %+v, %v", list, err)
	}
	if list, err = b.Mailbox().List(2, 10); err != nil || len(list) != 1 || list[0].ID != first {
		t.Errorf("got %+v, %v", list, err)
	}
	if list, err = b.Mailbox().List(99, 10); err != nil || len(list) != 3 {
		t.Errorf("got %+v, %v", list, err)
	}
	if list, err = b.Mailbox().List(1, 10); err != nil || len(list) != 0 {
		t.Errorf("got %+v, %v", list, err)
	}
	if _, err := b.Mailbox().Get("nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestMailThatSESWouldRefuse(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	good := local.Letter{From: "cards@shop.example", To: []string{"a@example.com"}, Raw: []byte(raw)}
	for what, change := range map[string]func(*local.Letter){
		"no recipient":      func(l *local.Letter) { l.To = nil },
		"no ASCII":          func(l *local.Letter) { l.To = []string{"jürgen@example.com"} },
		"no sender":         func(l *local.Letter) { l.From = "shop" },
		"a tag with spaces": func(l *local.Letter) { l.Tags = map[string]string{"campaign": "two words"} },
		"no mail":           func(l *local.Letter) { l.Raw = []byte("hello") },
	} {
		l := good
		change(&l)
		if _, err := b.env.Mail(context.Background(), l); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
}

func TestAFailingRuleTargetIsTriedAgainAndThenPutAside(t *testing.T) {
	t.Parallel()
	tries := 0
	b := open(t, "", start, only(edge.Mux{Event: func(_ context.Context, payload []byte) ([]byte, error) {
		if !strings.Contains(string(payload), `"aws.ses"`) {
			return nil, nil
		}
		if tries++; tries == 2 {
			panic("a bug")
		}
		return nil, errNotNow
	}}))
	detail := []byte(`{"mail":{"tags":{"ses:configuration-set":["MailSet"]}}}`)
	if err := b.Publish(context.Background(), "", local.Entry{Source: "aws.ses", DetailType: "Email Sent", Detail: detail}); err != nil {
		t.Fatal(err)
	}
	b.advance(10 * time.Minute)
	if tries != 3 || b.Counts()["panics{function=work}"] != 1 || b.Counts()["errors{function=work}"] != 3 {
		t.Errorf("%d tries, %v", tries, b.Counts())
	}
	if d := cmp.Diff(map[string]int{"Dead": 1}, b.lying()); d != "" {
		t.Error(d)
	}
}
