package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/store"
)

// giftNumber is the n-th gift card of the book, as it is printed.
func (p *player) giftNumber(n string) string {
	return giftcard.NewNumber("the secret of the books", strconv.FormatUint(p.serial, 36)+" "+n)
}

// gift does something to the gift card card=1: issue=a amount=50.00 [owner=2], redeem=a amount=30.00 [owner=2], refund=a of=b [amount=1.00],
// load=a amount=10.00, cancel=a, block=a, open=a; or shows it.
func (p *player) gift(value map[string]string) string {
	ctx := p.t.Context()
	number := p.giftNumber(value["card"])
	id, owner := giftcard.IDOf(number), ""
	if n, ok := value["owner"]; ok {
		owner = p.number(n)
	}
	minor := int64(0)
	if text, ok := value["amount"]; ok {
		minor = p.minor(text)
	}
	hand := func(id string) loyalty.ByHand { return loyalty.ByHand{ID: id, Reason: "As the book says", By: "Mira"} }
	var a loyalty.GiftAnswer
	var err error
	switch {
	case value["issue"] != "":
		a, err = p.service.IssueGiftCard(ctx, loyalty.GiftIssue{ID: value["issue"], Number: number, Amount: money.Amount{Minor: minor, Currency: "EUR"}, Owner: owner})
	case value["redeem"] != "":
		a, err = p.service.RedeemGiftCard(ctx, id, value["redeem"], minor, owner)
	case value["refund"] != "":
		a, err = p.service.RefundGiftCard(ctx, id, value["refund"], value["of"], minor)
	case value["load"] != "":
		a, err = p.service.LoadGiftCard(ctx, id, value["load"], minor)
	case value["cancel"] != "":
		a, err = p.service.CancelGiftCard(ctx, id, hand(value["cancel"]))
	case value["block"] != "":
		a, err = p.service.BlockGiftCard(ctx, id, true, hand(value["block"]))
	case value["open"] != "":
		a, err = p.service.BlockGiftCard(ctx, id, false, hand(value["open"]))
	default:
		a.Card, err = p.service.GiftCard(ctx, id)
		a.Entry.Kind = 0
	}
	return p.toldGift(a, err)
}

func (p *player) toldGift(a loyalty.GiftAnswer, err error) string {
	if said := (*loyalty.Error)(nil); errors.As(err, &said) {
		return "refused: " + said.Code
	}
	if err != nil {
		return "error: " + err.Error()
	}
	if wrong := a.Sound(); wrong != "" {
		p.t.Errorf("gift card: %s", wrong)
	}
	told := ""
	if a.Repeated {
		told = "repeated "
	}
	if a.Entry.Kind != 0 {
		told += signed(a.Entry.Minor) + " "
	}
	return told + fmt.Sprintf("left=%s %s", euros(a.Balance()), a.Status())
}

func signed(minor int64) string {
	if minor < 0 {
		return euros(minor)
	}
	return "+" + euros(minor)
}

// gifts tells what an answer says of gift cards.
func gifts(a loyalty.Answer) string {
	out := ""
	for _, g := range a.Gifts {
		out += " gift=" + euros(g.Minor)
		if g.Missing != 0 {
			out += " gift-missing=" + euros(g.Missing)
		}
		if g.Other != 0 {
			out += " gift-other=" + euros(g.Other)
		}
		if g.Reason != "" {
			out += " " + g.Reason
		}
	}
	return out
}

// RunGiftCards holds gift cards to their hard limit (GC-2): 64 tills at once never take more from a card than there is, each is paid whole
// or told what is left, and a repeat of each finds its own payment.
func RunGiftCards(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	const tills, each, there = 64, 300, 5000
	now := func() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }
	service := NewService(t, open(t), now)
	rules, _, err := read("testdata/pay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	service.Programmes = fixed{rules}
	issued, err := service.IssueGiftCard(t.Context(), loyalty.GiftIssue{ID: "crowd", Number: giftcard.NewNumber("crowd", t.Name()), Amount: money.Amount{Minor: there, Currency: "EUR"}})
	if err != nil {
		t.Fatal(err)
	}
	paid := map[bool]*atomic.Int64{false: {}, true: {}}
	for _, again := range []bool{false, true} {
		var all sync.WaitGroup
		for n := range tills {
			all.Go(func() {
				took, err := redeem(t.Context(), service, issued.ID, strconv.Itoa(n), each)
				if err != nil {
					t.Errorf("till %d: %v", n, err)
				}
				paid[again].Add(took)
			})
		}
		all.Wait()
	}
	c, err := service.GiftCard(t.Context(), issued.ID)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := c.Sound(); wrong != "" || paid[false].Load() != there-c.Balance() || c.Balance() >= each || paid[true].Load() != paid[false].Load() {
		t.Errorf("%d and again %d were taken, %d are left of %d; %s", paid[false].Load(), paid[true].Load(), c.Balance(), there, wrong)
	}
}

// redeem is what a till does: it comes back while it is told to try again.
func redeem(ctx context.Context, service *loyalty.Service, id, by string, minor int64) (took int64, err error) {
	for range 100 {
		a, err := service.RedeemGiftCard(ctx, id, by, minor, "")
		switch {
		case err == nil:
			return -a.Entry.Minor, nil
		case loyalty.Code(err) == giftcard.CodeShort || loyalty.Code(err) == giftcard.CodeEmpty:
			return 0, nil
		case errors.Is(err, loyalty.ErrRefused) || ctx.Err() != nil:
			return 0, err
		}
	}
	return 0, errors.New("it never got through")
}
