package kit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// step is a line of the log about a happening.
type step struct {
	Message     string `json:"msg"`
	Correlation string `json:"correlation_id"`
	Step        string `json:"step"`
	Code        string `json:"code"`
	Mail        string `json:"message"`
	SetOffBy    string `json:"set_off_by"`
}

// follow greps the log for an id.
func follow(t *testing.T, w *kit.World, id string) (steps []step) {
	t.Helper()
	for _, line := range w.Lines(id) {
		var s step
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if s.Correlation != id {
			t.Errorf("the id stands in a line of another happening: %s", line)
		}
		steps = append(steps, s)
	}
	return steps
}

// One id, made from the receipt's number, leads through the logs of all functions: the till's answer, the ledger entry, its facts, the order of
// the e-mail, the claim, the mail service and its reports, the count of the campaign.
func TestOneReceiptIsFollowedThroughTheLogs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	w.Begin(calm)
	p := &play{World: w}
	card := p.enrol(ctx, "")
	p.sell(ctx, card, "1", 6000, "")
	p.sell(ctx, card, "2", 100, "")
	p.wait(ctx, 20*time.Minute)
	if p.err != nil {
		t.Fatal(p.err)
	}
	steps := follow(t, w, loyalty.CorrelationOf("0042/03/1"))
	var way []string
	mail := ""
	for _, s := range steps {
		if name := strings.TrimSpace(s.Step + " " + s.Code); !slices.Contains(way, name) {
			way = append(way, name)
		}
		if mail == "" {
			mail = s.Mail
		}
		if s.Mail != "" && s.Mail != mail {
			t.Errorf("a step of another e-mail: %+v", s)
		}
	}
	for _, want := range []string{
		"receipt.posted", "entry.told", "fact.published points.earned.v1", "fact.published coupon.granted.v1", "message.queued", "message.claimed",
		"message.mailed", "fact.published message.sent.v1", "message.reported deliver", "message.counted delivered",
	} {
		if !slices.Contains(way, want) {
			t.Errorf("no step %q; the way is\n%s", want, strings.Join(way, "\n"))
		}
	}
	if i := slices.IndexFunc(steps, func(s step) bool { return s.Step == loyalty.StepReceipt }); i >= 0 && steps[i].SetOffBy == "" {
		t.Error("the receipt's step does not name the request")
	}
	mails, err := w.Shop.Run.Mailbox().List(0, 10)
	if err != nil || len(mails) != 1 || mails[0].Tags[loyalty.TagCorrelation] != loyalty.CorrelationOf("0042/03/1") || mails[0].Tags["message"] != mail {
		t.Errorf("the e-mail's tags: %+v, %v", mails, err)
	}
	if other := follow(t, w, loyalty.CorrelationOf("0042/03/2")); len(other) == 0 || slices.ContainsFunc(other, func(s step) bool { return s.Mail != "" }) {
		t.Errorf("the small receipt's way: %+v", other)
	}
}

// A receipt that could not be posted leaves a line under the same id, with the request's beside it, and one line of the error under that.
func TestAReceiptThatFailsIsFollowedToo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	p := &play{World: w}
	card := p.enrol(ctx, "")
	broken := false
	w.Begin(func(_ int, c kit.Call) kit.Fault {
		if !broken && c.Function == "TillFunction" && c.Action == "dynamodb:PutItem" && strings.Contains(c.What, "RECEIPT") {
			broken = true
			return kit.NotDone
		}
		return kit.None
	})
	p.sell(ctx, card, "1", 100, "")
	if p.err != nil {
		t.Fatal(p.err)
	}
	steps := follow(t, w, loyalty.CorrelationOf("0042/03/1"))
	if !broken || len(steps) < 2 || steps[0].Step != loyalty.StepNotNow || steps[1].Step != loyalty.StepReceipt {
		t.Fatalf("broken %v, %+v", broken, steps)
	}
	if why := w.Lines(steps[0].SetOffBy); len(why) < 2 {
		t.Errorf("the request's lines: %v", why)
	}
}
