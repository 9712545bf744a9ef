package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Returned is what a return did: the answer of the card, and the money that goes back, in minor units of the receipt's currency.
type Returned struct {
	Answer
	Number int // first, second, ... return of the receipt
	Refund programme.Refund
	Unpaid int64 // of it was never paid: the till took points or a gift card for more than there was
	Other  int64 // of it goes back as it was paid, beside what goes back to points (Answer.Paid) and gift cards
}

// maxFiling is how often a return looks for its number among others that are filed at the same moment.
const maxFiling = 10

// Return files what came back of a receipt and takes back what it had earned: the difference between what the receipt earned
// before and what it would have earned without those goods, by the rules of its own day. Partial returns add up to the whole.
//
// The same return again gets the same answer. ErrNotFound: the receipt is not known (yet). ErrRefused: more comes back than is
// left. ErrConflict: the return's id is known with other content.
func (s *Service) Return(ctx context.Context, key receipt.Key, ret receipt.Return) (Returned, error) {
	result, err := s.takeBack(ctx, key, ret)
	s.traceReceipt(ctx, key.String(), StepReturn, err)
	return result, err
}

func (s *Service) takeBack(ctx context.Context, key receipt.Key, ret receipt.Return) (Returned, error) {
	filed, n, repeated, err := s.fileReturn(ctx, key, ret)
	if err != nil {
		return Returned{}, err
	}
	rules, err := s.rules(ctx, filed.Receipt.At)
	if err != nil {
		return Returned{}, err
	}
	result := Returned{Number: n}
	if result.Refund, err = rules.Refund(filed.Receipt, filed.Returns); err != nil {
		return Returned{}, fmt.Errorf("returns of receipt %s: %w", key, err)
	}
	if filed, err = s.whose(ctx, filed); err != nil {
		return Returned{}, err
	}
	if filed.Receipt.Card == "" {
		result.Answer = Answer{Cause: cause(key, n), Guest: true, Repeated: repeated}
		return s.split(ctx, result, filed, rules)
	}
	if result.Answer, err = s.postReturns(ctx, filed, n); err != nil {
		return result, err
	}
	result.Repeated = repeated || result.Repeated
	return s.split(ctx, result, filed, rules)
}

// whose is a filed receipt with its card. A guest's is looked at again behind the filing of a return, for it may have been claimed in
// between: whoever claims it after that finds the return.
func (s *Service) whose(ctx context.Context, filed Filed) (Filed, error) {
	if filed.Receipt.Card == "" && filed.Claim == (ReceiptClaim{}) {
		again, err := s.Receipts.Receipt(ctx, filed.Receipt.Key)
		if err != nil {
			return filed, fmt.Errorf("read receipt %s: %w", filed.Receipt.Key, err)
		}
		filed.Claim = again.Claim
	}
	filed.Receipt = filed.Owned()
	return filed, nil
}

// AwaitReturn is Return for doors where a return may overtake its receipt: an unknown receipt makes it wait.
func (s *Service) AwaitReturn(ctx context.Context, key receipt.Key, ret receipt.Return) (Returned, error) {
	for range maxRounds {
		r, err := s.Return(ctx, key, ret)
		if !errors.Is(err, ErrNotFound) {
			return r, err
		}
		if err := s.Overdue.PutAwaited(ctx, Awaited{Receipt: key, Return: ret.ID, DueAt: s.Now().Add(OverdueAfter)}); err != nil {
			return Returned{}, fmt.Errorf("note that return %s waits for receipt %s: %w", ret.ID, key, err)
		}
		err = s.Receipts.Await(ctx, key, ret)
		if known := (*Error)(nil); !errors.Is(err, ErrConflict) || errors.As(err, &known) {
			return Returned{}, err
		}
		// In between the receipt arrived, or another return that waits for it.
	}
	return Returned{}, errBusy
}

// fileReturn gives the return its number. The receipt comes back with all returns up to that one.
func (s *Service) fileReturn(ctx context.Context, key receipt.Key, ret receipt.Return) (Filed, int, bool, error) {
	for range maxFiling {
		filed, err := s.filed(ctx, key)
		if err != nil {
			return Filed{}, 0, false, err
		}
		for i, known := range filed.Returns {
			if known.ID == ret.ID {
				filed.Returns = filed.Returns[:i+1]
				return filed, i + 1, true, sameReturn(known, ret)
			}
		}
		rules, err := s.rules(ctx, filed.Receipt.At)
		if err != nil {
			return Filed{}, 0, false, err
		}
		if err := mayReturn(filed, ret, rules); err != nil {
			return Filed{}, 0, false, err
		}
		n := len(filed.Returns) + 1
		err = s.putReturn(ctx, filed, n, ret)
		if errors.Is(err, ErrConflict) {
			continue // another return took the number
		}
		filed.Returns = append(filed.Returns, ret)
		return filed, n, false, err
	}
	return Filed{}, 0, false, errBusy
}

func mayReturn(filed Filed, ret receipt.Return, rules *programme.Programme) error {
	key := filed.Receipt.Key
	if len(filed.Returns) >= receipt.MaxReturns {
		return refuse(ErrRefused, "returns_limit", "receipt %s has %d returns already", key, len(filed.Returns))
	}
	left, err := filed.Receipt.After(filed.Returns)
	if err != nil {
		return fmt.Errorf("returns of receipt %s: %w", key, err)
	}
	if left.Nothing() {
		return refuse(ErrRefused, "nothing_left", "receipt %s has come back whole already", key)
	}
	refund, err := rules.Refund(filed.Receipt, append(filed.Returns[:len(filed.Returns):len(filed.Returns)], ret))
	if err == nil && ret.Money > refund.Amount {
		err = &receipt.TooMuch{Left: refund.Amount}
	}
	if tooMuch := (*receipt.TooMuch)(nil); errors.As(err, &tooMuch) {
		return refuse(ErrRefused, "quantity_exceeded", "receipt %s: %v", key, tooMuch)
	}
	return err
}

func sameReturn(known, ret receipt.Return) error {
	if !known.Equal(ret) {
		return refuse(ErrConflict, "return_conflict", "return %s was already recorded with other lines; give a new return a new id", ret.ID)
	}
	return nil
}

// cause names the n-th return of a receipt in the card's book.
func cause(key receipt.Key, n int) string { return fmt.Sprintf("%s~%d", key, n) }

// postReturns posts the returns up to the n-th, each under its own cause, and answers for the n-th. Earlier ones whose caller
// died before posting are posted with it; each one's points depend on the receipt and the returns before it alone.
func (s *Service) postReturns(ctx context.Context, filed Filed, n int) (Answer, error) {
	r := filed.Receipt
	rules, err := s.rulesOf(ctx, r.At)
	if err != nil {
		return Answer{}, err
	}
	opened, err := s.open(ctx, r, rules, true) // the receipt may be filed, and its card's first, and not yet posted
	if err != nil {
		return Answer{}, fmt.Errorf("open the card of receipt %s: %w", r.Key, err)
	}
	earned, err := s.receiptEntry(ctx, opened, r, rules)
	if err != nil {
		return Answer{}, err
	}
	if earned == nil {
		return Answer{Card: opened.Head.ID, Cause: cause(r.Key, n)}, nil // the receipt earned nothing: its card was blocked
	}
	var last Answer
	for i := 1; i <= n; i++ {
		if i > 1 {
			if opened, err = s.Cards.Open(ctx, r.Card, true); err != nil {
				return Answer{}, fmt.Errorf("open the card of receipt %s: %w", r.Key, err)
			}
		}
		last, err = s.post(ctx, opened, posting{
			cause: cause(r.Key, i),
			at:    filed.Returns[i-1].At,
			past:  rules.LooksBack(r.At, filed.Returns[i-1].At, r.Key.Store, earned.From),
			decide: func(head card.Head) (card.Head, error) {
				return rules.Return(head, opened.Profile, r, *earned, filed.Returns[:i], cause(r.Key, i), s.Now())
			},
		})
		if err != nil {
			return Answer{}, fmt.Errorf("return %d of receipt %s: %w", i, r.Key, err)
		}
	}
	return last, nil
}

// receiptEntry finds the entry of the receipt itself and posts it first if a crash left it out. It returns nil if the receipt may
// not earn on its card.
func (s *Service) receiptEntry(ctx context.Context, o Opened, r receipt.Receipt, rules *programme.Programme) (*ledger.Entry, error) {
	e, _, found, err := s.recall(ctx, o.Head, r.Key.String(), r.At)
	if err != nil || found {
		return &e, err
	}
	if _, err := s.postReceipt(ctx, o, r, rules); errors.Is(err, ErrRefused) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if o, err = s.Cards.Open(ctx, r.Card, true); err != nil {
		return nil, err
	}
	e, _, found, err = s.recall(ctx, o.Head, r.Key.String(), r.At)
	if err == nil && !found {
		err = errBusy
	}
	return &e, err
}
