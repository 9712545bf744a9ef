package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// record looks at one item of the records table.
func (a *auditor) record(ctx context.Context, item store.Item) error {
	of, name, _ := strings.Cut(item.Key.Partition, "/")
	switch {
	case of == "receipt" && item.Key.Sort == "RECEIPT":
		a.done.Add(1)
		return a.receipt(ctx, name)
	case of == "card" && strings.HasPrefix(item.Key.Sort, "PAGE/"):
		if _, err := a.store.Open(ctx, name, true); missing(err) {
			a.fault(NoCard, name, "", "there are older entries of it and no card")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// receipt demands that a receipt and each of its returns stand in the book of their card.
func (a *auditor) receipt(ctx context.Context, name string) error {
	key, err := receipt.ParseKey(name)
	if err != nil {
		a.fault(Unreadable, "", name, "%v", err)
		return nil
	}
	filed, err := a.store.Receipt(ctx, key)
	switch {
	case errors.Is(err, loyalty.ErrNotFound):
		a.count(func(r *Report) { r.Waiting++ }) // only returns lie here, and wait
		return nil
	case err != nil:
		a.fault(Unreadable, "", name, "the receipt cannot be read: %v", err)
		return nil
	}
	filed.Receipt = filed.Owned()
	a.count(func(r *Report) {
		r.Receipts++
		r.Returns += int64(len(filed.Returns))
		if filed.Receipt.Card == "" {
			r.Guests++
		}
	})
	if _, err := filed.Receipt.After(filed.Returns); err != nil {
		a.fault(TooMuchBack, filed.Receipt.Card, name, "%v", err)
	}
	if filed.Receipt.Card == "" {
		return nil
	}
	posted, err := a.posted(ctx, filed.Receipt, name)
	if err != nil || !posted {
		return err
	}
	for n := range filed.Returns {
		if _, err := a.posted(ctx, filed.Receipt, fmt.Sprintf("%s~%d", name, n+1)); err != nil {
			return err
		}
	}
	return nil
}

// posted demands the entry of a cause on the card of its receipt. It answers false where the receipt rightly has none.
func (a *auditor) posted(ctx context.Context, r receipt.Receipt, cause string) (bool, error) {
	a.mu.Lock()
	whose := ""
	if n, ok := a.causes[hashOf(cause)]; ok {
		whose = a.cards[n]
	}
	a.mu.Unlock()
	if whose == r.Card {
		return true, nil
	}
	opened, err := a.store.Open(ctx, r.Card, true)
	switch {
	case missing(err):
		a.fault(NotPosted, r.Card, cause, "the receipt is kept and its card is not there; `regulars verify --post` posts it")
		return false, nil
	case err != nil:
		return false, err
	case whose == opened.Head.ID, whose != "" && slices.ContainsFunc(opened.Head.Joined, func(j card.Joined) bool { return j.ID == whose }):
		return true, nil // posted before its card was merged, or while it was
	}
	found, err := a.find(ctx, opened.Head.ID, cause) // it may have come in since
	switch {
	case err != nil || found:
		return true, err
	case whose != "":
		a.fault(WrongCard, r.Card, cause, "its entry stands on card %s", whose)
		return false, nil
	case takesNoPart(opened.Head, r):
		a.count(func(r *Report) { r.Silent++ })
		return false, nil
	}
	a.fault(NotPosted, r.Card, cause, "it is kept and the card's book does not have it; `regulars verify --post` posts it")
	return false, nil
}

// takesNoPart reports that a receipt is kept without earning: its card is blocked or closed, or the number was lost before.
func takesNoPart(h card.Head, r receipt.Receipt) bool {
	lost, gone := h.LostAt(r.Card)
	return h.Status != card.Open || gone && !r.At.Before(lost)
}
