package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func (s shop) replay() audit.Replayed {
	s.t.Helper()
	return replay(s.t, s.db)
}

func replay(t *testing.T, items store.Items) audit.Replayed {
	t.Helper()
	r, err := audit.Replay(context.Background(), items, noon, func(string, int64) {}) // the context of a test that cleans up is over
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReplayOfASoundShop(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.live()
	if r := s.replay(); !r.Sound() || r.Cards != 2 || r.Receipts != 40 || r.Returns != 3 || r.Unprovable+r.Gone != 0 {
		t.Errorf("%+v", r)
	}
}

// Each recorded answer that is not the rules' own is found, and said in words.
func TestReplayFindsWhatWasTampered(t *testing.T) {
	t.Parallel()
	newest := func(h *card.Head) *ledger.Entry { return &h.Book.Tail[len(h.Book.Tail)-1] }
	for says, change := range map[string]func(h *card.Head){
		"points are recorded":                       func(h *card.Head) { newest(h).Points++ },
		"tier \"gold\" is recorded":                 func(h *card.Head) { newest(h).To = "gold" },
		"mark ^7 is recorded and does not come out": func(h *card.Head) { newest(h).Marks = append(newest(h).Marks, card.Capped(7)) },
		"campaign big spoke otherwise": func(h *card.Head) {
			newest(h).Marks = append(newest(h).Marks, card.Coupon{ID: "AAAAAA", Offer: "ten", Campaign: "big", ExpiresOn: 30_000}.Mark(card.MarkGranted))
		},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.live()
			s.change("77000001", change)
			r := s.replay()
			if r.Wrong != 1 || r.Differences[0].Card != "77000001" || !strings.Contains(fmt.Sprint(r.Differences[0].Says), says) {
				t.Errorf("found %+v", r)
			}
		})
	}
}

// fresh is a store whose every card is replayed when the test that used it ends.
func fresh(t *testing.T) store.Items {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if wrong := wrongByAll(t, db, replay(t, db)); len(wrong) > 0 {
			t.Errorf("decided again it comes out otherwise: %+v", wrong)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// wrongByAll puts each of the books' rules in the place of the published version, for some cards are decided by rules that their book
// publishes nowhere, and leaves the differences of cards that come out by none of them.
func wrongByAll(t *testing.T, items store.Items, first audit.Replayed) []audit.Difference {
	t.Helper()
	files, err := filepath.Glob("../loyalty/loyaltytest/testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	left := first.Differences
	for _, name := range files {
		if len(left) == 0 {
			return nil
		}
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rules, document, faults, err := yamldoc.Read(file)
		file.Close()
		if err != nil || len(faults) > 0 {
			t.Fatal(err, faults)
		}
		there := store.Key{Table: store.Programme, Partition: "programme", Sort: "V/" + rules.From.UTC().Format("2006-01-02T15:04:05Z")}
		if _, err := items.Put(context.Background(), store.Item{Key: there, Attrs: store.Attrs{"d": string(document)}}, store.Always()); err != nil {
			t.Fatal(err)
		}
		again := replay(t, items).Differences
		left = slices.DeleteFunc(left, func(d audit.Difference) bool {
			return !slices.ContainsFunc(again, func(a audit.Difference) bool { return a.Card == d.Card })
		})
	}
	return left
}

// Every account book that the use cases are held to comes out again: what they learn, the replay knows.
func TestReplayOfTheAccountBooks(t *testing.T) {
	t.Parallel()
	loyaltytest.Run(t, fresh)
}

// Random histories with duplicates, crashes, stale reads and several workers come out again.
func TestReplayOfRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		setting := loyaltytest.Wild(seed)
		setting.Carry = false // those histories are decided by rules that are published nowhere
		if _, err := loyaltytest.Play(t.Context(), fresh(t), setting); err != nil {
			t.Fatal(err)
		}
	}
}

// A coupon that went by the language that a shopper spoke then cannot be brought about again once it is another; that is said, and is no
// fault. One that goes by nothing of the kind is a difference, see above.
func TestReplayTakesWhatIsNotKeptAsItStands(t *testing.T) {
	t.Parallel()
	s := open(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "infra", "regulars", "cli", "testdata", "in", "programme.yaml"))
	s.ok(err)
	french := strings.NewReplacer("from: 2026-01-01", "from: 2026-02-01", `{field: receipt.total, op: gte, value: "50.00"}`, "{field: shopper.language, op: eq, value: fr}").Replace(string(text))
	rules, document, faults, err := yamldoc.Read(strings.NewReader(french))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	s.ok(s.store.Publish(t.Context(), rules.From, document))
	s.service.Programmes = store.NewProgrammes(s.db, func() time.Time { return noon })
	s.buy("77000001", 1, 1_000)
	speaks := func(language string) {
		o, err := s.store.Open(t.Context(), "77000001", true)
		s.ok(err)
		o.Profile.ID, o.Profile.Language = "77000001", language
		_, err = s.store.PutProfile(t.Context(), o.Profile, o.ProfileVersion)
		s.ok(err)
	}
	speaks("fr")
	granted := s.buy("77000001", 2, 1_000).Granted
	if len(granted) != 1 {
		t.Fatal("no coupon for who speaks French")
	}
	speaks("de")
	s.buy("77000001", 3, 1_000, granted[0].ID)
	if r := s.replay(); !r.Sound() || r.Unprovable != 1 || r.Receipts != 3 {
		t.Errorf("%+v", r)
	}
}
