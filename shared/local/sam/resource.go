package sam

import "strings"

func table(r Resource) Table {
	p := r.Properties
	t := Table{
		LogicalID: r.LogicalID, Store: strings.ToLower(strings.TrimSuffix(r.LogicalID, "Table")), Line: r.Line,
		Name: p.At("TableName").Value, Attrs: map[string]string{}, Stream: p.At("StreamSpecification", "StreamViewType").Text(),
	}
	t.Hash, t.Range = keys(p)
	for _, a := range p.At("AttributeDefinitions").Items {
		t.Attrs[a.At("AttributeName").Text()] = a.At("AttributeType").Text()
	}
	for _, g := range p.At("GlobalSecondaryIndexes").Items {
		index := Index{Name: g.At("IndexName").Text(), Projection: g.At("Projection", "ProjectionType").Text(), Line: g.Line}
		index.Hash, index.Range = keys(g)
		t.Indexes = append(t.Indexes, index)
	}
	if ttl := p.At("TimeToLiveSpecification"); ttl.At("Enabled").Bool() {
		t.TTL = ttl.At("AttributeName").Text()
	}
	return t
}

func keys(n Node) (hash, rang string) {
	for _, k := range n.At("KeySchema").Items {
		switch k.At("KeyType").Text() {
		case "HASH":
			hash = k.At("AttributeName").Text()
		case "RANGE":
			rang = k.At("AttributeName").Text()
		}
	}
	return hash, rang
}

func queue(r Resource) Queue {
	p := r.Properties
	return Queue{
		LogicalID: r.LogicalID, Name: p.At("QueueName").Value, Line: r.Line,
		Visibility: seconds(p.At("VisibilityTimeout"), 30), Retention: seconds(p.At("MessageRetentionPeriod"), 4*24*60*60),
		DeadLetter: p.At("RedrivePolicy", "deadLetterTargetArn").Value, MaxReceive: p.At("RedrivePolicy", "maxReceiveCount").Int(0),
	}
}

func rule(id string, p Node, line int) Rule {
	r := Rule{
		LogicalID: id, Bus: p.At("EventBusName").Value, Pattern: p.At("EventPattern").JSON(), Line: line,
		Disabled: p.At("State").Text() == "DISABLED",
	}
	for _, t := range p.At("Targets").Items {
		r.Targets = append(r.Targets, Target{
			ID: t.At("Id").Text(), Arn: t.At("Arn").Value, DeadLetter: t.At("DeadLetterConfig", "Arn").Value,
			MaxRetries: t.At("RetryPolicy", "MaximumRetryAttempts").Int(-1), Line: t.Line,
		})
	}
	return r
}
