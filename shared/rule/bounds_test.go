package rule_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/rule"
)

func TestWhatNeverHoldsIsAFault(t *testing.T) {
	t.Parallel()
	schema, err := rule.NewSchema("EUR", rule.Field{Name: "hour", Kind: rule.Int, Most: 23}, rule.Field{Name: "points", Kind: rule.Int})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		op    rule.Op
		value any
		never bool
	}{
		{rule.Eq, 24, true}, {rule.Eq, 23, false}, {rule.Eq, -1, true}, {rule.Lt, 0, true}, {rule.Lt, 1, false}, {rule.Lte, -1, true}, {rule.Lte, 0, false},
		{rule.Gt, 23, true}, {rule.Gt, 22, false}, {rule.Gte, 24, true}, {rule.Gte, 23, false}, {rule.In, []any{30, 40}, true}, {rule.In, []any{30, 9}, false},
		{rule.Between, []any{24, 30}, true}, {rule.Between, []any{20, 30}, false}, {rule.Ne, 99, false}, {rule.NotIn, []any{99}, false},
	} {
		_, problems := rule.Compile(rule.Rule{Field: "hour", Op: row.op, Value: row.value}, schema)
		if got := len(problems) > 0; got != row.never || row.never && !strings.Contains(problems[0].Message, "never holds") {
			t.Errorf("hour %s %v: %v", row.op, row.value, problems)
		}
		if _, problems := rule.Compile(rule.Rule{Field: "points", Op: row.op, Value: row.value}, schema); len(problems) > 0 {
			t.Errorf("points %s %v: %v", row.op, row.value, problems)
		}
	}
}
