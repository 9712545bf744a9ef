package checkout_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/functions/checkout"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func paid(card, number string, minor int64) events.CheckoutCompleted {
	return events.CheckoutCompleted{
		Receipt: events.ReceiptRef{Store: "0042", Till: "03", Number: number}, Card: card, Total: money.Amount{Minor: minor, Currency: "EUR"},
		Lines: events.Sold([]events.Line{{ID: "1", Category: "food", Quantity: 1, Amount: minor}}),
	}
}

func TestTheEventAsAWSDeliversItEarns(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s := loyaltytest.Open(t)
	h := checkout.New(s.Service, s.Store, quiet())
	for range 2 { // a second delivery changes nothing
		if got := s.Do(h, payload); got != "done" {
			t.Error(got)
		}
		if got := s.Book(s.Number(1)); got != "+52 0042/03/000173" {
			t.Errorf("book: %s", got)
		}
	}
}

// Rows stand in the order of delivery. What the queue is told stands before the book of the first card after it.
func TestTheQueueReadsLikeAnAccountBook(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	h := checkout.New(s.Service, s.Store, quiet())
	card := s.Number(1)
	at := s.At("2026-11-21T10:00")
	back := events.CheckoutRefunded{Return: "r-1", Receipt: events.ReceiptRef{Store: "0042", Till: "03", Number: "2"}}
	for _, row := range []struct {
		what   string
		body   []byte
		told   string
		book   string
		parked int // letters in the inbox after it
	}{
		{"first swipe", s.Body(at, "e1", paid(card, "1", 1234)), "done", "+12 0042/03/1", 0},
		{"the same again", s.Body(at, "e1", paid(card, "1", 1234)), "done", "+12 0042/03/1", 0},
		{"the same receipt with other lines", s.Body(at, "e2", paid(card, "1", 9900)), "done", "+12 0042/03/1", 1},
		{"and again", s.Body(at, "e2", paid(card, "1", 9900)), "done", "+12 0042/03/1", 1},
		{"a number that is none of ours", s.Body(at, "e3", paid("0400000000000", "9", 500)), "done", "+12 0042/03/1", 2},
		{"a return before its receipt", s.Body(at, "e4", back), "done", "+12 0042/03/1", 2},
		{"the receipt that it waits for", s.Body(at, "e5", paid(card, "2", 700)), "done", "+12 0042/03/1, +7 0042/03/2, -7 0042/03/2~1", 2},
		{"a fact that nobody acts on", s.Body(at, "e6", events.TierChanged{Card: card, Cause: "x", To: "gold"}), "done", "+12 0042/03/1, +7 0042/03/2, -7 0042/03/2~1", 3},
		{"not JSON", []byte("hello"), "done", "+12 0042/03/1, +7 0042/03/2, -7 0042/03/2~1", 4},
		{"an event that is not published", []byte(`{"source":"regulars","detail-type":"checkout.undone.v1","time":"2026-11-21T09:00:00Z","detail":{}}`), "done",
			"+12 0042/03/1, +7 0042/03/2, -7 0042/03/2~1", 5},
	} {
		if got := s.Do(h, loyaltytest.Batch(row.body)); got != row.told {
			t.Errorf("%s: the queue is told %s; want %s", row.what, got, row.told)
		}
		if got := s.Book(card); got != row.book {
			t.Errorf("%s: book %s; want %s", row.what, got, row.book)
		}
		if got := s.Inbox(); len(got) != row.parked {
			t.Errorf("%s: %d letters in the inbox; want %d: %q", row.what, len(got), row.parked, got)
		}
	}
	for count, want := range map[string]int64{
		"messages_parked function checkout code receipt_conflict": 2, "messages_parked function checkout code card_unknown": 1,
		"messages_parked function checkout code event_unheard": 1, "messages_parked function checkout code event_invalid": 1,
		"messages_parked function checkout code event_unknown": 1, "messages_done function checkout label checkout.completed.v1": 3,
	} {
		if got := s.Counts.Of(count); got != want {
			t.Errorf("%s = %d; want %d", count, got, want)
		}
	}
}

// A letter of the inbox holds what was delivered, so that it can be done again once its cause is mended.
func TestALetterCanBeReplayed(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	h := checkout.New(s.Service, s.Store, quiet())
	body := s.Body(s.At("2026-11-21T10:00"), "e1", paid("0400000000000", "1", 500))
	s.Do(h, loyaltytest.Batch(body))
	letters, err := s.Store.Letters(t.Context(), time.Time{}, 10)
	if err != nil || len(letters) != 1 || !slices.Equal(letters[0].Message, body) || letters[0].Name() != "2026-11-21T09:00:00Z/"+letters[0].ID {
		t.Fatalf("%v, %v", letters, err)
	}
	if got := s.Do(h, loyaltytest.Batch(letters[0].Message)); got != "done" || len(s.Inbox()) != 1 {
		t.Errorf("a replay that fails again: %s, inbox %q", got, s.Inbox())
	}
}

// A vendor that delivers again has its event published again, in an envelope and with a correlation of its own.
func TestAnEventThatIsPublishedAgainIsOneLetter(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	h := checkout.New(s.Service, s.Store, quiet())
	at := s.At("2026-11-21T10:00")
	first := s.Body(at, "e1", paid("0400000000000", "1", 500))
	again := []byte(strings.NewReplacer(`"id":"e1","detail-type"`, `"id":"other","detail-type"`, "walk-e1", "walk-2").Replace(string(first)))
	other := s.Body(at, "e1", paid("0400000000000", "1", 600))
	if slices.Equal(first, again) {
		t.Fatal("the envelope is the same")
	}
	s.Do(h, loyaltytest.Batch(first, again, other))
	if got := s.Inbox(); len(got) != 2 {
		t.Errorf("inbox: %q", got)
	}
}

func TestAPaymentCardIsNotKeptInTheInboxEither(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	h := checkout.New(s.Service, s.Store, quiet())
	const number = "4539578763621486"
	for _, body := range [][]byte{
		s.Body(s.At("2026-11-21T10:00"), "e1", paid("CARD", "1", 500)), // the kit says only what the contract allows
		[]byte(`no event, but CARD`),
	} {
		body = []byte(strings.ReplaceAll(string(body), "CARD", number))
		if got := s.Do(h, loyaltytest.Batch(body)); got != "done" {
			t.Error(got)
		}
	}
	letters, err := s.Store.Letters(t.Context(), time.Time{}, 10)
	if err != nil || len(letters) != 2 {
		t.Fatalf("%v, %v", letters, err)
	}
	for _, l := range letters {
		if strings.Contains(string(l.Message)+l.Reason, number) || !strings.Contains(string(l.Message), "[payment card]") {
			t.Errorf("kept: %s, because %s", l.Message, l.Reason)
		}
	}
}

// down is the cards on a bad day.
type down struct{ loyalty.Cards }

func (down) Open(context.Context, string, bool) (loyalty.Opened, error) {
	return loyalty.Opened{}, errors.New("the line to the store broke")
}

func TestWhatMayWorkLaterComesAgainAlone(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	at := s.At("2026-11-21T10:00")
	cards := s.Service.Cards
	s.Service.Cards = down{cards}
	h := checkout.New(s.Service, s.Store, quiet())
	batch := loyaltytest.Batch(s.Body(at, "e1", paid(s.Number(1), "1", 500)), []byte("hello"), s.Body(at, "e2", paid("", "2", 500)))
	if got := s.Do(h, batch); got != `{"batchItemFailures":[{"itemIdentifier":"m-1"}]}` {
		t.Errorf("told %s", got)
	}
	if got := s.Inbox(); len(got) != 1 || !strings.HasPrefix(got[0], "checkout: invalid event") {
		t.Errorf("inbox %q", got)
	}
	s.Service.Cards = cards
	if got := s.Do(h, batch); got != "done" || s.Book(s.Number(1)) != "+5 0042/03/1" {
		t.Errorf("told %s, book %s", got, s.Book(s.Number(1)))
	}
}
