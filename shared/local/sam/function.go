package sam

import (
	"maps"
	"strings"
	"time"
)

// function reads a function over the defaults that Globals.Function gives.
func function(r Resource, globals Node) Function {
	either := func(path ...string) Node {
		if n := r.Properties.At(path...); n.Exists() {
			return n
		}
		return globals.At(path...)
	}
	f := Function{
		LogicalID: r.LogicalID, Name: strings.ToLower(strings.TrimSuffix(r.LogicalID, "Function")), Line: r.Line,
		CodeURI: either("CodeUri").Text(), BuildMethod: r.Metadata.At("BuildMethod").Text(),
		Handler: either("Handler").Text(), Runtime: either("Runtime").Text(), Architectures: either("Architectures").Texts(),
		Timeout: seconds(either("Timeout"), 3), MemoryMB: either("MemorySize").Int(128),
		LogGroup: either("LoggingConfig", "LogGroup").Value, URLAuth: r.Properties.At("FunctionUrlConfig", "AuthType").Text(),
		Env: environment(globals), OnFailure: either("EventInvokeConfig", "DestinationConfig", "OnFailure", "Destination").Value,
	}
	maps.Copy(f.Env, environment(r.Properties))
	for _, event := range r.Properties.At("Events").Fields {
		f.Events = append(f.Events, source(f.LogicalID, event))
	}
	f.policies(r.Properties.At("Policies"))
	return f
}

func environment(properties Node) map[string]Value {
	values := map[string]Value{}
	for _, field := range properties.At("Environment", "Variables").Fields {
		values[field.Name] = field.Node.Value
	}
	return values
}

// policies reads inline policy documents; everything else that SAM takes there lands in PolicyTemplates.
func (f *Function) policies(n Node) {
	if n.Items == nil && n.Exists() {
		n = Node{Items: []Node{n}, Line: n.Line}
	}
	for _, policy := range n.Items {
		document := policy.At("Statement")
		switch {
		case document.Exists():
			if document.Items == nil {
				document = Node{Items: []Node{document}, Line: document.Line}
			}
			for _, s := range document.Items {
				f.Statements = append(f.Statements, statement(s))
			}
		case len(policy.Fields) == 1:
			f.PolicyTemplates = append(f.PolicyTemplates, policy.Fields[0].Name)
		default:
			f.PolicyTemplates = append(f.PolicyTemplates, policy.Text())
		}
	}
}

func statement(n Node) Statement {
	s := Statement{
		Effect: n.At("Effect").Text(), Actions: n.At("Action").Texts(), Resources: n.At("Resource").Values(), Line: n.Line,
	}
	for _, operator := range n.At("Condition").Fields {
		for _, key := range operator.Node.Fields {
			s.Conditions = append(s.Conditions, Condition{
				Operator: operator.Name, Key: key.Name, Values: key.Node.Values(), Line: key.Node.Line,
			})
		}
	}
	return s
}

// source reads one event of a function.
func source(function string, f Field) Event {
	e := Event{Name: f.Name, Type: f.Node.At("Type").Text(), Line: f.Node.Line}
	p := f.Node.At("Properties")
	switch e.Type {
	case "HttpApi":
		e.HTTP = &Route{
			Method: strings.ToUpper(p.At("Method").Text()), Path: p.At("Path").Text(), API: p.At("ApiId").Value,
			Auth: p.At("Auth", "Authorizer").Text(),
		}
	case "SQS":
		e.Queue = &QueueSource{
			Queue: p.At("Queue").Value.Target(), BatchSize: p.At("BatchSize").Int(10),
			Window: seconds(p.At("MaximumBatchingWindowInSeconds"), 0), ReportFailures: reportsFailures(p),
			MaxConcurrency: p.At("ScalingConfig", "MaximumConcurrency").Int(0),
			Concurrency:    p.At("ScalingConfig", "MaximumConcurrency").Value, Filters: filters(p),
		}
	case "DynamoDB":
		e.Stream = stream(p)
	case "EventBridgeRule":
		e.Rule = functionRule(function, f)
	case "ScheduleV2":
		e.Schedule = &Schedule{
			Function: function, Event: f.Name, Line: f.Node.Line,
			Expression: p.At("ScheduleExpression").Text(), TimeZone: p.At("ScheduleExpressionTimezone").Value,
			Input: p.At("Input").Value, Name: p.At("Name").Value, OmitName: p.At("OmitName").Bool(),
			DeadLetter: p.At("DeadLetterConfig", "Arn").Value, Disabled: p.At("State").Text() == "DISABLED",
		}
	}
	return e
}

func stream(p Node) *StreamSource {
	return &StreamSource{
		Table: p.At("Stream").Value.Target(), StartingPosition: p.At("StartingPosition").Text(), BatchSize: p.At("BatchSize").Int(100),
		Window: seconds(p.At("MaximumBatchingWindowInSeconds"), 0), ReportFailures: reportsFailures(p), Tumbling: seconds(p.At("TumblingWindowInSeconds"), 0),
		Bisect: p.At("BisectBatchOnFunctionError").Bool(), MaxRetries: p.At("MaximumRetryAttempts").Int(-1),
		MaxAge: seconds(p.At("MaximumRecordAgeInSeconds"), 0), Parallel: p.At("ParallelizationFactor").Int(1),
		OnFailure: p.At("DestinationConfig", "OnFailure", "Destination").Value, Filters: filters(p),
	}
}

func reportsFailures(p Node) bool {
	for _, kind := range p.At("FunctionResponseTypes").Texts() {
		if kind == "ReportBatchItemFailures" {
			return true
		}
	}
	return false
}

func filters(p Node) []Filter {
	var list []Filter
	for _, item := range p.At("FilterCriteria", "Filters").Items {
		pattern := item.At("Pattern")
		list = append(list, Filter{Pattern: pattern.Text(), Line: pattern.Line})
	}
	return list
}

// functionRule reads an EventBridgeRule event as a rule whose one target is the function.
func functionRule(function string, f Field) *Rule {
	p := f.Node.At("Properties")
	return &Rule{
		LogicalID: function + f.Name, Bus: p.At("EventBusName").Value, Pattern: p.At("Pattern").JSON(), Line: f.Node.Line,
		Disabled: p.At("State").Text() == "DISABLED",
		Targets: []Target{{
			ID: f.Name, Arn: Value{Ref: function, Attr: "Arn", Line: f.Node.Line}, DeadLetter: p.At("DeadLetterConfig", "Arn").Value,
			MaxRetries: p.At("RetryPolicy", "MaximumRetryAttempts").Int(-1), Line: f.Node.Line,
		}},
	}
}

func seconds(n Node, missing int) time.Duration {
	return time.Duration(n.Int(missing)) * time.Second
}
