package main

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStepsAreReadFromMarkedBlocksOnly(t *testing.T) {
	t.Parallel()
	readme := "# Shop\n\n```console\n$ not this\n```\n\n" + fence + "\n$ curl -s \\\n  http://127.0.0.1:8080/healthz\n{\"ok\":true}\n$ cat <<END\n> a\n> END\na\n```\n\n" + fence + "\n$ true\n```\n"
	want := []Step{
		{Command: "curl -s \\\n  http://127.0.0.1:8080/healthz", Shown: "{\"ok\":true}\n", Line: 8},
		{Command: "cat <<END\na\nEND", Shown: "a\n", Line: 11},
		{Command: "true", Line: 18},
	}
	if diff := cmp.Diff(want, Steps(readme)); diff != "" {
		t.Error(diff)
	}
}

func TestShownOutputMayLeaveThingsOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown, printed string
		want           bool
	}{
		{"", "anything", true},
		{"12 points\n", "12 points", true},
		{"12 points", "13 points", false},
		{"12 points", "12 points\nand more", false},
		{"12 points\n...", "12 points\nand more\nand more", true},
		{"12 points\n...", "12 points", true},
		{"...\n12 points", "first\nsecond\n12 points", true},
		{"a\n...\nb", "a\nb", true},
		{"a\n...\nb", "a\nx\ny\nb", true},
		{`{"id":"...","points":12}`, `{"id":"M0.(x","points":12}`, true},
		{`{"id":"...","points":12}`, `{"id":"M0","points":1}`, false},
		{"{...}", "{\n  \"a\": 1\n}", true},
		{"a  \nb", "a\nb \n\n", true},
	} {
		if got := Matches(c.shown, c.printed); got != c.want {
			t.Errorf("shown %q, printed %q: got %v", c.shown, c.printed, got)
		}
	}
}

func take(t *testing.T, readme string) (string, error) {
	t.Helper()
	var told strings.Builder
	err := Take(context.Background(), Steps(fence+"\n"+readme+"\n```\n"), &told)
	return told.String(), err
}

func TestStepsShareOneShell(t *testing.T) {
	t.Parallel()
	told, err := take(t, "$ KEY=demo\n$ printf '%s' \"$KEY\"\ndemo\n$ echo http://127.0.0.1:8080/\nhttp://127.0.0.1:8080/\n$ cat\n$ echo late >&2\nlate")
	if err != nil || !strings.Contains(told, "5 steps, all as shown") {
		t.Errorf("%v\n%s", err, told)
	}
}

func TestTourStopsAtTheFirstSurprise(t *testing.T) {
	t.Parallel()
	for readme, want := range map[string]string{
		"$ false\n$ echo not reached": "exit code 1",
		"$ echo 13\n12":               "printed something else",
		"$ exit 0":                    "the shell has gone",
		"no command":                  "no step found",
	} {
		if told, err := take(t, readme); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(told, "not reached") {
			t.Errorf("%q: got %v, want %q", readme, err, want)
		}
	}
}
