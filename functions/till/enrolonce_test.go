package till_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A till that heard no answer enrols again: by its id the shopper gets one card, and nobody else gets it.
func TestAnEnrolmentWithoutANumberIsRepeatedByItsID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	enrol := func(key, body string, want int) string {
		t.Helper()
		got := w.ask("POST", "/v1/cards", key, body)
		if got.Code != want {
			t.Errorf("%s gives %d: %s", body, got.Code, got.Body)
		}
		return got.Body.String()
	}
	const lena = `{"id":"form-17","given_name":"Lena","email":"lena@shop.example"}`
	first := enrol("0042", lena, http.StatusCreated)
	if again := enrol("0042", lena, http.StatusCreated); again != first {
		t.Errorf("the same again:\n%s\n%s", first, again)
	}
	if tom := enrol("0042", `{"id":"form-17","given_name":"Tom"}`, http.StatusConflict); !strings.Contains(tom, `"id_conflict"`) || strings.Contains(tom, "lena") {
		t.Errorf("somebody else: %s", tom)
	}
	if there := enrol("0043", `{"id":"form-17","given_name":"Tom"}`, http.StatusCreated); there == first {
		t.Error("the ids of two stores are one")
	}
	if a, b := enrol("0042", `{}`, http.StatusCreated), enrol("0042", `{}`, http.StatusCreated); a == b {
		t.Errorf("two enrolments without an id are one: %s", a)
	}
	if bad := enrol("0042", `{"id":"form 17"}`, http.StatusUnprocessableEntity); !strings.Contains(bad, `"/id"`) {
		t.Errorf("an id that is none: %s", bad)
	}
}

// Whoever hands out a card without asking for a name asks again alike, and so does a till that does not wait for the first answer.
func TestAnEnrolmentIsOneWhateverItSaysAndWhoeverAsksAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, says := range []string{`"language":"de"`, `"given_name":"Lena"`, `"email":"lena@shop.example"`, `"number":"` + w.card(77) + `","email":"bo@shop.example"`} {
		var answers sync.Map
		var asked sync.WaitGroup
		for range 6 {
			asked.Go(func() {
				got := w.ask("POST", "/v1/cards", "0042", fmt.Sprintf(`{"id":"form-%d",%s}`, i, says))
				answers.Store(fmt.Sprint(got.Code, got.Body), true)
			})
		}
		asked.Wait()
		again := w.ask("POST", "/v1/cards", "0042", fmt.Sprintf(`{"id":"form-%d",%s}`, i, says))
		if answers.Store(fmt.Sprint(again.Code, again.Body), true); again.Code != http.StatusCreated {
			t.Errorf("%s again gives %d: %s", says, again.Code, again.Body)
		}
		if kinds := slices.Collect(maps.Keys(maps.Collect(answers.Range))); len(kinds) > 1 {
			t.Errorf("%s gives %v", says, kinds)
		}
	}
}
