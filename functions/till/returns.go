package till

import (
	"context"
	"errors"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// giveBack files what came back of a receipt: 201 the first time, 200 with the same answer at a repeat.
func (d *door) giveBack(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	key, ret, timed, err := readReturn(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	said, err := d.fileReturn(a.Context(), key, ret, timed)
	if err != nil {
		return reply{}, err
	}
	return created(said.Repeated, returnOf(key, ret, said, rules, a.now)), nil
}

// readReturn judges the body and makes the return that it describes.
func readReturn(raw []byte, a *ask, rules *programme.Programme) (key receipt.Key, ret receipt.Return, timed bool, err error) {
	body, f, err := decode[returnBody](raw, "")
	if err != nil {
		return key, ret, false, err
	}
	f.missing(body.Return != "", "/return")
	data := events.CheckoutRefunded{Return: body.Return, Receipt: f.ref("/receipt", body.Receipt), Void: body.Void}
	at := f.moment("/occurred_at", body.OccurredAt, a.now)
	if body.Lines != nil {
		data.Lines = []events.ReturnedLine{}
	}
	for _, l := range body.Lines {
		data.Lines = append(data.Lines, events.ReturnedLine(l))
	}
	if body.Amount != nil {
		data.Amount = &money.Amount{Minor: f.minor("/amount", body.Amount, rules.Currency), Currency: rules.Currency}
	}
	if body.Lines != nil && body.Amount != nil {
		f.add("/amount", "invalid", "cannot stand beside lines; what is paid back for lines is reckoned from the receipt")
	}
	f.contract(data.Validate(), asIs)
	if err := f.problem(); err != nil {
		return key, ret, false, err
	}
	ret = loyalty.ReturnOf(events.Metadata{OccurredAt: at, Source: sourceTill}, data)
	return receipt.Key(data.Receipt), ret, body.OccurredAt != nil, a.who.mayActFor(data.Receipt.Store)
}

// fileReturn files a return. One without a time of its own that is known with all else the same happened when it was first told.
func (d *door) fileReturn(ctx context.Context, key receipt.Key, ret receipt.Return, timed bool) (loyalty.Returned, error) {
	said, err := d.Service.Return(ctx, key, ret)
	if timed || loyalty.Code(err) != "return_conflict" {
		return said, err
	}
	filed, failed := d.Service.Receipts.Receipt(ctx, key)
	if failed != nil && !errors.Is(failed, loyalty.ErrNotFound) {
		return said, failed
	}
	for _, known := range filed.Returns {
		if known.ID == ret.ID && !known.At.Equal(ret.At) {
			ret.At = known.At
			return d.Service.Return(ctx, key, ret)
		}
	}
	return said, err
}
