package law

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/local/sam"
)

// visibilityTimes is how many timeouts of its function a message stays hidden; AWS asks for six, because the poller tries again
// while it is throttled.
const visibilityTimes = 6

// maxRecordAge is half of what a stream keeps: the other half is for whoever reads the dead letters.
const maxRecordAge = 12 * time.Hour

// ofType lists the resources of a type that a deployment by the defaults makes.
func (h House) ofType(kind string) []sam.Resource {
	var found []sam.Resource
	for _, r := range h.template.Resources {
		if r.Type == kind && r.Active {
			found = append(found, r)
		}
	}
	return found
}

// brokenDelivery follows everything that can fail to the place where a person finds it again.
func brokenDelivery(h House) []Finding {
	var findings []Finding
	for _, f := range h.template.Functions {
		for _, e := range f.Events {
			switch {
			case e.Queue != nil:
				findings = append(findings, h.brokenQueueSource(f, e)...)
			case e.Stream != nil:
				findings = append(findings, h.brokenStreamSource(f, e)...)
			case e.Rule != nil, e.Schedule != nil:
				if !h.isQueue(f.OnFailure) {
					findings = append(findings, inTemplate(f.Line, fmt.Sprintf("%s.%s: what %s fails to work on is lost", f.LogicalID, e.Name, f.LogicalID), "add EventInvokeConfig with OnFailure to a queue; nobody waits for the answer"))
				}
			case e.HTTP == nil:
				findings = append(findings, inTemplate(e.Line, fmt.Sprintf("%s.%s is of type %s, which no law and no run on one machine knows", f.LogicalID, e.Name, e.Type), "teach shared/local/sam first"))
			}
		}
	}
	for _, r := range h.template.Rules {
		for _, t := range r.Targets {
			if !h.isQueue(t.DeadLetter) {
				findings = append(findings, inTemplate(t.Line, fmt.Sprintf("target %s of %s has no dead-letter queue", t.ID, r.LogicalID), "add DeadLetterConfig with the Arn of a queue"))
			}
			if _, ok := h.template.Function(t.Arn.Target()); ok && !h.isOwnEvent(r.LogicalID) {
				findings = append(findings, inTemplate(t.Line, fmt.Sprintf("%s calls %s without SAM knowing", r.LogicalID, t.Arn), "make it an EventBridgeRule event of the function, which brings the permission along"))
			}
		}
	}
	for _, s := range h.template.Schedules {
		if !h.isQueue(s.DeadLetter) {
			findings = append(findings, inTemplate(s.Line, fmt.Sprintf("schedule %s.%s has no dead-letter queue", s.Function, s.Event), "add DeadLetterConfig with the Arn of a queue"))
		}
	}
	return append(findings, h.idleQueues()...)
}

// isQueue reports that a value points to a queue of this template. One by a plain ARN may not be there tomorrow.
func (h House) isQueue(v sam.Value) bool {
	_, ok := h.template.Queue(v.Target())
	return ok
}

// isOwnEvent reports that a rule is written as an event of a function.
func (h House) isOwnEvent(id string) bool {
	_, separate := h.template.Resource(id)
	return !separate
}

// brokenQueueSource follows a message: handed out once while it is worked on, tried again if it alone failed, then set aside for
// longer than it could have waited.
func (h House) brokenQueueSource(f sam.Function, e sam.Event) []Finding {
	var findings []Finding
	say := func(what, do string) {
		findings = append(findings, inTemplate(e.Line, f.LogicalID+"."+e.Name+" "+what, do))
	}
	if !e.Queue.ReportFailures {
		say("does not report single failures", "add FunctionResponseTypes: [ReportBatchItemFailures], or one bad message repeats the whole batch")
	}
	q, ok := h.template.Queue(e.Queue.Queue)
	if !ok {
		say("reads no queue of this template", "name one with !GetAtt")
		return findings
	}
	if need := visibilityTimes*f.Timeout + e.Queue.Window; q.Visibility < need {
		findings = append(findings, inTemplate(q.Line, fmt.Sprintf("%s hides messages for %s, %s may work for %s", q.LogicalID, q.Visibility, f.LogicalID, f.Timeout),
			fmt.Sprintf("set VisibilityTimeout to %d", int(need/time.Second))))
	}
	dead, ok := h.template.Queue(q.DeadLetter.Target())
	switch {
	case !ok || dead.LogicalID == q.LogicalID:
		findings = append(findings, inTemplate(q.Line, q.LogicalID+" has no dead-letter queue", "add a RedrivePolicy"))
	case q.MaxReceive < 2:
		findings = append(findings, inTemplate(q.Line, fmt.Sprintf("%s gives up after %d receives", q.LogicalID, q.MaxReceive), "let it try again: maxReceiveCount 5"))
	case dead.Retention <= q.Retention:
		findings = append(findings, inTemplate(dead.Line, dead.LogicalID+" forgets no later than "+q.LogicalID, "keep dead letters longer (a letter's age counts from when it was first sent)"))
	}
	return findings
}

// brokenStreamSource follows a change. A shard is worked on in order, so what cannot be done must step aside, and be found again.
func (h House) brokenStreamSource(f sam.Function, e sam.Event) []Finding {
	var findings []Finding
	table, ok := h.template.Table(e.Stream.Table)
	for _, rule := range []struct {
		kept     bool
		what, do string
	}{
		{ok && table.Stream != "", "reads no stream of this template", "give the table a StreamSpecification"},
		{e.Stream.ReportFailures, "does not report where it failed", "add FunctionResponseTypes: [ReportBatchItemFailures]"},
		{e.Stream.Bisect, "repeats whole batches", "add BisectBatchOnFunctionError: true"},
		{e.Stream.MaxRetries >= 0, "tries a bad record until it is a day old, and holds up all behind it", "set MaximumRetryAttempts"},
		{e.Stream.MaxAge > 0 && e.Stream.MaxAge <= maxRecordAge, "gives a record up when the stream has forgotten it", "set MaximumRecordAgeInSeconds to at most half a day, so that a person can still read it"},
		{h.isQueue(e.Stream.OnFailure), "loses what it gives up", "add DestinationConfig.OnFailure to a queue"},
		{e.Stream.StartingPosition == "TRIM_HORIZON", "starts at " + e.Stream.StartingPosition, "TRIM_HORIZON: LATEST loses what is written while it is attached"},
	} {
		if !rule.kept {
			findings = append(findings, inTemplate(e.Line, f.LogicalID+"."+e.Name+" "+rule.what, rule.do))
		}
	}
	return findings
}

// idleQueues finds queues that no function reads and nothing fails into.
func (h House) idleQueues() []Finding {
	busy := map[string]bool{}
	for _, q := range h.template.Queues {
		busy[q.DeadLetter.Target()] = true
	}
	for _, f := range h.template.Functions {
		busy[f.OnFailure.Target()] = true
		for _, e := range f.Events {
			if e.Queue != nil {
				busy[e.Queue.Queue] = true
			}
			if e.Stream != nil {
				busy[e.Stream.OnFailure.Target()] = true
			}
		}
	}
	for _, r := range h.template.Rules {
		for _, t := range r.Targets {
			busy[t.DeadLetter.Target()] = true
		}
	}
	var findings []Finding
	for _, q := range h.template.Queues {
		if !busy[q.LogicalID] {
			findings = append(findings, inTemplate(q.Line, q.LogicalID+" is read by nobody and is nobody's dead-letter queue", "take it away, or give it a reader"))
		}
	}
	return findings
}

// brokenQueuePolicies demands for every queue that a rule sends to, as target or as dead-letter queue, the policy that lets
// EventBridge in for exactly that rule; and that no policy names a rule that does not send there.
func brokenQueuePolicies(h House) []Finding {
	var findings []Finding
	needed := map[[2]string]int{}
	for _, r := range h.template.Rules {
		for _, t := range r.Targets {
			for _, v := range []sam.Value{t.Arn, t.DeadLetter} {
				if h.isQueue(v) {
					needed[[2]string{v.Target(), r.LogicalID}] = t.Line
				}
			}
		}
	}
	granted := h.queuePolicies()
	for pair, line := range needed {
		if _, ok := granted[pair]; !ok {
			findings = append(findings, inTemplate(line, fmt.Sprintf("events of %s may not enter %s and would vanish", pair[1], pair[0]),
				"add an AWS::SQS::QueuePolicy for events.amazonaws.com with ArnEquals aws:SourceArn: !GetAtt "+pair[1]+".Arn"))
		}
	}
	for pair, line := range granted {
		if _, ok := needed[pair]; !ok {
			findings = append(findings, inTemplate(line, fmt.Sprintf("the policy lets %s into %s, where it sends nothing", pair[1], pair[0]), "take it out"))
		}
	}
	return findings
}

// queuePolicies lists which rule (second) may send into which queue (first), with the line that says so. A statement without a
// source lets everybody's events in and counts for the source "anybody".
func (h House) queuePolicies() map[[2]string]int {
	granted := map[[2]string]int{}
	for _, r := range h.ofType("AWS::SQS::QueuePolicy") {
		for _, s := range r.Properties.At("PolicyDocument", "Statement").Items {
			if s.At("Effect").Text() != "Allow" || !slices.Contains(s.At("Action").Texts(), "sqs:SendMessage") ||
				!slices.Contains(s.At("Principal", "Service").Texts(), "events.amazonaws.com") {
				continue
			}
			sources := s.At("Condition", "ArnEquals", "aws:SourceArn").Values()
			if len(sources) == 0 {
				sources = []sam.Value{{Ref: "anybody", Line: s.Line}}
			}
			for _, queue := range r.Properties.At("Queues").Values() {
				if s.At("Resource").Value.Target() != queue.Target() {
					continue
				}
				for _, source := range sources {
					granted[[2]string{queue.Target(), source.Target()}] = s.Line
				}
			}
		}
	}
	return granted
}
