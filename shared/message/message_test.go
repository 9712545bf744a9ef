package message

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

func order() Order {
	return Order{
		ID: OrderID("welcome", "enrol", "7001"), Campaign: "welcome", Occasion: "enrol", Card: "7001", Template: "welcome",
		Topic: "offers", OrderedAt: start, ExpiresAt: start.Add(72 * time.Hour),
	}
}

func TestOrderIsNamedByItsCause(t *testing.T) {
	t.Parallel()
	id := OrderID("welcome", "enrol", "7001")
	if id != OrderID("welcome", "enrol", "7001") || id == OrderID("welcome", "enrol7", "001") || id == OrderID("birthday", "enrol", "7001") {
		t.Errorf("the id %q does not stand for its cause alone", id)
	}
	if len(id) != 21 || strings.Trim(id, "m0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		t.Errorf("the id %q would not pass as a tag of the mail service", id)
	}
}

func TestOrderSurvivesTheQueue(t *testing.T) {
	t.Parallel()
	want := order()
	body, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseOrder(body)
	if err != nil || got != want {
		t.Errorf("ParseOrder(%s) = %+v, %v", body, got, err)
	}
}

func TestOrderThatCannotBeSentIsRefusedWithTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spoil func(*Order)
		says  string
	}{
		{func(o *Order) { o.Card = "" }, "card"},
		{func(o *Order) { o.Card = "ana@shop.example" }, "card"},
		{func(o *Order) { o.Topic = "" }, "topic"},
		{func(o *Order) { o.ID = "m1" }, "the id of this campaign"},
		{func(o *Order) { o.ExpiresAt = o.OrderedAt }, "expires_at"},
		{func(o *Order) { o.CorrelationID = strings.Repeat("x", MaxOrderBytes) }, "bytes"},
	} {
		o := order()
		c.spoil(&o)
		body, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseOrder(body); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("ParseOrder(%.80s) says %v; it must be refused and name %q", body, err, c.says)
		}
	}
}

func FuzzParseOrder(f *testing.F) {
	body, err := json.Marshal(order())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"id":null,"cart_version":1e400}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := ParseOrder(body)
		if err == nil && o.ID != OrderID(o.Campaign, o.Occasion, o.Card) {
			t.Errorf("accepted %q under an id that is not its own", body)
		}
		if err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseOrder(%q): %v is of no kind", body, err)
		}
	})
}

// diagram is the whole life of a message. Rows are states, columns what happens; a dash is an arrow that does not exist.
const diagram = `
            claim    accept      defer     refuse   lapse     deliver     bounce      complain
ordered     claimed  -           deferred  refused  -         -           -           -
claimed     -        sent        deferred  refused  doubtful  delivered   bounced     complained
deferred    claimed  -           -         refused  -         -           -           -
doubtful    claimed  sent        -         refused  -         delivered   bounced     complained
sent        -        sent        -         refused  -         delivered   bounced     complained
delivered   -        delivered   -         -        -         delivered   bounced     complained
bounced     -        bounced     -         -        -         bounced     bounced     complained
complained  -        complained  -         -        -         complained  complained  complained
refused     -        -           -         refused  -         -           -           -
`

func TestStatesMoveAsDrawn(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.TrimSpace(diagram), "\n")
	happenings := strings.Fields(rows[0])
	if len(rows)-1 != len(transitions) {
		t.Errorf("%d states are drawn, %d exist", len(rows)-1, len(transitions))
	}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		from := State(cells[0])
		if from == "ordered" {
			from = StateOrdered
		}
		for i, cell := range cells[1:] {
			next, ok := Next(from, Happening(happenings[i]))
			if drawn := cell != "-"; ok != drawn || drawn && next != State(cell) || !drawn && next != from {
				t.Errorf("%s --%s--> %q, %v; drawn is %s", cells[0], happenings[i], next, ok, cell)
			}
		}
	}
}

func TestAMessageIsClaimedOnce(t *testing.T) {
	t.Parallel()
	first, verdict := Claim(order(), nil, start)
	if verdict != ClaimGranted || first.State != StateClaimed || first.Attempt != 1 || !first.LeaseUntil.Equal(start.Add(Lease)) {
		t.Fatalf("first claim: %s %+v", verdict, first)
	}
	if _, verdict := Claim(order(), &first, start.Add(Lease-time.Second)); verdict != ClaimBusy {
		t.Errorf("a second sender within the lease is told %s", verdict)
	}
	lost, verdict := Claim(order(), &first, start.Add(Lease))
	if verdict != ClaimDoubtful || lost.State != StateDoubtful || lost.Reason != Unknown {
		t.Errorf("when the lease ends without a word: %s %+v", verdict, lost)
	}
	if _, verdict := Claim(order(), &lost, start.Add(48*time.Hour)); verdict != ClaimSettled {
		t.Errorf("a doubtful message is claimed again: %s", verdict)
	}
	sent, ok := Settle(lost, HappenAccept, start.Add(time.Hour))
	if !ok || sent.State != StateSent || sent.Reason != "" || sent.SentAt.IsZero() {
		t.Errorf("the mail service's own word settles it: %+v, %v", sent, ok)
	}
	if again, ok := Settle(sent, HappenAccept, start.Add(2*time.Hour)); ok || again != sent {
		t.Errorf("the same word again changes %+v", again)
	}
}

func TestARepeatableMessageGoesOutOnceMoreAndNoMore(t *testing.T) {
	t.Parallel()
	o := order()
	o.Repeatable = true
	now := start
	r, _ := Claim(o, nil, now)
	now = now.Add(Lease)
	r, verdict := Claim(o, &r, now)
	if verdict != ClaimGranted || r.Attempt != 2 || r.Lapsed != 1 {
		t.Fatalf("after the first lost claim: %s %+v", verdict, r)
	}
	late := r
	if _, verdict := Claim(o, &late, o.ExpiresAt); verdict != ClaimDoubtful {
		t.Errorf("after the order's life a lost claim is %s, not sent again", verdict)
	}
	if r, verdict = Claim(o, &r, now.Add(Lease)); verdict != ClaimDoubtful || r.Attempt != 2 {
		t.Errorf("after the second lost claim: %s %+v", verdict, r)
	}
}

func TestADeferredMessageWaitsForItsTime(t *testing.T) {
	t.Parallel()
	r, _ := Claim(order(), nil, start)
	r, ok := Settle(r, HappenDefer, start)
	r.NotBefore, r.Reason = start.Add(8*time.Hour), QuietHours
	if !ok {
		t.Fatal("a claimed message cannot be deferred")
	}
	if _, verdict := Claim(order(), &r, start.Add(7*time.Hour)); verdict != ClaimEarly {
		t.Errorf("before its time: %s", verdict)
	}
	r, verdict := Claim(order(), &r, start.Add(8*time.Hour))
	if verdict != ClaimGranted || r.Lapsed != 0 || r.Reason != "" || !r.NotBefore.IsZero() {
		t.Errorf("at its time: %s %+v", verdict, r)
	}
}

func TestSettledMessagesStaySettled(t *testing.T) {
	t.Parallel()
	for _, s := range []State{StateSent, StateDelivered, StateRefused, StateBounced, StateComplained, StateDoubtful} {
		r := Record{Order: order(), State: s, Attempt: 1}
		if got, verdict := Claim(order(), &r, start.Add(time.Hour)); verdict != ClaimSettled || got != r {
			t.Errorf("%s: a redelivered order is %s %+v", s, verdict, got)
		}
	}
}
