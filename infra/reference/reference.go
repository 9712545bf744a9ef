// Package reference writes the marketer's reference of the programme: every field that a programme may have, with what it means, taken
// from the types that read it. So the page cannot say anything else than the code does.
package reference

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Rooms whose types a programme is read into, and the type of the whole document.
const (
	programmeRoom = "shared/programme"
	messageRoom   = "shared/message"
	ruleRoom      = "shared/rule"
	root          = "Document"
)

// known is a type of a programme with its words.
type known struct {
	doc    string
	fields []*ast.Field
}

// book is what the rooms say: their types by name ("message.Template" for those of the other room) and the facts of conditions.
type book struct {
	types  map[string]known
	facts  []fact
	values map[string]string // of constants, by their names: the words that a field may hold
	means  map[string]string // what each of them means
}

type fact struct{ name, says string }

// Page writes the reference from the sources below top, the root of the repository. It fails where a field is not told of.
func Page(top string) ([]byte, error) {
	b := book{types: map[string]known{}, values: map[string]string{}, means: map[string]string{}}
	if err := b.read(filepath.Join(top, programmeRoom), ""); err != nil {
		return nil, err
	}
	if err := b.read(filepath.Join(top, messageRoom), "message."); err != nil {
		return nil, err
	}
	if err := b.read(filepath.Join(top, ruleRoom), "rule."); err != nil {
		return nil, err
	}
	p := page{book: b, done: map[string]bool{}}
	p.print("# The programme, field by field\n\nA programme is one YAML file. `regulars programme check FILE` tells every fault in it with line and column.\n")
	p.section("", root)
	p.conditions()
	if len(p.silent) > 0 {
		return nil, fmt.Errorf("nothing is said of %s: give them a comment where they are declared", strings.Join(p.silent, ", "))
	}
	return p.out.Bytes(), nil
}

// read takes in the types of a room and its facts.
func (b *book) read(dir, prefix string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return fmt.Errorf("read the types of a programme: %w", err)
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				b.declared(g, prefix)
			}
		}
	}
	sort.Slice(b.facts, func(i, j int) bool { return b.facts[i].name < b.facts[j].name })
	return nil
}

func (b *book) declared(g *ast.GenDecl, prefix string) {
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if t, ok := s.Type.(*ast.StructType); ok {
				doc := s.Doc
				if doc == nil {
					doc = g.Doc
				}
				b.types[prefix+s.Name.Name] = known{doc: plain(doc.Text()), fields: t.Fields.List}
			}
		case *ast.ValueSpec:
			if g.Tok == token.CONST && len(s.Values) == 1 {
				b.constant(s)
			}
		}
	}
}

func (b *book) constant(s *ast.ValueSpec) {
	value, ok := s.Values[0].(*ast.BasicLit)
	if !ok || value.Kind != token.STRING {
		return
	}
	says, _ := strconv.Unquote(value.Value) // the compiler has read it
	b.means[s.Names[0].Name] = plain(s.Comment.Text())
	if b.values[s.Names[0].Name] = strconv.Quote(says); isFact(s.Names[0].Name) {
		b.facts = append(b.facts, fact{says, plain(s.Comment.Text() + s.Doc.Text())})
	} else if isWindow(s.Names[0].Name) {
		b.facts = append(b.facts, fact{says + ".last_30_days", plain(s.Comment.Text()+s.Doc.Text()) + "; of so many days, `last_48_hours`, or `ever`; for segments and schedules"})
	}
}

// isWindow reports whether a constant begins the names of facts in windows of time.
func isWindow(name string) bool { return strings.HasPrefix(name, "window") }

// word is what may be a name of ours within a comment.
var word = regexp.MustCompile(`\{\{[^}]*\}\}|\b(?:[A-Z][A-Za-z]*\.)?[A-Z][A-Za-z]*\b`)

// marketers puts the names of Go in a comment into those of the programme: fields of the type, and the words that constants stand for.
func (b *book) marketers(text string, t known, self, path string) string {
	keys := map[string]string{}
	for _, f := range t.fields {
		if key := keyOf(f); key != "" {
			keys[f.Names[0].Name] = "`" + key + "`"
		}
	}
	first := true
	return word.ReplaceAllStringFunc(text, func(name string) string {
		if strings.HasPrefix(name, "{{") { // the language of texts is the marketer's own
			return name
		}
		begins := first
		first = false
		last := name[strings.IndexByte(name, '.')+1:]
		switch {
		case begins && name == self:
			return "`" + path + "`"
		case keys[name] != "":
			return keys[name]
		case b.values[name] != "":
			return b.values[name]
		case last != name: // a field of another type
			return "`" + strings.ToLower(strings.ReplaceAll(name, ".", "` `")) + "`"
		}
		return name
	})
}

// isFact reports whether a constant names a fact that conditions may ask for: factTotal, and not factory.
func isFact(name string) bool {
	rest, ok := strings.CutPrefix(name, "fact")
	return ok && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z'
}

func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// page is the reference as it is written.
type page struct {
	book
	out    bytes.Buffer
	done   map[string]bool
	silent []string
}

func (p *page) print(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

// section writes the fields of a type, and then the types of its fields, each once: where it is met first.
func (p *page) section(path, name string) {
	t, ok := p.types[name]
	if !ok || p.done[name] {
		return
	}
	p.done[name] = true
	if path != "" {
		p.print("\n## %s\n\n%s\n", path, p.marketers(t.doc, t, name[strings.IndexByte(name, '.')+1:], path))
	}
	p.print("\n| field | is | |\n|---|---|---|\n")
	type next struct{ path, name string }
	var inside []next
	var choices []chosen
	for _, f := range t.fields {
		key := keyOf(f)
		if key == "" {
			continue
		}
		kind, of := p.kind(f.Type, prefixOf(name))
		says, words := p.choice(plain(f.Doc.Text() + " " + f.Comment.Text()))
		if says = p.marketers(says, t, "", ""); words != nil {
			choices = append(choices, chosen{key, words})
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		if of != "" {
			at += strings.Repeat("[]", strings.Count(kind, "list"))
			inside = append(inside, next{at, of})
			if says == "" {
				says = "see `" + at + "`"
			}
		}
		if says == "" {
			says = usual[key]
		}
		if says == "" {
			p.silent = append(p.silent, name+"."+f.Names[0].Name)
		}
		p.print("| `%s` | %s | %s |\n", key, kind, says)
	}
	p.choices(choices)
	for _, n := range inside {
		p.section(n.path, n.name)
	}
}

// usual is what fields mean that mean the same wherever they are.
var usual = map[string]string{"id": "what other parts of the programme, answers and reports call it", "name": "what people read"}

// keyOf is a field's name in a programme; "" for what is none.
func keyOf(f *ast.Field) string {
	if f.Tag == nil || len(f.Names) == 0 {
		return ""
	}
	tag, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return ""
	}
	key, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	if key == "-" {
		return ""
	}
	return key
}

func prefixOf(name string) string {
	if i := strings.IndexByte(name, '.'); i >= 0 {
		return name[:i+1]
	}
	return ""
}

// words are what the kinds of a value are called.
var words = map[string]string{
	"string": "text", "int": "number", "int64": "number", "bool": "true or false", "Decimal": "decimal", "Condition": "condition", "time.Time": "moment",
	"money.Currency": "currency", "any": "anything",
}

// kind tells what a field holds in the marketer's words, and the type of ours that it is made of, "" for none.
func (p *page) kind(e ast.Expr, prefix string) (kind, of string) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return p.kind(e.X, prefix)
	case *ast.ArrayType:
		inner, of := p.kind(e.Elt, prefix)
		if of != "" {
			return "list", of
		}
		return "list of " + inner, ""
	case *ast.MapType:
		inner, of := p.kind(e.Value, prefix)
		return "names with " + inner, of
	case *ast.SelectorExpr:
		room, _ := e.X.(*ast.Ident)
		return p.named(room.Name + "." + e.Sel.Name)
	case *ast.Ident:
		if _, ok := p.types[prefix+e.Name]; ok {
			return p.named(prefix + e.Name)
		}
		return p.named(e.Name)
	}
	return "", ""
}

func (p *page) named(name string) (kind, of string) {
	if kind, ok := words[name]; ok {
		return kind, ""
	}
	if _, ok := p.types[name]; ok {
		return "fields", name
	}
	return "text", ""
}

// comparisons are those that a condition may make, as shared/rule names them.
var comparisons = []string{"Eq", "Ne", "Lt", "Lte", "Gt", "Gte", "In", "NotIn", "Between", "Contains", "Starts", "Exists", "Unknown"}

// conditions lists the facts that a condition may ask for.
func (p *page) conditions() {
	p.print("\n## Conditions\n\n`when` is one test, `{field: card.tier, op: eq, value: gold}`, or `all`, `any` and `not` of others. " +
		"A fact that is not known fails every test but `unknown`; what is declared in `attributes` is asked for as `attribute.` and its id, " +
		"and of a date `attribute.<id>.days_to` is how many days there are until it comes again.\n")
	p.choices([]chosen{{"op", comparisons}})
	p.print("\n| fact | |\n|---|---|\n")
	for _, f := range p.facts {
		if f.says == "" {
			f.says = strings.ReplaceAll(f.name[strings.IndexByte(f.name, '.')+1:], "_", " ")
		}
		p.print("| `%s` | %s |\n", f.name, f.says)
	}
}
