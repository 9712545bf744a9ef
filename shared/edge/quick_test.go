package edge

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// triggers are those of the testdata, and some that neither AWS nor one machine would send.
func triggers(tb testing.TB) [][]byte {
	tb.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatal(files, err)
	}
	var list [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, text)
	}
	for _, text := range []string{
		`{"Records":[{"messageId":"q-1","receiptHandle":"q-1#1","body":"{\"id\":\"m1\"}","attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"1"},"messageAttributes":{"correlation_id":{"stringValue":"c","dataType":"String"},"n":{"dataType":"Binary"}},"eventSource":"aws:sqs"}]}`,
		`{"Records":[{"eventID":"1","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"x","eventSourceARN":"arn:a:table/t/stream","dynamodb":{"ApproximateCreationDateTime":1480642020,"Keys":{"pk":{"S":"card/1"}},"NewImage":{"pk":{"S":"card/1"},"v":{"N":"2"}},"OldImage":{"pk":{"S":"card/1"},"b":{"B":"AAE="}},"SequenceNumber":"9","SizeBytes":10,"StreamViewType":"NEW_AND_OLD_IMAGES"}}],"window":{"start":"a","end":"b"},"state":{},"shardId":"local","eventSourceARN":"x","isFinalInvokeForWindow":false,"isWindowTerminatedEarly":false}`,
		`{"Records":[],"Records":[{"messageId":"x"}]}`, `{"records":[{"MESSAGEID":"x"}]}`, `{"Records":null,"shardId":null}`, `{}`, `null`, ``, `{"Records":[{}]}`, `{"Records":[{"dynamodb":{"ApproximateCreationDateTime":1.48E9,"Keys":{"a":{}}}}]}`,
	} {
		list = append(list, []byte(text))
	}
	return list
}

func sameTrigger(t *testing.T, text []byte) {
	t.Helper()
	var queue queueEvent
	failed := json.Unmarshal(text, &queue)
	if got, err := readBatch(text); (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, queue) {
		t.Errorf("%s\nis read as %+v, %v\nby encoding/json: %+v, %v", text, got, err, queue, failed)
	}
	var stream streamEvent
	failed = json.Unmarshal(text, &stream)
	if got, err := readStream(text); (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, stream) {
		t.Errorf("%s\nis read as %+v, %v\nby encoding/json: %+v, %v", text, got, err, stream, failed)
	}
}

func TestATriggerIsReadAlikeBothWays(t *testing.T) {
	t.Parallel()
	for _, text := range triggers(t) {
		sameTrigger(t, text)
	}
}

func FuzzBothWays(f *testing.F) {
	for _, text := range triggers(f) {
		f.Add(text)
	}
	f.Fuzz(sameTrigger)
}
