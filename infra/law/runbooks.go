package law

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	runbooks = "infra/runbooks"
	howtos   = runbooks + "/howto"
	helpTree = "infra/regulars/cli/testdata/help" // what the command says of itself, one file a command
)

// runbookParts are what a page must answer, in the order in which they are asked at night.
var runbookParts = []string{"What it means.", "What the shopper sees.", "How to look.", "What to do.", "How to know it is over."}

var (
	// pageCommand is a command on a page: a line of a code block, or a span between backquotes.
	pageCommand = regexp.MustCompile("(?m)^    ((?:regulars|make) [^\n]*)$|`((?:regulars|make) [^`\n]*)`")
	pageFlag    = regexp.MustCompile(`^--[a-z-]+`)
	makeTarget  = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

// alarmHeading is the heading of a section that is about one alarm of several on a page.
var alarmHeading = regexp.MustCompile(`(?m)^## (\w+Alarm)$`)

// brokenRunbooks compares the alarms of the template with the pages of infra/runbooks, and what the pages tell people to type with what
// can be typed. An alarm has a page of its own or a section on one, and the text that it sends at night says which page that is.
func brokenRunbooks(h House) []Finding {
	var findings []Finding
	pages := map[string]string{} // where each alarm is explained
	for _, name := range slices.Sorted(maps.Keys(h.texts)) {
		switch path.Dir(name) {
		case howtos:
			findings = append(findings, h.brokenCommands(name)...)
			continue
		case runbooks:
		default:
			continue
		}
		sections := alarmHeading.FindAllStringSubmatch(h.texts[name], -1)
		for _, m := range sections {
			pages[m[1]] = name
		}
		if own := strings.TrimSuffix(path.Base(name), ".md"); pages[own] == "" && len(sections) == 0 {
			pages[own] = name
		}
		findings = append(findings, h.brokenPage(name)...)
	}
	for _, kind := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
		for _, r := range h.ofType(kind) {
			page, ok := pages[r.LogicalID]
			delete(pages, r.LogicalID)
			switch {
			case !ok:
				findings = append(findings, inTemplate(r.Line, r.LogicalID+" has no runbook", "write "+runbooks+"/"+r.LogicalID+".md, or its section on a page"))
			case !strings.Contains(r.Properties.At("AlarmDescription").Text(), page):
				findings = append(findings, inTemplate(r.Line, r.LogicalID+" does not say where its runbook is", "name "+page+" in AlarmDescription"))
			}
		}
	}
	for _, alarm := range slices.Sorted(maps.Keys(pages)) {
		findings = append(findings, Finding{File: pages[alarm], What: "no alarm is called " + alarm, Do: "take the page or the section away, or call it after its alarm"})
	}
	return findings
}

// brokenPage looks at one page: its parts in their order, and each command on it.
func (h House) brokenPage(name string) []Finding {
	var findings []Finding
	text := h.texts[name]
	from := 0
	for _, part := range runbookParts {
		i := strings.Index(text[from:], "**"+part+"**")
		if i < 0 {
			findings = append(findings, Finding{File: name, What: fmt.Sprintf("%q is missing or out of order", part), Do: "say it in its place"})
			continue
		}
		from += i
	}
	return append(findings, h.brokenCommands(name)...)
}

// brokenCommands looks at each command on a page.
func (h House) brokenCommands(name string) []Finding {
	var findings []Finding
	text := h.texts[name]
	for _, m := range pageCommand.FindAllStringSubmatchIndex(text, -1) {
		typed := ""
		for _, group := range []int{2, 4} {
			if m[group] >= 0 {
				typed = text[m[group]:m[group+1]]
			}
		}
		if what := h.untypable(strings.Fields(typed)); what != "" {
			line := strings.Count(text[:m[0]], "\n") + 1
			findings = append(findings, Finding{File: name, Line: line, What: what, Do: "name a command that exists"})
		}
	}
	return findings
}

// untypable says what is wrong with a command, "" where nothing is. A command's help names every flag that it takes.
func (h House) untypable(words []string) string {
	if words[0] == "make" {
		for _, m := range makeTarget.FindAllStringSubmatch(h.texts["Makefile"], -1) {
			if m[1] == words[1] {
				return ""
			}
		}
		return "there is no target make " + words[1]
	}
	help, ok := h.texts[helpTree+"/"+words[1]+".txt"]
	if !ok {
		return "there is no command regulars " + words[1]
	}
	if len(words) > 2 && strings.Contains(help, "COMMAND [ARGUMENT") {
		if help, ok = h.texts[helpTree+"/"+words[1]+"_"+words[2]+".txt"]; !ok {
			return "there is no command regulars " + words[1] + " " + words[2]
		}
	}
	for _, word := range words[2:] {
		if flag := pageFlag.FindString(word); flag != "" && !strings.Contains(help, "  "+flag+" ") {
			return "regulars " + words[1] + " takes no " + flag
		}
	}
	return ""
}
