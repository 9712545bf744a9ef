package till_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

const linkSecret = "a secret for links of the test"

// paymentDigits are a payment card that no answer, log or table may ever hold.
const paymentDigits = "4111111111111111"

// world is the API over the embedded store, on a clock that stands where it is put.
type world struct {
	t        *testing.T
	now      time.Time
	file     string
	log      bytes.Buffer
	keys     *keys
	store    *store.Store
	rules    *programme.Programme
	document []byte // of them, as it was published
	service  *loyalty.Service
	handler  http.Handler
	edge     edge.Handler
}

// keys stands between the door and the store, counts look-ups and may be out of order.
type keys struct {
	mu    sync.Mutex
	store *store.Store
	asked int
	fault error
}

func (k *keys) find(ctx context.Context, hash string) (loyalty.TillKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked++; k.fault != nil {
		return loyalty.TillKey{}, k.fault
	}
	return k.store.TillKey(ctx, hash)
}

// secrets are the keys that exist, by the name that books call them.
var secrets = map[string]string{"0042": "rk_first", "0043": "rk_second", "all": "rk_all", "wrong": "rk_nobody", "Mira": "rk_mira", "Jon": "rk_jon", "Ida": "rk_ida"}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), file: filepath.Join(t.TempDir(), "regulars.db")}
	clock := func() time.Time { return w.now }
	db, err := bolt.Open(w.file, clock, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w.store = store.New(db, clock)
	w.publish()
	for name, acts := range map[string]string{"0042": "0042", "0043": "0043", "all": "*"} {
		key := store.TillKey{Hash: store.HashKey(secrets[name]), Store: acts, Name: name, CreatedAt: w.now}
		if err := w.store.PutTillKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	for name, right := range map[string]loyalty.Right{"Mira": loyalty.RightCampaigns, "Jon": loyalty.RightCampaigns, "Ida": loyalty.RightPersons} {
		key := store.TillKey{Hash: store.HashKey(secrets[name]), Store: "*", Name: name, CreatedAt: w.now, May: []loyalty.Right{right}}
		if err := w.store.PutTillKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	w.service = &loyalty.Service{
		Acts: w.store, Lists: w.store, Places: w.store, Controls: w.store, Runs: w.store, Sheets: w.store,
		Cards: w.store, Enrolments: w.store, Joins: w.store, Pages: w.store, Receipts: w.store, Overdue: w.store, Limits: w.store, Reservations: w.store, Codes: w.store, Carts: w.store, Dated: w.store, Warnings: w.store, Referrals: w.store, Messages: w.store, GiftCards: w.store,
		Programmes: store.NewProgrammes(db, clock), Now: clock, Letters: &loyalty.Letters{Secrets: []string{linkSecret}},
	}
	if _, _, err := w.service.MakeList(t.Context(), "friends", ""); err != nil {
		t.Fatal(err)
	}
	w.keys = &keys{store: w.store}
	serial := uint64(1000)
	deps := till.Deps{Service: w.service, Keys: loyalty.KeysFunc(w.keys.find), Authors: w.store.Authors, Persons: person.Desk{Items: db, Store: w.store, Service: w.service, Secrets: []string{linkSecret}, Looks: 500}, Log: edge.NewLogger(&w.log, slog.LevelDebug), Issue: func() (uint64, error) {
		serial++
		return serial, nil
	}}
	w.handler, w.edge = till.Routes(deps), till.New(deps)
	return w
}

func (w *world) publish() {
	file, err := os.Open("testdata/programme.yaml")
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	rules, document, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		w.t.Fatalf("test programme: %v %v", err, faults)
	}
	if err := w.store.Publish(w.t.Context(), rules.From, document); err != nil {
		w.t.Fatal(err)
	}
	w.rules, w.document = rules, document
}

func (w *world) card(n uint64) string { return w.rules.IssueNumber(n) }

// ask sends one request with a key by name; "none" sends none.
func (w *world) ask(method, path, key, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, in)
	if key != "none" {
		r.Header.Set("Authorization", "Bearer "+secrets[key])
	}
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, r)
	w.secret(got.Body.String(), "an answer")
	return got
}

// secret fails if text holds the payment card.
func (w *world) secret(text, where string) {
	w.t.Helper()
	if strings.Contains(text, paymentDigits) || strings.Contains(text, "4111 1111") {
		w.t.Errorf("%s holds a payment card: %s", where, text)
	}
}

// clean fails if the log or the store holds the payment card, or the log what is personal.
func (w *world) clean() {
	w.t.Helper()
	w.secret(w.log.String(), "the log")
	if strings.Contains(w.log.String(), "@") {
		w.t.Errorf("the log holds an address: %s", w.log.String())
	}
	raw, err := os.ReadFile(w.file)
	if err != nil {
		w.t.Fatal(err)
	}
	if bytes.Contains(raw, []byte(paymentDigits)) {
		w.t.Error("the store holds a payment card")
	}
}

func tree(t *testing.T, raw []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, raw)
	}
	return v
}

var errStorm = errors.New("throttled by table cards of account 000000000000")
