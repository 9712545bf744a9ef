package local

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/local/pattern"
	"github.com/regulars-dev/regulars/shared/store"
)

// A filter sees the same whether a record is made as it asks for it or written and read.
func TestFiltersSeeTheWholeRecord(t *testing.T) {
	t.Parallel()
	item := func(version int64) *store.Item {
		return &store.Item{Key: store.Key{Table: store.Cards, Partition: "A", Sort: "DATE/1"}, Version: version, Attrs: store.Attrs{"n": int64(4), "d": "x"}}
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]store.Change{
		"insert": {Seq: 1, New: item(1)}, "modify": {Seq: 2, Old: item(1), New: item(2)}, "remove": {Seq: 3, Old: item(2)},
	} {
		for _, text := range []string{
			`{"eventName":["INSERT"]}`, `{"eventName":["MODIFY"]}`, `{"eventName":["REMOVE"]}`, `{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"DATE/"}]}}}}`,
			`{"dynamodb":{"NewImage":{"n":{"N":["4"]}}}}`, `{"dynamodb":{"OldImage":{"d":{"S":[{"exists":true}]}}}}`, `{"dynamodb":{"NewImage":{"n":{"S":[{"exists":false}]}}}}`,
			`{"dynamodb":{"NewImage":{"absent":{"S":[{"exists":false}]}}}}`, `{"dynamodb":{"SequenceNumber":["2"]}}`, `{"dynamodb":{"SizeBytes":[{"numeric":[">",40]}]}}`,
			`{"eventSource":["aws:dynamodb"]}`, `{"userIdentity":{"type":["Service"]}}`, `{"dynamodb":["INSERT"]}`, `{"nothing":["x"]}`,
		} {
			p, err := pattern.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			want, err := p.Match(appendRecord(nil, c, "arn", now))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Matches(pattern.Made(recordFields(c, "arn", now))); got != want {
				t.Errorf("%s, %s: %v made as it is asked for, %v read", name, text, got, want)
			}
		}
	}
}
