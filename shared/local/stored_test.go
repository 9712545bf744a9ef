package local

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAMessageIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]stored{
		"all":     {Body: "{\"a\":\"ü\"}", Attributes: map[string]string{"id": "1", "b": ""}, Sent: 1763775600000000000, First: 7, Receives: 3, Visible: -1, From: "MailQueue"},
		"nothing": {},
	} {
		text := appendStored(nil, s)
		got, err := readStored(text)
		if d := cmp.Diff(s, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, d)
		}
		for n := range len(text) - len(s.Body) {
			if _, err := readStored(text[:n]); err == nil {
				t.Errorf("%s: %d bytes of its %d pass for a message", name, n, len(text))
			}
		}
	}
}

func TestAMessageOfAnEarlierProgramIsRead(t *testing.T) {
	t.Parallel()
	got, err := readStored([]byte(`{"b":"hello","a":{"id":"1"},"s":5,"r":2,"v":9,"d":"Q"}`))
	want := stored{Body: "hello", Attributes: map[string]string{"id": "1"}, Sent: 5, Receives: 2, Visible: 9, From: "Q"}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func FuzzStored(f *testing.F) {
	f.Add(appendStored(nil, stored{Body: "x", Attributes: map[string]string{"a": "b"}, From: "Q"}))
	f.Fuzz(func(_ *testing.T, text []byte) { _, _ = readStored(text) })
}
