package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// maxCounters is how many limits one receipt may count for: what fits into a transaction beside it. Uses beyond them are not redeemed.
const maxCounters = 20

// ReasonTooMany is why a use beyond maxCounters is not redeemed.
const ReasonTooMany = "too_many_limits"

// reinstatedDays is how long a code is good at least once a return has given it back.
const reinstatedDays = 14

// file keeps a receipt and, in the same write, counts what it used of codes and of offers with limits. The uses that come back are those
// that were found the first time, however often the receipt comes.
func (s *Service) file(ctx context.Context, r receipt.Receipt, rules *programme.Programme, o Opened) (Filed, error) {
	uses, err := s.usesOf(ctx, r, rules, o)
	if err != nil {
		return Filed{}, err
	}
	if len(uses) == 0 && r.Reservation == "" {
		return s.Receipts.File(ctx, r)
	}
	plan, now := planOf(r, rules, uses), s.Now()
	if r.Reservation != "" {
		held, err := s.Reservations.Reservation(ctx, r.Holder())
		if err != nil {
			return Filed{}, fmt.Errorf("read reservation %s: %w", r.Reservation, err)
		}
		for _, key := range held {
			plan.add(key)
		}
	}
	return s.Limits.FileUsing(ctx, r, plan.keys, func(tallies []limit.Tally) ([]limit.Tally, []receipt.Use) {
		book := plan.open(tallies)
		found := slices.Clone(uses)
		for i, counters := range plan.uses {
			if found[i].Given() {
				found[i].Reason = book.redeem(counters, r.Holder(), found[i], now)
			}
		}
		for _, key := range plan.keys {
			book[key] = book[key].Release(r.Holder(), now)
		}
		return plan.close(book), found
	})
}

// usesOf finds what a receipt claims to have used: each code, and each offer with a limit.
func (s *Service) usesOf(ctx context.Context, r receipt.Receipt, rules *programme.Programme, o Opened) ([]receipt.Use, error) {
	uses, err := s.codesOf(ctx, r, rules)
	if err != nil {
		return nil, err
	}
	if o, err = s.wallet(ctx, r, rules, o); err != nil {
		return nil, err
	}
	for _, id := range r.Coupons {
		if c, ok := o.Head.Find(id); ok && rules.IsLimited(c.Offer) {
			uses = append(uses, receipt.Use{Offer: c.Offer, Coupon: id})
		}
	}
	for _, t := range r.Offers {
		if t.Code == "" && t.Coupon == "" && t.Amount > 0 && rules.IsLimited(t.Offer) {
			uses = append(uses, receipt.Use{Offer: t.Offer})
		}
	}
	on := day.Of(r.At, rules.Zone(r.Key.Store))
	for i := range uses {
		u := &uses[i]
		told := false
		if u.Amount, told = taken(r, *u); u.Reason != "" {
			continue
		}
		most, _ := rules.CardLimit(u.Offer, on)
		switch {
		case told && u.Amount == 0 && u.Coupon == "" && !rules.IsMultiplier(u.Offer):
			u.Reason = receipt.NoEffect
		case most > 0 && r.Card == "" && u.Amount > 0:
			u.Reason = receipt.OverLimit
		case most > 0 && r.Card == "":
			u.Reason = receipt.CardMissing
		}
	}
	return uses, nil
}

// taken is what a use took off. A till that tells nothing of its offers is taken to have given all its discounts for each: so a budget
// may end too early, and never too late.
func taken(r receipt.Receipt, u receipt.Use) (amount int64, told bool) {
	if r.Offers == nil {
		for _, l := range r.Lines {
			amount += l.Discount
		}
		return amount, false
	}
	for _, t := range r.Offers {
		if u.Code != "" && ids.NormaliseCode(t.Code) == u.Code || u.Code == "" && t.Code == "" && t.Coupon == u.Coupon && t.Offer == u.Offer {
			amount += t.Amount
		}
	}
	return amount, true
}

// wallet is the card again, where coupons of it are named that a stale read may have missed and whose offer may be limited.
func (s *Service) wallet(ctx context.Context, r receipt.Receipt, rules *programme.Programme, o Opened) (Opened, error) {
	missed := slices.ContainsFunc(r.Coupons, func(id string) bool { _, ok := o.Head.Find(id); return !ok })
	limited := slices.ContainsFunc(rules.Offers, func(f programme.Offer) bool { return f.Coupon && rules.IsLimited(f.ID) })
	if !missed || !limited || o.HeadVersion == 0 {
		return o, nil
	}
	fresh, err := s.Cards.Open(ctx, r.Card, true)
	if err != nil {
		return o, fmt.Errorf("open the card of receipt %s: %w", r.Key, err)
	}
	return fresh, nil
}

// codesOf looks up the codes of a receipt or basket: whose offer each is, or why it is none.
func (s *Service) codesOf(ctx context.Context, r receipt.Receipt, rules *programme.Programme) ([]receipt.Use, error) {
	var uses []receipt.Use
	named := slices.Clone(r.Codes)
	for _, t := range r.Offers {
		named = append(named, t.Code)
	}
	for _, text := range named {
		code := ids.NormaliseCode(text)
		if code == "" || slices.ContainsFunc(uses, func(u receipt.Use) bool { return u.Code == code }) {
			continue
		}
		u, err := s.codeOf(ctx, code, rules, day.Of(r.At, rules.Zone(r.Key.Store)))
		if err != nil {
			return nil, err
		}
		uses = append(uses, u)
	}
	return uses, nil
}

func (s *Service) codeOf(ctx context.Context, code string, rules *programme.Programme, on day.Day) (receipt.Use, error) {
	u := receipt.Use{Code: code}
	if offer, ok := rules.CodeOffer(code); ok {
		u.Offer = offer
		return u, nil
	}
	u.Reason = receipt.CodeUnknown
	if s.Codes == nil {
		return u, nil
	}
	batch, err := s.Codes.CodeBatch(ctx, code)
	if errors.Is(err, ErrNotFound) || err == nil && !rules.TakesCodes(batch.Offer) {
		return u, nil
	}
	if err != nil {
		return u, fmt.Errorf("look up a code: %w", err)
	}
	u.Offer, u.Uses, u.Reason = batch.Offer, batch.Uses, ""
	switch {
	case !batch.VoidedAt.IsZero():
		u.Reason = string(limit.Void)
	case batch.From != 0 && on < batch.From:
		u.Reason = receipt.CodeEarly
	case batch.Until != 0 && on > batch.Until:
		u.Reason, err = s.expired(ctx, code, on)
	}
	return u, err
}

// expired asks whether a return has made a code good for longer than its batch is.
func (s *Service) expired(ctx context.Context, code string, on day.Day) (reason string, err error) {
	tallies, err := s.Limits.Tallies(ctx, []string{programme.CodeTally(code)})
	if err != nil {
		return "", err
	}
	if tallies[0].GoodUntil >= on {
		return "", nil
	}
	return receipt.CodeExpired, nil
}

// plan is which tallies a receipt or basket counts for, use by use.
type plan struct {
	uses [][]limit.Counter
	keys []string // of all tallies, each once, and of those that the till only held
}

// book is tallies by their keys while they are decided on.
type book map[string]limit.Tally

func planOf(r receipt.Receipt, rules *programme.Programme, uses []receipt.Use) plan {
	on, p := day.Of(r.At, rules.Zone(r.Key.Store)), plan{}
	for i, u := range uses {
		var counters []limit.Counter
		if u.Given() {
			counters = rules.Counters(u.Offer, u.Code, u.Uses, r.Key.Store, on)
		}
		if len(p.keys)+len(counters) > maxCounters {
			uses[i].Reason, counters = ReasonTooMany, nil
		}
		for _, c := range counters {
			p.add(c.Key)
		}
		p.uses = append(p.uses, counters)
	}
	return p
}

func (p *plan) add(key string) {
	if !slices.Contains(p.keys, key) {
		p.keys = append(p.keys, key)
	}
}

func (p plan) open(tallies []limit.Tally) book {
	b := make(book, len(tallies))
	for i, key := range p.keys {
		b[key] = tallies[i]
	}
	return b
}

func (p plan) close(b book) []limit.Tally {
	next := make([]limit.Tally, len(p.keys))
	for i, key := range p.keys {
		next[i] = b[key]
	}
	return next
}

// redeem spends a use on all its tallies, or on none of them and says why. What the till has given away without room for it is booked
// beyond the limits. What the till held for it ends in any case.
func (b book) redeem(counters []limit.Counter, holder string, u receipt.Use, now time.Time) (reason string) {
	want, why := limit.Take{Uses: 1, Money: u.Amount}, limit.Reason("")
	for _, c := range counters {
		if why == "" {
			why = b[c.Key].Refuses(c.Limit, holder, want, now)
		}
	}
	exceeds := u.Reason == receipt.OverLimit || why != "" && u.Amount > 0
	for _, c := range counters {
		t := b[c.Key].Release(holder, now)
		switch {
		case exceeds:
			t = t.Exceed(want)
		case why == "":
			t.Used = t.Used.Plus(want)
		}
		b[c.Key] = t
	}
	if exceeds {
		return receipt.OverLimit
	}
	return string(why)
}

// putReturn keeps a return and, where with it everything has come back, gives back what the receipt had used: in the same write, so at
// any age and once.
func (s *Service) putReturn(ctx context.Context, filed Filed, n int, ret receipt.Return) error {
	r := filed.Receipt
	if !slices.ContainsFunc(r.Uses, receipt.Use.Given) {
		return s.Receipts.FileReturn(ctx, r.Key, n, ret)
	}
	left, err := r.After(append(filed.Returns[:len(filed.Returns):len(filed.Returns)], ret))
	if err != nil {
		return fmt.Errorf("returns of receipt %s: %w", r.Key, err)
	}
	rules, err := s.rules(ctx, r.At)
	if err != nil {
		return err
	}
	uses := slices.DeleteFunc(slices.Clone(r.Uses), func(u receipt.Use) bool { return !u.Given() || !rules.GivesBack(u.Offer, ret) })
	plan := planOf(r, rules, uses)
	if !left.Nothing() || len(plan.keys) == 0 {
		return s.Receipts.FileReturn(ctx, r.Key, n, ret)
	}
	good := day.Of(ret.At, rules.Zone(r.Key.Store)) + reinstatedDays
	return s.Limits.FileReturnUsing(ctx, r.Key, n, ret, plan.keys, func(tallies []limit.Tally) []limit.Tally {
		book := plan.open(tallies)
		for i, counters := range plan.uses {
			for _, c := range counters {
				t := book[c.Key].GiveBack(limit.Take{Uses: 1, Money: uses[i].Amount}, !uses[i].Redeemed())
				if uses[i].Code != "" && c.Key == programme.CodeTally(uses[i].Code) {
					t.GoodUntil = max(t.GoodUntil, good)
				}
				book[c.Key] = t
			}
		}
		return plan.close(book)
	})
}

// using adds what became of a receipt's codes and limited offers. What the card had used too often already is told there, and not
// among the coupons.
func (a Answer) using(uses []receipt.Use) Answer {
	a.Uses = slices.Clone(uses)
	a.NotTaken = slices.DeleteFunc(a.NotTaken, func(n NotTaken) bool {
		i := slices.IndexFunc(a.Uses, func(u receipt.Use) bool { return u.Name() == n.Coupon })
		if n.Reason != receipt.OverLimit || i < 0 {
			return false
		}
		a.Uses[i].Reason = receipt.OverLimit
		return true
	})
	return a
}
