package till_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// guesser asks two copies of the function that share a store.
type guesser struct {
	*world
	copies [2]http.Handler
	said   bytes.Buffer
}

func newGuesser(t *testing.T, misses func(*store.Store) loyalty.Misses) *guesser {
	t.Helper()
	g := &guesser{world: newWorld(t)}
	for i := range g.copies {
		g.copies[i] = till.Routes(till.Deps{Service: g.service, Keys: g.store, Misses: misses(g.store), Log: edge.NewLogger(&g.said, slog.LevelDebug)})
	}
	g.wants("a first purchase makes a card", 0, "0042", "POST", "/v1/checkouts", g.receipt("first", g.card(1), ""), http.StatusCreated)
	return g
}

func shared(s *store.Store) loyalty.Misses { return s }

func (g *guesser) from(copied int, key, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(g.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secrets[key])
	got := httptest.NewRecorder()
	g.copies[copied].ServeHTTP(got, r)
	return got
}

func (g *guesser) wants(what string, copied int, key, method, path, body string, status int) *httptest.ResponseRecorder {
	g.t.Helper()
	got := g.from(copied, key, method, path, body)
	if got.Code != status {
		g.t.Errorf("%s: %d, want %d: %s", what, got.Code, status, got.Body)
	}
	return got
}

func (g *guesser) receipt(number, card, codes string) string {
	return fmt.Sprintf(`{"receipt": {"store": "0042", "till": "03", "number": %q}, "card": %q, "codes": [%s], "lines": [{"id": "1", "quantity": 1, "amount": {"amount": 500, "currency": "EUR"}}], "total": {"amount": 500, "currency": "EUR"}}`,
		number, card, codes)
}

func basket(card, codes string) string {
	return fmt.Sprintf(`{"store": "0042", "till": "03", "card": %q, "codes": [%s], "lines": [{"quantity": 1, "amount": {"amount": 100, "currency": "EUR"}}]}`, card, codes)
}

// tells asks alternating copies for what is none until one refuses, and returns how often it was told.
func (g *guesser) tells(copied func(n int) int, ask func(n int) (method, path, body string)) int {
	g.t.Helper()
	for n := range 100 {
		method, path, body := ask(n)
		if got := g.from(copied(n), "0042", method, path, body); got.Code == http.StatusTooManyRequests {
			return n
		}
	}
	return 100
}

func (g *guesser) unknown(n int) (method, path, body string) {
	return "GET", "/v1/cards/" + g.card(uint64(1_000+n)), ""
}

// Whatever is guessed, by whichever door: two copies of the function together tell as much as one would.
func TestTwoCopiesTellNoMoreThanOne(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(g *guesser, n int) (method, path, body string){
		"a card's page": (*guesser).unknown,
		"a card as it was typed": func(g *guesser, n int) (string, string, string) {
			return "POST", "/v1/cards/find", `{"card": "` + g.card(uint64(1_000+n)) + `"}`
		},
		"a card in a basket": func(g *guesser, n int) (string, string, string) {
			return "POST", "/v1/quotes", basket(g.card(uint64(1_000+n)), "")
		},
		"a code in a basket": func(_ *guesser, n int) (string, string, string) {
			return "POST", "/v1/quotes", basket("", fmt.Sprintf(`"GUESS%d"`, n))
		},
		"a gift card": func(_ *guesser, n int) (string, string, string) {
			return "GET", "/v1/gift-cards/" + giftID(n), ""
		},
		"money of a gift card": func(_ *guesser, n int) (string, string, string) {
			return "POST", "/v1/gift-cards/" + giftID(n) + "/redemptions", `{"id": "x", "amount": {"amount": 5, "currency": "EUR"}}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuesser(t, shared)
			told := g.tells(func(n int) int { return n % 2 }, func(n int) (string, string, string) { return ask(g, n) })
			if told != 30 {
				t.Errorf("%d guesses were answered, want 30", told)
			}
		})
	}
}

// Who guesses is told nothing more until the minute is over, also of what exists; what is paid and brought back is taken as ever.
func TestAGuesserWaitsForTheNextMinute(t *testing.T) {
	t.Parallel()
	g := newGuesser(t, shared)
	g.now = g.now.Add(17 * time.Second)
	g.tells(func(int) int { return 0 }, g.unknown)
	got := g.wants("a card that exists", 0, "0042", "GET", "/v1/cards/"+g.card(1), "", http.StatusTooManyRequests)
	if after := got.Header().Get("Retry-After"); after != "43" || !strings.Contains(got.Body.String(), "too_many_misses") {
		t.Errorf("Retry-After %q: %s", after, got.Body)
	}
	for _, row := range []struct {
		what, key, method, path, body string
		status                        int
	}{
		{"a card in a basket", "0042", "POST", "/v1/quotes", basket(g.card(1), ""), 429},
		{"a code that exists", "0042", "POST", "/v1/quotes", basket("", `"WELCOME5"`), 429},
		{"a basket with neither", "0042", "POST", "/v1/quotes", basket("", ""), 200},
		{"a checkout", "0042", "POST", "/v1/checkouts", g.receipt("locked", g.card(1), `"GUESS1"`), 201},
		{"its return", "0042", "POST", "/v1/returns", `{"return": "R", "receipt": {"store": "0042", "till": "03", "number": "locked"}}`, 201},
		{"a new card", "0042", "POST", "/v1/cards", `{"store": "0042"}`, 201},
		{"another key", "0043", "GET", "/v1/cards/" + g.card(1), "", 200},
	} {
		g.wants(row.what, 0, row.key, row.method, row.path, row.body, row.status)
	}
	miss, _, _ := g.unknown(500)
	g.wants("a guess at the other copy", 1, "0042", miss, "/v1/cards/"+g.card(1_500), "", http.StatusTooManyRequests)
	g.now = g.now.Add(43 * time.Second)
	g.wants("the next minute", 0, "0042", "GET", "/v1/cards/"+g.card(1), "", http.StatusOK)
	g.wants("the next minute at the other", 1, "0042", "GET", "/v1/cards/"+g.card(1), "", http.StatusOK)
}

// A till that mistypes now and then, quotes a new shopper's basket with every article and asks for addresses is never stopped.
func TestAGoodTillIsNeverStopped(t *testing.T) {
	t.Parallel()
	g := newGuesser(t, shared)
	for n := range 40 {
		g.wants("a new card and a typing error, article by article", n%2, "0042", "POST", "/v1/quotes", basket(g.card(7), `"TYPO"`), http.StatusOK)
		g.wants("an address that is none's", n%2, "0042", "POST", "/v1/cards/find", fmt.Sprintf(`{"card": "n%d@mail.example"}`, n), http.StatusNotFound)
		g.wants("a known card", n%2, "0042", "GET", "/v1/cards/"+g.card(1), "", http.StatusOK)
	}
	for range 3 {
		for n := range 25 {
			g.wants("a misread card", 0, "0042", "GET", "/v1/cards/"+g.card(uint64(2_000+n)), "", http.StatusNotFound)
		}
		g.wants("the right one", 0, "0042", "GET", "/v1/cards/"+g.card(1), "", http.StatusOK)
		g.now = g.now.Add(time.Minute)
	}
}

// A store that cannot count fails no look-up, and each copy counts for itself.
func TestMissesAreCountedWithoutTheStore(t *testing.T) {
	t.Parallel()
	g := newGuesser(t, func(*store.Store) loyalty.Misses { return stormy{} })
	if told := g.tells(func(int) int { return 0 }, g.unknown); told != 30 {
		t.Errorf("%d guesses were answered, want 30", told)
	}
	if strings.Contains(g.said.String(), store.HashKey(secrets["0042"])) {
		t.Errorf("the log holds a key: %s", g.said.String())
	}
}

// stormy is a store that is throttled.
type stormy struct{}

func (stormy) Missed(context.Context, string, time.Time) (int64, error) { return 0, errStorm }

func giftID(n int) string { return giftcard.IDOf(fmt.Sprint("none", n)) }
