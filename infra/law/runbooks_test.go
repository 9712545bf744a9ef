package law

import (
	"strings"
	"testing"
)

// runbookFaults are slips in the pages that somebody reads when an alarm rings.
var runbookFaults = []fault{
	{"a command that does not exist on a page of how to", "runbooks", howtos + "/follow-one-receipt.md", "regulars explain", "regulars trace", "there is no command regulars trace"},
	{"a section without an alarm", "runbooks", templateFile, "  CartOldestAlarm:\n", "  CartLateAlarm:\n", "no alarm is called CartOldestAlarm"},
	{"an alarm that does not say where to read", "runbooks", templateFile, "See infra/runbooks/BounceAlarm.md.", "Good luck.", "BounceAlarm does not say where its runbook is"},
	{"an alarm that names no queue", "alarms", templateFile, "lie in CartDeadLetters. Mend", "lie there. Mend", "CartDeadLettersAlarm does not say that it is about CartDeadLetters alone"},
	{"an alarm on a metric that nobody emits", "alarms", templateFile, "MetricName: campaigns_stopped", "MetricName: campaigns_halted", "TallyFunction does not emit"},
	{"an alarm that the dashboard does not show", "dashboard", templateFile, "\"${CartOldestAlarm.Arn}\", ", "", "Dashboard does not show CartOldestAlarm"},
	{"a queue that does not say it is encrypted", "encryption", templateFile, "SqsManagedSseEnabled: true", "DelaySeconds: 0", "CheckoutQueue does not say that it is encrypted"},
	{"a topic that alarms cannot reach", "encryption", templateFile, "    Condition: HasAlarmMail\n    Properties:\n", "    Condition: HasAlarmMail\n    Properties:\n      KmsMasterKeyId: alias/aws/sns\n", "CloudWatch may not use the key"},
	{"an alarm without a page", "runbooks", templateFile, "  StoppedAlarm:\n", "  HaltedAlarm:\n", "HaltedAlarm has no runbook"},
	{"a page without an alarm", "runbooks", templateFile, "  StoppedAlarm:\n", "  HaltedAlarm:\n", "no alarm is called StoppedAlarm"},
	{"a command that does not exist", "runbooks", runbooks + "/StoppedAlarm.md", "regulars suppress list", "regulars suppression list", "there is no command regulars suppression"},
	{"a second word that does not exist", "runbooks", runbooks + "/StoppedAlarm.md", "regulars campaign resume", "regulars campaign continue", "there is no command regulars campaign continue"},
	{"a flag that is not taken", "runbooks", runbooks + "/ParkedAlarm.md", "--all --aws", "--every --aws", "regulars inbox takes no --every"},
	{"a target that does not exist", "runbooks", runbooks + "/ErrorAlarm.md", "make deploy", "make ship", "there is no target make ship"},
	{"a table whose throttling calls nobody", "alarms", templateFile, "MetricName: WriteThrottleEvents", "MetricName: ThrottledWrites", "no alarm watches WriteThrottleEvents of CardsTable"},
	{"an alarm over too many metrics", "alarms", templateFile, "Label: failed invocations}\n", "Label: failed invocations}\n" + strings.Repeat("        - {Id: more, Expression: \"0\"}\n", 6), "ErrorAlarm looks at 11 metrics"},
	{"a metric that nobody emits", "dashboard", templateFile, "[\"Regulars\", \"till_failed\"", "[\"Regulars\", \"till_fails\"", "TillFunction emits no till_fails"},
	{"a metric of another function", "dashboard", templateFile, "\"mails_doubtful\", \"FunctionName\", \"${TallyFunction}\"", "\"mails_doubtful\", \"FunctionName\", \"${SendFunction}\"", "SendFunction emits no mails_doubtful"},
	{"a dashboard that is no JSON", "dashboard", templateFile, "{\"widgets\": [", "{widgets: [", "cannot be read"},
	{"a page that does not say the end", "runbooks", runbooks + "/BounceAlarm.md", "**How to know it is over.**", "Good night.", `"How to know it is over." is missing`},
}

func TestFaultsInTheRunbooksAreFound(t *testing.T) {
	t.Parallel()
	plantAll(t, runbookFaults)
}
