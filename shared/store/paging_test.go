package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// short gives pages as the contract allows: shorter than asked for, and an empty one in between.
type short struct {
	store.Items
	asked map[string]bool
}

func (s short) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	in.Limit = 1
	return s.Items.Query(ctx, in)
}

func (s short) Due(ctx context.Context, in store.DueInput) (store.Page, error) {
	if place := fmt.Sprint(in.Shard, in.After); in.Limit > 1 && !s.asked[place] {
		s.asked[place] = true
		page, err := s.Items.Due(ctx, store.DueInput{Kind: in.Kind, Shard: in.Shard, From: in.From, To: in.To, Limit: 1, After: in.After})
		return page, err
	}
	return s.Items.Due(ctx, in)
}

func shortly(t *testing.T) *store.Store {
	t.Helper()
	return store.New(short{fresh(t), map[string]bool{}}, now)
}

func TestCardIsReadWholeOverShortPages(t *testing.T) {
	t.Parallel()
	s := shortly(t)
	shopper := owner("1", "ana@shopper.example")
	if err := enrolled(s, shopper); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(t.Context(), "1", true)
	if err != nil || o.HeadVersion != 1 || o.ProfileVersion != 1 || o.Profile.Email != shopper.Email {
		t.Errorf("%+v %v", o, err)
	}
}

func TestReturnsAreReadWholeOverShortPages(t *testing.T) {
	t.Parallel()
	s := shortly(t)
	r := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "03", Number: "1"}, At: now(), Total: money.Amount{Minor: 100, Currency: "EUR"}}
	if _, err := s.File(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for n := range 12 {
		if err := s.FileReturn(t.Context(), r.Key, n+1, receipt.Return{ID: fmt.Sprint(n), At: now(), Money: 1}); err != nil {
			t.Fatal(err)
		}
	}
	filed, err := s.Receipt(t.Context(), r.Key)
	if err != nil || len(filed.Returns) != 12 || filed.Returns[11].ID != "11" {
		t.Errorf("%d returns, %v", len(filed.Returns), err)
	}
	if err := s.FileReturn(t.Context(), r.Key, 12, receipt.Return{ID: "other", At: now()}); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("two returns of one number: %v", err)
	}
}

func TestKeysAreListedWholeOverShortPages(t *testing.T) {
	t.Parallel()
	s := shortly(t)
	for n := range 3 {
		k := store.TillKey{Hash: store.HashKey(fmt.Sprint(n)), Store: "0042", Name: "till", CreatedAt: now()}
		if n == 2 {
			k.RevokedAt = now()
		}
		if err := s.PutTillKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.TillKeys(t.Context()); err != nil || len(list) != 3 {
		t.Errorf("%v %v", list, err)
	}
	if k, err := s.TillKey(t.Context(), store.HashKey("1")); err != nil || k.Store != "0042" || !k.CreatedAt.Equal(now()) {
		t.Errorf("%+v %v", k, err)
	}
	for _, secret := range []string{"2", "3"} {
		if _, err := s.TillKey(t.Context(), store.HashKey(secret)); !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("a key that is revoked or none opens the door: %v", err)
		}
	}
}

// The earliest carts come first, whatever shard they lie in; no more than asked for; a short page of the index is not its end.
func TestDueCartsAreTheEarliest(t *testing.T) {
	t.Parallel()
	s := shortly(t)
	for n := range 40 {
		c := loyalty.Cart{ID: fmt.Sprintf("c%02d", n), Version: 1, At: now(), State: loyalty.CartOpen, DueAt: now().Add(time.Duration(n) * time.Second)}
		if _, err := s.PutCart(t.Context(), c, 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct{ after, limit, most int }{{19, 500, 20}, {39, 500, 40}, {39, 8, 8}, {39, 1, 1}, {-1, 500, 0}} {
		list, err := s.DueCarts(t.Context(), now().Add(time.Duration(row.after)*time.Second), row.limit)
		if err != nil || len(list) != row.most && row.limit == 500 || len(list) > row.limit || !slices.IsSorted(list) {
			t.Errorf("due by second %d, at most %d: %v %v", row.after, row.limit, list, err)
		}
		if len(list) > 0 && list[0] != "c00" {
			t.Errorf("the earliest is left out: %v", list)
		}
	}
}

// Large programmes fill a page of the table with three or four versions. The older ones still decide receipts of their days.
func TestEveryVersionIsReadOverShortPages(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	s := store.New(db, now)
	for n := range 4 {
		from := time.Date(2025+n, 1, 1, 0, 0, 0, 0, time.UTC)
		doc := programme.Document{
			Programme: fmt.Sprintf("v%d", n), From: from, Currency: "EUR", TimeZone: "Europe/Berlin", Language: "en", Shop: programme.Shop{Name: "Shop", Address: "Street"},
			Cards: programme.Numbers{Secret: strings.Repeat("s", 16)}, Earn: []programme.EarnRule{{ID: "base", Points: 1, Per: "1.00"}},
		}
		body, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // publishing again changes nothing
			if err := s.Publish(t.Context(), from, body); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Publish(t.Context(), from, append(body, ' ')); !errors.Is(err, loyalty.ErrConflict) {
			t.Errorf("another version of the same day: %v", err)
		}
	}
	p := store.NewProgrammes(short{Items: db}, now)
	for at, want := range map[string]string{"2024-06-01": "v0", "2025-01-01": "v0", "2025-12-31": "v0", "2026-01-01": "v1", "2027-07-01": "v2", "2030-01-01": "v3"} {
		day, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.At(t.Context(), day); err != nil || got.Programme != want {
			t.Errorf("on %s holds %v, want %s (%v)", at, got, want, err)
		}
	}
	if _, err := store.NewProgrammes(short{Items: fresh(t)}, now).At(t.Context(), now()); !errors.Is(err, loyalty.ErrNotFound) {
		t.Errorf("no version: %v", err)
	}
}

func fresh(t *testing.T) store.Items {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), now, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
