package cli

import (
	"strings"
	"testing"
)

func TestTheFieldsOfOnePart(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{"offers": "## offers[]", "Points": "## points", "conditions": "## Conditions", "points.pay": "## points.pay"} {
		text, ok := fieldsOf(strings.ToLower(part))
		if !ok || !strings.HasPrefix(text, want+"\n") || strings.Contains(text, "## cards\n") {
			t.Errorf("%s: %.60q", part, text)
		}
	}
	if text, ok := fieldsOf("offer"); ok {
		t.Errorf("a part that there is not: %.60q", text)
	}
	if whole, _ := fieldsOf(""); !strings.HasPrefix(whole, "# The programme") || len(whole) < 10_000 {
		t.Errorf("the whole page: %.60q", whole)
	}
}
