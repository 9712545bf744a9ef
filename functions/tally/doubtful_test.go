package tally_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/regulars-dev/regulars/shared/edge"
)

// What the alarm hears of is the turn to doubtful, and nothing that is doubtful already.
func TestAMessageThatBecomesDoubtfulIsCounted(t *testing.T) {
	t.Parallel()
	sent, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	lapsed := bytes.ReplaceAll(sent, []byte(`\"sent\"`), []byte(`\"doubtful\"`))
	still := bytes.ReplaceAll(lapsed, []byte(`\"claimed\"`), []byte(`\"doubtful\"`))
	for _, row := range []struct {
		what    string
		payload []byte
		want    int64
	}{{"claimed, then sent", sent, 0}, {"claimed, then doubtful", lapsed, 1}, {"doubtful before", still, 0}} {
		_, h := open(t)
		var got int64
		ctx := edge.WithMeter(t.Context(), func(name string, n int64, _ ...string) {
			if name == "mails_doubtful" {
				got += n
			}
		})
		if _, err := h(ctx, row.payload); err != nil {
			t.Errorf("%s: %v", row.what, err)
		}
		if got != row.want {
			t.Errorf("%s: counted %d; want %d", row.what, got, row.want)
		}
	}
}
