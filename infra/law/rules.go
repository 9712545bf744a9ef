package law

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/local/schedule"
)

// ourSource is the source of every envelope on our bus.
const ourSource = "regulars"

// sesTypes maps what a configuration set reports (its spelling in an event destination) to the detail-type it has on the bus.
var sesTypes = map[string]string{
	"SEND": "Email Sent", "DELIVERY": "Email Delivered", "BOUNCE": "Email Bounced", "COMPLAINT": "Email Complaint Received",
	"REJECT": "Email Rejected", "OPEN": "Email Opened", "CLICK": "Email Clicked", "RENDERING_FAILURE": "Email Rendering Failed",
	"DELIVERY_DELAY": "Email Delivery Delayed", "SUBSCRIPTION": "Email Subscribed",
}

// named is the part of a pattern that says which events it waits for.
type named struct {
	Source     []string `json:"source"`
	DetailType []string `json:"detail-type"`
}

// brokenRules reads every rule's pattern and shows it each event that it names: one that does not match has a slip in it.
func brokenRules(h House) []Finding {
	var findings []Finding
	heard := map[string]bool{}
	for _, r := range h.template.Rules {
		var names named
		if err := json.Unmarshal(r.Pattern, &names); err != nil || len(names.Source) != 1 || len(names.DetailType) == 0 {
			findings = append(findings, inTemplate(r.Line, r.LogicalID+" does not say one source and the detail-types it waits for", "name them in the pattern"))
			continue
		}
		wantDefault := strings.HasPrefix(names.Source[0], "aws.")
		if wantDefault != r.Bus.IsZero() {
			findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%s waits for %s on the wrong bus", r.LogicalID, names.Source[0]),
				"AWS's own events come on the default bus, ours on Bus"))
		}
		for _, detailType := range names.DetailType {
			heard[detailType] = true
			if err := matches(r, names.Source[0], detailType); err != nil {
				findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%s waits for %q: %v", r.LogicalID, detailType, err), "compare the pattern with the event's schema"))
			}
		}
	}
	for _, spec := range events.Types() {
		if spec.Direction.Hears() && !heard[spec.Name] {
			findings = append(findings, Finding{File: templateFile, What: "no rule waits for " + spec.Name + ", which the world may send us", Do: "add it to a rule's pattern"})
		}
	}
	return append(findings, brokenFilters(h)...)
}

// placeholderText stands for the value of a name that only a deployment knows.
func placeholderText(name, _ string) (string, error) { return "<" + name + ">", nil }

// matches reports why a rule does not match the sample of an event that it names.
func matches(r sam.Rule, source, detailType string) error {
	sample, err := sampleOf(source, detailType)
	if err != nil {
		return err
	}
	text, err := r.PatternWith(placeholderText)
	if err != nil {
		return err
	}
	p, err := pattern.Parse(text)
	if err != nil {
		return err
	}
	ok, err := p.Match(sample)
	if err == nil && !ok {
		return errors.New("its pattern does not match the sample of that event")
	}
	return err
}

// sampleOf is an envelope as the bus would carry it. It refuses an event that nobody publishes, with the reason.
func sampleOf(source, detailType string) ([]byte, error) {
	var detail map[string]any
	switch source {
	case ourSource:
		spec, err := events.Lookup(detailType)
		if err != nil {
			return nil, errors.New("no such event is published")
		}
		if !spec.Direction.Hears() {
			return nil, errors.New("it is ours to say, not to hear")
		}
		if err := json.Unmarshal(spec.Sample, &detail); err != nil {
			return nil, fmt.Errorf("its sample: %w", err)
		}
		// A shopper's event that we say ourselves has a sample of ours; what we wait for comes from a door.
		if metadata, ok := detail["metadata"].(map[string]any); ok {
			metadata["source"] = "till"
		}
	case "aws.ses":
		if !slices.ContainsFunc(sesNames(), func(known string) bool { return known == detailType }) {
			return nil, errors.New("SES has no such detail-type")
		}
		detail = map[string]any{"eventType": "any", "mail": map[string]any{"messageId": "any", "tags": map[string]any{
			"ses:configuration-set": []string{"<MailConfigurationSet>"}, "message": []string{"any"},
		}}}
	default:
		return nil, errors.New("nobody we know is called " + source)
	}
	return json.Marshal(map[string]any{"version": "0", "id": "1", "source": source, "detail-type": detailType, "account": "000000000000",
		"time": "2026-11-21T10:00:00Z", "region": "eu-central-1", "resources": []string{}, "detail": detail})
}

// sesNames lists the detail-types under which SES reports.
func sesNames() []string {
	var names []string
	for _, name := range sesTypes {
		names = append(names, name)
	}
	return names
}

// brokenFilters reads the filter patterns of event sources, which are JSON in a string that nobody else looks at before deployment.
func brokenFilters(h House) []Finding {
	var findings []Finding
	for _, f := range h.template.Functions {
		for _, e := range f.Events {
			switch {
			case e.Queue != nil:
				for _, filter := range e.Queue.Filters {
					if _, err := pattern.Parse([]byte(filter.Pattern)); err != nil {
						findings = append(findings, inTemplate(filter.Line, fmt.Sprintf("filter of %s.%s: %v", f.LogicalID, e.Name, err), "write it as JSON in single quotes"))
					}
				}
			case e.Stream != nil:
				for _, filter := range e.Stream.Filters {
					if why := blind(filter); why != "" {
						findings = append(findings, inTemplate(filter.Line, fmt.Sprintf("filter of %s.%s %s", f.LogicalID, e.Name, why), "write it as JSON in single quotes, over the fields of a stream record"))
					}
				}
			}
		}
	}
	return findings
}

// blind says why a stream filter would let no new item through, "" if it does.
func blind(filter sam.Filter) string {
	p, err := pattern.Parse([]byte(filter.Pattern))
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	record := `{"eventID":"1","eventName":%q,"eventSource":"aws:dynamodb","dynamodb":{"Keys":{"pk":{"S":%q},"sk":{"S":%q}},"NewImage":{"pk":{"S":%q},"st":{"S":"sent"},"x":{"S":"done"}},"SequenceNumber":"1"}}`
	for _, name := range []string{"INSERT", "MODIFY"} {
		for _, key := range [][2]string{{"card/1", "HEAD"}, {"card/1", "PROFILE"}, {"card/1", "DATE/birthday"}, {"card/1", "MESSAGE/m1"}, {"journey/1", "welcome/1"}} {
			if ok, err := p.Match(fmt.Appendf(nil, record, name, key[0], key[1], key[0])); err == nil && ok {
				return ""
			}
		}
	}
	return "lets no change of a card, a place or a message through"
}

// brokenFeedback follows a mail's report from the configuration set to the rule that waits for it.
func brokenFeedback(h House) []Finding {
	var findings []Finding
	waited := map[string]bool{}
	for _, r := range h.template.Rules {
		var names named
		if json.Unmarshal(r.Pattern, &names) == nil && slices.Contains(names.Source, "aws.ses") {
			for _, detailType := range names.DetailType {
				waited[detailType] = true
			}
		}
	}
	reported := map[string]bool{}
	for _, r := range h.ofType("AWS::SES::ConfigurationSetEventDestination") {
		destination := r.Properties.At("EventDestination")
		bus := destination.At("EventBridgeDestination", "EventBusArn")
		if !strings.HasSuffix(bus.Text(), ":event-bus/default") {
			findings = append(findings, inTemplate(max(bus.Line, r.Line), "SES reports to "+bus.Text(), "name the default bus (arn:...:event-bus/default); SES takes no other, and says nothing"))
		}
		for _, kind := range destination.At("MatchingEventTypes").Values() {
			name, ok := sesTypes[kind.Text]
			if !ok {
				findings = append(findings, inTemplate(kind.Line, "SES has no event type "+kind.Text, "take one of SEND, DELIVERY, BOUNCE, COMPLAINT, REJECT, RENDERING_FAILURE, DELIVERY_DELAY"))
			} else if !waited[name] {
				findings = append(findings, inTemplate(kind.Line, fmt.Sprintf("no rule waits for %q", name), "add it to the rule on the default bus"))
			}
			reported[name] = true
		}
	}
	for _, name := range []string{"Email Sent", "Email Bounced", "Email Complaint Received"} {
		if !reported[name] {
			findings = append(findings, Finding{File: templateFile, What: fmt.Sprintf("SES does not report %q", name), Do: "add its type to MatchingEventTypes; settling and suppressing depend on it"})
		}
	}
	for name := range waited {
		if !reported[name] {
			findings = append(findings, Finding{File: templateFile, What: fmt.Sprintf("a rule waits for %q, which SES is not asked to report", name), Do: "add its type to MatchingEventTypes"})
		}
	}
	return findings
}

// brokenSchedules reads expressions and zones; the moment they are asked from is fixed, so that a test has the same answer every day.
func brokenSchedules(h House) []Finding {
	var findings []Finding
	from := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, s := range h.template.Schedules {
		zone := s.TimeZone.Text
		if p, ok := h.template.Parameter(s.TimeZone.Ref); ok {
			zone = p.Default
		}
		name := s.Function + "." + s.Event
		parsed, err := schedule.Parse(s.Expression, zone)
		if err != nil {
			findings = append(findings, inTemplate(s.Line, name+": "+err.Error(), "mend the expression or the zone"))
			continue
		}
		if _, ok := parsed.Next(from); !ok {
			findings = append(findings, inTemplate(s.Line, fmt.Sprintf("%s: %s never comes", name, s.Expression), "mend the expression"))
		}
		if strings.HasPrefix(s.Expression, "cron") && s.TimeZone.IsZero() {
			findings = append(findings, inTemplate(s.Line, name+" has no time zone", "add ScheduleExpressionTimezone: !Ref ShopTimeZone; UTC is nobody's morning"))
		}
	}
	return findings
}
