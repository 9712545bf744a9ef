package tally_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/regulars-dev/regulars/shared/edge"
)

// What the alarms hear of is the turn to doubtful and the turn from it, and nothing that is doubtful already.
func TestAMessageThatBecomesDoubtfulOrIsSettledIsCounted(t *testing.T) {
	t.Parallel()
	sent, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	lapsed := bytes.ReplaceAll(sent, []byte(`\"sent\"`), []byte(`\"doubtful\"`))
	still := bytes.ReplaceAll(lapsed, []byte(`\"claimed\"`), []byte(`\"doubtful\"`))
	settled := bytes.ReplaceAll(sent, []byte(`\"claimed\"`), []byte(`\"doubtful\"`))
	for _, row := range []struct {
		what    string
		payload []byte
		want    [2]int64
	}{
		{"claimed, then sent", sent, [2]int64{}}, {"claimed, then doubtful", lapsed, [2]int64{1, 0}},
		{"doubtful before", still, [2]int64{}}, {"doubtful, then sent after all", settled, [2]int64{0, 1}},
	} {
		_, h := open(t)
		var got [2]int64
		ctx := edge.WithMeter(t.Context(), func(name string, n int64, _ ...string) {
			switch name {
			case "mails_doubtful":
				got[0] += n
			case "mails_doubt_settled":
				got[1] += n
			}
		})
		if _, err := h(ctx, row.payload); err != nil {
			t.Errorf("%s: %v", row.what, err)
		}
		if got != row.want {
			t.Errorf("%s: counted %v; want %v", row.what, got, row.want)
		}
	}
}
