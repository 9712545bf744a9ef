package message

import (
	"bytes"
	"mime/quotedprintable"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What the standard library writes byte by byte is written here in runs, and reads the same.
func TestQuotedPrintableIsThatOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	// A carriage return stands before a line feed only: after a lone one the standard library loses the next line feed, however far it is.
	letters := rapid.SampledFrom(append(strings.Split("abc ABC  \t=\n.,<>\"'äßé漢字مرحبا😀~\x01\x7f", ""), "\r\n"))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(letters, 0, 400).Draw(t, "text"), "")
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
