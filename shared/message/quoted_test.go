package message

import (
	"bytes"
	"mime/quotedprintable"
	"testing"

	"pgregory.net/rapid"
)

// What the standard library writes byte by byte is written here in runs, and reads the same.
func TestQuotedPrintableIsThatOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	letters := rapid.SampledFrom([]rune("abc ABC  \t=\n\r.,<>\"'äßé漢字مرحبا😀~\x01\x7f"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(letters, 0, 400, -1).Draw(t, "text")
		var want bytes.Buffer
		w := quotedprintable.NewWriter(&want)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := appendQuoted(nil, text); string(got) != want.String() {
			t.Fatalf("%q\ngot  %q\nwant %q", text, got, want.String())
		}
	})
}
