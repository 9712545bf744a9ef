package person_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

const (
	ana, bo = "77000001", "77000002"
	address = "ana.planted@shopper.example"
)

// planted is what only the shopper's own items hold.
var planted = []string{address, "+4917055512345", "Plantedgiven", "Plantedfamily", "shopify:424242", "https://shop.example/planted-cart", "1979-05-17"}

type shop struct {
	t       *testing.T
	items   *bolt.DB
	store   *store.Store
	service *loyalty.Service
}

// open is a shop with two shoppers, of whom one has everything that a shop can hold about somebody.
func open(t *testing.T) shop {
	t.Helper()
	s := under(t, "programme.yaml")
	ctx := t.Context()
	for number, p := range map[string]card.Profile{
		ana: {Given: "Plantedgiven", Family: "Plantedfamily", Email: address, Phone: "+4917055512345", Birthday: day.Yearly{Month: 5, Day: 17}, Identities: []string{"shopify:424242"},
			Consents: map[string]card.Consent{"offers": {Allowed: true, At: noon, Source: "web"}}},
		bo: {Given: "Bo", Email: "bo@shopper.example"},
	} {
		_, err := s.service.Enrol(ctx, loyalty.Enrolment{Number: number, Store: "0042", Profile: p}, nil)
		s.do(err)
		for n := range 20 { // the book turns a page
			_, err = s.service.Checkout(ctx, sale(number, n))
			s.do(err)
		}
		_, err = s.service.Return(ctx, sale(number, 3).Key, receipt.Return{ID: "r-" + number, At: noon})
		s.do(err)
	}
	_, err := s.service.UpdateCart(ctx, loyalty.Cart{ID: "c1", Version: 1, Card: ana, At: noon, URL: "https://shop.example/planted-cart", Total: 900, Lines: sale(ana, 1).Lines})
	s.do(err)
	var place loyalty.Placed
	place.Card, place.Campaign, place.Occasion, place.Step = ana, "welcome", "enrolled", "pause"
	place.Version, place.Entered, place.Since, place.Due = noon, noon, noon, noon.Add(time.Hour)
	_, err = s.store.PutPlace(ctx, place)
	s.do(err)
	o := message.Order{ID: message.OrderID("big", "x", ana), Campaign: "big", Occasion: "x", Card: ana, Template: "mail", Topic: "offers", OrderedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	_, err = s.store.PutMessage(ctx, message.Record{Order: o, State: message.StateSent, SentAt: noon}, 0)
	s.do(err)
	s.do(s.store.Park(ctx, loyalty.Parked{ID: "L1", Vendor: "shopify", Topic: "customers/redact", Reason: "a shopper asks to be erased", At: noon,
		Message: []byte(`{"customer":{"email":"` + address + `","born":"1979-05-17"}}`)}))
	s.do(s.store.Park(ctx, loyalty.Parked{ID: "L2", Vendor: "shopify", Topic: "orders/paid", Reason: "no such currency", At: noon, Message: []byte(`{"email":"bo@shopper.example"}`)}))
	return s
}

func (s shop) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func sale(number string, n int) receipt.Receipt {
	return receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "1", Number: fmt.Sprint(number, "-", n)}, Card: number, At: noon.Add(-time.Hour), Total: money.Amount{Minor: 900, Currency: "EUR"},
		Lines: []receipt.Line{{ID: "1", SKU: "beans", Quantity: 1, Amount: 900}}, Source: "till",
	}
}

// all is the whole store as text.
func (s shop) all() string {
	s.t.Helper()
	var out strings.Builder
	for _, table := range []store.Table{store.Programme, store.Cards, store.Records} {
		page, err := s.items.Scan(context.Background(), store.ScanInput{Table: table, Segments: 1, Read: store.Strong, Limit: store.MaxPage})
		s.do(err)
		for _, item := range page.Items {
			fmt.Fprintln(&out, item.Key, item.Attrs)
		}
	}
	return out.String()
}

func TestAShopperGetsAllThatIsHeld(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, who := range []string{ana, address, strings.ToUpper(address)} {
		_, names, err := person.Find(t.Context(), s.store, who)
		s.do(err)
		var out bytes.Buffer
		s.do(exporter.WriteShopper(t.Context(), s.items, atNoon, names, &out))
		got := out.String()
		for _, text := range append([]string{"checkout.completed.v1", "checkout.refunded.v1", `"type":"entry"`, `"type":"message"`, "inbox", "cart/c1", "welcome/enrolled"}, planted...) {
			if !strings.Contains(got, text) {
				t.Errorf("%s: nothing of %q", who, text)
			}
		}
		if strings.Contains(got, bo) || strings.Contains(got, "bo@shopper") {
			t.Errorf("%s: somebody else's items are among them", who)
		}
		if n := strings.Count(got, `"type":"checkout.completed.v1"`); n != 20 {
			t.Errorf("%s: %d receipts", who, n)
		}
	}
	if _, _, err := person.Find(t.Context(), s.store, "nobody@shopper.example"); err == nil || !strings.Contains(err.Error(), "no card") {
		t.Error(err)
	}
}

func TestAnErasedShopperIsGoneAndTheBooksStand(t *testing.T) {
	t.Parallel()
	s := open(t)
	before, err := s.service.Cards.Open(t.Context(), ana, true)
	s.do(err)
	by := loyalty.ByHand{ID: "erase-1", Reason: "Asked by e-mail", By: "Mira"}
	done, err := s.desk().EraseAll(t.Context(), address, by, nil)
	if err != nil || done.Card != ana || done.Carts != 1 || done.Letters != 1 || done.Journeys != 1 || done.Repeated {
		t.Fatalf("%+v %v", done, err)
	}
	all := s.all()
	for _, text := range planted {
		if strings.Contains(all, text) {
			t.Errorf("%q is still there", text)
		}
	}
	if !strings.Contains(all, "bo@shopper.example") {
		t.Error("somebody else was erased too")
	}
	after, err := s.service.Cards.Open(t.Context(), ana, true)
	if err != nil || after.Head.Status != card.Closed || after.Head.Book.Balance != before.Head.Book.Balance {
		t.Errorf("%+v %v", after.Head, err)
	}
	places, err := s.service.Places.PlacesOf(t.Context(), ana)
	if err != nil || len(places) != 1 || places[0].End != "erased" || !places[0].Due.IsZero() {
		t.Errorf("the journey goes on: %+v %v", places, err)
	}
	if done, err = s.desk().EraseAll(t.Context(), ana, by, nil); err != nil || !done.Repeated || done.Carts+done.Letters+done.Journeys != 0 {
		t.Errorf("again: %+v %v", done, err)
	}
	late := sale(ana, 99)
	if a, err := s.service.Checkout(t.Context(), late); err == nil {
		t.Errorf("a late receipt earns: %+v", a)
	}
	report, err := audit.Run(t.Context(), s.items, noon, func(string, int64) {})
	if err != nil || len(report.Faults) > 0 {
		t.Errorf("%+v %v", report.Faults, err)
	}
}

// A shop system that was not told of the erasure sends the shopper again: the card stays nobody's, and whoever withdraws is heard.
func TestNobodyComesBackToAnErasedCard(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := s.desk().EraseAll(t.Context(), ana, loyalty.ByHand{ID: "erase-1", Reason: "Asked by e-mail", By: "Mira"}, nil)
	s.do(err)
	for name, change := range map[string]func(card.Profile) card.Profile{
		"a name":       func(p card.Profile) card.Profile { p.Given = "Plantedgiven"; return p },
		"an address":   func(p card.Profile) card.Profile { p.Email = address; return p },
		"a vendor's":   func(p card.Profile) card.Profile { p.Identities = []string{"shopify:424242"}; return p },
		"a birthday":   func(p card.Profile) card.Profile { p.Birthday = day.Yearly{Month: 5, Day: 17}; return p },
		"some consent": func(p card.Profile) card.Profile { return p.Decide("offers", card.Consent{Allowed: true, At: noon}) },
	} {
		_, _, err := s.service.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { return change(p), nil })
		if loyalty.Code(err) != "card_closed" || !errors.Is(err, loyalty.ErrRefused) {
			t.Errorf("%s comes back: %v", name, err)
		}
	}
	if _, _, err := s.service.UpdateProfile(t.Context(), ana, func(p card.Profile) (card.Profile, error) { return p.Decide("offers", card.Consent{At: noon}), nil }); err != nil {
		t.Errorf("consent is withdrawn: %v", err)
	}
}

// By parts of a few items a shopper gets the same lines as at once, and is out of the shop in the end; a place about somebody else's card is
// none, and names nobody.
func TestPartByPartIsTheWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	desk := person.Desk{Items: s.items, Store: s.store, Service: s.service, Secrets: []string{"a secret of the test's links"}}
	export := func(d person.Desk) (lines []string, parts int) {
		for after := ""; parts == 0 || after != ""; parts++ {
			part, err := d.Export(t.Context(), ana, "Ida", after)
			s.do(err)
			for _, line := range part.Lines {
				lines = append(lines, string(line))
			}
			if after = part.Next; strings.Contains(after, bo) {
				t.Error("a place names somebody else")
			}
		}
		return lines, parts
	}
	whole, one := export(desk)
	small := desk
	small.Looks = 1
	split, parts := export(small)
	if one != 1 || parts < 3 || strings.Join(whole, "\n") != strings.Join(split, "\n") {
		t.Errorf("%d lines in %d part, %d in %d", len(whole), one, len(split), parts)
	}
	if text := strings.Join(whole, "\n"); strings.Count(text, `asked/`) != 1 || !strings.Contains(text, "export/Ida") {
		t.Errorf("who asked is not recorded once: %s", text)
	}
	first, err := small.Export(t.Context(), ana, "Ida", "")
	s.do(err)
	if _, err := small.Export(t.Context(), bo, "Ida", first.Next); loyalty.Code(err) != "after" {
		t.Errorf("a place of another card: %v", err)
	}
	var carts, letters int
	by := loyalty.ByHand{Reason: "Asked by letter", By: "Ida"}
	for after, done := "", false; !done; {
		part, err := small.Erase(t.Context(), ana, by, after)
		s.do(err)
		if part.Done != (part.Next == "") || part.Repeated {
			t.Errorf("%+v", part)
		}
		carts, letters, after, done = carts+part.Carts, letters+part.Letters, part.Next, part.Done
	}
	if carts != 1 || letters != 1 {
		t.Errorf("%d carts and %d letters emptied", carts, letters)
	}
	all := s.all()
	for _, text := range planted {
		if strings.Contains(all, text) {
			t.Errorf("%q is still there", text)
		}
	}
	if again, err := desk.Erase(t.Context(), ana, by, ""); err != nil || !again.Repeated || !again.Done {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// A colleague with a reason of their own finishes an erasure that was broken off, whoever began it and whatever was the reason.
func TestSomebodyElseFinishesAnErasure(t *testing.T) {
	t.Parallel()
	s := open(t)
	desk := person.Desk{Items: s.items, Store: s.store, Service: s.service, Secrets: []string{"a secret of the test's links"}, Looks: 1}
	begun, err := desk.Erase(t.Context(), ana, loyalty.ByHand{Reason: "Asked by letter", By: "Ida"}, "")
	if err != nil || begun.Done {
		t.Fatalf("%+v, %v", begun, err)
	}
	desk.Looks = 0
	done, err := desk.Erase(t.Context(), ana, loyalty.ByHand{Reason: "Ida is ill; asked by letter", By: "Jon"}, "")
	if err != nil || !done.Done || done.Repeated {
		t.Errorf("%+v, %v", done, err)
	}
	all := s.all()
	for _, text := range planted {
		if strings.Contains(all, text) {
			t.Errorf("%q is still there", text)
		}
	}
}
