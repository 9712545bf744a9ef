package main

import (
	"regexp"
	"strings"
)

// Step is one command of the tour and what the README shows of its output.
type Step struct {
	Command string // may go over several lines that end in a backslash, or begin with "> "
	Shown   string
	Line    int // of the README
}

const fence = "```console tour"

// Steps reads the steps out of a README, in order.
func Steps(readme string) []Step {
	var steps []Step
	inside := false
	for i, line := range strings.Split(readme, "\n") {
		line = strings.TrimRight(line, "\r")
		last := len(steps) - 1
		switch {
		case !inside:
			inside = strings.TrimSpace(line) == fence
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			inside = false
		case strings.HasPrefix(line, "$ "):
			steps = append(steps, Step{Command: line[2:], Line: i + 1})
		case last >= 0 && steps[last].Shown == "" && (strings.HasSuffix(steps[last].Command, `\`) || strings.HasPrefix(line, "> ")):
			steps[last].Command += "\n" + strings.TrimPrefix(line, "> ")
		case last >= 0:
			steps[last].Shown += line + "\n"
		}
	}
	return steps
}

// Matches reports whether printed is what was shown. "..." within a line is anything, even over lines; alone on a line it is any
// number of lines. Space at the ends of lines does not count.
func Matches(shown, printed string) bool {
	if strings.TrimSpace(shown) == "" {
		return true
	}
	var pattern strings.Builder
	for line := range strings.Lines(tidy(shown)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(line) == "..." {
			pattern.WriteString(`(?:[^\n]*\n)*`)
			continue
		}
		parts := strings.Split(line, "...")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		pattern.WriteString(strings.Join(parts, `(?s:.*)`) + `\n`)
	}
	return regexp.MustCompile(`\A` + pattern.String() + `\z`).MatchString(tidy(printed))
}

// tidy ends every line with a newline and nothing before it, and leaves out empty lines at both ends.
func tidy(text string) string {
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		lines = append(lines, strings.TrimRight(line, " \t\r"))
	}
	return strings.Join(lines, "\n") + "\n"
}
