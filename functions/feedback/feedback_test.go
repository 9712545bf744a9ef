package feedback_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/feedback"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// open is a shop that has mailed its first card about a coupon; log is what the function logs. id is the message's.
func open(t *testing.T) (s *loyaltytest.Shop, do func(payload []byte) string, id string, log *bytes.Buffer) {
	t.Helper()
	s, log = loyaltytest.Open(t), &bytes.Buffer{}
	h := feedback.New(s.Service, s.Store, slog.New(slog.NewTextHandler(log, nil)))
	do = func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
	number := s.Enrol(1, "", "offers", "news")
	a, err := s.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "000173"}, Card: number, At: s.Clock(), Total: money.Amount{Minor: 5200, Currency: "EUR"},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := message.Order{
		Campaign: "big", Occasion: loyalty.Occasion(a.Cause), Card: number, Template: "mail", Topic: "offers", Coupon: a.Granted[0].ID,
		OrderedAt: s.Clock(), ExpiresAt: s.Clock().Add(48 * time.Hour),
	}
	o.ID = message.OrderID(o.Campaign, o.Occasion, o.Card)
	if err := s.Send(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return s, do, o.ID, log
}

// event is a report of the mail service on a message; about is what stands in it beside the mail.
func event(id, kind, about string) []byte {
	return fmt.Appendf(nil, `{"id":"e","source":"aws.ses","detail-type":"Email Something","time":"2026-11-21T09:30:00Z","detail":{"eventType":%q,
		"mail":{"timestamp":"2026-11-21T09:29:00.000Z","messageId":"0107-provider","destination":["ana1@shopper.example","other@shopper.example"],
		"tags":{"ses:configuration-set":["c"],"message":[%q],"campaign":["big"]}}%s}}`, kind, id, about)
}

// stand tells what is true of the shopper: "delivered big; may be written to" or why not.
func stand(t *testing.T, s *loyaltytest.Shop) string {
	t.Helper()
	o, err := s.Cards.Open(t.Context(), s.Number(1), true)
	if err != nil {
		t.Fatal(err)
	}
	out := s.Messages(s.Number(1)) + ";"
	if o.Profile.Suppressed != nil {
		out += " suppressed by " + o.Profile.Suppressed.Reason
	}
	for _, topic := range []string{"offers", "news"} {
		if o.Profile.Consents[topic].Allowed {
			out += " " + topic
		}
	}
	return out
}

func TestTheReportAsAWSDeliversItSuppressesADeadAddress(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do, _, _ := open(t)
	for range 2 {
		if got := do(payload); got != "null" {
			t.Error(got)
		}
		if got := stand(t, s); got != "bounced big; suppressed by bounce offers news" {
			t.Error(got)
		}
	}
}

func TestWhatBecameOfAMail(t *testing.T) {
	t.Parallel()
	bounce := func(kind, address string) string {
		return fmt.Sprintf(`,"bounce":{"bounceType":%q,"timestamp":"2026-11-21T09:30:00Z","bouncedRecipients":[{"emailAddress":%q}]}`, kind, address)
	}
	complaint := func(kind, address string) string {
		return fmt.Sprintf(`,"complaint":{"complaintFeedbackType":%q,"timestamp":"2026-11-21T09:30:00Z","complainedRecipients":[{"emailAddress":%q}]}`, kind, address)
	}
	const mine = "ana1@shopper.example"
	for _, row := range []struct{ what, kind, about, want string }{
		{"taken", "Send", `,"send":{}`, "sent big; offers news"},
		{"arrived", "Delivery", `,"delivery":{"timestamp":"2026-11-21T09:30:00Z"}`, "delivered big; offers news"},
		{"address is gone", "Bounce", bounce("Permanent", mine), "bounced big; suppressed by bounce offers news"},
		{"address is gone, written with a name and in capitals", "Bounce", bounce("Permanent", "Ana <ANA1@shopper.example>"), "bounced big; suppressed by bounce offers news"},
		{"mailbox full", "Bounce", bounce("Transient", mine), "bounced big; offers news"},
		{"nobody knows", "Bounce", bounce("Undetermined", mine), "bounced big; offers news"},
		{"somebody else's address is gone", "Bounce", bounce("Permanent", "other@shopper.example"), "bounced big; offers news"},
		{"nobody is named", "Bounce", `,"bounce":{"bounceType":"Permanent","bouncedRecipients":[]}`, "bounced big; offers news"},
		{"called spam", "Complaint", complaint("abuse", mine), "complained big; suppressed by complaint news"},
		{"called spam, the kind not told", "Complaint", complaint("", mine), "complained big; suppressed by complaint news"},
		{"called spam by somebody else", "Complaint", complaint("abuse", "other@shopper.example"), "complained big; offers news"},
		{"called no spam", "Complaint", complaint("not-spam", mine), "sent big; offers news"},
		{"refused by the service", "Reject", `,"reject":{"reason":"Bad content"}`, "refused big; offers news"},
		{"not rendered", "Rendering Failure", `,"failure":{"errorMessage":"x"}`, "refused big; offers news"},
		{"late", "DeliveryDelay", `,"deliveryDelay":{"timestamp":"2026-11-21T09:30:00Z"}`, "sent big; offers news"},
		{"opened", "Open", `,"open":{}`, "sent big; offers news"},
		{"clicked", "Click", `,"click":{}`, "sent big; offers news"},
		{"no more of this", "Subscription", `,"subscription":{"timestamp":"2026-11-21T09:30:00Z","newTopicPreferences":{"topicSubscriptionStatus":[{"topicName":"offers","subscriptionStatus":"OptOut"}]}}`,
			"sent big; news"},
		{"no more at all", "Subscription", `,"subscription":{"timestamp":"2026-11-21T09:30:00Z","newTopicPreferences":{"unsubscribeAll":true}}`, "sent big;"},
		{"subscribed", "Subscription", `,"subscription":{"newTopicPreferences":{"topicSubscriptionStatus":[{"subscriptionStatus":"OptIn"}]}}`, "sent big; offers news"},
	} {
		s, do, id, _ := open(t)
		for range 2 {
			if got := do(event(id, row.kind, row.about)); got != "null" {
				t.Errorf("%s: %s", row.what, got)
			}
		}
		if got := stand(t, s); got != row.want {
			t.Errorf("%s: %s; want %s", row.what, got, row.want)
		}
		if got := s.Counts.Of("mail_reports event " + row.kind); got != 2 {
			t.Errorf("%s: counted %d times", row.what, got)
		}
	}
}

func TestAReportOnNoMessageOfOursIsCountedAndDone(t *testing.T) {
	t.Parallel()
	s, do, _, log := open(t)
	for _, id := range []string{"m-0001", "", "a b\x00", strings.Repeat("x", 2000)} {
		text, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		payload := strings.Replace(string(event("HERE", "Delivery", "")), `"HERE"`, string(text), 1)
		if got := do([]byte(payload)); got != "null" {
			t.Errorf("%q: %s", id, got)
		}
	}
	if got := s.Counts.Of("mail_unknown event Delivery"); got != 4 || len(s.Inbox()) != 0 || log.Len() != 0 {
		t.Errorf("%d counted, inbox %q, log %s", got, s.Inbox(), log)
	}
}

// What nobody can read waits for a person, whole, and the log names nobody.
func TestAReportThatCannotBeReadGoesToTheInbox(t *testing.T) {
	t.Parallel()
	s, do, id, log := open(t)
	for _, payload := range [][]byte{
		event(id, "Telepathy", ""), event(id, "Bounce", `,"bounce":"ana1@shopper.example"`), []byte(`{"source":"aws.ses","detail-type":"x","detail":{}}`),
	} {
		if got := do(payload); got != "null" {
			t.Error(got)
		}
	}
	letters, err := s.Store.Letters(t.Context(), time.Time{}, 10)
	if err != nil || len(letters) != 3 {
		t.Fatalf("%v, %v", letters, err)
	}
	for _, l := range letters { // a replay comes to the same end, and is no second letter
		if got := do(l.Message); got != "null" {
			t.Error(got)
		}
	}
	if got := s.Inbox(); len(got) != 3 || strings.Contains(log.String(), "ana1") || !strings.Contains(log.String(), "report_unreadable") {
		t.Errorf("inbox %q, log %s", got, log)
	}
}

// The suppression of an address does not follow a shopper to a new one.
func TestAnOldAddressThatBouncesLeavesTheNewOneAlone(t *testing.T) {
	t.Parallel()
	s, do, id, _ := open(t)
	_, _, err := s.UpdateProfile(t.Context(), s.Number(1), func(p card.Profile) (card.Profile, error) {
		p.Email = "new@shopper.example"
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	do(event(id, "Bounce", `,"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"ana1@shopper.example"}]}`))
	if got := stand(t, s); got != "bounced big; offers news" {
		t.Error(got)
	}
}

func FuzzReport(f *testing.F) {
	f.Add([]byte(`{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"a@b.example"}]},"mail":{"tags":{"message":["m1"]}}}`))
	f.Add([]byte(`{"notificationType":"Complaint","complaint":{},"mail":{"headers":[{"name":"Message-ID","value":"<m1@x>"}]}}`))
	f.Fuzz(func(t *testing.T, detail []byte) {
		if !json.Valid(detail) || len(detail) == 0 {
			return
		}
		s := loyaltytest.Open(t)
		h := feedback.New(s.Service, s.Store, slog.New(slog.DiscardHandler))
		payload := append([]byte(`{"source":"aws.ses","detail-type":"x","time":"2026-11-21T09:30:00Z","detail":`), detail...)
		if got := s.Do(h, append(payload, '}')); got != "null" {
			t.Errorf("%s: %s", detail, got)
		}
	})
}
