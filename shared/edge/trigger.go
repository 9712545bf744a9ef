package edge

import (
	"encoding/json"

	"github.com/regulars-dev/regulars/shared/quick"
)

// Events of queues and streams carry JSON within JSON, some KB for each record, and encoding/json walks over all of it three times. Written as one
// machine and Lambda write them they are read in one go; whatever has anything else in it is read by encoding/json, and a test holds one against
// the other.

type queueEvent struct{ Records []sqsRecord }

type streamEvent struct {
	Records []streamRecord
	Shard   string `json:"shardId"`
}

func readBatch(payload []byte) (queueEvent, error) {
	var in queueEvent
	r := quick.Read(payload)
	r.Object(func(name []byte) {
		if string(name) != "Records" || in.Records != nil {
			r.Fail()
			return
		}
		in.Records = []sqsRecord{}
		r.Array(func() { in.Records = append(in.Records, quickMessage(r)) })
	})
	if r.Whole() {
		return in, nil
	}
	in = queueEvent{}
	return in, json.Unmarshal(payload, &in)
}

func quickMessage(r *quick.Reader) (m sqsRecord) {
	r.Object(func(name []byte) {
		switch string(name) {
		case "messageId":
			m.MessageID = r.Text()
		case "body":
			m.Body = r.Text()
		case "attributes":
			r.Object(func(name []byte) {
				switch string(name) {
				case "ApproximateReceiveCount":
					m.Attributes.ReceiveCount = r.Text()
				case "SentTimestamp", "ApproximateFirstReceiveTimestamp", "SenderId":
					r.Text()
				default:
					r.Fail()
				}
			})
		case "messageAttributes":
			if m.MessageAttributes == nil {
				m.MessageAttributes = map[string]attribute{}
			}
			r.Object(func(name []byte) {
				called := string(name)
				m.MessageAttributes[called] = quickAttribute(r)
			})
		case "receiptHandle", "eventSource", "eventSourceARN", "awsRegion", "md5OfBody":
			r.Text()
		default:
			r.Fail()
		}
	})
	return m
}

func quickAttribute(r *quick.Reader) (a attribute) {
	r.Object(func(name []byte) {
		switch string(name) {
		case "stringValue":
			text := r.Text()
			a.StringValue = &text
		case "dataType":
			r.Text()
		default:
			r.Fail()
		}
	})
	return a
}

func readStream(payload []byte) (streamEvent, error) {
	var in streamEvent
	r := quick.Read(payload)
	r.Object(func(name []byte) {
		switch string(name) {
		case "Records":
			if in.Records != nil {
				r.Fail()
				return
			}
			in.Records = []streamRecord{}
			r.Array(func() { in.Records = append(in.Records, quickChange(r)) })
		case "shardId":
			in.Shard = r.Text()
		case "eventSourceARN":
			r.Text()
		case "isFinalInvokeForWindow", "isWindowTerminatedEarly":
			r.Bool()
		case "window", "state":
			r.Object(func([]byte) { r.Text() })
		default:
			r.Fail()
		}
	})
	if r.Whole() {
		return in, nil
	}
	in = streamEvent{}
	return in, json.Unmarshal(payload, &in)
}

func quickChange(r *quick.Reader) (c streamRecord) {
	r.Object(func(name []byte) {
		switch string(name) {
		case "eventID":
			c.EventID = r.Text()
		case "eventName":
			c.EventName = r.Text()
		case "eventSourceARN":
			c.SourceARN = r.Text()
		case "eventVersion", "eventSource", "awsRegion":
			r.Text()
		case "dynamodb":
			quickImages(r, &c)
		default:
			r.Fail() // also of what expired, which is seldom
		}
	})
	return c
}

func quickImages(r *quick.Reader, c *streamRecord) {
	d := &c.DynamoDB
	r.Object(func(name []byte) {
		switch string(name) {
		case "ApproximateCreationDateTime":
			d.At = json.Number(r.Digits())
		case "Keys":
			d.Keys.quick = imageOf(r)
		case "NewImage":
			d.New.quick = imageOf(r)
		case "OldImage":
			d.Old.quick = imageOf(r)
		case "SequenceNumber":
			d.Sequence = r.Text()
		case "SizeBytes":
			r.Int()
		case "StreamViewType":
			r.Text()
		default:
			r.Fail()
		}
	})
}
