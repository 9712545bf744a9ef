package law

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

// maxAlarmMetrics is how many metrics an alarm may reckon with: CloudWatch's fixed limit, at which a deployment breaks.
const maxAlarmMetrics = 10

// queueMetric begins the names of the metrics of queues that alarms look at.
const queueMetric = "Approximate"

// brokenAlarms demands that what is waiting for a person calls one: an alarm for every dead-letter queue, for the age of what lies in
// every other queue, for the errors of every function, for a late stream, for tables that throttle, and for the reputation of our mail.
// An alarm over a queue is that queue's alone and names it, and a metric of ours that an alarm looks at is emitted.
func brokenAlarms(h House) []Finding {
	var findings []Finding
	watched := map[string]bool{} // metric and resource
	for _, r := range h.ofType("AWS::CloudWatch::Alarm") {
		if n := len(r.Properties.At("Metrics").Items) - 1; n > maxAlarmMetrics {
			findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%s looks at %d metrics; CloudWatch takes no alarm of more than %d", r.LogicalID, n, maxAlarmMetrics), "make two of it"))
		}
		for _, m := range metricsOf(r) {
			metric := m.At("MetricName").Text()
			for _, d := range m.At("Dimensions").Items {
				target := d.At("Value").Value.Target()
				watched[metric+" of "+target] = true
				if m.At("Namespace").Text() == edge.Namespace && !h.emits(target, metric) {
					findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%s waits for %s, which %s does not emit", r.LogicalID, metric, target), "name a metric that it counts"))
				}
				alone := r.Properties.At("MetricName").Exists() && strings.Contains(r.Properties.At("AlarmDescription").Text(), target)
				if strings.HasPrefix(metric, queueMetric) && !alone {
					findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%s does not say that it is about %s alone", r.LogicalID, target), "give the queue an alarm of its own, whose description names it"))
				}
			}
		}
	}
	wanted := h.mustBeWatched()
	for _, metric := range slices.Sorted(maps.Keys(wanted)) {
		if !watched[metric] {
			findings = append(findings, inTemplate(wanted[metric], "no alarm watches "+metric, "add it to one"))
		}
	}
	return findings
}

// metricsOf are the metrics that an alarm looks at, whichever way it is written.
func metricsOf(r sam.Resource) []sam.Node {
	metrics := []sam.Node{r.Properties}
	for _, m := range r.Properties.At("Metrics").Items {
		metrics = append(metrics, m.At("MetricStat", "Metric"))
	}
	return metrics
}

// mustBeWatched lists each metric, with its resource, that some alarm has to look at, and the line of the resource.
func (h House) mustBeWatched() map[string]int {
	wanted := map[string]int{}
	for _, q := range h.template.Queues {
		if q.DeadLetter.IsZero() {
			wanted["ApproximateNumberOfMessagesVisible of "+q.LogicalID] = q.Line
		} else {
			wanted["ApproximateAgeOfOldestMessage of "+q.LogicalID] = q.Line
		}
	}
	for _, f := range h.template.Functions {
		wanted["Errors of "+f.LogicalID] = f.Line
		if slices.ContainsFunc(f.Events, func(e sam.Event) bool { return e.Stream != nil }) {
			wanted["IteratorAge of "+f.LogicalID] = f.Line
		}
	}
	for _, r := range h.ofType("AWS::DynamoDB::Table") {
		wanted["ReadThrottleEvents of "+r.LogicalID] = r.Line
		wanted["WriteThrottleEvents of "+r.LogicalID] = r.Line
	}
	for _, r := range h.ofType("AWS::SES::ConfigurationSet") {
		wanted["Reputation.BounceRate of "+r.LogicalID] = r.Line
		wanted["Reputation.ComplaintRate of "+r.LogicalID] = r.Line
	}
	return wanted
}

// brokenEncryption wants queues to say that they are encrypted; tables say so among what the store needs. A topic with the key that AWS
// manages takes nothing from CloudWatch, and an alarm that nobody hears is worse than one in the clear.
func brokenEncryption(h House) []Finding {
	var findings []Finding
	for _, r := range h.ofType("AWS::SQS::Queue") {
		if !r.Properties.At("SqsManagedSseEnabled").Bool() && !r.Properties.At("KmsMasterKeyId").Exists() {
			findings = append(findings, inTemplate(r.Line, r.LogicalID+" does not say that it is encrypted", "set SqsManagedSseEnabled: true"))
		}
	}
	for _, r := range h.template.Resources {
		if key := r.Properties.At("KmsMasterKeyId").Text(); r.Type == "AWS::SNS::Topic" && strings.Contains(key, "alias/aws/sns") {
			findings = append(findings, inTemplate(r.Line, "CloudWatch may not use the key of "+r.LogicalID, "take KmsMasterKeyId away, or make a key whose policy lets cloudwatch.amazonaws.com in"))
		}
	}
	return findings
}
