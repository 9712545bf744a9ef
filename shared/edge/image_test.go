package edge

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// images are as DynamoDB and the machine write them, and as neither does.
var images = []string{
	`{}`, `null`, `{"pk":{"S":"card/1"},"v":{"N":"7"},"lots":{"B":"AAE="}}`, `{"d":{"S":"{\"a\":\"\\n\\u003c\",\"b\":\"\/\"}"},"e":{"S":""}}`,
	`{"n":{"N":"1.5"},"m":{"N":"99999999999999999999"},"o":{"N":"-3"}}`, `{"a":{"S":"\u00e9\ud83d\ude00"}}`, `{"a":{"S":"é😀"}}`, `{"\"":{"S":"\t\b\f\r"}}`,
	`{ "a" : { "S" : "x" } }`, `{"a":{"BOOL":true},"b":{"L":[{"S":"x"}]},"c":{"NULL":true},"d":{"M":{"S":{"S":"x"}}}}`, `{"a":{"S":"x","N":"1"}}`, `{"a":{}}`,
	`{"a":{"B":"no base64"}}`, `{"a":{"S":"x"},"a":{"N":"1"}}`, `{"a":{"S":null}}`, `{"a":{"X":"x"}}`, "{\"a\":{\"S\":\"\xff\"}}",
}

// the long way alone.
func slowly(text []byte) (map[string]any, error) {
	var im image
	if err := json.Unmarshal(text, &im.cells); err != nil {
		return nil, err
	}
	return im.values()
}

func sameBothWays(t *testing.T, text []byte) {
	t.Helper()
	var im image
	err := json.Unmarshal(text, &im)
	want, failed := slowly(text)
	if err == nil {
		var got map[string]any
		if got, err = im.values(); err == nil && failed == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v; the long way %#v", text, got, want)
		}
	}
	if (err == nil) != (failed == nil) {
		t.Errorf("%s: %v; the long way %v", text, err, failed)
	}
}

func TestAnImageIsReadAlikeBothWays(t *testing.T) {
	t.Parallel()
	for _, text := range images {
		sameBothWays(t, []byte(text))
	}
}

func TestWhatWeStoreIsReadQuickly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{images[0], images[2], strings.Replace(images[3], `\/`, "/", 1), images[4], images[6]} {
		if quickly([]byte(text)) == nil {
			t.Errorf("%s takes the long way", text)
		}
	}
}

func FuzzImage(f *testing.F) {
	for _, text := range images {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if json.Valid(text) {
			sameBothWays(t, text)
		}
	})
}

// The record of an e-mail, as the stream of the records table brings it twice for each.
func BenchmarkImage(b *testing.B) {
	record, err := json.Marshal(strings.Repeat(`{"id":"m01HZX","campaign":"news","ordered_at":"2026-07-01T09:00:00Z"},`, 10))
	if err != nil {
		b.Fatal(err)
	}
	text := []byte(`{"pk":{"S":"card/7001"},"sk":{"S":"MESSAGE/m01HZX"},"v":{"N":"2"},"st":{"S":"sent"},"d":{"S":` + string(record) + `}}`)
	for name, read := range map[string]func() error{
		"quick": func() error { var im image; return json.Unmarshal(text, &im) },
		"slow":  func() error { _, err := slowly(text); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
