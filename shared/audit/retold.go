package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// retold is one card as its entries bring it about again.
type retold struct {
	*replayer
	shopper card.Profile // as it is now
	head    card.Head
	sold    map[string]ledger.Entry // entries of receipts, as recorded
	beside  []ledger.Entry          // that came with the receipt or return whose own entry follows, such as points that were paid with
	latest  time.Time               // when the newest entry was posted, as far as it is known
}

// again decides what stands behind an entry once more.
func (t *retold) again(ctx context.Context, e ledger.Entry) error {
	key, nth, isReturn := strings.Cut(e.Cause, "~")
	if !ofReceipt(e) && speaksOfReceipt(e.Cause) {
		t.beside = append(t.beside, e)
		return nil
	}
	if e.Cause == programme.CauseEnrolled && t.head.EnrolledOn == 0 { // the swipe that follows has brought it too
		t.beside = append(t.beside, e)
		return nil
	}
	if e.Kind == ledger.Expire {
		t.expiry(e)
		return nil
	}
	if e.Kind == ledger.Earn {
		t.sold[e.Cause] = e
	}
	named, err := receipt.ParseKey(key)
	n := 0
	if isReturn && err == nil {
		n, err = strconv.Atoi(nth)
	}
	if !ofReceipt(e) || err != nil {
		t.add(func(f *Replayed) { f.Others++ })
		t.asItStands(e)
		return nil
	}
	filing, err := t.store.Filing(ctx, named)
	switch {
	case missing(err) || err == nil && len(filing.Returns) < n:
		t.add(func(f *Replayed) { f.Gone++ })
		t.asItStands(e)
		return nil
	case err != nil:
		return fmt.Errorf("read receipt %s: %w", named, err)
	}
	if n == 0 {
		t.receipt(filing, e)
	} else {
		t.giveBack(filing, n, e)
	}
	return nil
}

// speaksOfReceipt reports that a cause is made of that of a receipt or return, as "0042/03/17!paid" is: its entry came with theirs.
func speaksOfReceipt(cause string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(cause, func(c rune) bool { return c == '~' || c == '!' }), func(part string) bool {
		_, err := receipt.ParseKey(part)
		return err == nil
	})
}

// attempt is one way in which a decision may have been made.
type attempt struct {
	at      time.Time
	rules   *programme.Programme
	shopper card.Profile
	held    bool // other tills held points of the card then, as many as the entry says were not there
}

// moments lists when a decision may have been made: as soon as it was filed, or with something that came later and posted it too. No
// entry was posted before the one in front of it; but when that was is itself found out by trying, and where several moments bring it about
// as it is, the one that was tried first need not be the true one. So moments before it come last.
func (t *retold) moments(filed time.Time, others ...time.Time) []time.Time {
	var list []time.Time
	add := func(at time.Time) {
		if !at.IsZero() && !slices.Contains(list, at) {
			list = append(list, at)
		}
	}
	all := append([]time.Time{filed}, others...)
	for _, at := range all {
		if at.Before(t.latest) {
			at = t.latest
		}
		add(at)
	}
	for _, at := range all {
		add(at)
	}
	return list
}

// granted lists the days on which the coupons of an entry were granted, as their last day tells: of a receipt whose till died and came back
// later, nothing else does.
func (t *retold) granted(sale receipt.Receipt, e ledger.Entry) []time.Time {
	coupons, err := card.Coupons(e, card.MarkGranted)
	if err != nil {
		return nil
	}
	var days []time.Time
	for _, rules := range t.rules(sale.At, t.now) {
		for _, c := range coupons {
			k, ok := rules.Campaign(c.Campaign)
			if k = k.In(card.SpokenIn(e, c.Campaign)); ok && k.Grant != nil {
				days = append(days, (c.ExpiresOn - day.Day(k.Grant.Days)).Start(rules.Zone(sale.Key.Store)))
			}
		}
	}
	return days
}

// mostLate is how many days after it was filed a receipt or return is looked for as posted. A till that hears nothing asks again within hours,
// and a person who plays dead letters again within weeks.
const mostLate = 60

// later lists the days that have begun since a receipt or return was filed: with each a coupon may have left the wallet, a month may have
// ended, and what is granted is good for another day. One that was posted later tells nothing else of when.
func (t *retold) later(sold, filed time.Time) (list []time.Time) {
	rules := t.rules(sold, t.now)
	if len(rules) == 0 {
		return nil
	}
	zone := rules[0].Zone("")
	for on := day.Of(filed, zone) + 1; on <= day.Of(filed, zone)+mostLate && !on.Start(zone).After(t.now); on++ {
		list = append(list, on.Start(zone))
	}
	return list
}

func (t *retold) attempts(sold time.Time, moments []time.Time, shoppers ...card.Profile) []attempt {
	var list []attempt
	for _, at := range moments {
		for _, rules := range t.rules(sold, at) {
			for _, who := range shoppers {
				list = append(list, attempt{at: at, rules: rules, shopper: who})
			}
		}
	}
	return list
}

// receipt decides a receipt again.
func (t *retold) receipt(f store.Filing, e ledger.Entry) {
	t.add(func(r *Replayed) { r.Receipts++ })
	sale := f.Owned()
	others := append([]time.Time{f.ClaimedAt}, f.ReturnsAt...)
	others = append(append(others, t.granted(sale, e)...), t.later(sale.At, f.At)...)
	list := t.attempts(sale.At, t.moments(f.At, others...), t.shopper, card.Profile{ID: t.shopper.ID}, t.consenting())
	paid, inPoints, err := card.PaidOf(e)
	if inPoints && err == nil && paid.Missing > 0 {
		for _, a := range slices.Clone(list) {
			a.held = true
			list = append(list, a)
		}
	}
	t.decide(e, list, func(a attempt) (card.Head, error) {
		head := t.head
		if a.held {
			there := a.rules.AsOf(head, a.at).Available("", a.at)
			head.Holds = []card.Hold{{ID: "of others", Points: there - paid.Points, Until: a.at.Add(time.Hour)}}
		}
		return a.rules.Checkout(head, a.shopper, sale, a.at), nil
	})
}

// giveBack decides the n-th return of a receipt again.
func (t *retold) giveBack(f store.Filing, n int, e ledger.Entry) {
	t.add(func(r *Replayed) { r.Returns++ })
	sale := f.Owned()
	sold, ok := t.sold[sale.Key.String()]
	if !ok {
		t.differs(t.head.ID, e.Cause, []string{"the receipt itself is not posted before its return"})
		t.asItStands(e)
		return
	}
	others := append(append([]time.Time{f.ClaimedAt}, f.ReturnsAt[n-1:]...), t.later(sale.At, f.ReturnsAt[n-1])...)
	list := t.attempts(sale.At, t.moments(f.ReturnsAt[n-1], others...), t.shopper)
	t.decide(e, list, func(a attempt) (card.Head, error) {
		return a.rules.Return(t.head, a.shopper, sale, sold, f.Returns[:n], e.Cause, a.at)
	})
}

// decide tries each attempt until one brings the recorded entry, bit for bit. Where none does, the first says what differs.
func (t *retold) decide(e ledger.Entry, list []attempt, by func(attempt) (card.Head, error)) {
	var first card.Head
	won, silent := wonBy(e), card.WithheldBy(append(t.beside[:len(t.beside):len(t.beside)], e)...)
	for i, a := range list {
		a.rules = a.rules.Won(won).Withholding(silent)
		next, err := by(a)
		if err != nil {
			t.differs(t.head.ID, e.Cause, []string{"it cannot be decided any more: " + err.Error()})
			t.asItStands(e)
			return
		}
		next = t.affordable(next, e)
		if t.asRecorded(next, e) {
			if a.held {
				t.add(func(r *Replayed) { r.Unprovable++ })
			}
			t.goOn(next, a.at)
			return
		}
		if i == 0 {
			first = next
		}
	}
	if len(list) == 0 {
		t.differs(t.head.ID, e.Cause, []string{"no published version of the rules is there to decide it by"})
		t.asItStands(e)
		return
	}
	made, _, _ := first.Book.Find(e.Cause)
	says, campaigns := differences(e, made)
	says = append(says, t.paidOtherwise(first)...)
	switch {
	case len(says) == 0 && t.askForShopper(campaigns, list[0].rules):
		t.add(func(r *Replayed) { r.Unprovable++ })
	default:
		for _, id := range campaigns {
			says = append(says, "campaign "+id+" spoke otherwise")
		}
		t.differs(t.head.ID, e.Cause, says)
	}
	t.goOn(corrected(first, made, e), list[0].at)
}

// affordable is a decision without the coupons of which the record says that there was no budget for them: what others had taken out of it by
// then, no card knows.
func (t *retold) affordable(next card.Head, e ledger.Entry) card.Head {
	for _, m := range e.Marks {
		campaign, reason := card.NotTakenOf(m)
		if m.Kind != card.MarkNotTaken || reason != programme.CouponBudgetSpent {
			continue
		}
		made, _, _ := next.Book.Find(e.Cause)
		coupons, err := card.Coupons(made, card.MarkGranted)
		for _, c := range coupons {
			if err == nil && c.Campaign == campaign {
				next = programme.WithoutCoupon(next, e.Cause, c)
			}
		}
	}
	return next
}

// asRecorded reports that a decision has posted the entries that are recorded, and no other.
func (t *retold) asRecorded(next card.Head, e ledger.Entry) bool {
	want := append(t.beside[:len(t.beside):len(t.beside)], e)
	posted, tail := int(next.Book.Posted-t.head.Book.Posted), next.Book.Tail
	return posted == len(want) && len(tail) >= posted && slices.EqualFunc(tail[len(tail)-posted:], want, same)
}

// paidOtherwise says which entries beside the receipt's own came out otherwise.
func (t *retold) paidOtherwise(next card.Head) (says []string) {
	for _, e := range t.beside {
		if made, _, _ := next.Book.Find(e.Cause); !same(made, e) {
			says = append(says, fmt.Sprintf("%s: %d points are recorded, %d come out", e.Cause, e.Points, made.Points))
		}
	}
	return says
}

// goOn takes a head that has come out of a decision.
func (t *retold) goOn(next card.Head, at time.Time) {
	t.beside, next.Holds = nil, nil
	if t.latest.Before(at) {
		t.latest = at
	}
	if next.Book.Full() {
		var page ledger.Page
		next.Book, page = next.Book.TurnPage(ledger.PageSize)
		next.Past = append(next.Past[:len(next.Past):len(next.Past)], page)
	}
	t.head = next
}

// expiry lets points run out again. Their entry is made of the lots, so what went wrong with a lot shows here at the latest.
func (t *retold) expiry(e ledger.Entry) {
	t.add(func(f *Replayed) { f.Expiries++ })
	if held := t.rules(e.At, t.now); len(held) > 0 {
		next := held[0].AsOf(t.head, e.At)
		made, _, ok := next.Book.Find(e.Cause)
		if ok && same(made, e) {
			t.head.Book = next.Book // coupons and the tier wait for the decision that this came with
			if t.latest.Before(e.At) {
				t.latest = e.At
			}
			return
		}
		says := []string{"no points run out then"}
		if ok {
			says, _ = differences(e, made)
		}
		t.differs(t.head.ID, e.Cause, says)
	}
	t.asItStands(e)
}

// asItStands brings an entry about without a decision: what staff and campaigns did, and what cannot be decided any more.
func (t *retold) asItStands(e ledger.Entry) {
	rules := t.rules(e.At, t.now)
	if e.Kind == ledger.Adjust && len(rules) > 0 {
		act := programme.Act{Cause: e.Cause, Points: e.Points, Reason: card.NotedOf(e, card.MarkReason), By: card.NotedOf(e, card.MarkBy)}
		if status, ok := card.ParseStatus(card.NotedOf(e, card.MarkStatus)); ok && card.NotedOf(e, card.MarkStatus) != "" {
			act.Status = &status
		}
		act.Activate, _ = card.ActivatedOf(e) // what cannot be read the audit tells of
		if next := rules[0].ByHand(t.head, act, e.At); next.Book.Posted == t.head.Book.Posted+1 {
			t.goOn(next, e.At)
			return
		}
	}
	next := t.head
	for _, each := range append(t.beside, e) {
		ends := day.Day(0)
		if each.Kind == ledger.Grant && len(rules) > 0 {
			ends = rules[0].GrantEnds(each)
		}
		next.Book = next.Book.Post(each, ends)
	}
	for _, a := range card.AssignedBy(e) {
		a.Since = day.Of(e.At, time.UTC)
		next = next.Assign(a)
	}
	t.goOn(wallet(next, nil, e.Marks), t.latest)
}

// corrected is a head with the recorded entry in the place of the one that was made, so that the next ones begin where they began.
func corrected(h card.Head, made, recorded ledger.Entry) card.Head {
	h.Book.Tail = slices.Clone(h.Book.Tail)
	for i := range h.Book.Tail {
		if h.Book.Tail[i].Cause == recorded.Cause {
			h.Book.Tail[i] = recorded
		}
	}
	h.Book.Balance += recorded.Points - made.Points
	return wallet(h, made.Marks, recorded.Marks)
}

// wallet undoes what marks did to the coupons of a card, and does what others say.
func wallet(h card.Head, undo, do []ledger.Mark) card.Head {
	for _, step := range []struct {
		marks   []ledger.Mark
		in, out string
	}{{undo, "-!", "+="}, {do, "+=", "-!"}} {
		for _, m := range step.marks {
			c, err := card.CouponOf(m)
			switch {
			case err != nil:
			case strings.ContainsRune(step.in, rune(m.Kind)):
				h, _ = h.Take(c.ID).Put(c)
			case strings.ContainsRune(step.out, rune(m.Kind)):
				h = h.Take(c.ID)
			}
		}
	}
	return h
}

// consenting is the shopper with an address and every consent that can be given.
func (t *retold) consenting() card.Profile {
	p := t.shopper
	p.Email, p.Consents = "somebody@example.com", maps.Clone(p.Consents)
	if p.Consents == nil {
		p.Consents = map[string]card.Consent{}
	}
	for _, v := range t.versions {
		for _, topic := range v.Rules.Topics {
			p.Consents[topic.ID] = card.Consent{Allowed: true, At: v.From}
		}
	}
	return p
}
