package law

import (
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/local/sam"
)

// blindSpots are the seven faults that neither CloudFormation's linter nor SAM's translator sees; the missing right has a test of
// its own below.
var blindSpots = []fault{
	{"SES event type misspelt", "feedback", templateFile, "[SEND, DELIVERY,", "[SEND, DELIVERED,", "SES has no event type DELIVERED"},
	{"SES detail-type misspelt", "rules", templateFile, "- Email Bounced", "- Email Bounce", "SES has no such detail-type"},
	{"impossible cron", "schedules", templateFile, "cron(0/15 * * * ? *)", "cron(0 7 31 2 ? *)", "never comes"},
	{"cron with two days", "schedules", templateFile, "cron(0/15 * * * ? *)", "cron(0 7 1 * MON *)", "AnniversaryFunction.Quarterly"},
	{"SES destination on a custom bus", "feedback", templateFile, ":event-bus/default", ":event-bus/regulars", "name the default bus"},
	{"SES rule on a custom bus", "rules", templateFile, "            Pattern:\n              source: [aws.ses]", "            EventBusName: !Ref Bus\n            Pattern:\n              source: [aws.ses]", "on the wrong bus"},
	{"key of an event pattern misspelt", "rules", templateFile, "            source: [{anything-but: [regulars]}]", "            sauce: [{anything-but: [regulars]}]", "does not match the sample"},
	{"outer key of an event pattern misspelt", "rules", templateFile, "        detail:\n          metadata:", "        details:\n          metadata:", "does not match the sample"},
	{"tag of an SES pattern misspelt", "rules", templateFile, "ses:configuration-set: [!Ref", "ses:configurationset: [!Ref", "does not match the sample"},
	{"environment name that the code does not read", "settings", templateFile, "          CARDS_TABLE: !Ref CardsTable", "          CARD_TABLE: !Ref CardsTable", "point it to CardTable"},
	{"right missing for a name that was told", "rights", templateFile, "              Action: sqs:SendMessage\n              Resource: !GetAtt IngestQueue.Arn", "              Action: sqs:SendMessage\n              Resource: !GetAtt MailQueue.Arn", "IngestFunction is told of IngestQueue and may do nothing with it"},
	{"filter pattern that is not JSON", "rules", templateFile, `"MODIFY"],"dynamodb"`, `"MODIFY","dynamodb"`, "filter of AnniversaryFunction.Dates"},
	{"filter pattern for other items", "rules", templateFile, `{"S":["HEAD","EXPIRING"]}`, `{"S":["head","EXPIRING"]}`, "lets no change of a card, a place or a message through"},
	{"filter pattern that lets nothing through", "rules", templateFile, `'{"eventName":["INSERT"`, `'{"eventname":["INSERT"`, "lets no change of a card, a place or a message through"},
}

// templateFaults are the other slips that a template of ours may have.
var templateFaults = []fault{
	{"a function without a folder", "functions", templateFile, "  CartFunction:\n", "  BasketFunction:\n", "BasketFunction has no folder functions/basket"},
	{"wrong architecture", "functions", templateFile, "[arm64]", "[x86_64]", `Architectures of TillFunction is "x86_64"`},
	{"retired runtime", "functions", templateFile, "Runtime: provided.al2023", "Runtime: go1.x", `Runtime of TillFunction is "go1.x"`},
	{"two tables swapped", "settings", templateFile, "RECORDS_TABLE: !Ref RecordsTable", "RECORDS_TABLE: !Ref ProgrammeTable", "point it to RecordsTable"},
	{"an event that nobody publishes", "rules", templateFile, "- cart.cleared.v1", "- cart.emptied.v1", "no such event is published"},
	{"an event that nobody waits for", "rules", templateFile, "          - cart.cleared.v1\n", "", "no rule waits for cart.cleared.v1"},
	{"our event on the default bus", "rules", templateFile, "      EventBusName: !Ref Bus\n      EventPattern:\n", "      EventPattern:\n", "on the wrong bus"},
	{"SES report that nobody waits for", "feedback", templateFile, "                - Email Rejected\n", "", `no rule waits for "Email Rejected"`},
	{"whole batch repeated", "delivery", templateFile, "FunctionResponseTypes: [ReportBatchItemFailures]", "BatchSize: 10", "does not report single failures"},
	{"visibility below six timeouts", "delivery", templateFile, "VisibilityTimeout: 180", "VisibilityTimeout: 60", "set VisibilityTimeout to 180"},
	{"queue without dead letters", "delivery", templateFile, "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt MailDeadLetters.Arn\n        maxReceiveCount: 8", "      DelaySeconds: 0", "MailQueue has no dead-letter queue"},
	{"dead letters forgotten early", "delivery", templateFile, "MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 3600", "forgets no later than"},
	{"rule without dead letters", "delivery", templateFile, "          Arn: !GetAtt CartQueue.Arn\n          DeadLetterConfig:\n            Arn: !GetAtt EventDeadLetters.Arn", "          Arn: !GetAtt CartQueue.Arn", "target cart of CartRule has no dead-letter queue"},
	{"schedule without dead letters", "delivery", templateFile, "            OmitName: true # else its name is the logical id, the same in every stage\n            DeadLetterConfig:\n              Arn: !GetAtt EventDeadLetters.Arn", "            OmitName: true", "schedule CartFunction.Abandoned has no dead-letter queue"},
	{"failed invocation lost", "delivery", templateFile, "        DestinationConfig:\n          OnFailure:\n            Type: SQS\n            Destination: !GetAtt EventDeadLetters.Arn\n      Policies:", "      Policies:", "fails to work on is lost"},
	{"stream that never gives up", "delivery", templateFile, "            MaximumRetryAttempts: 10\n", "", "tries a bad record until it is a day old"},
	{"stream that gives up too late", "delivery", templateFile, "MaximumRecordAgeInSeconds: 43200", "MaximumRecordAgeInSeconds: 86400", "when the stream has forgotten it"},
	{"stream that starts late", "delivery", templateFile, "StartingPosition: TRIM_HORIZON", "StartingPosition: LATEST", "LATEST loses"},
	{"queue that nobody reads", "delivery", templateFile, "  CartDeadLetters:\n", "  Forgotten: {Type: AWS::SQS::Queue}\n\n  CartDeadLetters:\n", "Forgotten is read by nobody"},
	{"queue that events may not enter", "queue policies", templateFile, "            Condition: {ArnEquals: {aws:SourceArn: !GetAtt CartRule.Arn}}", "            Condition: {ArnEquals: {aws:SourceArn: !GetAtt CheckoutRule.Arn}}", "events of CartRule may not enter CartQueue"},
	{"dead-letter queue that events may not enter", "queue policies", templateFile, "                  - !GetAtt FeedbackFunctionMail.Arn", "                  - !GetAtt CartRule.Arn", "events of FeedbackFunctionMail may not enter EventDeadLetters"},
	{"queue open to everybody's events", "queue policies", templateFile, "            Condition: {ArnEquals: {aws:SourceArn: !GetAtt CartRule.Arn}}", "            Sid: open", "lets anybody into CartQueue"},
	{"zone that does not exist", "schedules", templateFile, "Default: Europe/Berlin", "Default: Europe/Atlantis", "Europe/Atlantis"},
	{"other key", "tables", templateFile, "{AttributeName: sk, KeyType: RANGE}", "{AttributeName: sort, KeyType: RANGE}", "CardsTable is not what the store needs"},
	{"index by another name", "tables", templateFile, "IndexName: due", "IndexName: dates", "index dates of CardsTable is not the store's"},
	{"table that a stack takes along", "tables", templateFile, "DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n    Properties:\n      BillingMode", "DeletionPolicy: Delete\n    UpdateReplacePolicy: Retain\n    Properties:\n      BillingMode", "CardsTable is not what the store needs"},
	{"fixed name", "names", templateFile, "Name: !Sub \"regulars-${Stage}\"", "Name: regulars", "Bus is called regulars in every stage"},
	{"schedule named by its logical id", "names", templateFile, "            OmitName: true\n            DeadLetterConfig:\n              Arn: !GetAtt EventDeadLetters.Arn\n            # A tick", "            DeadLetterConfig:\n              Arn: !GetAtt EventDeadLetters.Arn\n            # A tick", "schedule AnniversaryFunction.Quarterly has the same name in every stage"},
	{"log group that never forgets", "logs", templateFile, "/send\", RetentionInDays: 30", "/send\"", "SendLogs keeps logs for ever"},
	{"function with a log group of its own making", "logs", templateFile, "        LogGroup: !Ref SendLogs", "        LogFormat: JSON", "SendFunction logs to a group that AWS makes"},
	{"paths in the access log", "logs", templateFile, "$context.routeKey", "$context.path", "hold card numbers"},
	{"dead letters that call nobody", "alarms", templateFile, "!GetAtt MailDeadLetters.QueueName", "!GetAtt CartDeadLetters.QueueName", "ApproximateNumberOfMessagesVisible of MailDeadLetters"},
	{"secret shown to all", "parameters", templateFile, "    NoEcho: true\n", "", "ShopifySecrets would be shown"},
	{"number that takes anything", "parameters", templateFile, "    MinValue: 1\n", "", "ApiRate takes anything"},
	{"parameter that takes anything", "parameters", templateFile, "    AllowedPattern: \"^[a-z][a-z0-9]{1,11}$\"\n", "", "Stage takes anything"},
	{"policy template", "rights", templateFile, "      Policies:\n", "      Policies:\n        - DynamoDBCrudPolicy: {TableName: !Ref CardsTable}\n", "TillFunction is granted DynamoDBCrudPolicy"},
	{"right with a star", "rights", templateFile, "Action: events:PutEvents", "Action: events:*", "events:* is no right"},
	{"right on everything", "rights", templateFile, "              Action: events:PutEvents\n              Resource: !GetAtt Bus.Arn", "              Action: events:PutEvents\n              Resource: \"*\"", "on * names nothing"},
	{"any sender", "rights", templateFile, "ses:FromAddress", "aws:SourceAccount", "may use any sender"},
}

func TestFaultsThatOtherToolsDoNotSeeAreFound(t *testing.T) {
	t.Parallel()
	plantAll(t, blindSpots)
}

func TestFaultsInTheTemplateAreFound(t *testing.T) {
	t.Parallel()
	plantAll(t, templateFaults)
}

// A right that is missing for a call the code makes shows in a run: what was called is held against what is granted, both ways.
func TestRightsMissingForACallAreFound(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	var calls []sam.Call
	for _, f := range h.template.Functions {
		calls = append(calls, f.Grants()...)
	}
	if differences := h.template.CompareRights(calls); len(differences) != 0 {
		t.Fatalf("exactly what is granted was called, and yet: %v", differences)
	}
	planted := fault{file: templateFile, old: "Action: [dynamodb:Query, dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem]",
		new: "Action: [dynamodb:Query, dynamodb:GetItem, dynamodb:UpdateItem]"}.plant(t, h)
	differences := planted.template.CompareRights(calls)
	if !slices.ContainsFunc(differences, func(d string) bool { return strings.Contains(d, "calls dynamodb:PutItem on CardsTable and may not") }) {
		t.Errorf("the missing right is not among %v", differences)
	}
	unused := slices.DeleteFunc(calls, func(c sam.Call) bool { return c.Action == "events:PutEvents" })
	differences = h.template.CompareRights(unused)
	if !slices.ContainsFunc(differences, func(d string) bool { return strings.Contains(d, "may events:PutEvents on Bus and never does") }) {
		t.Errorf("the right that no call needs is not among %v", differences)
	}
}
