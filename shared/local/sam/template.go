// Package sam reads our AWS SAM template into the few nouns that a run on one machine and the laws need: functions with what
// wakes them and what they may do, tables, queues, buses, rules, schedules and parameters.
//
// It knows the intrinsic functions that the template uses (!Ref, !GetAtt, !Sub, !Join, !If) and no more; another one is refused
// with its line. Conditions are decided by the parameters' defaults. Names are not resolved here: a Value says what it points
// to, and the caller says what that means where it runs.
package sam

import (
	"encoding/json"
	"time"
)

// Template is the whole document. The lists keep the order of the file.
type Template struct {
	Parameters []Parameter
	Resources  []Resource // every resource, also those that have a typed list below
	Functions  []Function
	Tables     []Table
	Queues     []Queue
	Buses      []Bus
	Rules      []Rule     // AWS::Events::Rule and the EventBridgeRule events of functions
	Schedules  []Schedule // the ScheduleV2 events of functions
}

// Resource is any resource as it is written, for questions that have no field of their own. Globals are not merged into it.
type Resource struct {
	LogicalID  string
	Type       string // "AWS::SQS::Queue"
	Condition  string // name of the condition it is made under, "" for always
	Active     bool   // the condition holds with the parameters' defaults; only active resources are in the typed lists
	Properties Node
	Metadata   Node
	Attributes Node // the whole resource: DeletionPolicy, DependsOn and so on stand here
	Line       int
}

// Parameter is what a deployment may choose.
type Parameter struct {
	Name       string
	Type       string
	Default    string
	HasDefault bool
	Pattern    string   // AllowedPattern
	Allowed    []string // AllowedValues
	Bounded    bool     // a number with MinValue and MaxValue
	NoEcho     bool     // a secret: never shown
	Line       int
}

// Function is one Lambda function with the Globals merged in.
type Function struct {
	LogicalID       string        // "TillFunction"
	Name            string        // its folder under functions/: the logical id without "Function", in lower case ("till")
	CodeURI         string        // folder that is built
	BuildMethod     string        // Metadata.BuildMethod; "makefile" means the target build-<LogicalID>
	Handler         string        // "bootstrap"
	Runtime         string        // "provided.al2023"
	Architectures   []string      // "arm64"
	Timeout         time.Duration // how long one invocation may take; 3 s where nothing is said
	MemoryMB        int           // 128 where nothing is said
	Env             map[string]Value
	LogGroup        Value // LoggingConfig.LogGroup
	Events          []Event
	Statements      []Statement // the function's own policy statements
	PolicyTemplates []string    // SAM policy templates and managed policies named instead of statements; the laws want none
	OnFailure       Value       // where an event goes that the function itself failed to work on, when nobody waits for the answer
	URLAuth         string      // FunctionUrlConfig.AuthType, "" without a function URL
	Line            int
}

// Event is one thing that wakes a function. Exactly one of the pointers is set, by Type; another Type sets none.
type Event struct {
	Name     string        // as named under Events
	Type     string        // "HttpApi", "SQS", "DynamoDB", "EventBridgeRule", "ScheduleV2"
	HTTP     *Route        // HttpApi
	Queue    *QueueSource  // SQS
	Stream   *StreamSource // DynamoDB
	Rule     *Rule         // EventBridgeRule; the same is in Template.Rules
	Schedule *Schedule     // ScheduleV2; the same is in Template.Schedules
	Line     int
}

// Route is a path of the HTTP API. {name} is one segment, {name+} the rest of the path.
type Route struct {
	Method string // in capitals; "ANY" for all
	Path   string
	API    Value // ApiId
	Auth   string
}

// QueueSource says how messages of a queue are handed to a function.
type QueueSource struct {
	Queue          string        // logical id
	BatchSize      int           // messages, 10 where nothing is said
	Window         time.Duration // how long to wait for a full batch
	ReportFailures bool          // the answer names the messages that failed
	MaxConcurrency int           // invocations at once; 0 is no limit, or stands in Concurrency
	Concurrency    Value         // MaxConcurrency where a parameter says it
	Filters        []Filter
}

// StreamSource says how changes of a table are handed to a function.
type StreamSource struct {
	Table            string // logical id
	StartingPosition string // "LATEST", "TRIM_HORIZON"
	BatchSize        int    // records, 100 where nothing is said
	Window           time.Duration
	Tumbling         time.Duration // of a window; with one, events name their shard
	ReportFailures   bool          // the answer names the first record that failed
	Bisect           bool          // a failing batch is halved
	MaxRetries       int           // -1 is until the records are too old
	MaxAge           time.Duration
	Parallel         int   // batches of one shard at once, 1 where nothing is said
	OnFailure        Value // where the whereabouts of given-up records go
	Filters          []Filter
}

// Filter is one filter pattern of an event source: a text that must be JSON. Any one that matches lets the record through.
type Filter struct {
	Pattern string
	Line    int
}

// Rule is a pattern on a bus and where matching events go.
type Rule struct {
	LogicalID string          // of the rule; for an event of a function, the function's followed by the event's name
	Bus       Value           // zero for the default bus
	Pattern   json.RawMessage // ${Name} stands where the template says !Ref Name; PatternWith fills it in
	Disabled  bool
	Targets   []Target
	Line      int
}

// PatternWith is the pattern with the names in it resolved as Value.Resolve does. It fails with the first name that lookup refuses.
func (r Rule) PatternWith(lookup func(name, attr string) (string, error)) (json.RawMessage, error) {
	text, err := Value{Sub: string(r.Pattern), Line: r.Line}.Resolve(func(name, attr string) (string, error) {
		text, err := lookup(name, attr)
		quoted, _ := json.Marshal(text) // a string always marshals
		return string(quoted[1 : len(quoted)-1]), err
	})
	return json.RawMessage(text), err
}

// Target is one end of a rule: a queue or a function.
type Target struct {
	ID         string
	Arn        Value
	DeadLetter Value // queue for events that could not be delivered
	MaxRetries int   // -1 where nothing is said (185)
	Line       int
}

// Schedule wakes a function by a rate, a cron line or at one moment.
type Schedule struct {
	Function   string // logical id
	Event      string // as named under the function's Events
	Expression string // "cron(0 7 * * ? *)", "rate(1 minute)", "at(2026-12-24T07:00:00)"
	TimeZone   Value  // zero for UTC
	Input      Value  // the payload, JSON; zero for the scheduler's own
	Name       Value  // zero where nothing is said, which SAM turns into the event's name
	OmitName   bool
	DeadLetter Value
	Disabled   bool
	Line       int
}

// Statement is one permission of a function's policy.
type Statement struct {
	Effect     string // "Allow"
	Actions    []string
	Resources  []Value // arns: !GetAtt CardsTable.Arn, or !Sub with "/index/*" behind it
	Conditions []Condition
	Line       int
}

// Condition narrows a statement: Operator (Key, one of Values), as "StringEquals" "ses:FromAddress".
type Condition struct {
	Operator string
	Key      string
	Values   []Value
	Line     int
}

// Table is a DynamoDB table.
type Table struct {
	LogicalID string
	Store     string // what the store calls it: the logical id without "Table", in lower case ("cards")
	Name      Value  // TableName, zero where CloudFormation names it
	Hash      string
	Range     string
	Attrs     map[string]string // declared attribute: "S", "N" or "B"
	Indexes   []Index
	TTL       string // attribute that holds the end of an item's life, "" without one
	Stream    string // "NEW_AND_OLD_IMAGES", "" without a stream
	Line      int
}

// Index is a global secondary index.
type Index struct {
	Name       string
	Hash       string
	Range      string
	Projection string // "KEYS_ONLY", "INCLUDE", "ALL"
	Line       int
}

// Queue is an SQS queue.
type Queue struct {
	LogicalID  string
	Name       Value
	Visibility time.Duration // 30 s where nothing is said
	Retention  time.Duration // 4 days where nothing is said
	DeadLetter Value         // redrive: where messages go that were received too often; zero for none
	MaxReceive int           // how often is too often
	Line       int
}

// Bus is an event bus of our own.
type Bus struct {
	LogicalID string
	Name      Value
	Line      int
}

// Resource returns the resource of that logical id.
func (t Template) Resource(id string) (Resource, bool) {
	for _, r := range t.Resources {
		if r.LogicalID == id {
			return r, true
		}
	}
	return Resource{}, false
}

// Function returns the function of that logical id.
func (t Template) Function(id string) (Function, bool) {
	for _, f := range t.Functions {
		if f.LogicalID == id {
			return f, true
		}
	}
	return Function{}, false
}

// Queue returns the queue of that logical id.
func (t Template) Queue(id string) (Queue, bool) {
	for _, q := range t.Queues {
		if q.LogicalID == id {
			return q, true
		}
	}
	return Queue{}, false
}

// Table returns the table of that logical id.
func (t Template) Table(id string) (Table, bool) {
	for _, table := range t.Tables {
		if table.LogicalID == id {
			return table, true
		}
	}
	return Table{}, false
}

// Parameter returns the parameter of that name.
func (t Template) Parameter(name string) (Parameter, bool) {
	for _, p := range t.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}
