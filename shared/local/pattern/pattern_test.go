package pattern_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/local/pattern"
)

const event = `{"source":"regulars","detail-type":"points.earned.v1","detail":{"metadata":{"source":"till"},
	"data":{"points":12,"card":"7001","tier":null,"gift":false,"tags":["a","b"],"empty":[]},
	"mail":{"tags":{"ses:configuration-set":["regulars"],"message":["m-1"]}},
	"lines":[{"sku":"A1","n":1},{"sku":"B2","n":2}]}}`

func TestPatterns(t *testing.T) {
	t.Parallel()
	dec := json.NewDecoder(strings.NewReader(event))
	dec.UseNumber()
	var read map[string]any
	if err := dec.Decode(&read); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pattern string
		match   bool
	}{
		{`{"source":["regulars"]}`, true},
		{`{"source":["other","regulars"]}`, true},
		{`{"source":["Regulars"]}`, false},
		{`{"source":["regulars"],"detail-type":["points.reversed.v1"]}`, false},
		{`{"nothing":["x"]}`, false},
		{`{"detail":["x"]}`, false},
		{`{"detail":{"data":{"points":[12]}}}`, true},
		{`{"detail":{"data":{"points":[12.0]}}}`, true},
		{`{"detail":{"data":{"points":["12"]}}}`, false},
		{`{"detail":{"data":{"tier":[null]}}}`, true},
		{`{"detail":{"data":{"absent":[null]}}}`, false},
		{`{"detail":{"data":{"gift":[false]}}}`, true},
		{`{"detail":{"data":{"tags":["b"]}}}`, true},
		{`{"detail":{"data":{"tags":["c"]}}}`, false},
		{`{"detail":{"mail":{"tags":{"ses:configuration-set":["regulars"]}}}}`, true},
		{`{"detail-type":[{"prefix":"points."}]}`, true},
		{`{"detail-type":[{"prefix":"Points."}]}`, false},
		{`{"detail-type":[{"prefix":{"equals-ignore-case":"POINTS."}}]}`, true},
		{`{"detail-type":[{"suffix":".v1"}]}`, true},
		{`{"detail-type":[{"equals-ignore-case":"POINTS.earned.V1"}]}`, true},
		{`{"detail-type":[{"wildcard":"points.*.v1"}]}`, true},
		{`{"detail-type":[{"wildcard":"*.reversed.*"}]}`, false},
		{`{"detail":{"metadata":{"source":[{"anything-but":["regulars"]}]}}}`, true},
		{`{"detail":{"metadata":{"source":[{"anything-but":"till"}]}}}`, false},
		{`{"detail":{"metadata":{"absent":[{"anything-but":"till"}]}}}`, false},
		{`{"detail":{"metadata":{"source":[{"anything-but":{"prefix":"ti"}}]}}}`, false},
		{`{"detail":{"data":{"points":[{"anything-but":[7]}]}}}`, true},
		{`{"detail":{"data":{"points":[{"numeric":[">",0]}]}}}`, true},
		{`{"detail":{"data":{"points":[{"numeric":[">",0,"<=",11]}]}}}`, false},
		{`{"detail":{"data":{"points":[{"numeric":["=",12]}]}}}`, true},
		{`{"detail":{"data":{"card":[{"numeric":[">",0]}]}}}`, false},
		{`{"detail":{"data":{"card":[{"exists":true}]}}}`, true},
		{`{"detail":{"data":{"cart":[{"exists":false}]}}}`, true},
		{`{"detail":{"data":{"card":[{"exists":false}]}}}`, false},
		{`{"detail":{"data":{"empty":[{"exists":true}]}}}`, false},
		{`{"detail":{"absent":{"deep":[{"exists":false}]}}}`, true},
		{`{"detail":{"lines":{"sku":["B2"],"n":[2]}}}`, true},
		{`{"detail":{"lines":{"sku":["A1"],"n":[2]}}}`, false},
		{`{"$or":[{"source":["x"]},{"detail-type":[{"prefix":"points."}]}]}`, true},
		{`{"$or":[{"source":["x"]},{"detail-type":["y"]}]}`, false},
	} {
		p, err := pattern.Parse([]byte(c.pattern))
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got, err := p.Match([]byte(event)); err != nil || got != c.match {
			t.Errorf("%s: got %v, %v", c.pattern, got, err)
		}
		if got := p.Matches(pattern.Made(made(read))); got != c.match {
			t.Errorf("%s: got %v of an event made as it is asked for", c.pattern, got)
		}
	}
}

// made gives an object out field by field, and so the objects in it.
func made(object map[string]any) pattern.Fields {
	return func(name string) (any, bool) {
		v, ok := object[name]
		if below, is := v.(map[string]any); is {
			v = made(below)
		}
		return v, ok
	}
}

func TestPatternsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `{}`, `{"source":"regulars"}`, `{"source":[]}`, `{"source":[["x"]]}`, `{"source":[{"prefx":"x"}]}`,
		`{"source":[{"prefix":1}]}`, `{"source":[{"numeric":[">"]}]}`, `{"source":[{"numeric":["!",1]}]}`, `{"source":[{"exists":1}]}`,
		`{"source":[{"prefix":"a","suffix":"b"}]}`, `{"detail":{}}`, `{"$or":[{"a":["b"]}]}`, `{"a":["b"]} x`, `{"source":[{"anything-but":null}]}`} {
		if _, err := pattern.Parse([]byte(text)); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add([]byte(`{"a":[{"anything-but":{"prefix":["x"]}},1,null]}`), []byte(event))
	f.Fuzz(func(t *testing.T, text, event []byte) {
		if p, err := pattern.Parse(text); err == nil {
			_, _ = p.Match(event)
		}
	})
}
