package local_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// small is a template with one of everything that a run is wired from.
const small = `
Parameters:
  Zone: {Type: String, Default: Europe/Berlin}
  Domain: {Type: String, Default: shop.example}
Resources:
  Bus: {Type: "AWS::Events::EventBus"}
  Dead: {Type: "AWS::SQS::Queue"}
  Lost: {Type: "AWS::SQS::Queue"}
  WorkQueue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
  CardsTable: {Type: "AWS::DynamoDB::Table", Properties: {StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}}}
  RecordsTable: {Type: "AWS::DynamoDB::Table"}
  MailSet: {Type: "AWS::SES::ConfigurationSet"}
  WorkRule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [regulars], detail-type: [{prefix: "points."}]}
      Targets: [{Id: work, Arn: !GetAtt WorkQueue.Arn}]
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {CARDS_TABLE: !Ref CardsTable, BUS_NAME: !Ref Bus, WORK_QUEUE_URL: !Ref WorkQueue,
        MAIL_FROM: !Sub "cards@${Domain}", SECRET: !Sub "{{resolve:secretsmanager:${Hidden}}}"}}
      Policies:
        - Statement:
            - {Effect: Allow, Action: [dynamodb:GetItem, dynamodb:PutItem], Resource: !GetAtt CardsTable.Arn}
            - {Effect: Allow, Action: events:PutEvents, Resource: !GetAtt Bus.Arn}
            - Effect: Allow
              Action: ses:SendEmail
              Resource: "*"
              Condition: {StringEquals: {"ses:FromAddress": !Sub "cards@${Domain}"}}
            - Effect: Allow
              Action: [dynamodb:PutItem]
              Resource: !GetAtt RecordsTable.Arn
              Condition: {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [notes]}}
      Events:
        Page: {Type: HttpApi, Properties: {Method: ANY, Path: "/v1/{proxy+}"}}
        Hook: {Type: HttpApi, Properties: {Method: POST, Path: "/webhooks/{vendor}"}}
        Work: {Type: SQS, Properties: {Queue: !GetAtt WorkQueue.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures]}}
        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 7 * * ? *)", ScheduleExpressionTimezone: !Ref Zone, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}
        Often: {Type: ScheduleV2, Properties: {ScheduleExpression: "rate(1 minute)"}}
        Mail:
          Type: EventBridgeRule
          Properties:
            Pattern: {source: [aws.ses], detail: {mail: {tags: {"ses:configuration-set": [!Ref MailSet]}}}}
            DeadLetterConfig: {Arn: !GetAtt Dead.Arn}
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt CardsTable.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            FunctionResponseTypes: [ReportBatchItemFailures]
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 2
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Lost.Arn}}
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT","MODIFY"]}'}]}
  Hidden: {Type: "AWS::SecretsManager::Secret"}
`

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// bench is one run on a clock that stands still, with what its function was given.
type bench struct {
	*local.Runtime
	t     *testing.T
	dir   string
	clock *local.Clock
	store *bolt.DB
	env   local.FunctionEnv
}

// open runs small with handler as its only function. An empty dir means a new one.
func open(t *testing.T, dir string, at time.Time, handler edge.Handler) *bench {
	t.Helper()
	return openDir(t, dir, local.NewClock(at), handler)
}

func openWith(t *testing.T, clock *local.Clock, handler edge.Handler) *bench {
	t.Helper()
	return openDir(t, "", clock, handler)
}

func openDir(t *testing.T, dir string, clock *local.Clock, handler edge.Handler) *bench {
	t.Helper()
	b := &bench{t: t, dir: dir, clock: clock}
	if dir == "" {
		b.dir = t.TempDir()
	}
	var err error
	if b.store, err = bolt.Open(filepath.Join(b.dir, "items.db"), b.clock.Now); err != nil {
		t.Fatal(err)
	}
	b.Runtime, err = local.Open(local.Options{Template: strings.NewReader(small), Dir: b.dir, Store: b.store, Clock: b.clock, NoSync: true,
		Functions: map[string]local.Builder{"WorkFunction": func(f local.FunctionEnv) (edge.Handler, error) {
			b.env = f
			return handler, nil
		}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

func (b *bench) close() {
	_ = b.Runtime.Close() // a test may have closed it already
	_ = b.store.Close()
}

// crash copies the folder as it lies on disk now, which is what a killed process leaves behind.
func (b *bench) crash() string {
	b.t.Helper()
	dir := b.t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(b.dir)); err != nil {
		b.t.Fatal(err)
	}
	return dir
}

func (b *bench) drain() {
	b.t.Helper()
	if err := b.Drain(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	if err := b.AdvanceTo(context.Background(), b.clock.Now().Add(d)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) send(body string, delay time.Duration) {
	b.t.Helper()
	if err := b.Send(context.Background(), "WorkQueue", []byte(body), nil, delay); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) put(key string, n int64) {
	b.t.Helper()
	item := store.Item{Key: store.Key{Table: store.Cards, Partition: key, Sort: "HEAD"}, Attrs: store.Attrs{"n": n}}
	if _, err := b.store.Put(context.Background(), item, store.Always()); err != nil {
		b.t.Fatal(err)
	}
}

// lying tells how many messages lie in each queue that is not empty.
func (b *bench) lying() map[string]int {
	b.t.Helper()
	list, err := b.Queues()
	if err != nil {
		b.t.Fatal(err)
	}
	lying := map[string]int{}
	for _, q := range list {
		lying[q.ID] = q.Messages
	}
	maps.DeleteFunc(lying, func(_ string, n int) bool { return n == 0 })
	return lying
}

var errNotNow = errors.New("not now")

func nothing(context.Context, []byte) ([]byte, error) { return []byte("null"), nil }

// only does what one trigger brings and lets the others pass.
func only(m edge.Mux) edge.Handler {
	pass := func(h edge.Handler) edge.Handler {
		if h == nil {
			return nothing
		}
		return h
	}
	return edge.Mux{HTTP: pass(m.HTTP), Batch: pass(m.Batch), Changes: pass(m.Changes), Event: pass(m.Event)}.Handle
}
