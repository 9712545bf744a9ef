package admin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Whoever asks for lines is told how far a long count is, and gets the answer or the refusal as the last of them; whoever does not, and
// whoever is refused before the first line, gets the one document and the status that everybody gets.
func TestALongAnswerTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	refused := refuse(loyalty.ErrRefused, "audience_surprising", "too many")
	for name, row := range map[string]struct {
		path   string
		long   bool
		err    error
		status int
		want   string
	}{
		"lines":            {"/plan?lines", true, nil, 200, `{"done":512}` + "\n" + `{"answer":{"audience":7}}`},
		"lines, at once":   {"/plan?lines", false, nil, 200, `{"answer":{"audience":7}}`},
		"lines, refused":   {"/plan?lines", true, refused, 200, `{"done":512}` + "\n" + `{"error":"too many"}`},
		"refused at once":  {"/plan?lines", false, refused, 422, `"code":"audience_surprising"`},
		"no lines":         {"/plan", true, nil, 200, `{"audience":7}`},
		"no lines, refuse": {"/plan", true, refused, 422, `"code":"audience_surprising"`},
	} {
		w := httptest.NewRecorder()
		a := answering(w, httptest.NewRequest(http.MethodGet, row.path, nil))
		if row.long {
			a.since = a.since.Add(-time.Hour)
		}
		a.looked(512)
		a.looked(700) // too soon after the line before
		a.end(map[string]int{"audience": 7}, row.err)
		if got := strings.TrimSpace(w.Body.String()); w.Code != row.status || got != row.want && !(row.status == 422 && strings.Contains(got, row.want)) {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
	}
}
