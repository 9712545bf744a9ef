package quick_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/quick"
)

// all is one of everything that a Reader reads.
type all struct {
	Text string
	Int  int64
	Is   bool
	At   time.Time
	List []string
}

func read(text []byte) (a all, whole bool) {
	r := quick.Read(text)
	r.Object(func(name []byte) {
		switch string(name) {
		case "Text":
			a.Text = r.Text()
		case "Int":
			a.Int = r.Int()
		case "Is":
			a.Is = r.Bool()
		case "At":
			a.At = r.Time()
		case "List":
			a.List = []string{}
			r.Array(func() { a.List = append(a.List, r.Text()) })
		default:
			r.Fail()
		}
	})
	return a, r.Whole()
}

var written = map[string]bool{ // whether it is known
	`{}`: true, `{"Text":"a\"\\\/\b\f\n\r\té😀","Int":-12,"Is":true,"At":"2026-11-22T08:00:00.5+01:00","List":["a",""]}`: true, `{"Is":false,"List":[]}`: true,
	`{"Int":0}`: true, `{"Int":9223372036854775807}`: true,
	``: false, `null`: false, ` {}`: false, `{} `: false, `{"Text": "a"}`: false, `{"Text":"\u00e9"}`: false, `{"Text":null}`: false, `{"Int":007}`: false, `{"Int":-0}`: false,
	`{"Int":-}`: false, `{"Int":}`: false, `{"Int":1.5}`: false, `{"Int":9223372036854775808}`: false, `{"Is":tru}`: false, `{"At":"today"}`: false, `{"List":["a",]}`: false,
	`{"List":["a"}`: false, `{"Text":"a}`: false, `{"Text":"\`: false, `{"Text":"a",}`: false, `{"Text"}`: false, `{,}`: false, "{\"Text\":\"\xff\"}": false, "{\"Text\":\"\n\"}": false, `{"More":1}`: false,
}

func TestWhatIsKnownIsReadAsItIs(t *testing.T) {
	t.Parallel()
	for text, known := range written {
		if _, whole := read([]byte(text)); whole != known {
			t.Errorf("%s: known is %v; want %v", text, whole, known)
		}
		same(t, []byte(text))
	}
}

// same holds what was read whole against encoding/json.
func same(t *testing.T, text []byte) {
	t.Helper()
	got, whole := read(text)
	if !whole {
		return
	}
	var want all
	err := json.Unmarshal(text, &want)
	if err != nil || got.Text != want.Text || got.Int != want.Int || got.Is != want.Is || !got.At.Equal(want.At) || len(got.List) != len(want.List) {
		t.Errorf("%s: %+v; encoding/json %+v, %v", text, got, want, err)
	}
}

func FuzzRead(f *testing.F) {
	for text := range written {
		f.Add([]byte(text))
	}
	f.Fuzz(same)
}

func TestWhatIsAppendedIsJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 8, 0, 0, 5, time.FixedZone("", 3600))
	b, plain := quick.AppendText([]byte{'{'}, "Text", "a b")
	b, sound := quick.AppendTime(quick.AppendTrue(quick.AppendInt(b, "Int", -3), "Is"), "At", at)
	if want := `{"Text":"a b","Int":-3,"Is":true,"At":"2026-11-22T08:00:00.000000005+01:00"`; string(b) != want || !plain || !sound {
		t.Errorf("%s", b)
	}
	for _, text := range []string{`"`, `\`, "\n", "é", "<", "&"} {
		if _, plain := quick.AppendText(nil, "Text", text); plain {
			t.Errorf("%q needs an escape", text)
		}
	}
	if _, sound := quick.AppendTime(nil, "At", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)); sound {
		t.Error("JSON has no year of five digits")
	}
}
