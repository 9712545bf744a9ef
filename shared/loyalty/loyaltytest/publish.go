package loyaltytest

import (
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// Publish changes the shop's programme from now on: pairs of what stands in testdata/campaigns.yaml and what shall. The clock goes on a
// minute, because what functions have read holds for half of that.
func (s *Shop) Publish(changes ...string) {
	s.t.Helper()
	text, err := books.ReadFile("testdata/campaigns.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	changes = append(changes, "from: 2025-01-01T00:00:00Z", "from: "+s.Clock().UTC().Format(time.RFC3339))
	rules, document, faults, err := yamldoc.Read(strings.NewReader(strings.NewReplacer(changes...).Replace(string(text))))
	if err != nil || len(faults) > 0 {
		s.t.Fatal(err, faults)
	}
	if err := s.Store.Publish(s.t.Context(), rules.From, document); err != nil {
		s.t.Fatal(err)
	}
	s.Wait(time.Minute)
}
