package law

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/events"
)

const (
	readme     = "README.md"
	mapHeading = "## The map"
	frozenFile = "events/contract/FROZEN"
)

// mapLine is a line of the map: a folder from the root, then what it promises. Spaces before it are for the eye.
var mapLine = regexp.MustCompile(`^\s*((?:shared|functions|infra)/[a-z/]*[a-z]|events)/?(?:\s|$)`)

// brokenMap compares the fenced block under "## The map" with the folders of shared, functions and infra, and events. Folders
// further down may be listed too; whatever is listed must be there.
func brokenMap(h House) []Finding {
	text, ok := h.texts[readme]
	if !ok {
		return []Finding{{File: readme, What: "there is none", Do: "write it, with the map under " + mapHeading}}
	}
	first, listed := mapOf(text)
	if first == 0 {
		return []Finding{{File: readme, What: "no fenced block under " + mapHeading, Do: "list each folder there, one a line, with its promise"}}
	}
	tree := []string{"events"}
	for _, under := range []string{"shared", "functions", "infra"} {
		for _, folder := range h.folders(under) {
			tree = append(tree, under+"/"+folder)
		}
	}
	var findings []Finding
	for _, folder := range tree {
		if _, ok := listed[folder]; !ok {
			findings = append(findings, Finding{File: readme, Line: first, What: folder + "/ is not on the map", Do: "add it with its promise"})
		}
	}
	for folder, line := range listed {
		if !h.has(folder) {
			findings = append(findings, Finding{File: readme, Line: line, What: folder + "/ is on the map and not in the tree", Do: "take it off"})
		}
	}
	return findings
}

// has reports that a folder holds a file.
func (h House) has(folder string) bool {
	for name := range h.texts {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

// mapOf finds the block and the folders it lists, each with its line. first is 0 where there is no block.
func mapOf(text string) (first int, listed map[string]int) {
	listed = map[string]int{}
	under, inside := false, false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```") && inside:
			return first, listed
		case strings.HasPrefix(line, "```") && under:
			inside, first = true, i+1
		case strings.HasPrefix(line, "## ") && !inside:
			under = strings.TrimSpace(line) == mapHeading
		case inside:
			if m := mapLine.FindStringSubmatch(line); m != nil {
				listed[m[1]] = i + 1
			}
		}
	}
	return 0, nil
}

// brokenFrozen holds schema and sample of every published event against the hash they were published with.
func brokenFrozen(h House) []Finding {
	var findings []Finding
	frozen := map[string]string{}
	for line := range strings.Lines(h.texts[frozenFile]) {
		if fields := strings.Fields(line); len(fields) == 2 {
			frozen[fields[1]] = fields[0]
		}
	}
	var wanted []string
	for _, spec := range events.Types() {
		wanted = append(wanted, spec.Name+".schema.json", spec.Name+".sample.json")
	}
	for name, hash := range frozen {
		file := "events/contract/" + name
		text, ok := h.texts[file]
		sum := sha256.Sum256([]byte(text))
		if !ok || hex.EncodeToString(sum[:]) != hash {
			findings = append(findings, Finding{File: file, What: "it is not what was published", Do: "restore it; a new meaning is a new version beside it"})
		}
		if !slices.Contains(wanted, name) {
			findings = append(findings, Finding{File: frozenFile, What: name + " was published and is not in the registry", Do: "keep reading old versions"})
		}
	}
	for _, name := range wanted {
		if _, ok := frozen[name]; !ok {
			findings = append(findings, Finding{File: frozenFile, What: name + " is not frozen", Do: "append its SHA-256 to publish it"})
		}
	}
	return findings
}
