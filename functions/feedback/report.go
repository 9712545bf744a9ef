package feedback

import (
	"encoding/json"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// maxRecipients is how many addresses of one report are looked at; we send to one, and SES to 50 at most.
const maxRecipients = 50

// tagMessage is the tag under which our mails carry the message's id.
const tagMessage = "message"

// report is what the mail service says of one message, in our words.
type report struct {
	event      string // the service's name of it
	message    string // our id; "" where the mail was not ours
	provider   string
	at         time.Time
	happening  message.Happening // "" where nothing follows
	dead       bool
	addresses  []string // whom a bounce or a complaint is about, never the other recipients
	withdraws  bool     // the shopper asked the mail service for no more mail
	everything bool     // of any topic
}

// record is what SES writes; the older notifications name the kind under another key and bring no tags.
type record struct {
	EventType        string `json:"eventType"`
	NotificationType string `json:"notificationType"`
	Mail             struct {
		Timestamp time.Time           `json:"timestamp"`
		MessageID string              `json:"messageId"`
		Tags      map[string][]string `json:"tags"`
		Headers   []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
	} `json:"mail"`
	Bounce struct {
		Type       string      `json:"bounceType"`
		Timestamp  time.Time   `json:"timestamp"`
		Recipients []recipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Type       string      `json:"complaintFeedbackType"`
		Timestamp  time.Time   `json:"timestamp"`
		Recipients []recipient `json:"complainedRecipients"`
	} `json:"complaint"`
	Delivery struct {
		Timestamp time.Time `json:"timestamp"`
	} `json:"delivery"`
	Subscription struct {
		Timestamp time.Time `json:"timestamp"`
		Now       struct {
			Everything bool `json:"unsubscribeAll"`
			Topics     []struct {
				Status string `json:"subscriptionStatus"`
			} `json:"topicSubscriptionStatus"`
		} `json:"newTopicPreferences"`
	} `json:"subscription"`
}

type recipient struct {
	Address string `json:"emailAddress"`
}

// unread says that a report is not what SES writes.
func unread(what string) error {
	return &loyalty.Error{Kind: loyalty.ErrInvalid, Code: "report_unreadable", Detail: "the mail service's report " + what}
}

// read puts a record into our words. It fails with loyalty.ErrInvalid on what SES does not write.
func read(e edge.Envelope) (report, error) {
	var rec record
	if err := json.Unmarshal(e.Detail, &rec); err != nil {
		return report{}, unread("is not of the known shape")
	}
	r := report{event: rec.EventType, provider: rec.Mail.MessageID, at: rec.Mail.Timestamp}
	if id := rec.ourID(); ids.ValidPart(id) {
		r.message = id
	}
	if r.event == "" {
		r.event = rec.NotificationType
	}
	moment := time.Time{}
	switch r.event {
	case "Send":
		r.happening = message.HappenAccept
	case "Delivery":
		r.happening, moment = message.HappenDeliver, rec.Delivery.Timestamp
	case "Bounce":
		r.happening, moment, r.addresses = message.HappenBounce, rec.Bounce.Timestamp, addresses(rec.Bounce.Recipients)
		r.dead = rec.Bounce.Type == "Permanent" && len(r.addresses) > 0 // a full mailbox mends, an address that is gone does not
	case "Complaint":
		moment = rec.Complaint.Timestamp
		if t := rec.Complaint.Type; t != "not-spam" && t != "auth-failure" { // the contrary of a complaint, and no person's word
			r.happening, r.addresses = message.HappenComplain, addresses(rec.Complaint.Recipients)
		}
	case "Reject", "Rendering Failure":
		r.happening = message.HappenRefuse
	case "Subscription":
		moment, r.everything = rec.Subscription.Timestamp, rec.Subscription.Now.Everything
		r.withdraws = r.everything || rec.optedOut()
	case "DeliveryDelay", "Open", "Click": // it may still arrive; and neither an open nor a click is a person's decision
	default:
		return report{event: "other"}, unread("is of the kind " + r.event)
	}
	if !moment.IsZero() {
		r.at = moment
	}
	if r.at.IsZero() {
		r.at = e.Time
	}
	return r, nil
}

// ourID is the id of our message: the tag, or what stands before the @ of the mail's own Message-ID where the report has no tags.
func (rec record) ourID() string {
	if tags := rec.Mail.Tags[tagMessage]; len(tags) > 0 {
		return tags[0]
	}
	if rec.Mail.Tags != nil {
		return ""
	}
	for _, h := range rec.Mail.Headers {
		if strings.EqualFold(h.Name, "Message-ID") {
			id, _, _ := strings.Cut(strings.Trim(h.Value, "<> "), "@")
			return id
		}
	}
	return ""
}

func (rec record) optedOut() bool {
	for _, t := range rec.Subscription.Now.Topics {
		if t.Status == "OptOut" {
			return true
		}
	}
	return false
}

// addresses takes the bare addresses out of a list that may hold names too.
func addresses(list []recipient) []string {
	var bare []string
	for _, r := range list[:min(len(list), maxRecipients)] {
		a := r.Address
		if parsed, err := mail.ParseAddress(a); err == nil {
			a = parsed.Address
		}
		if a != "" && !slices.Contains(bare, a) {
			bare = append(bare, a)
		}
	}
	return bare
}

// reports lists what is to be told to the use case: nothing, or one report for each address that it is about.
func (r report) reports() []loyalty.Report {
	if r.happening == "" {
		return nil
	}
	one := loyalty.Report{Message: r.message, Happening: r.happening, At: r.at, Provider: r.provider, Dead: r.dead}
	if len(r.addresses) == 0 {
		return []loyalty.Report{one}
	}
	var list []loyalty.Report
	for _, a := range r.addresses {
		one.Address = a
		list = append(list, one)
	}
	return list
}
