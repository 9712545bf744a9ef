package local

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/regulars-dev/regulars/shared/store"
)

// streamRecord writes a change as a record of a DynamoDB stream with NEW_AND_OLD_IMAGES. Its time is when it was read, which is a
// moment after the write.
func streamRecord(c store.Change, streamARN string, now time.Time) events.DynamoDBEventRecord {
	some := c.New
	name := string(events.DynamoDBOperationTypeModify)
	switch {
	case c.New == nil:
		some, name = c.Old, string(events.DynamoDBOperationTypeRemove)
	case c.Old == nil:
		name = string(events.DynamoDBOperationTypeInsert)
	}
	record := events.DynamoDBEventRecord{
		EventID: "change-" + strconv.FormatUint(c.Seq, 10), EventName: name, EventSource: "aws:dynamodb", EventVersion: "1.1",
		AWSRegion: region, EventSourceArn: streamARN,
		Change: events.DynamoDBStreamRecord{
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: now.Truncate(time.Second)},
			SequenceNumber:              strconv.FormatUint(c.Seq, 10), StreamViewType: "NEW_AND_OLD_IMAGES",
			Keys: map[string]events.DynamoDBAttributeValue{
				store.NamePartition: events.NewStringAttribute(some.Key.Partition), store.NameSort: events.NewStringAttribute(some.Key.Sort),
			},
		},
	}
	if c.Old != nil {
		record.Change.OldImage = image(*c.Old)
		record.Change.SizeBytes += int64(store.Size(*c.Old))
	}
	if c.New != nil {
		record.Change.NewImage = image(*c.New)
		record.Change.SizeBytes += int64(store.Size(*c.New))
	} else { // the contract knows no delete: what goes away has expired
		record.UserIdentity = &events.DynamoDBUserIdentity{Type: "Service", PrincipalID: "dynamodb.amazonaws.com"}
	}
	return record
}

// image lays an item out as it lies in DynamoDB.
func image(i store.Item) map[string]events.DynamoDBAttributeValue {
	m := map[string]events.DynamoDBAttributeValue{}
	for name, value := range store.ImageOf(i) {
		switch v := value.(type) {
		case string:
			m[name] = events.NewStringAttribute(v)
		case int64:
			m[name] = events.NewNumberAttribute(strconv.FormatInt(v, 10))
		case []byte:
			m[name] = events.NewBinaryAttribute(v)
		}
	}
	return m
}

// onlyShard is the name of the one shard that a table's feed has here.
const onlyShard = "local"

// event writes a batch as Lambda hands it over: with the name of its shard where the source has a tumbling window. The event that ends a
// window brings no records and is not sent.
func (p *pump) event(batch []events.DynamoDBEventRecord) ([]byte, error) {
	in := events.DynamoDBTimeWindowEvent{DynamoDBEvent: events.DynamoDBEvent{Records: batch}}
	if p.from.Tumbling == 0 {
		return json.Marshal(in.DynamoDBEvent)
	}
	in.ShardID, in.EventSourceARN, in.State = onlyShard, p.arn, map[string]string{}
	begin := p.r.clock.Now().UTC().Truncate(p.from.Tumbling)
	in.Window.Start, in.Window.End = events.RFC3339EpochTime{Time: begin}, events.RFC3339EpochTime{Time: begin.Add(p.from.Tumbling)}
	return json.Marshal(in)
}
