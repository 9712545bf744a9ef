package shop_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// planned publishes the demo's programme from now on with a campaign that speaks at a moment to all who allow offers.
func (w *world) planned(at time.Time) {
	w.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		w.Fatal(err)
	}
	text := strings.Replace(demo.Programme, "campaigns:\n", `campaigns:
  - id: winter
    on: schedule
    schedule: {at: "`+at.In(zone).Format("2006-01-02T15:04")+`"}
    when: {all: [{field: shopper.consents, op: contains, value: offers}, {field: visits.ever, op: gte, value: 0}, {field: mailed.last_7_days, op: lte, value: 50}]}
    grant: {offer: beans15, days: 10}
    message: {template: thanks, topic: offers, repeatable: true}
  - id: wander
    on: schedule
    schedule: {at: "`+at.In(zone).Format("2006-01-02T15:04")+`"}
    when: {field: card.visits, op: gte, value: 20}
    steps: [{wait: {for: 2h}}, {if: {field: visits.ever, op: gte, value: 1}, then: [{grant: {points: 5}}]}, {tag: wanderer}, {event: wandered}, {webhook: {url: "https://crm.shop.example/in"}}, {message: {template: thanks, topic: offers}, grant: {offer: beans15, days: 10}}]
`, 1)
	text = strings.Replace(text, "from: 2025-01-01T00:00:00+01:00", "from: "+w.clock.Now().UTC().Format(time.RFC3339), 1)
	text = strings.Replace(text, "cap: {count: 5, days: 7}", "cap: {count: 50, days: 7}\n  rate: {per_second: 50}", 1)
	rules, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		w.Fatal(err, faults)
	}
	if err := w.shop.Store.Publish(w.Context(), rules.From, document); err != nil {
		w.Fatal(err)
	}
}

// broadcast: a campaign on a schedule writes to everybody whom it is for, once, with a coupon of their own.
// A regular enters a journey by it, buys so much that her book turns pages, and gets what its steps grant.
func (w *world) broadcast(regular string) {
	w.Helper()
	card, second := w.enrol("win@mail.example", ""), w.enrol("winter@mail.example", "")
	w.checkout(second, "000777", 500, "", http.StatusCreated)
	w.call("POST", "/v1/cards/"+second+"/merge", `{"into":"`+card+`","id":"m-7","reason":"One shopper","by":"Mira"}`, http.StatusCreated)
	w.planned(w.clock.Now().Add(time.Hour))
	w.jump(50 * time.Minute)
	w.wantMails("win@mail.example", "Welcome aboard, Ida")
	w.jump(20 * time.Minute)
	w.wantMails("win@mail.example", "Welcome aboard, Ida", "Ida, 15 % off your next beans")
	w.coupon(card)
	w.jump(2 * time.Minute)                         // the wait begins
	for i, full := 0, false; i < 20 || !full; i++ { // until her book is about to turn a page
		w.checkout(regular, fmt.Sprintf("3%05d", i), 100, "", http.StatusCreated)
		o, err := w.shop.Store.Open(w.Context(), regular, true)
		if err != nil {
			w.Fatal(err)
		}
		full = o.Head.Book.Full()
	}
	before := w.balance(regular)
	w.jump(3 * time.Hour)
	if got := w.balance(regular); got != before+5 {
		w.Errorf("a journey has granted %d points, want 5", got-before)
	}
	w.wantMails("win@mail.example", "Welcome aboard, Ida", "Ida, 15 % off your next beans")
	list, err := w.shop.Store.RunsOf(w.Context(), "winter")
	if err != nil || len(list) != 1 || !list[0].Done || list[0].Counts.Audience == 0 {
		w.Errorf("runs %+v, %v", list, err)
	}
	w.call("GET", "/v1/cards/"+card, "", http.StatusOK)
}

const (
	killDir   = "REGULARS_TEST_BROADCAST_DIR"
	killCards = 200
)

// TestMain lets the binary be the victim of TestAKilledBroadcastLosesNobody.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim runs the shop of a folder, and tells each event on its buses.
func victim(dir string) error {
	clock, err := local.OpenClock(dir, time.Time{}, 30) // the schedule's minute comes within two seconds
	if err != nil {
		return err
	}
	s, err := shop.Open(shop.Options{
		Clock: clock, Dir: dir, Template: regulars.Template, URL: "http://127.0.0.1:8080", NoSync: true,
		OnEvent: func(_ string, event []byte) { fmt.Println(strings.Contains(string(event), "message.sent")) },
	})
	if err != nil {
		return err
	}
	s.Run.Start()
	<-context.Background().Done()
	return nil
}

// Z-2: a process that is killed in the middle of a broadcast, and started again, has mailed everybody once.
// What it had claimed and not handed over goes out when the lease is over: the campaign says that its letter may be repeated.
func TestAKilledBroadcastLosesNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	morning := time.Now().Truncate(time.Minute)
	w := openIn(t, dir, local.NewClock(morning))
	for n := range uint64(killCards) {
		number := w.rules.IssueNumber(n + 1)
		p := card.Profile{Email: fmt.Sprintf("s%d@mail.example", n), Consents: map[string]card.Consent{"offers": {Allowed: true, At: morning, Source: "test"}}}
		if _, err := w.shop.Service.Enrol(t.Context(), loyalty.Enrolment{Number: number, Store: "0042", Profile: p}, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.planned(morning)
	w.drain()
	if err := w.shop.Close(); err != nil {
		t.Fatal(err)
	}
	killAfter(t, dir, killCards*3/10)

	w = openIn(t, dir, local.NewClock(time.Now().Add(time.Hour)))
	w.drain()
	w.jump(time.Hour) // leases end, and the mail service's own reports settle what was in hand
	got := map[string]int{}
	mails, err := w.shop.Run.Mailbox().List(0, 2*killCards)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		got[m.To[0]]++
	}
	for to, n := range got {
		if n != 1 {
			t.Errorf("%s has %d mails", to, n)
		}
	}
	if len(got) != killCards {
		t.Errorf("%d of %d have a mail", len(got), killCards)
	}
	list, err := w.shop.Store.RunsOf(t.Context(), "winter")
	if err != nil || len(list) != 1 || !list[0].Done || list[0].Counts.Audience != killCards || list[0].Counts.Cards != killCards {
		t.Errorf("runs %+v, %v", list, err)
	}
}

// killAfter starts a victim and kills it without warning once so many mails were sent.
func killAfter(t *testing.T, dir string, mails int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), killDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	sent := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "true" {
			if sent++; sent == mails {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	_ = child.Wait() // it was killed
	if sent < mails {
		t.Fatalf("%d mails: the victim did not work", sent)
	}
	t.Logf("killed after %d mails", sent)
}
