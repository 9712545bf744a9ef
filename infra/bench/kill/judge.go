package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/bench/real"
	"github.com/regulars-dev/regulars/infra/regulars/cli"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/message"
)

// askAgain makes every request that was answered with success once more, and notes each that is not answered the same, as known.
func (d *driver) askAgain(ctx context.Context) error {
	client := real.NewClient(1)
	for n, before := range d.said {
		a, err := real.Ask(ctx, client, d.where.Load().(string), before.Request)
		if err != nil {
			return fmt.Errorf("ask answer %d again: %w", n, err)
		}
		if same, repeated, err := compared(before.answer, a.Body); err != nil || a.Status != http.StatusOK || !repeated || !same {
			d.lost = append(d.lost, fmt.Sprintf("%s %s was answered with %s, and now %d %s", before.Path, before.Body, before.answer, a.Status, a.Body))
		}
		if n%500 == 0 {
			fmt.Fprintf(d.out, "\rasked %d of %d answers again ", n, len(d.said))
		}
	}
	fmt.Fprintf(d.out, "\rasked %d of %d answers again\n", len(d.said), len(d.said))
	return nil
}

// ofNow is what an answer tells of how the card stands at the moment of asking; the rest is what the receipt has done.
var ofNow = []string{"next_tier", "standing", "lots", "tier", "stamps"}

// compared reports whether two answers tell the same of their receipt, and whether the second is a repeat.
func compared(first, second []byte) (same, repeated bool, err error) {
	var a, b map[string]any
	if err := errors.Join(json.Unmarshal(first, &a), json.Unmarshal(second, &b)); err != nil {
		return false, false, err
	}
	repeated, _ = b["repeated"].(bool)
	for _, name := range append(ofNow, "repeated") {
		delete(a, name)
		delete(b, name)
	}
	return reflect.DeepEqual(a, b), repeated, nil
}

// found is what a run has come to.
type found struct {
	kills, checkouts, returns, unanswered int
	lost                                  int // answers that are not given again
	mails, doubtful, doubled, unknown     int
	waiting                               int      // messages of queues, dead letters among them, when all is done
	what                                  []string // of what is wrong
}

func (f found) wrong() int { return len(f.what) }

func (f found) String() string {
	return fmt.Sprintf("kills=%d checkouts=%d returns=%d unanswered=%d lost=%d mails=%d doubtful=%d doubled=%d unknown=%d waiting=%d wrong=%d",
		f.kills, f.checkouts, f.returns, f.unanswered, f.lost, f.mails, f.doubtful, f.doubled, f.unknown, f.waiting, f.wrong())
}

// Leaps over which all that waits comes due: the queue's visibility, a claim's lease, the retries.
const (
	leap  = 15 * time.Minute
	leaps = 6
)

// judge lets everything come to its end and looks at what there is.
func (d *driver) judge(ctx context.Context) (found, error) {
	f := found{kills: d.kills, unanswered: int(d.tries.Load()), lost: len(d.lost), what: d.lost}
	for _, s := range d.said {
		if s.Path == "/v1/checkouts" {
			f.checkouts++
		} else {
			f.returns++
		}
	}
	if err := d.settle(ctx, &f); err != nil {
		return f, err
	}
	var told bytes.Buffer
	if code := cli.Main(ctx, []string{"verify", "--replay", "--data", d.dir}, strings.NewReader(""), &told, &told); code != 0 {
		f.what = append(f.what, fmt.Sprintf("verify --replay exits with %d: %s", code, told.String()))
	}
	return f, nil
}

// settle works off what the last process has left, and holds what the sink got to what the records say.
func (d *driver) settle(ctx context.Context, f *found) (err error) {
	ses, err := service(d.sink.url)
	if err != nil {
		return err
	}
	s, err := shop.Open(shop.Options{Dir: d.dir, Template: regulars.Template, URL: "http://127.0.0.1:8080", Mailer: ses})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for range leaps {
		if err := s.Run.JumpTo(ctx, s.Run.Clock().Now().Add(leap)); err != nil {
			return fmt.Errorf("work off what is left: %w", err)
		}
	}
	queues, err := s.Run.Queues()
	if err != nil {
		return err
	}
	for _, q := range queues {
		if f.waiting += q.Messages; q.Messages > 0 {
			f.what = append(f.what, fmt.Sprintf("%d messages lie in %s when all is done", q.Messages, q.ID))
		}
	}
	return d.mails(ctx, s, f)
}

// mails goes through every message of every card.
func (d *driver) mails(ctx context.Context, s *shop.Shop, f *found) error {
	taken := d.sink.taken()
	for _, number := range d.cards {
		list, err := s.Service.CardMessages(ctx, number)
		if err != nil {
			return fmt.Errorf("messages of card %s: %w", number, err)
		}
		for _, rec := range list {
			times := taken[rec.ID]
			delete(taken, rec.ID)
			f.mails += times
			switch {
			case times > 1:
				f.doubled++
				f.what = append(f.what, fmt.Sprintf("message %s of campaign %s went out %d times", rec.ID, rec.Campaign, times))
			case rec.State == message.StateDoubtful:
				f.doubtful++
			case rec.State == message.StateSent && times == 1, rec.State == message.StateRefused && times == 0:
			default:
				f.what = append(f.what, fmt.Sprintf("message %s of campaign %s is %q and went out %d times", rec.ID, rec.Campaign, rec.State, times))
			}
		}
	}
	for id := range taken {
		f.unknown++
		f.what = append(f.what, fmt.Sprintf("message %s went out, and no card has it", id))
	}
	return nil
}
