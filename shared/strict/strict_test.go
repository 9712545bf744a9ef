package strict_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/strict"
)

type line struct {
	SKU    string `json:"sku"`
	Amount int64  `json:"amount"`
	Note   string `json:"note,omitempty"`
}

type document struct {
	At    time.Time        `json:"at"`
	Lines []line           `json:"lines"`
	Tags  map[string]bool  `json:"tags,omitempty"`
	Extra *line            `json:"extra,omitempty"`
	Left  map[string]int64 `json:"-"`
}

const good = `{"at":"2026-11-21T10:00:00+01:00","lines":[{"sku":"a","amount":1}]}`

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ body, lenient, whole string }{
		{good, "", ""},
		{`{"at":"2026-11-21","lines":[{"sku":1,"amount":1.5,"sku":"b","price":2}]}`,
			"/at invalid, /lines/0/sku wrong_type, /lines/0/amount wrong_type, /lines/0/sku duplicate, /lines/0/price unknown_field",
			"/at invalid, /lines/0/sku wrong_type, /lines/0/amount wrong_type, /lines/0/sku duplicate, /lines/0/price unknown_field"},
		{`{"at":null,"lines":null,"extra":null}`, "/at wrong_type", "/at wrong_type, /lines wrong_type, /extra wrong_type"},
		{`{"lines":[{}]}`, "", "/lines/0/amount missing, /lines/0/sku missing, /at missing"},
		{`{"at":"2026-11-21T10:00:00Z","lines":[],"tags":{"a/b":1}}`, "/tags/a~1b wrong_type", "/tags/a~1b wrong_type"},
		{`{"Left":{}}`, "/Left unknown_field", "/Left unknown_field, /at missing, /lines missing"},
	} {
		var d document
		faults, err := strict.Decode([]byte(row.body), &d)
		if got := told(faults); err != nil || got != row.lenient {
			t.Errorf("Decode %s\n got %s %v\nwant %s", row.body, got, err, row.lenient)
		}
		faults, err = strict.DecodeWhole([]byte(row.body), &d, "")
		if got := told(faults); err != nil || got != row.whole {
			t.Errorf("DecodeWhole %s\n got %s %v\nwant %s", row.body, got, err, row.whole)
		}
	}
}

func told(faults []strict.Fault) string {
	text := ""
	for i, f := range faults {
		if i > 0 {
			text += ", "
		}
		text += f.Pointer + " " + f.Code
	}
	return text
}

func TestWhatIsNotOneDocument(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{", good + " {}", `{"at":}`, "{\"at\":\"\xff\"}"} {
		var d document
		if _, err := strict.Decode([]byte(body), &d); err == nil {
			t.Errorf("%q was read", body)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`{"lines":[[]],"extra":{"sku":{}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var d document
		if _, err := strict.DecodeWhole(body, &d, "/data"); err != nil {
			return
		}
	})
}
