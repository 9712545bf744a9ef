package sam

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// small has one of everything that the reader knows; each test looks at its own corner.
const small = `
Parameters:
  Stage: {Type: String, Default: dev, AllowedPattern: "^[a-z]+$"}
  Token: {Type: String, NoEcho: true}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
Globals:
  Function:
    Timeout: 10
    Runtime: provided.al2023
    Environment: {Variables: {STAGE: !Ref Stage, BUS_NAME: !Ref Bus}}
Resources:
  Bus: {Type: "AWS::Events::EventBus", Properties: {Name: !Sub "regulars-${Stage}"}}
  OnlyProd: {Type: "AWS::SQS::Queue", Condition: IsProd}
  Dead: {Type: AWS::SQS::Queue}
  WorkQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If [IsDev, 90, 180]
      QueueName: !If [IsProd, fixed, !Ref AWS::NoValue]
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}
  Fed:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [regulars], detail: {data: {points: [{numeric: [">", 0]}], id: ["7"]}}}
      Targets: [{Id: work, Arn: !GetAtt WorkQueue.Arn, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}]
  CardsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
      GlobalSecondaryIndexes:
        - {IndexName: due, KeySchema: [{AttributeName: dk, KeyType: HASH}], Projection: {ProjectionType: KEYS_ONLY}}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  WorkFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties:
      CodeUri: .
      Handler: bootstrap
      Environment: {Variables: {WORK_SECRET: !Sub "{{resolve:secretsmanager:${Secret}}}"}}
      Policies:
        - Statement:
            - {Effect: Allow, Action: dynamodb:GetItem, Resource: [!GetAtt CardsTable.Arn, !Sub "${CardsTable.Arn}/index/due"]}
            - {Effect: Allow, Action: [ses:SendEmail], Resource: "*", Condition: {StringEquals: {"ses:FromAddress": !Ref Token}}}
        - DynamoDBCrudPolicy: {TableName: !Ref CardsTable}
      Events:
        Page: {Type: HttpApi, Properties: {Method: post, Path: "/v1/{proxy+}"}}
        Work: {Type: SQS, Properties: {Queue: !GetAtt WorkQueue.Arn, FunctionResponseTypes: [ReportBatchItemFailures], ScalingConfig: {MaximumConcurrency: 2}}}
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt CardsTable.StreamArn
            StartingPosition: LATEST
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
        Mail: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.ses]}, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}
        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 7 * * ? *)", ScheduleExpressionTimezone: !Ref Zone, Name: !Sub "daily-${Stage}"}}
  Secret: {Type: AWS::SecretsManager::Secret}
`

func read(t *testing.T, text string) Template {
	t.Helper()
	template, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func TestFunctionHasGlobalsMergedAndItsOwnOnTop(t *testing.T) {
	t.Parallel()
	f, ok := read(t, small).Function("WorkFunction")
	if !ok {
		t.Fatal("no WorkFunction")
	}
	if f.Name != "work" || f.BuildMethod != "makefile" || f.Timeout != 10*time.Second || f.MemoryMB != 128 || f.Runtime != "provided.al2023" {
		t.Errorf("read %+v", f)
	}
	if f.Env["STAGE"].Ref != "Stage" || f.Env["BUS_NAME"].Ref != "Bus" || f.Env["WORK_SECRET"].Secret() != "Secret" {
		t.Errorf("environment %+v", f.Env)
	}
	if diff := cmp.Diff([]string{"DynamoDBCrudPolicy"}, f.PolicyTemplates); diff != "" {
		t.Error(diff)
	}
}

func TestStatementsNameActionsResourcesAndConditions(t *testing.T) {
	t.Parallel()
	f, _ := read(t, small).Function("WorkFunction")
	if len(f.Statements) != 2 {
		t.Fatalf("%d statements, want 2", len(f.Statements))
	}
	first, second := f.Statements[0], f.Statements[1]
	if first.Actions[0] != "dynamodb:GetItem" || first.Resources[0].Target() != "CardsTable" || first.Resources[1].Target() != "CardsTable" {
		t.Errorf("first statement %+v", first)
	}
	if c := second.Conditions[0]; c.Operator != "StringEquals" || c.Key != "ses:FromAddress" || c.Values[0].Ref != "Token" {
		t.Errorf("condition %+v", c)
	}
}

func TestEventsOfEachType(t *testing.T) {
	t.Parallel()
	template := read(t, small)
	f, _ := template.Function("WorkFunction")
	byName := map[string]Event{}
	for _, e := range f.Events {
		byName[e.Name] = e
	}
	if r := byName["Page"].HTTP; r.Method != "POST" || r.Path != "/v1/{proxy+}" {
		t.Errorf("route %+v", r)
	}
	if q := byName["Work"].Queue; q.Queue != "WorkQueue" || !q.ReportFailures || q.BatchSize != 10 || q.MaxConcurrency != 2 {
		t.Errorf("queue %+v", q)
	}
	if s := byName["Changes"].Stream; s.Table != "CardsTable" || s.MaxRetries != -1 || s.Filters[0].Pattern != `{"eventName":["INSERT"]}` {
		t.Errorf("stream %+v", s)
	}
	if r := byName["Mail"].Rule; !r.Bus.IsZero() || string(r.Pattern) != `{"source":["aws.ses"]}` || r.Targets[0].Arn.Target() != "WorkFunction" {
		t.Errorf("rule %+v", r)
	}
	if len(template.Schedules) != 1 || template.Schedules[0].Name.Sub != "daily-${Stage}" || template.Schedules[0].TimeZone.Ref != "Zone" {
		t.Errorf("schedules %+v", template.Schedules)
	}
}

func TestConditionsFollowTheDefaults(t *testing.T) {
	t.Parallel()
	template := read(t, small)
	queue, _ := template.Queue("WorkQueue")
	if queue.Visibility != 90*time.Second || !queue.Name.IsZero() || queue.DeadLetter.Target() != "Dead" || queue.MaxReceive != 5 {
		t.Errorf("queue %+v", queue)
	}
	if _, ok := template.Queue("OnlyProd"); ok {
		t.Error("OnlyProd is among the queues although its condition does not hold")
	}
	if r, ok := template.Resource("OnlyProd"); !ok || r.Active {
		t.Errorf("OnlyProd as a resource: %v %v, want it there and not active", r, ok)
	}
}

func TestTableAndRule(t *testing.T) {
	t.Parallel()
	template := read(t, small)
	table, _ := template.Table("CardsTable")
	table.Line, table.Indexes[0].Line = 0, 0
	want := Table{
		LogicalID: "CardsTable", Store: "cards", Hash: "pk", Range: "sk", Attrs: map[string]string{"pk": "S"}, TTL: "ttl",
		Stream: "NEW_AND_OLD_IMAGES", Indexes: []Index{{Name: "due", Hash: "dk", Projection: "KEYS_ONLY"}},
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Error(diff)
	}
	pattern := `{"detail":{"data":{"id":["7"],"points":[{"numeric":["\u003e",0]}]}},"source":["regulars"]}`
	if r := template.Rules[0]; string(r.Pattern) != pattern || r.Bus.Target() != "Bus" || r.Targets[0].DeadLetter.Target() != "Dead" {
		t.Errorf("rule %+v with pattern %s", r, r.Pattern)
	}
}

func TestResolveAsksForEveryName(t *testing.T) {
	t.Parallel()
	v := Value{Sub: "arn:${AWS::Partition}:${CardsTable.Arn}/${!kept}"}
	got, err := v.Resolve(func(name, attr string) (string, error) { return "<" + name + "|" + attr + ">", nil })
	if want := "arn:<AWS::Partition|>:<CardsTable|Arn>/${kept}"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	stranger := errors.New("no such name")
	if _, err := v.Resolve(func(string, string) (string, error) { return "", stranger }); !errors.Is(err, stranger) {
		t.Errorf("got %v, want the lookup's own error", err)
	}
}

func TestPatternWithFillsNamesIn(t *testing.T) {
	t.Parallel()
	r := Rule{Pattern: []byte(`{"detail":{"set":["${MailSet}"]}}`)}
	got, err := r.PatternWith(func(string, string) (string, error) { return `a "set"`, nil })
	if want := `{"detail":{"set":["a \"set\""]}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestRefusalsNameTheLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"- a":                             "not a mapping",
		"Resources: {":                    "line 1",
		"Resources:\n  A: !Select [0, x]": "line 2: !Select is not understood",
		"Resources:\n  A: {Fn::Cidr: x}":  "line 2: Fn::Cidr is not understood",
		"Resources:\n  A: !If [No, a, b]": `condition "No" is not declared above`,
		"Resources: &r\n  A: *r":          "line 2: YAML aliases",
		"Conditions:\n  A: !Ref B":        "line 2: this condition is not understood",
		strings.Repeat("#", MaxBytes+1):   "longer than",
	} {
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want ErrInvalid with %q", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(small)
	f.Add("Resources: {A: {Type: AWS::Serverless::Function, Properties: {Policies: x, Events: []}}}")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Read(strings.NewReader(text)); err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%v is not ErrInvalid", err)
		}
	})
}
