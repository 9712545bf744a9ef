package rule_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/rule"
)

// What has changed is asked again; what nobody knows any more counts as it was when the rule held.
func TestGivenAsksForWhatHasChangedAlone(t *testing.T) {
	t.Parallel()
	asked := func(field string) bool { return strings.HasPrefix(field, "receipt.") }
	const (
		big   = `{"field":"receipt.total","op":"gte","value":"20.00"}`
		gold  = `{"field":"card.tier","op":"eq","value":"gold"}`
		first = `{"field":"card.visits","op":"eq","value":1}`
	)
	for _, c := range []struct{ written, left string }{
		{big, big},
		{gold, `{}`},
		{`{"all":[` + gold + `,` + big + `]}`, `{"all":[` + big + `]}`},
		{`{"any":[` + gold + `,` + big + `]}`, `{}`}, // gold may have been what made it hold
		{`{"all":[` + gold + `,` + first + `]}`, `{}`},
		{`{"not":` + gold + `}`, `{}`},
		{`{"not":` + big + `}`, `{"not":` + big + `}`},
		{`{"not":{"any":[` + gold + `,` + big + `]}}`, `{"not":{"any":[` + big + `]}}`}, // she was not gold, so the total decided
		{`{"not":{"all":[` + gold + `,` + big + `]}}`, `{}`},                            // for it holds where she was not
		{`{"all":[{"any":[` + gold + `,` + first + `]},{"any":[{"not":` + big + `}]}]}`, `{"all":[{"any":[{"not":` + big + `}]}]}`},
		{`{}`, `{}`},
	} {
		var r rule.Rule
		if err := json.Unmarshal([]byte(c.written), &r); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(r.Given(asked))
		if err != nil || string(got) != c.left {
			t.Errorf("of %s is left %s, %v; want %s", c.written, got, err, c.left)
		}
	}
}
