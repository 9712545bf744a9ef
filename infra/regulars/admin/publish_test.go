package admin_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/store"
)

// Of two who have edited the same version and publish in the same second, one is told what the other has changed.
func TestPublishedAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	publish(t, store.New(db, atNoon))
	client := admin.Direct(admin.Handler(admin.Offline(db, atNoon, "t")), "t")
	var held admin.Published
	if err := client.Do(t.Context(), http.MethodGet, "/programme", nil, &held); err != nil {
		t.Fatal(err)
	}
	got := make([]error, 2)
	var both sync.WaitGroup
	for i := range got {
		mine := held.Document
		mine.From = noon.AddDate(0, 0, 1+i) // each holds from a moment of its own, so that the versions themselves do not meet
		document, err := json.Marshal(mine)
		if err != nil {
			t.Fatal(err)
		}
		document = []byte(strings.Replace(string(document), "10 % off", fmt.Sprintf("%d0 %% off", 2+i), 1))
		both.Go(func() {
			got[i] = client.Do(t.Context(), http.MethodPost, "/programme", admin.Publication{Document: document, Base: held.Hash}, nil)
		})
	}
	both.Wait()
	refused := got[0]
	if refused == nil {
		refused = got[1]
	}
	if refused == nil || (got[0] == nil) == (got[1] == nil) || !strings.Contains(refused.Error(), `"10 % off" -> "`) {
		t.Errorf("two published at once: %v", got)
	}
}
