package local

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/store"
)

// onlyShard is the name of the one shard that a table's feed has here.
const onlyShard = "local"

// happened names what a change did, as DynamoDB does, and gives an item that has its key.
func happened(c store.Change) (string, *store.Item) {
	switch {
	case c.New == nil:
		return string(events.DynamoDBOperationTypeRemove), c.Old
	case c.Old == nil:
		return string(events.DynamoDBOperationTypeInsert), c.New
	}
	return string(events.DynamoDBOperationTypeModify), c.New
}

// appendRecord appends a change as a record of a DynamoDB stream with NEW_AND_OLD_IMAGES. Its time is when it was read, which is a
// moment after the write.
func appendRecord(b []byte, c store.Change, streamARN string, now time.Time) []byte {
	name, some := happened(c)
	seq := sequence(c)
	b = append(b, '{')
	b = appendField(b, "eventID", "change-"+seq)
	b = appendField(b, "eventName", name)
	b = appendField(b, "eventVersion", "1.1")
	b = appendField(b, "eventSource", "aws:dynamodb")
	b = appendField(b, "awsRegion", region)
	b = appendField(b, "eventSourceARN", streamARN)
	if c.New == nil { // the contract knows no delete: what goes away has expired
		b = append(b, `,"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}`...)
	}
	b = append(b, `,"dynamodb":{"ApproximateCreationDateTime":`...)
	b = strconv.AppendInt(b, now.Unix(), 10)
	b = appendImage(b, "Keys", keysOf(some))
	size := 0
	if c.New != nil {
		b, size = appendImage(b, "NewImage", store.ImageOf(*c.New)), size+store.Size(*c.New)
	}
	if c.Old != nil {
		b, size = appendImage(b, "OldImage", store.ImageOf(*c.Old)), size+store.Size(*c.Old)
	}
	b = appendField(b, "SequenceNumber", seq)
	b = strconv.AppendInt(append(b, `,"SizeBytes":`...), int64(size), 10)
	return append(appendField(b, "StreamViewType", "NEW_AND_OLD_IMAGES"), '}', '}')
}

func keysOf(i *store.Item) store.Image {
	return store.Image{store.NamePartition: i.Key.Partition, store.NameSort: i.Key.Sort}
}

// appendImage appends a named image in DynamoDB's JSON, its attributes in the order of their names.
func appendImage(b []byte, name string, m store.Image) []byte {
	b = append(append(append(b, ',', '"'), name...), '"', ':', '{')
	for i, attribute := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSON(b, attribute), ':', '{')
		kind, text := cell(m[attribute])
		b = append(appendField(b, kind, text), '}')
	}
	return append(b, '}')
}

// cell is a value as DynamoDB's JSON has it: the letter of its kind, and its text.
func cell(value any) (kind, text string) {
	switch v := value.(type) {
	case int64:
		return "N", strconv.FormatInt(v, 10)
	case []byte:
		return "B", base64.StdEncoding.EncodeToString(v)
	case string:
		return "S", v
	}
	return "NULL", "" // an image has no other kinds
}

// recordFields is a change as filters see it. Its parts are made as they are asked for, because most changes of a table are kept back by
// their key alone.
func recordFields(c store.Change, streamARN string, now time.Time) pattern.Fields {
	name, some := happened(c)
	return func(field string) (any, bool) {
		switch field {
		case "eventName":
			return name, true
		case "dynamodb":
			return pattern.Fields(func(field string) (any, bool) {
				switch {
				case field == "Keys":
					return imageFields(func(name string) (any, bool) { return keyOf(some, name) }), true
				case field == "NewImage" && c.New != nil:
					return imageFields(valuesOf(c.New)), true
				case field == "OldImage" && c.Old != nil:
					return imageFields(valuesOf(c.Old)), true
				}
				return readField(c, streamARN, now, "dynamodb", field)
			}), true
		}
		return readField(c, streamARN, now, field)
	}
}

// keyOf is one part of an item's key.
func keyOf(i *store.Item, name string) (any, bool) {
	switch name {
	case store.NamePartition:
		return i.Key.Partition, true
	case store.NameSort:
		return i.Key.Sort, true
	}
	return nil, false
}

// valuesOf is the image of an item, which is laid out only for what is neither of its key nor among its attributes.
func valuesOf(i *store.Item) func(name string) (any, bool) {
	return func(name string) (any, bool) {
		value, ok := keyOf(i, name)
		if !ok {
			value, ok = i.Attrs[name]
		}
		if !ok {
			value, ok = store.ImageOf(*i)[name]
		}
		return value, ok
	}
}

// imageFields is an image as filters see it: {"sk": {"S": "HEAD"}}.
func imageFields(values func(name string) (any, bool)) pattern.Fields {
	return func(attribute string) (any, bool) {
		value, ok := values(attribute)
		if !ok {
			return nil, false
		}
		return pattern.Fields(func(kind string) (any, bool) {
			k, text := cell(value)
			return text, k == kind
		}), true
	}
}

// readField is the long way, for what no filter of ours has asked for yet: the record is written and read again.
func readField(c store.Change, streamARN string, now time.Time, path ...string) (any, bool) {
	read, err := pattern.Read(appendRecord(nil, c, streamARN, now))
	if err != nil {
		return nil, false
	}
	return read.Field(path...)
}

// event writes a batch as Lambda hands it over: with the name of its shard where the source has a tumbling window. The event that ends a
// window brings no records and is not sent.
func (p *pump) event(batch []store.Change) []byte {
	now := p.r.clock.Now()
	b := append(make([]byte, 0, recordBytes*len(batch)), `{"Records":[`...)
	for i, c := range batch {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendRecord(b, c, p.arn, now)
	}
	b = append(b, ']')
	if p.from.Tumbling != 0 {
		begin := now.UTC().Truncate(p.from.Tumbling)
		b = append(b, `,"window":{`...)
		b = appendField(b, "start", begin.Format(time.RFC3339))
		b = appendField(b, "end", begin.Add(p.from.Tumbling).Format(time.RFC3339))
		b = append(b, `},"state":{}`...)
		b = appendField(b, "shardId", onlyShard)
		b = appendField(b, "eventSourceARN", p.arn)
		b = append(b, `,"isFinalInvokeForWindow":false,"isWindowTerminatedEarly":false`...)
	}
	return append(b, '}')
}

// recordBytes is about how long a record is: what is set aside for one.
const recordBytes = 2048
