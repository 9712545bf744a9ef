// Package law keeps the house rules as tests: who may import whom, what template.yaml owes the code and the code owes
// template.yaml, which rights are granted, what is frozen, and how tidy it all is.
//
// A law reads files only; it builds nothing and calls nobody. Each is a function from the House to Findings, and each has a
// planted fault that proves it bites. A finding that seems wrong is a reason to change the rule's data here, with the reason
// beside it, and never to write around it.
package law

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/local/sam"
)

// MaxFileBytes bounds the files that laws read; longer ones are data, and count as there but empty.
const MaxFileBytes = 1 << 20

// Law is one rule of the house.
type Law struct {
	Name    string
	Promise string // what holds while Broken finds nothing
	Broken  func(House) []Finding
}

// Laws lists every law.
var Laws = []Law{
	{"rooms", "a room imports only what the table allows", brokenRooms},
	{"kits", "test kits are imported by tests alone", brokenKits},
	{"size", "files and functions are short enough to read in one go", brokenSize},
	{"calls", "no clock, chance, environment, log or float where decisions are made", brokenCalls},
	{"tests", "no test skips or sleeps", brokenTests},
	{"decoders", "every reader of what others wrote is tried with any text, and keeps what it was tried with", brokenDecoders},
	{"packages", "every package says what it promises", brokenPackages},
	{"map", "the README's map is the tree", brokenMap},
	{"frozen", "published contract files do not change", brokenFrozen},
	{"functions", "functions, folders, build targets and sample events are the same set", brokenFunctions},
	{"settings", "environment names are those of the Config structs, and point where they say", brokenSettings},
	{"rules", "what rules wait for is published, and what is published to us is waited for", brokenRules},
	{"feedback", "SES reports to the default bus, by names that exist", brokenFeedback},
	{"delivery", "nothing that fails is lost: partial failures, dead letters, time enough to work", brokenDelivery},
	{"queue policies", "events may enter the queues they are sent to", brokenQueuePolicies},
	{"schedules", "schedules have a next date and a zone that exists", brokenSchedules},
	{"tables", "tables, keys and indexes are the store's", brokenTables},
	{"names", "two stages live in one account", brokenNames},
	{"logs", "every function logs to a group that forgets", brokenLogs},
	{"encryption", "what waits in queues is encrypted where it lies, and topics let alarms through", brokenEncryption},
	{"alarms", "dead letters, old messages and failing functions call a person", brokenAlarms},
	{"runbooks", "every alarm has its page and names it, and what a page tells people to type exists", brokenRunbooks},
	{"dashboard", "every alarm is on the dashboard, and what it shows is emitted", brokenDashboard},
	{"parameters", "what a deployment chooses is checked, used, and secret where it must be", brokenParameters},
	{"rights", "a function may do what an adapter can do, on named things, and no more", brokenRights},
	{"guard", "the run on one machine asks for every right that AWS would ask for", brokenGuard},
	{"clients", "a binary links the AWS clients that its rights need, and no other", brokenClients},
}

// Finding is one place where a law is broken: what is missing there, and what to do.
type Finding struct {
	File string
	Line int // 0 for the whole file
	What string
	Do   string
}

func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s; %s", f.File, f.What, f.Do)
	}
	return fmt.Sprintf("%s:%d: %s; %s", f.File, f.Line, f.What, f.Do)
}

// House is the repository as the laws see it. It is not changed after it was opened; With makes another one.
type House struct {
	texts    map[string]string    // text of every file, by its path from the root
	syntax   map[string]*ast.File // those of them that are Go
	set      *token.FileSet
	template sam.Template
}

const (
	templateFile = "template.yaml"
	module       = "github.com/regulars-dev/regulars/"
)

// Open reads the repository whose root is given. Folders that begin with a dot, and build, are not part of it.
func Open(root fs.FS) (House, error) {
	h := House{texts: map[string]string{}, syntax: map[string]*ast.File{}, set: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || name == "build" || name == "node_modules"):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) { // a file that an editor has just taken away
			return nil
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || info.Size() > MaxFileBytes {
			h.texts[name] = ""
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		return h.put(name, string(text))
	})
	if err != nil {
		return House{}, fmt.Errorf("open house: %w", err)
	}
	if _, ok := h.texts[templateFile]; !ok {
		return House{}, fmt.Errorf("open house: no %s", templateFile)
	}
	return h, nil
}

// With is the house with one file written or replaced.
func (h House) With(name, text string) (House, error) {
	h.texts, h.syntax = maps.Clone(h.texts), maps.Clone(h.syntax)
	if err := h.put(name, text); err != nil {
		return House{}, fmt.Errorf("write %s: %w", name, err)
	}
	return h, nil
}

// Without is the house with one file taken away.
func (h House) Without(name string) House {
	h.texts, h.syntax = maps.Clone(h.texts), maps.Clone(h.syntax)
	delete(h.texts, name)
	delete(h.syntax, name)
	return h
}

func (h *House) put(name, text string) error {
	h.texts[name] = text
	switch {
	case name == templateFile:
		template, err := sam.Read(strings.NewReader(text))
		if err != nil {
			return err
		}
		h.template = template
	case strings.HasSuffix(name, ".go") && !strings.Contains(name, "testdata/"):
		file, err := parser.ParseFile(h.set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		h.syntax[name] = file
	}
	return nil
}

// goFiles lists the Go files of the house in order, with or without tests.
func (h House) goFiles(tests bool) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(h.syntax)) {
		if tests || !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
	}
	return names
}

// packages maps each folder with production Go files to those files.
func (h House) packages() map[string][]string {
	folders := map[string][]string{}
	for _, name := range h.goFiles(false) {
		folders[path.Dir(name)] = append(folders[path.Dir(name)], name)
	}
	return folders
}

// folders lists what lies directly under a folder and holds a file at any depth.
func (h House) folders(under string) []string {
	seen := map[string]bool{}
	for name := range h.texts {
		if rest, ok := strings.CutPrefix(name, under+"/"); ok {
			if first, _, deeper := strings.Cut(rest, "/"); deeper {
				seen[first] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// at makes a finding at a place in a Go file.
func (h House) at(pos token.Pos, what, do string) Finding {
	position := h.set.Position(pos)
	return Finding{File: position.Filename, Line: position.Line, What: what, Do: do}
}

// inTemplate makes a finding at a line of the template.
func inTemplate(line int, what, do string) Finding {
	return Finding{File: templateFile, Line: line, What: what, Do: do}
}
