package loyaltytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunJourneys holds campaigns with steps: whatever call of the store fails, a card enters once, each step is done once and nothing is left
// out; and a purchase that meets the end of a wait, as often as races says, is either before what follows or after it.
func RunJourneys(t *testing.T, open func(t *testing.T) store.Items, races int) {
	t.Helper()
	items := open(t)
	t.Run("each call fails", func(t *testing.T) {
		eachFault(func(call int, fault storefault.Fault) int { return journeySweep(t, items, call, fault) })
	})
	t.Run("a purchase against the end of a wait", func(t *testing.T) { raceJourneys(t, items, races) })
}

// traveller is one card, what is outside of the shop, and the services that work for it.
type traveller struct {
	t      *testing.T
	name   string
	now    time.Time
	rules  *programme.Programme
	number string
	queue  *Queue
	bus    *Bus
	post   *Post
}

// journeyAt is a Saturday morning.
var journeyAt = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// newTraveller enrols a card that may be written to.
func newTraveller(t *testing.T, items store.Items, rules *programme.Programme, name string) (*traveller, *loyalty.Service) {
	j := &traveller{t: t, name: name, now: journeyAt, rules: rules, number: rules.IssueNumber(Serial(name)), bus: &Bus{t: t}, post: &Post{t: t}}
	j.queue = &Queue{t: t, now: j.clock}
	calm := j.service(items)
	p := card.Profile{Email: fmt.Sprintf("ana%d@shopper.example", Serial(name)), Consents: map[string]card.Consent{"offers": {Allowed: true, At: j.now, Source: "test"}}}
	if _, err := calm.Enrol(t.Context(), loyalty.Enrolment{Number: j.number, Store: "0042", Profile: p}, nil); err != nil {
		t.Fatal(err)
	}
	return j, calm
}

func (j *traveller) clock() time.Time { return j.now }

// service is one process over the items.
func (j *traveller) service(items store.Items) *loyalty.Service {
	s, _ := store.NewService(items, j.clock)
	s.Programmes, s.MailQueue, s.Bus, s.Mailer = fixed{j.rules}, j.queue, j.bus, j.post
	s.Letters = &loyalty.Letters{From: "Test shop <cards@shop.example>", PublicURL: "https://shop.example", Secrets: []string{"a secret for the links of tests"}}
	return s
}

// sale is the n-th receipt of the card.
func (j *traveller) sale(n int, minor int64) receipt.Receipt {
	return receipt.Receipt{
		Key:  receipt.Key{Store: "0042", Till: fmt.Sprintf("j%d", Serial(j.name)), Number: fmt.Sprint(n)},
		Card: j.number, At: j.now, Source: "till", Total: money.Amount{Minor: minor, Currency: "EUR"},
	}
}

// buy has the receipt recorded, and told by the weak service once and by the calm one twice.
func (j *traveller) buy(weak, calm *loyalty.Service, n int, minor int64) {
	a, err := calm.Checkout(j.t.Context(), j.sale(n, minor))
	if err != nil {
		j.t.Fatal(err)
	}
	j.twice(weak, calm, "relay", func(s *loyalty.Service) error { return s.Relay(j.t.Context(), nil, a.Head) })
}

func (j *traveller) twice(weak, calm *loyalty.Service, what string, do func(*loyalty.Service) error) {
	j.t.Helper()
	twice(j.t, j.name, weak, calm, what, do)
}

// walk goes on with what is due, a second later, as books and waits count by the second.
func (j *traveller) walk(weak, calm *loyalty.Service) {
	j.now = j.now.Add(time.Second)
	j.twice(weak, calm, "walk", func(s *loyalty.Service) error { _, err := s.Journeys(j.t.Context(), j.now); return err })
}

// send carries out what is on the queue, and what has come back to it by the time at which a claim is over.
func (j *traveller) send(weak, calm *loyalty.Service) {
	for range 2 {
		for _, body := range j.queue.Take() {
			o, err := message.ParseOrder(body)
			if err != nil {
				j.t.Fatal(err)
			}
			j.twice(weak, calm, "send", func(s *loyalty.Service) error { return s.Send(j.t.Context(), o) })
		}
		j.now = j.now.Add(message.Lease + time.Second)
	}
}

// journeySweep takes a card through all of a campaign, with one fault, and returns how many calls that took.
func journeySweep(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	rules, _, err := read("testdata/journeys.yaml")
	if err != nil {
		t.Fatal(err)
	}
	j, calm := newTraveller(t, items, rules, fmt.Sprintf("journey: call %d %s", call, fault))
	faulty := storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{call: fault}})
	weak := j.service(faulty)
	j.buy(weak, calm, 1, 2500) // enters
	j.walk(weak, calm)
	j.send(weak, calm)
	j.buy(weak, calm, 2, 900) // ends the wait
	j.walk(weak, calm)
	j.now = j.now.AddDate(0, 0, 3)
	j.walk(weak, calm)        // the second message is on its way
	j.buy(weak, calm, 3, 900) // and passed by
	j.send(weak, calm)
	j.walk(weak, calm)
	j.check(calm, fault)
	return len(faulty.Calls())
}

// check compares what has come of a whole journey. A message whose sender was cut off is doubtful, and may have gone out.
func (j *traveller) check(s *loyalty.Service, fault storefault.Fault) {
	stands, book := j.stands(s), strings.Join(j.book(s), " ")
	if stands != "thanks done" || book != "+25 +9 +5 thanks +9" {
		j.t.Errorf("%s: stands %q, book %q", j.name, stands, book)
	}
	opened, err := s.Cards.Open(j.t.Context(), j.number, true)
	if err != nil || strings.Join(opened.Profile.Tags, " ") != "quick" {
		j.t.Errorf("%s: tags %v, %v", j.name, opened.Profile.Tags, err)
	}
	list, err := s.CardMessages(j.t.Context(), j.number)
	if err != nil || len(list) != 2 {
		j.t.Fatalf("%s: %d messages, %v", j.name, len(list), err)
	}
	late, first := list[0], list[1]
	doubtful := first.State == message.StateDoubtful
	if len(j.post.mails) > 1 || first.State != message.StateSent && !doubtful || !doubtful && len(j.post.mails) != 1 {
		j.t.Errorf("%s: %d mails, the message is %s %s", j.name, len(j.post.mails), first.State, first.Reason)
	}
	if late.State != message.StateRefused || late.Reason != message.JourneyOver {
		j.t.Errorf("%s: the message that came too late is %s %s", j.name, late.State, late.Reason)
	}
}

// stands tells where the card stands: "thanks exit_when", "soon 1".
func (j *traveller) stands(s *loyalty.Service) string {
	places, err := s.Places.PlacesOf(j.t.Context(), j.number)
	if err != nil {
		j.t.Fatal(err)
	}
	var list []string
	for _, p := range places {
		list = append(list, p.Campaign+" "+p.Step+string(p.End))
		if p.End != "" {
			list[len(list)-1] = p.Campaign + " " + string(p.End)
		}
	}
	return strings.Join(list, ", ")
}

// book is the card's entries, the oldest first, and which campaign has made them: "+25", "+5 thanks".
func (j *traveller) book(s *loyalty.Service) []string {
	entries, err := s.Entries(j.t.Context(), j.number, 0, store.MaxPage)
	if err != nil {
		j.t.Fatal(err)
	}
	var list []string
	for i := len(entries) - 1; i >= 0; i-- {
		text := fmt.Sprintf("%+d", entries[i].Points)
		if campaign, _, ok := strings.Cut(entries[i].Cause, "~"); ok {
			text += " " + campaign
		}
		list = append(list, text)
	}
	return list
}
