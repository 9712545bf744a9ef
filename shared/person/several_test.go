package person_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// under is a shop without shoppers, under one of the programmes of the command's stories.
func under(t *testing.T, programme string) shop {
	t.Helper()
	db, err := bolt.Open(t.TempDir()+"/regulars.db", atNoon, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := shop{t, db, store.New(db, atNoon), nil}
	s.service, _ = store.NewService(db, atNoon)
	text, err := os.ReadFile("../../infra/regulars/cli/testdata/in/" + programme)
	s.do(err)
	rules, document, faults, err := yamldoc.Read(bytes.NewReader(text))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	s.do(s.store.Publish(t.Context(), rules.From, document))
	return s
}

// enrolled is a card whose shopper everything is known of, by a name that stands nowhere else, with a receipt and an e-mail.
func (s shop) enrolled(number, name string) {
	s.t.Helper()
	_, err := s.service.Enrol(s.t.Context(), loyalty.Enrolment{Number: number, Store: "0042", Profile: card.Profile{
		Given: name, Family: name + "son", Email: strings.ToLower(name) + "@shopper.example", Phone: "+49170" + number,
		Birthday: day.Yearly{Month: 5, Day: 17}, Identities: []string{"shopify:" + number}, Consents: map[string]card.Consent{"offers": {Allowed: true, At: noon}},
	}}, nil)
	s.do(err)
	_, err = s.service.Checkout(s.t.Context(), sale(number, 1))
	s.do(err)
	o := message.Order{ID: message.OrderID("big", "x"+number, number), Campaign: "big", Occasion: "x" + number, Card: number, Template: "mail", Topic: "offers", OrderedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	_, err = s.store.PutMessage(s.t.Context(), message.Record{Order: o, State: message.StateSent, SentAt: noon}, 0)
	s.do(err)
}

func (s shop) desk() person.Desk {
	return person.Desk{Items: s.items, Store: s.store, Service: s.service}
}

// held is what a shopper is given.
func (s shop) held(who string) string {
	s.t.Helper()
	_, names, err := person.Find(s.t.Context(), s.store, who)
	s.do(err)
	var out bytes.Buffer
	s.do(exporter.WriteShopper(s.t.Context(), s.items, atNoon, names, &out))
	return out.String()
}

func (s shop) erased(who string) person.Erased {
	s.t.Helper()
	done, err := s.desk().EraseAll(s.t.Context(), who, loyalty.ByHand{ID: "erase-1", Reason: "Asked by e-mail", By: "Mira"}, nil)
	s.do(err)
	return done
}

// tells reports which texts stand in what is held; each begins with "no " where it may not.
func (s shop) tells(what, held string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		text, not := strings.CutPrefix(text, "no ")
		if strings.Contains(held, text) == not {
			s.t.Errorf("%s: %q: stands there: %v\n%s", what, text, not, held)
		}
	}
}

// Two cards of one shopper were merged: both names they gave, both addresses and both books are theirs.
func TestAMergedCardIsOnesOwn(t *testing.T) {
	t.Parallel()
	s := under(t, "household.yaml")
	s.enrolled("77000001", "Anna")
	s.enrolled("77000002", "Annie")
	s.enrolled("77000003", "Bo")
	_, err := s.service.Merge(t.Context(), "77000002", "77000001", loyalty.ByHand{ID: "m1", Reason: "One shopper", By: "Mira"})
	s.do(err)
	for _, who := range []string{"77000001", "77000002", "anna@shopper.example", "annie@shopper.example"} {
		s.tells("export of "+who, s.held(who), `"given_name":"Anna"`, `"given_name":"Annie"`, "anna@shopper.example", "annie@shopper.example", "77000001-1", "77000002-1",
			`"occasion":"x77000001"`, `"occasion":"x77000002"`, "no Bo", "no 77000003")
	}
	if done := s.erased("annie@shopper.example"); done.Card != "77000001" || done.Repeated {
		t.Errorf("%+v", done)
	}
	s.tells("erased", s.all(), "no Anna", "no Annie", "no anna@", "no annie@", "no +4917077000001", "no +4917077000002", "no shopify:77000002", "Bo", "bo@shopper.example")
	if again := s.erased("77000001"); !again.Repeated {
		t.Errorf("again: %+v", again)
	}
	for _, id := range []string{"77000001", "77000002"} {
		_, _, err := s.service.UpdateProfile(t.Context(), id, func(p card.Profile) (card.Profile, error) { p.Given = "Anna"; return p, nil })
		if loyalty.Code(err) != "card_closed" {
			t.Errorf("%s gets a name again: %v", id, err)
		}
	}
}

// A member of a household is given what is theirs and what is shared, and nothing of the others; erasing them leaves the others as they are.
func TestAHouseholdIsSeveralShoppers(t *testing.T) {
	t.Parallel()
	s := under(t, "household.yaml")
	s.enrolled("77000001", "Holda")
	s.enrolled("77000002", "Memba")
	s.enrolled("77000003", "Third")
	for _, member := range []string{"77000002", "77000003"} {
		_, err := s.service.JoinHousehold(t.Context(), member, "77000001", loyalty.ByHand{ID: "j-" + member, Reason: "One household", By: "Mira"})
		s.do(err)
	}
	others := []string{"no Holda", "no holda@", "no +4917077000001", "no Third", "no third@", "no shopify:77000003"}
	s.tells("export of a member", s.held("77000002"), append(others, `"given_name":"Memba"`, "memba@shopper.example", `"occasion":"x77000002"`, "77000002-1")...)
	s.tells("export of the holder", s.held("77000001"), `"given_name":"Holda"`, "holda@shopper.example", `"occasion":"x77000001"`, "77000001-1", "no Memba", "no memba@", "no Third", "no 77000002-1")

	if done := s.erased("memba@shopper.example"); done.Card != "77000002" || done.Repeated {
		t.Errorf("%+v", done)
	}
	s.tells("a member is erased", s.all(), "no Memba", "no memba@", "no +4917077000002", "Holda", "holda@shopper.example", "Third", "third@shopper.example")
	if again := s.erased("77000002"); !again.Repeated {
		t.Errorf("again: %+v", again)
	}
	holder, err := s.service.Cards.Open(t.Context(), "77000001", true)
	if err != nil || holder.Head.Status != 0 || len(holder.Head.Members()) != 1 {
		t.Errorf("the household: %+v, %v", holder.Head, err)
	}
	gone, err := s.service.Cards.Open(t.Context(), "77000002", true)
	if err != nil || gone.Head.ID != "77000002" || gone.Head.Status != card.Closed {
		t.Errorf("the member: %+v, %v", gone.Head, err)
	}
	_, err = s.desk().EraseAll(t.Context(), "77000001", loyalty.ByHand{ID: "erase-2", Reason: "Asked by e-mail", By: "Mira"}, nil)
	if loyalty.Code(err) != "in_household" {
		t.Errorf("the holder of a household: %v", err)
	}
	s.tells("the holder stays", s.all(), "Holda", "holda@shopper.example")
}

// ended are items whose time to live ends between the look at them and the hand put on them.
type ended struct{ store.Items }

func (e ended) Get(ctx context.Context, key store.Key, read store.Read) (store.Item, error) {
	if strings.HasPrefix(key.Partition, "cart/") || key.Partition == "inbox" {
		return store.Item{}, store.ErrNotFound
	}
	return e.Items.Get(ctx, key, read)
}

// What ends by itself in the midst of an erasure is empty already, and does not break it off.
func TestWhatEndsMeanwhileIsEmpty(t *testing.T) {
	t.Parallel()
	s := open(t)
	items := ended{s.items}
	service, kept := store.NewService(items, atNoon)
	done, err := (person.Desk{Items: items, Store: kept, Service: service}).EraseAll(t.Context(), ana, loyalty.ByHand{ID: "erase-1", Reason: "Asked by e-mail", By: "Mira"}, nil)
	if err != nil || done.Carts+done.Letters != 0 || done.Repeated {
		t.Errorf("%+v, %v", done, err)
	}
	s.tells("erased", s.all(), "no Plantedgiven")
}
