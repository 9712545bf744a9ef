package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Whatever order the versions of a cart and its end arrive in, what is kept in the end is the same.
func TestCartDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		order string // 1, 2: versions, b: bought, e: emptied
		want  loyalty.CartState
	}{
		{"12b", loyalty.CartBought}, {"21b", loyalty.CartBought}, {"b12", loyalty.CartBought}, {"1b2", loyalty.CartBought}, {"2b1", loyalty.CartBought},
		{"12e", loyalty.CartEmptied}, {"e12", loyalty.CartEmptied}, {"1e2", loyalty.CartEmptied}, {"eb", loyalty.CartBought}, {"be", loyalty.CartBought},
		{"12", loyalty.CartOpen}, {"21", loyalty.CartOpen},
	} {
		s := open(t)
		ana := s.Enrol(1, "", "offers")
		one := s.cart("c1", ana, 1)
		s.Wait(time.Minute)
		two := s.cart("c1", ana, 2)
		s.Wait(time.Minute)
		for _, what := range row.order {
			var err error
			switch what {
			case '1':
				s.update(one)
			case '2':
				s.update(two)
			default:
				err = s.ClearCart(t.Context(), "c1", what == 'b')
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		kept, _, err := s.Store.Cart(t.Context(), "c1")
		if err != nil || kept.State != row.want {
			t.Errorf("%s: %s, want %s (%v)", row.order, kept.State, row.want, err)
		}
		if open := row.want == loyalty.CartOpen; open && kept.Version != 2 || kept.DueAt.IsZero() == open {
			t.Errorf("%s: version %d, due at %s", row.order, kept.Version, kept.DueAt)
		}
	}
}

// The emptying of a cart that is told late does not close what the shopper has put together since.
func TestLateEmptyingClosesNothingNewer(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.update(s.cart("c1", ana, 1))
	s.Wait(time.Minute)
	emptied := events.New(events.Metadata{ID: "e1", OccurredAt: s.Clock(), Source: "shopify"}, events.CartCleared{Cart: "c1", Reason: "emptied"})
	s.Wait(time.Minute)
	s.update(s.cart("c1", ana, 2))
	s.Wait(time.Minute)
	if err := s.Hear(t.Context(), emptied); err != nil {
		t.Fatal(err)
	}
	if kept, _, err := s.Store.Cart(t.Context(), "c1"); err != nil || kept.State != loyalty.CartOpen || kept.Version != 2 {
		t.Errorf("%+v %v", kept, err)
	}
	// And the version from before the emptying, later still, does not open an emptied one.
	other := s.cart("c2", ana, 5)
	s.Wait(time.Minute)
	emptied.Data = events.CartCleared{Cart: "c2", Reason: "emptied"}
	emptied.Metadata.OccurredAt = s.Clock()
	if err := s.Hear(t.Context(), emptied); err != nil {
		t.Fatal(err)
	}
	if kept := s.update(other); kept.State != loyalty.CartEmptied {
		t.Errorf("%+v", kept)
	}
	s.Wait(time.Minute)
	if kept := s.update(s.cart("c2", ana, 6)); kept.State != loyalty.CartOpen {
		t.Errorf("%+v", kept)
	}
}

// A later version that does not say whose cart it is belongs to whom it belonged to, and is reminded of.
func TestCartKeepsItsShopper(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.update(s.cart("c1", ana, 1))
	s.Wait(time.Minute)
	if kept := s.update(s.cart("c1", "", 2)); kept.Card != ana || !kept.DueAt.Equal(s.Clock().Add(time.Hour)) {
		t.Errorf("%+v", kept)
	}
	s.wait(time.Hour)
	if n := s.remind(); n != 1 {
		t.Errorf("%d reminders", n)
	}
	s.send()
	s.check("mails", s.Messages(ana), "sent basket")
}

func TestNobodyIsRemindedTwiceOfACart(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.update(s.cart("c1", ana, 1))
	s.update(s.cart("c2", "", 1))     // nobody's
	empty := s.cart("c3", ana, 1)     // nothing in it
	empty.Lines, empty.Total = nil, 0 //
	s.update(empty)
	if n := s.remind(); n != 0 {
		t.Errorf("at once: %d reminders", n)
	}
	s.Wait(time.Hour)
	for i, want := range []int{1, 0, 0} {
		if n := s.remind(); n != want {
			t.Errorf("tick %d: %d reminders", i, n)
		}
		s.wait(time.Minute)
	}
	s.send()
	for _, row := range []struct {
		after time.Duration
		want  string
	}{{time.Hour, "sent basket"}, {7 * 24 * time.Hour, "sent basket, sent basket"}} { // a cart that is changed again rests for a week
		s.Wait(row.after)
		s.update(s.cart("c1", ana, int64(row.after)))
		s.Wait(time.Hour)
		s.remind()
		s.send()
		s.check("mails", s.Messages(ana), row.want)
	}
}

// A receipt names the cart that it bought; the cart is bought whether or not the card may earn.
func TestReceiptClosesItsCart(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.update(s.cart("c1", ana, 1))
	if _, err := s.Replace(t.Context(), ana, s.Number(2), s.Clock(), nil); err != nil {
		t.Fatal(err)
	}
	s.Wait(time.Minute)
	r := s.sale("1", ana, 900)
	r.Cart = "c1"
	if a, err := s.Checkout(t.Context(), r); err == nil {
		t.Fatalf("a lost number earns: %+v", a)
	}
	if kept, _, err := s.Store.Cart(t.Context(), "c1"); err != nil || kept.State != loyalty.CartBought {
		t.Errorf("%+v %v", kept, err)
	}
}

// Returns that overtook a receipt are filed with it, also where nobody swiped a card or the card may not earn: the goods cannot come back
// a second time.
func TestReturnsThatWaitedAreFiled(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	if _, err := s.Replace(t.Context(), ana, s.Number(2), s.Clock(), nil); err != nil {
		t.Fatal(err)
	}
	for number, card := range map[string]string{"guest": "", "lost": ana, "known": s.Number(2)} {
		r := s.sale(number, card, 1000)
		for _, id := range []string{"a", "a"} {
			ret := receipt.Return{ID: id, At: s.Clock()}
			if _, err := s.AwaitReturn(t.Context(), r.Key, ret); err != nil {
				t.Fatal(err)
			}
		}
		other := receipt.Return{ID: "a", At: s.Clock(), Money: 5}
		if _, err := s.AwaitReturn(t.Context(), r.Key, other); loyalty.Code(err) != "return_conflict" {
			t.Errorf("%s: another return of the same id: %v", number, err)
		}
		if _, err := s.Checkout(t.Context(), r); (err != nil) != (number == "lost") {
			t.Fatal(number, err)
		}
		filed, err := s.Store.Receipt(t.Context(), r.Key)
		if err != nil || len(filed.Returns) != 1 {
			t.Errorf("%s: %d returns %v", number, len(filed.Returns), err)
		}
	}
	s.check("book", s.Book(s.Number(2)), "+10 0042/1/known, -10 0042/1/known~1")
}

// A guest's receipt is repeated and refused like any other.
func TestGuestReceipt(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.sale("1", "", 1000)
	if a := s.checkout(r); !a.Guest || a.Repeated {
		t.Errorf("%+v", a)
	}
	if a := s.checkout(r); !a.Guest || !a.Repeated {
		t.Errorf("%+v", a)
	}
	r.Total = money.Amount{Minor: 1, Currency: "EUR"}
	if _, err := s.Checkout(t.Context(), r); loyalty.Code(err) != "receipt_conflict" {
		t.Error(err)
	}
}
