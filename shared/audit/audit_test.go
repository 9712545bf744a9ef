package audit_test

import (
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
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// shop is a store in which two cards have bought, returned, and got a coupon and an e-mail.
type shop struct {
	t       *testing.T
	db      *bolt.DB
	store   *store.Store
	service *loyalty.Service
}

func open(t *testing.T) shop {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := shop{t: t, db: db, store: store.New(db, func() time.Time { return noon })}
	s.service = &loyalty.Service{
		Cards: s.store, Joins: s.store, Pages: s.store, Receipts: s.store, Overdue: s.store, Limits: s.store, Reservations: s.store, Codes: s.store, Programmes: store.NewProgrammes(db, func() time.Time { return noon }), Now: func() time.Time { return noon },
	}
	file, err := os.Open(filepath.Join("..", "..", "infra", "regulars", "cli", "testdata", "in", "programme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rules, document, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	s.ok(s.store.Publish(t.Context(), rules.From, document))
	return s
}

func (s shop) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s shop) buy(number string, n int, minor int64, coupons ...string) loyalty.Answer {
	s.t.Helper()
	a, err := s.service.Checkout(s.t.Context(), receipt.Receipt{
		Key: key(n), Card: number, At: noon.Add(time.Duration(n-100) * time.Hour), Coupons: coupons,
		Lines: []receipt.Line{{ID: "1", Quantity: 2, Amount: minor}}, Total: money.Amount{Minor: minor, Currency: "EUR"}, Source: "till",
	})
	s.ok(err)
	return a
}

func key(n int) receipt.Key { return receipt.Key{Store: "0042", Till: "03", Number: fmt.Sprint(n)} }

// live plays some months: 40 receipts of two cards, so that pages are turned; returns, coupons, a guest and an e-mail.
func (s shop) live() {
	coupon := ""
	for n := range 40 {
		if a := s.buy(fmt.Sprintf("7700000%d", 1+n%2), n, int64(1_000+500*n), slices.DeleteFunc([]string{coupon}, func(c string) bool { return c == "" })...); len(a.Granted) > 0 {
			coupon = a.Granted[0].ID
		}
	}
	for n := range 3 {
		_, err := s.service.Return(s.t.Context(), key(10*n), receipt.Return{ID: "R" + fmt.Sprint(n), At: noon, Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}})
		s.ok(err)
	}
	s.buy("", 77, 500)
	s.order("big", "0042.03.39")
}

func (s shop) order(campaign, occasion string) {
	_, err := s.store.PutMessage(s.t.Context(), s.message(campaign, occasion, "77000001"), 0)
	s.ok(err)
}

func (s shop) message(campaign, occasion, number string) message.Record {
	return message.Record{Order: message.Order{
		ID: message.OrderID(campaign, occasion, number), Campaign: campaign, Occasion: occasion, Card: number, Template: "hello", Topic: "offers", OrderedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}}
}

func (s shop) audit() audit.Report {
	s.t.Helper()
	r, err := audit.Run(s.t.Context(), s.db, noon, func(string, int64) {})
	s.ok(err)
	return r
}

func TestSoundShop(t *testing.T) {
	t.Parallel()
	s := open(t)
	if r := s.audit(); !r.Sound() || r.Cards != 0 {
		t.Errorf("an empty shop: %+v", r)
	}
	s.live()
	r := s.audit()
	if !r.Sound() {
		t.Fatalf("%+v", r.Faults)
	}
	if r.Cards != 2 || r.Receipts != 41 || r.Guests != 1 || r.Returns != 3 || r.Entries != 43 || r.Messages != 1 || r.Coupons == 0 {
		t.Errorf("it counted %+v", r)
	}
}

// A card that takes no part keeps its receipts and earns nothing; that is no fault. Nor is a return that waits.
func TestWhatIsNoFault(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.buy("77000001", 1, 1_000)
	s.change("77000001", func(h *card.Head) { h.Status = card.Blocked })
	_, err := s.store.File(t.Context(), receipt.Receipt{Key: key(2), Card: "77000001", At: noon, Total: money.Amount{Minor: 1, Currency: "EUR"}})
	s.ok(err)
	s.ok(s.store.Await(t.Context(), key(3), receipt.Return{ID: "R", At: noon}))
	if r := s.audit(); !r.Sound() || r.Silent != 1 || r.Waiting != 1 {
		t.Errorf("%+v", r)
	}
}

// merge makes one card of the two.
func (s shop) merge() {
	s.t.Helper()
	_, err := s.service.Merge(s.t.Context(), "77000001", "77000002", loyalty.ByHand{ID: "m-1", Reason: "One shopper", By: "Mira"})
	s.ok(err)
}

// Cards that were merged, bought and gave back as one, and parted again are sound at each step.
func TestMergedCardsAreSound(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.live()
	sound := func(when string, cards int64) {
		t.Helper()
		if r := s.audit(); !r.Sound() || r.Cards != cards {
			t.Errorf("%s: %d cards, %+v", when, r.Cards, r.Faults)
		}
	}
	s.merge()
	sound("merged", 1)
	s.buy("77000001", 90, 5_000)
	for _, n := range []int{1, 2, 90} {
		_, err := s.service.Return(t.Context(), key(n), receipt.Return{ID: "late", At: noon})
		s.ok(err)
	}
	sound("lived as one", 1)
	_, err := s.service.Unmerge(t.Context(), "77000001", loyalty.ByHand{ID: "u-1", Reason: "Two shoppers", By: "Mira"})
	s.ok(err)
	sound("parted", 2)
}

// change rewrites a head past all rules.
func (s shop) change(id string, change func(*card.Head)) {
	s.t.Helper()
	o, err := s.store.Open(s.t.Context(), id, true)
	s.ok(err)
	change(&o.Head)
	_, err = s.store.PutHead(s.t.Context(), o.Head, o.HeadVersion)
	s.ok(err)
}

// Each way in which books can go wrong is planted, and found by its name.
func TestPlantedFaults(t *testing.T) {
	t.Parallel()
	coupon := card.Coupon{ID: "AAAAAA", Offer: "ten", Campaign: "big", ExpiresOn: 30_000}
	for kind, plant := range map[string]func(s shop){
		audit.Unsound:       func(s shop) { s.change("77000001", func(h *card.Head) { h.Book.Balance++ }) },
		audit.CouponNowhere: func(s shop) { s.change("77000001", func(h *card.Head) { h.Wallet = append(h.Wallet, coupon) }) },
		audit.CouponTwice: func(s shop) {
			s.change("77000001", func(h *card.Head) {
				last := &h.Book.Tail[len(h.Book.Tail)-1]
				last.Marks = append(last.Marks, coupon.Mark(card.MarkGranted), coupon.Mark(card.MarkRedeemed), coupon.Mark(card.MarkRedeemed))
			})
		},
		audit.CauseTwice: func(s shop) {
			s.change("77000001", func(h *card.Head) {
				h.Book = h.Book.Post(ledger.Entry{Cause: key(39).String(), Kind: ledger.Earn, At: noon, Points: 5}, 0)
			})
		},
		audit.NoReceipt: func(s shop) {
			s.change("77000001", func(h *card.Head) {
				h.Book = h.Book.Post(ledger.Entry{Cause: "0042/03/nowhere", Kind: ledger.Earn, At: noon, Points: 5}, 0)
			})
		},
		audit.NoReturn: func(s shop) {
			s.change("77000001", func(h *card.Head) {
				h.Book = h.Book.Post(ledger.Entry{Cause: key(38).String() + "~7", Kind: ledger.Reverse, At: noon, Points: -1}, 0)
			})
		},
		audit.NotPosted: func(s shop) {
			_, err := s.store.File(s.t.Context(), receipt.Receipt{Key: key(90), Card: "77000001", At: noon, Total: money.Amount{Minor: 1, Currency: "EUR"}})
			s.ok(err)
		},
		audit.WrongCard: func(s shop) {
			_, err := s.store.File(s.t.Context(), receipt.Receipt{Key: key(91), Card: "77000001", At: noon, Total: money.Amount{Minor: 1, Currency: "EUR"}})
			s.ok(err)
			s.change("77000002", func(h *card.Head) {
				h.Book = h.Book.Post(ledger.Entry{Cause: key(91).String(), Kind: ledger.Earn, At: noon, Points: 5}, 0)
			})
		},
		audit.TooMuchBack: func(s shop) {
			s.ok(s.store.FileReturn(s.t.Context(), key(39), 1, receipt.Return{ID: "R", At: noon, Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 9}}}))
		},
		audit.MessageWrong: func(s shop) {
			rec := s.message("big", "elsewhere", "77000001")
			rec.ID = message.OrderID("big", "another", "77000001")
			_, err := s.store.PutMessage(s.t.Context(), rec, 0)
			s.ok(err)
		},
		audit.MessageTwice: func(s shop) {
			rec := s.message("big", "0042.03.39", "77000001")
			rec.ID += "x"
			_, err := s.store.PutMessage(s.t.Context(), rec, 0)
			s.ok(err)
		},
		audit.MergeWrong: func(s shop) {
			s.merge()
			s.change("77000002", func(h *card.Head) { h.Joined = nil })
		},
		audit.NoCard: func(s shop) { s.ok(s.store.PutPage(s.t.Context(), "77000009", ledger.Page{Number: 1})) },
		audit.Unreadable: func(s shop) {
			_, err := s.db.Put(s.t.Context(), store.Item{Key: store.Key{Table: store.Cards, Partition: "card/77000008", Sort: "HEAD"}, Attrs: store.Attrs{"t": "nonsense"}}, store.Always())
			s.ok(err)
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.live()
			plant(s)
			r := s.audit()
			if r.Sound() || !slices.ContainsFunc(r.Faults, func(f audit.Fault) bool { return f.Kind == kind && f.Detail != "" }) {
				t.Errorf("found %+v", r.Faults)
			}
			for _, f := range r.Faults {
				if strings.Contains(f.Detail, "%!") {
					t.Errorf("badly told: %s", f.Detail)
				}
			}
		})
	}
}
