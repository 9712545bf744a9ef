package reference

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
)

func TestEveryFieldIsPersonalOrNot(t *testing.T) {
	t.Parallel()
	want, err := PersonalPage("../..")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("personal.md", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("personal.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("the page is not the table's (go test ./infra/reference -update writes it anew):\n%s", d)
	}
}

// The table's own law bites: a field in no class, one that is not there, one in two, and a personal one in an event.
func TestTheTableOfPersonalDataIsHeldToTheTypes(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n\ntype T struct{ A, B string; C *U }\n\ntype U struct{ D int }\n", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	b := book{types: map[string]known{}, values: map[string]string{}, means: map[string]string{}}
	for _, d := range file.Decls {
		b.declared(d.(*ast.GenDecl), "")
	}
	for _, row := range []struct {
		h    Holding
		want string
	}{
		{Holding{Room: "x", Type: "U", Plain: "D"}, ""},
		{Holding{Room: "x", Type: "U"}, "x.U.D stands in 0 classes"},
		{Holding{Room: "x", Type: "U", Plain: "D", Card: "D"}, "x.U.D stands in 2 classes"},
		{Holding{Room: "x", Type: "U", Plain: "D E"}, "x.U has no field E"},
		{Holding{Room: "x", Type: "V"}, "x.V is no type"},
		{Holding{Room: "x", Type: "T", Plain: "A B C"}, "x.T holds U, which is in no line of the table"},
		{Holding{Room: eventsRoom, Type: "U", Personal: "D"}, "events.U is an event and would hold what is personal: D"},
	} {
		if got := strings.Join(row.h.write(new(bytes.Buffer), b), "; "); !strings.Contains(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%+v: %q, want %q", row.h, got, row.want)
		}
	}
}

// logCalls are the methods whose values follow the message by name and value, and where they begin.
var logCalls = map[string]int{
	"Debug": 1, "Info": 1, "Warn": 1, "Error": 1, "DebugContext": 2, "InfoContext": 2, "WarnContext": 2, "ErrorContext": 2,
}

// Every name that is logged or counted by is in the table, so that a new one is thought about.
func TestWhatIsLoggedAndCountedIsInTheTable(t *testing.T) {
	t.Parallel()
	logged, counted := map[string]bool{}, map[string]bool{}
	for _, room := range []string{"functions", "shared", "infra/regulars"} {
		err := filepath.WalkDir(filepath.Join("../..", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				f, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if from, is := logCalls[f.Sel.Name]; is && isLog(f.X) {
					named(t, path, call, from, logged)
				} else if x, ok := f.X.(*ast.Ident); ok && x.Name == "edge" && f.Sel.Name == "Count" {
					named(t, path, call, 3, counted)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	for _, name := range Logged {
		edge.NewLogger(&out, slog.LevelInfo).Info("x", name, "Planted")
	}
	if kept := strings.Count(out.String(), "Planted"); kept != len(Logged) {
		t.Errorf("%d names of the table are left out of the log as personal: %s", len(Logged)-kept, out.String())
	}
	for what, row := range map[string]struct {
		used map[string]bool
		told []string
	}{"logs": {logged, Logged}, "metrics": {counted, Counted}} {
		for name := range row.used {
			if !slices.Contains(row.told, name) {
				t.Errorf("%s name a value %q that the table (personal.go) does not: if it is not personal, add it", what, name)
			}
		}
		for _, name := range row.told {
			if !row.used[name] {
				t.Errorf("no %s name a value %q", what, name)
			}
		}
	}
}

// isLog reports whether a method is called on a logger.
func isLog(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "log" || x.Name == "slog"
	case *ast.SelectorExpr:
		return x.Sel.Name == "log" || x.Sel.Name == "Log"
	}
	return false
}

// named takes the names of values out of a call.
func named(t *testing.T, path string, call *ast.CallExpr, from int, used map[string]bool) {
	t.Helper()
	for i := from; i < len(call.Args); i += 2 {
		lit, ok := call.Args[i].(*ast.BasicLit)
		if !ok {
			t.Errorf("%s: the name of a value must stand in the call", path)
			continue
		}
		name, _ := strconv.Unquote(lit.Value) // the parser has read it
		used[name] = true
	}
}
