package shop_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
)

// senderDied is a message whose sender died after the claim. The mail service's reports settle it and tell of it: it was sent, and came
// back from a full mailbox.
func (w *world) senderDied() {
	w.Helper()
	card := w.enrol("full@mail.example", "")
	mails, err := w.shop.Run.Mailbox().List(0, 1)
	if err != nil || len(mails) == 0 {
		w.Fatal(err, "no mail")
	}
	now := w.clock.Now()
	o := message.Order{
		ID: message.OrderID("thanks", "died", card), Campaign: "thanks", Occasion: "died", Card: card, Template: "thanks", Topic: "offers",
		OrderedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	rec, _ := message.Claim(o, nil, now)
	if _, err := w.shop.Store.PutMessage(w.Context(), rec, 0); err != nil {
		w.Fatal(err)
	}
	report := func(kind, event, rest string) {
		w.publish("default", "aws.ses", kind, fmt.Sprintf(`{"eventType":%q,"mail":{"timestamp":%q,"messageId":"x","tags":{"message":[%q],"ses:configuration-set":[%q]}}%s}`,
			event, now.UTC().Format(time.RFC3339), o.ID, mails[0].ConfigurationSet, rest))
		w.drain()
	}
	report("Email Sent", "Send", "")
	report("Email Bounced", "Bounce", `,"bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"full@mail.example"}]}`)
	if rec, _, err = w.shop.Store.Message(w.Context(), card, o.ID); err != nil || rec.State != message.StateBounced || !rec.Soft || !rec.Reported {
		w.Errorf("%+v, %v", rec, err)
	}
	w.call("GET", "/v1/cards/"+card, "", http.StatusOK)
}
