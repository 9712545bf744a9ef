package local

import (
	"encoding/json"
	"maps"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// Fates of a mail. An address of a domain that begins with "simulator." chooses one, as SES's own mailbox simulator does:
// bounce@, suppressionlist@ and complaint@, with or without a +label.
const (
	delivered  = "delivered"
	bounced    = "bounced"
	suppressed = "suppressed"
	complained = "complained"
)

func fateOf(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	if !strings.HasPrefix(domain, "simulator.") {
		return delivered
	}
	switch local {
	case "bounce":
		return bounced
	case "suppressionlist":
		return suppressed
	case "complaint":
		return complained
	}
	return delivered
}

func decoded(header string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return header
	}
	return text
}

// feedback is what SES reports of a mail on the default bus; nothing if it was sent without a configuration set.
func feedback(m Mail, header mail.Header) []Entry {
	if m.ConfigurationSet == "" {
		return nil
	}
	at := m.At.Format("2006-01-02T15:04:05.000Z")
	recipients := func(rest map[string]any) []map[string]any {
		var list []map[string]any
		for _, to := range m.To {
			one := maps.Clone(rest)
			one["emailAddress"] = to
			list = append(list, one)
		}
		return list
	}
	sent := entry(m, header, "Email Sent", "Send", "send", map[string]any{})
	arrived := entry(m, header, "Email Delivered", "Delivery", "delivery", map[string]any{"timestamp": at, "processingTimeMillis": 12,
		"recipients": m.To, "smtpResponse": "250 2.0.0 Ok", "reportingMTA": "local"})
	bounce := func(subType, status, diagnostic string) Entry {
		return entry(m, header, "Email Bounced", "Bounce", "bounce", map[string]any{"bounceType": "Permanent", "bounceSubType": subType,
			"timestamp": at, "feedbackId": m.ID, "reportingMTA": "dns; local",
			"bouncedRecipients": recipients(map[string]any{"action": "failed", "status": status, "diagnosticCode": diagnostic})})
	}
	switch m.Fate {
	case bounced:
		return []Entry{sent, bounce("General", "5.1.1", "smtp; 550 5.1.1 user unknown")}
	case suppressed:
		return []Entry{sent, bounce("OnAccountSuppressionList", "5.1.1", "the address is on the account's suppression list")}
	case complained:
		return []Entry{sent, arrived, entry(m, header, "Email Complaint Received", "Complaint", "complaint", map[string]any{"timestamp": at,
			"feedbackId": m.ID, "complaintFeedbackType": "abuse", "complainedRecipients": recipients(map[string]any{})})}
	default:
		return []Entry{sent, arrived}
	}
}

// entry lays one report out as SES does: eventType, mail, and an object named after the kind. Tags are lists.
func entry(m Mail, header mail.Header, detailType, eventType, kind string, report map[string]any) Entry {
	tags := map[string][]string{"ses:configuration-set": {m.ConfigurationSet}, "ses:operation": {"SendEmail"}}
	for name, value := range m.Tags {
		tags[name] = []string{value}
	}
	type field struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	var headers []field
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			headers = append(headers, field{name, value})
		}
	}
	detail, err := json.Marshal(map[string]any{"eventType": eventType, kind: report, "mail": map[string]any{
		"timestamp": m.At.Format("2006-01-02T15:04:05.000Z"), "source": m.From, "sendingAccountId": account, "messageId": m.ID,
		"destination": m.To, "headersTruncated": false, "headers": headers, "tags": tags,
		"commonHeaders": map[string]any{"from": []string{m.From}, "to": m.To, "messageId": m.ID, "subject": m.Subject},
	}})
	if err != nil {
		detail = nil // texts and numbers always have JSON; route would refuse an empty detail aloud
	}
	return Entry{Source: "aws.ses", DetailType: detailType, Detail: detail, Time: m.At.Truncate(time.Second),
		Resources: []string{arn("ses", "configuration-set/"+m.ConfigurationSet)}}
}
