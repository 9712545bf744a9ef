package events_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regulars-dev/regulars/events"
)

func compile(t *testing.T, s events.Spec) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.Schema))
	if err != nil {
		t.Fatalf("contract/%s.schema.json is missing or not JSON: %v", s.Name, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(s.Name, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(s.Name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func tree(t *testing.T, raw []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("not JSON: %v\n%s", err, raw)
	}
	return doc
}

// bare wraps a detail as POST /v1/events takes it.
func bare(t *testing.T, name string, detail []byte) []byte {
	t.Helper()
	top := tree(t, detail).(map[string]any)
	top["type"] = name
	raw, err := json.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEverySampleSatisfiesItsSchemaAndComesBackEqual(t *testing.T) {
	t.Parallel()
	for _, s := range events.Types() {
		if err := compile(t, s).Validate(tree(t, s.Sample)); err != nil {
			t.Errorf("%s: sample breaks its schema: %v", s.Name, err)
		}
		e, err := events.Decode(bare(t, s.Name, s.Sample))
		if err != nil {
			t.Errorf("%s: old sample no longer decodes: %v", s.Name, err)
			continue
		}
		if got := reflect.TypeOf(e.Data); got != s.Go {
			t.Errorf("%s: Data is %v, want %v", s.Name, got, s.Go)
		}
		out, err := events.Encode(e)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		// a kind "goods" or a tier "" is spelt out in no other way, so equal trees are equal in meaning
		if diff := cmp.Diff(tree(t, s.Sample), tree(t, out)); diff != "" {
			t.Errorf("%s: decode and encode lose something (-sample +encoded):\n%s", s.Name, diff)
		}
		wrapped, err := events.Envelope(e, "000000000000", "local")
		if err != nil {
			t.Fatal(err)
		}
		again, err := events.Decode(wrapped)
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%s: comes otherwise out of its envelope: %+v, %v", s.Name, again, err)
		}
	}
}

// fields lists name (with "?" when it may be left out) -> what hangs below it, of a Go type.
func goFields(v reflect.Type) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice:
		return goFields(v.Elem())
	case reflect.Struct:
		if v.PkgPath() == "time" {
			return nil
		}
		out := map[string]any{}
		for i := range v.NumField() {
			if v.Field(i).Anonymous {
				maps.Copy(out, goFields(v.Field(i).Type).(map[string]any))
				continue
			}
			name, options, _ := strings.Cut(v.Field(i).Tag.Get("json"), ",")
			if options == "omitempty" {
				name += "?"
			}
			out[name] = goFields(v.Field(i).Type)
		}
		return out
	}
	return nil
}

// schemaFields is the same list read off a schema.
func schemaFields(node map[string]any) any {
	if items, ok := node["items"].(map[string]any); ok {
		return schemaFields(items)
	}
	props, ok := node["properties"].(map[string]any)
	if !ok {
		return nil
	}
	required, _ := node["required"].([]any)
	out := map[string]any{}
	for name, sub := range props {
		if !slices.Contains(required, any(name)) {
			name += "?"
		}
		out[name] = schemaFields(sub.(map[string]any))
	}
	return out
}

func TestSchemasAndGoTypesNameTheSameFields(t *testing.T) {
	t.Parallel()
	for _, s := range events.Types() {
		want := map[string]any{"metadata": goFields(reflect.TypeFor[events.Metadata]()), "data": goFields(s.Go)}
		got := schemaFields(tree(t, s.Schema).(map[string]any))
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s (-Go +schema):\n%s", s.Name, diff)
		}
	}
}

// walk calls visit with every object below node.
func walk(node any, visit func(map[string]any)) {
	switch n := node.(type) {
	case map[string]any:
		visit(n)
		for _, sub := range n {
			walk(sub, visit)
		}
	case []any:
		for _, sub := range n {
			walk(sub, visit)
		}
	}
}

func TestNoEventNamesAPerson(t *testing.T) {
	t.Parallel()
	personal := []string{"name", "address", "email", "birthday", "birth", "phone", "street", "city", "zip", "postcode", "gender"}
	for _, s := range events.Types() {
		for _, raw := range [][]byte{s.Schema, s.Sample} {
			walk(tree(t, raw), func(object map[string]any) {
				for key := range object {
					for _, word := range strings.FieldsFunc(key, func(r rune) bool { return r == '_' || r == '-' }) {
						if slices.Contains(personal, word) {
							t.Errorf("%s has a field %q; events say which card, never who", s.Name, key)
						}
					}
				}
				if object["type"] == "object" && object["additionalProperties"] == nil {
					t.Errorf("%s: an object of the schema admits any field, so anything personal could ride along", s.Name)
				}
			})
		}
	}
}

func TestPublishedFilesAreFrozen(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("contract/FROZEN")
	if err != nil {
		t.Fatal(err)
	}
	frozen := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || frozen[name] != "" {
			t.Fatalf("contract/FROZEN: cannot read %q, or it names a file twice", line)
		}
		frozen[name] = sum
	}
	files, err := filepath.Glob("contract/*.json")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, s := range events.Types() {
		known[s.Name+".schema.json"], known[s.Name+".sample.json"] = true, true
	}
	for _, path := range files {
		name := filepath.Base(path)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(content))
		switch was := frozen[name]; {
		case !known[name]:
			t.Errorf("contract/%s belongs to no registered event", name)
		case was == "":
			t.Errorf("contract/%s is not frozen yet. To publish it, append to contract/FROZEN:\n%s  %s", name, sum, name)
		case was != sum:
			t.Errorf("contract/%s has changed since it was published. Others build on it: restore it and make a new version "+
				"(noun.verb.vN+1) with a schema and sample of its own", name)
		}
		delete(frozen, name)
	}
	for name := range frozen {
		t.Errorf("contract/%s was published and is gone. Restore it: old events still lie in archives and queues", name)
	}
}

// The schema tells others what we accept, so both must refuse the same slips.
func TestSchemaAndDecodeRefuseTheSame(t *testing.T) {
	t.Parallel()
	junk := []any{nil, true, "", "has space", "x\n", json.Number("-1"), json.Number("99999999999999"), []any{}, map[string]any{},
		strings.Repeat("x", 3000), []any{json.Number("1")}, map[string]any{"name": "x"}}
	for _, s := range events.Types() {
		schema, tried := compile(t, s), 0
		mutate(tree(t, s.Sample), junk, func(doc any) {
			tried++
			raw, _ := json.Marshal(doc)
			_, err := events.Decode(bare(t, s.Name, raw))
			refused := schema.Validate(doc) != nil
			if refused && err == nil {
				t.Errorf("%s: the schema refuses what Decode accepts: %s", s.Name, raw)
			}
			if !refused && err != nil && !aboutMeaning(err) {
				t.Errorf("%s: Decode refuses what the schema accepts: %v\n%s", s.Name, err, raw)
			}
		})
		if tried < 50 {
			t.Errorf("%s: only %d variants tried", s.Name, tried)
		}
	}
}

// aboutMeaning tells the rules that no schema can say.
func aboutMeaning(err error) bool {
	var invalid *events.Invalid
	if !errors.As(err, &invalid) {
		return false
	}
	for _, p := range invalid.Problems {
		if !strings.Contains(p.Why, "sum of") && !strings.Contains(p.Why, "amount of the line") && !strings.Contains(p.Why, "differ from") && !strings.Contains(p.Why, "stand in coupons too") {
			return false
		}
	}
	return true
}

// mutate tries each value of junk in each place, each place left out, and a field too many.
func mutate(doc any, junk []any, try func(any)) {
	var each func(node any, set func(any))
	each = func(node any, set func(any)) {
		for _, value := range junk {
			set(value)
			try(doc)
		}
		set(node)
		switch n := node.(type) {
		case map[string]any:
			for key, sub := range n {
				delete(n, key)
				try(doc)
				each(sub, func(value any) { n[key] = value })
			}
			n["too_many"] = true
			try(doc)
			delete(n, "too_many")
		case []any:
			for i, sub := range n {
				each(sub, func(value any) { n[i] = value })
			}
		}
	}
	top := doc.(map[string]any)
	for _, part := range []string{"metadata", "data"} {
		each(top[part], func(value any) { top[part] = value })
	}
}
