package law

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Sizes that a person reads in one go. They are smoke alarms: where one goes off for code that is clear as it is, change the
// number with the reason; splitting a good function to silence it is the worse fault.
const (
	maxFileLines     = 400
	maxFunctionLines = 70 // of production code; a table in a test may be longer
	maxMainLines     = 25 // of a Lambda binary's main.go, without comments and blank lines
)

// brokenSize counts lines as an editor shows them. A function's comment is not part of it, so explaining costs nothing.
func brokenSize(h House) []Finding {
	var findings []Finding
	for _, name := range h.goFiles(true) {
		file := h.syntax[name]
		if lines := strings.Count(h.texts[name], "\n"); lines > maxFileLines {
			findings = append(findings, Finding{File: name, What: fmt.Sprintf("%d lines, at most %d", lines, maxFileLines), Do: "find the second idea in it and give that a file"})
		}
		if strings.HasPrefix(name, "functions/") && path.Base(name) == "main.go" {
			if lines := codeLines(h.texts[name]); lines > maxMainLines {
				findings = append(findings, Finding{File: name, What: fmt.Sprintf("%d lines of code, at most %d", lines, maxMainLines), Do: "leave wiring alone in main; the rest belongs to the function or to shared/aws/wire"})
			}
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, declaration := range file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := h.set.Position(f.End()).Line - h.set.Position(f.Pos()).Line + 1; lines > maxFunctionLines {
				findings = append(findings, h.at(f.Pos(), fmt.Sprintf("func %s has %d lines, at most %d", f.Name.Name, lines, maxFunctionLines), "give its steps names"))
			}
		}
	}
	return findings
}

// codeLines counts lines that are neither blank nor comment.
func codeLines(text string) int {
	count := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			count++
		}
	}
	return count
}

// ban is a list of calls that some folders do without.
type ban struct {
	calls  []string // "time.Now"; "log.*" is everything of a package; a name without a dot is built in
	folder func(string) bool
	do     string
}

// bans say what decisions and handlers do without, and how they get it instead. The same code then runs on a virtual clock, and a
// repeat decides the same.
var bans = []ban{
	{[]string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.Tick", "time.NewTimer", "time.NewTicker", "time.AfterFunc"},
		func(f string) bool { return onFloor(f, 1, 4) || isHandler(f) }, "take the moment as an argument, or a clock func() time.Time in New"},
	{[]string{"float32", "float64"}, func(f string) bool { return onFloor(f, 1, 3) }, "count in integers: minor units, points, basis points"},
	{[]string{"panic", "log.Fatal", "log.Fatalf", "log.Fatalln", "os.Exit", "os.Getenv", "os.LookupEnv"}, isHandler,
		"return an error; settings come in by Config"},
	{[]string{"os.Getenv", "os.LookupEnv", "log.*", "math/rand.*", "math/rand/v2.*"}, func(f string) bool { return onFloor(f, 1, 4) },
		"let the caller bring it as an argument"},
}

// onFloor reports that a folder lies on one of the floors, both ends counted.
func onFloor(folder string, from, to int) bool {
	r, ok := roomOf(folder)
	return ok && r.floor >= from && r.floor <= to
}

// isHandler reports that a folder holds a function's handler, not its binary.
func isHandler(folder string) bool {
	return strings.HasPrefix(folder, "functions/") && strings.Count(folder, "/") == 1
}

// brokenCalls looks at production code alone: a test may know what time it is made to be.
func brokenCalls(h House) []Finding {
	var findings []Finding
	for _, name := range h.goFiles(false) {
		for _, b := range bans {
			if b.folder(path.Dir(name)) {
				for _, use := range uses(h.syntax[name], b.calls) {
					findings = append(findings, h.at(use.pos, path.Dir(name)+" uses "+use.name, b.do))
				}
			}
		}
	}
	return findings
}

// use is one place where a name is used.
type use struct {
	name string
	pos  token.Pos
}

// uses finds names written as in ban.calls, whatever the file calls the packages it imports.
func uses(file *ast.File, calls []string) []use {
	imported := map[string]string{}
	for _, spec := range file.Imports {
		full, _ := strconv.Unquote(spec.Path.Value)
		local := path.Base(full)
		if full == "math/rand/v2" {
			local = "rand"
		}
		if spec.Name != nil {
			local = spec.Name.Name
		}
		imported[local] = full
	}
	var found []use
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && imported[x.Name] != "" {
				full := imported[x.Name]
				if slices.Contains(calls, full+"."+n.Sel.Name) || slices.Contains(calls, full+".*") {
					found = append(found, use{full + "." + n.Sel.Name, n.Pos()})
				}
			}
		case *ast.Ident:
			if slices.Contains(calls, n.Name) {
				found = append(found, use{n.Name, n.Pos()})
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT && slices.Contains(calls, "float64") {
				found = append(found, use{"the float " + n.Value, n.Pos()})
			}
		}
		return true
	})
	return found
}

// brokenTests reads tests and test kits. A skipped test is one that nobody misses until it is needed; one that sleeps is slow on a
// quick machine and wrong on a slow one.
func brokenTests(h House) []Finding {
	var findings []Finding
	for _, name := range h.goFiles(true) {
		if !strings.HasSuffix(name, "_test.go") && !isKit(module+path.Dir(name)) {
			continue
		}
		for _, use := range uses(h.syntax[name], []string{"time.Sleep", "testing.Short"}) {
			findings = append(findings, h.at(use.pos, "a test uses "+use.name, "wait for a signal, or move a virtual clock"))
		}
		ast.Inspect(h.syntax[name], func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, s.Sel.Name) {
				findings = append(findings, h.at(call.Pos(), "a test skips", "make it run everywhere; a test that cannot run is a failure"))
			}
			return true
		})
	}
	return findings
}

// minPromise is the least number of words in a package's first sentence that can be a promise.
const minPromise = 5

// brokenPackages wants the promise of a folder as the first sentence a reader finds, in `go doc` too.
func brokenPackages(h House) []Finding {
	var findings []Finding
	for folder, files := range h.packages() {
		promised := slices.ContainsFunc(files, func(name string) bool {
			file := h.syntax[name]
			doc := file.Doc.Text()
			return len(strings.Fields(doc)) >= minPromise && (file.Name.Name == "main" || strings.HasPrefix(doc, "Package "+file.Name.Name+" "))
		})
		if !promised {
			findings = append(findings, Finding{File: files[0], What: "package " + folder + " has no comment that begins \"Package " + path.Base(folder) + "\"", Do: "write its promise as the first sentence"})
		}
		for _, vague := range []string{"util", "utils", "common", "types", "models", "helpers", "misc"} {
			if path.Base(folder) == vague {
				findings = append(findings, Finding{File: files[0], What: "a folder called " + vague + " promises nothing", Do: "name it for what it does"})
			}
		}
	}
	return findings
}
