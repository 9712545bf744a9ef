package admin_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// While a key is rotated both are good; then the old one is not, and a key that ends is not rotated again.
func TestARotatedKeyIsGoodForAWhile(t *testing.T) {
	t.Parallel()
	db, now := open(t), noon
	clock := func() time.Time { return now }
	client := admin.Direct(admin.Handler(admin.Offline(db, clock, "t")), "t")
	kept := store.New(db, clock)
	good := func(key string) bool {
		_, err := kept.TillKey(t.Context(), store.HashKey(key))
		if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	ask := func(path string, in, out any) string {
		return admin.Code(client.Do(t.Context(), http.MethodPost, path, in, out))
	}
	var first admin.Key
	var second admin.Rotated
	ask("/keys", admin.NewKey{Store: "0042", Name: "till 1"}, &first)
	if code := ask("/keys/"+first.ID+"/rotate", admin.RotateKey{Minutes: 60}, &second); code != "" || second.Key.Store != "0042" || second.Key.Name != "till 1" || second.Old.Key != "" {
		t.Fatalf("%q %+v", code, second)
	}
	if !good(first.Key) || !good(second.Key.Key) {
		t.Error("not both are good")
	}
	if code := ask("/keys/"+first.ID+"/rotate", admin.RotateKey{}, nil); code != "key_ends" {
		t.Errorf("rotated again: %q", code)
	}
	now = now.Add(time.Hour)
	if good(first.Key) || !good(second.Key.Key) {
		t.Error("after its time the old one is good, or the new one is not")
	}
	var third admin.Rotated
	if code := ask("/keys/"+second.Key.ID+"/rotate", admin.RotateKey{Minutes: 60}, &third); code != "" {
		t.Fatal(code)
	}
	if ask("/keys/"+second.Key.ID+"/revoke", nil, nil); good(second.Key.Key) || !good(third.Key.Key) {
		t.Error("a key that is being rotated is revoked at once")
	}
	for _, minutes := range []int64{-1, 30*24*60 + 1} {
		if code := ask("/keys/"+third.Key.ID+"/rotate", admin.RotateKey{Minutes: minutes}, nil); code != "minutes_invalid" {
			t.Errorf("%d minutes: %q", minutes, code)
		}
	}
}
