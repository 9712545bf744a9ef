package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme"
)

func TestATextOfConsentHasAVersion(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ consent, fault string }{
		{`{"text_version":"4","text":"Yes, write to me."}`, ""},
		{`{"text":"Yes, write to me."}`, "/consent/text_version"},
		{`{"text_version":"4","text":"` + strings.Repeat("x", 4001) + `"}`, "/consent/text"},
	} {
		_, faults, err := programme.Parse([]byte(`{"programme":"shop","from":"2025-01-01T00:00:00Z","currency":"EUR","time_zone":"Europe/Berlin","language":"en","consent":` + row.consent + `}`))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range faults {
			if strings.HasPrefix(f.Pointer, "/consent") {
				got = f.Pointer
			}
		}
		if got != row.fault {
			t.Errorf("%.60s: %v", row.consent, faults)
		}
	}
}
