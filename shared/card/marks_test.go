package card_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// A kind of mark is stored as one character: no two kinds share one.
func TestNoTwoKindsOfMarkShareACharacter(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Mark") {
				return true
			}
			if char, ok := spec.Values[0].(*ast.BasicLit); ok && char.Kind == token.CHAR {
				if other := taken[char.Value]; other != "" {
					t.Errorf("%s and %s are both %s", other, spec.Names[0].Name, char.Value)
				}
				taken[char.Value] = spec.Names[0].Name
			}
			return true
		})
	}
	if len(taken) < 10 {
		t.Errorf("only %d kinds of mark were found", len(taken))
	}
}
