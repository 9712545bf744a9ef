package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// source that receipts of an import carry.
const sourceImport = "import"

// job is one act to be booked: a receipt, or the returns that one cancellation turns into. Jobs of one shopper are booked in order.
type job struct {
	shopper string
	receipt *receipt.Receipt
	returns []back
	rows    []int32 // lines of the receipt's rows
	micro   int64   // their money
}

// back is a return of one receipt. Its rows are those whose first piece it takes; micro is what the cancellation gives for its pieces
// and sold what they were sold for, both before rounding.
type back struct {
	key   receipt.Key
	ret   receipt.Return
	rows  []int32
	micro int64
	sold  int64
}

// plan is what a file comes to before anything is stored.
type plan struct {
	m        *Map
	jobs     []job
	rejects  []Reject
	rows     int
	money    int64
	split    int // receipts of more lines than one may have, told as several
	sales    map[sold][]*saleLine
	currency money.Currency
}

// sold is what a cancellation can find its sale by.
type sold struct{ shopper, sku string }

// saleLine is a line that can be cancelled, with what is left of it.
type saleLine struct {
	key         receipt.Key
	id          string
	left        int64
	price, disc int64 // millionths: a piece before discount; the discount of the whole line
	quantity    int64
}

// planned turns the documents of a file into jobs, in the order of time.
func planned(in *reading) *plan {
	p := &plan{m: in.m, rejects: in.rejects, rows: in.rows, money: in.money, sales: map[sold][]*saleLine{}, currency: in.m.Currency}
	for _, d := range in.found {
		if in.m.Cancelled != "" && strings.HasPrefix(d.key.Number, in.m.Cancelled) {
			p.cancellation(d)
		} else {
			p.sale(d)
		}
	}
	p.sales = nil
	return p
}

// reject counts a row with its money, so that the sums still tie.
func (p *plan) reject(d *document, r row, reason, detail string) {
	p.rejects = append(p.rejects, Reject{Row: int(r.line), Receipt: d.key.Number, Reason: reason, Detail: detail, micro: r.net()})
}

// sale plans a receipt: what was sold, without corrections of stock that some systems write as receipts.
func (p *plan) sale(d *document) {
	paid := int64(0)
	d.rows = slices.DeleteFunc(d.rows, func(r row) bool {
		if r.quantity < 0 {
			p.reject(d, r, NegativeSale, "the quantity is below zero and the receipt is no cancellation: a correction of stock, most likely")
			return true
		}
		paid += r.net()
		return false
	})
	if paid == 0 {
		for _, r := range d.rows {
			p.reject(d, r, NothingPaid, "nothing was paid on the whole receipt")
		}
		return
	}
	parts := slices.Collect(slices.Chunk(d.rows, receipt.MaxLines))
	if len(parts) > 1 {
		p.split++
	}
	for i, rows := range parts {
		key := d.key
		if i > 0 {
			key.Number += "#" + strconv.Itoa(i+1)
		}
		p.receipt(d, key, rows)
	}
}

// receipt plans one receipt of ours, held against the contract as any other door holds it.
func (p *plan) receipt(d *document, key receipt.Key, rows []row) {
	r := receipt.Receipt{Key: key, At: d.at, Total: money.Amount{Currency: p.currency}, Source: sourceImport}
	unit := scale(p.currency)
	j := job{shopper: d.shopper, receipt: &r}
	for i, from := range rows {
		line := receipt.Line{
			ID: strconv.Itoa(i + 1), SKU: from.sku, Category: from.category, Kind: from.kind, Quantity: from.quantity,
			Amount: money.DivRound(from.micro, unit), Discount: money.DivRound(from.discount, unit),
		}
		r.Lines = append(r.Lines, line)
		r.Total.Minor += line.Net()
		j.rows, j.micro = append(j.rows, from.line), j.micro+from.net()
	}
	if why := contract(r); why != "" {
		for _, from := range rows {
			p.reject(d, from, WrongContract, why)
		}
		return
	}
	p.jobs = append(p.jobs, j)
	if d.shopper == "" {
		return
	}
	for i, from := range rows {
		of := sold{d.shopper, from.sku}
		p.sales[of] = append(p.sales[of], &saleLine{key: key, id: r.Lines[i].ID, left: from.quantity, price: from.unit(), disc: from.discount, quantity: from.quantity})
	}
}

// contract says what the published contract finds wrong with a receipt, "" if nothing.
func contract(r receipt.Receipt) string {
	data := events.CheckoutCompleted{Receipt: events.ReceiptRef(r.Key), Total: r.Total, Lines: make([]events.SoldLine, len(r.Lines))}
	for i, l := range r.Lines {
		data.Lines[i].Line = events.Line(l)
	}
	if found := data.Validate(); len(found) > 0 {
		return found[0].Pointer + " " + found[0].Why
	}
	return ""
}

// cancellation plans what came back: for each row the newest sale of the same article to the same shopper, first of those at the same
// price. A row is taken whole or not at all.
func (p *plan) cancellation(d *document) {
	j := job{shopper: d.shopper}
	for _, r := range d.rows {
		pieces := r.pieces()
		if d.shopper == "" {
			p.reject(d, r, GuestReturn, "the cancellation names no shopper, so nobody can tell which sale it cancels")
			continue
		}
		lines := p.sales[sold{d.shopper, r.sku}]
		left := int64(0)
		for _, l := range lines {
			left += l.left
		}
		switch {
		case len(lines) == 0:
			p.reject(d, r, NoOriginal, "this shopper has not bought the article before, as far as this file goes")
		case left < pieces:
			p.reject(d, r, MoreThanSold, fmt.Sprintf("%d come back and %d are left of what this shopper bought before", pieces, left))
		default:
			j.give(r, lines, pieces, d)
		}
	}
	if len(j.returns) > 0 {
		p.jobs = append(p.jobs, j)
	}
}

// give takes the pieces of a cancelled row from the sales, which hold enough.
func (j *job) give(r row, lines []*saleLine, pieces int64, d *document) {
	first := true
	for _, samePrice := range []bool{true, false} {
		for _, l := range slices.Backward(lines) {
			n := min(pieces, l.left)
			if n == 0 || samePrice && l.price != r.unit() {
				continue
			}
			b := j.back(l.key, d)
			b.add(l.id, n)
			if first {
				b.rows, first = append(b.rows, r.line), false
			}
			taken, given := l.quantity-l.left, r.pieces()-pieces
			b.sold += l.price*n - share(l.disc, l.quantity, taken, taken+n)
			b.micro += share(r.net(), r.pieces(), given, given+n)
			l.left -= n
			pieces -= n
		}
	}
}

// share is the part of an amount that falls on pieces from to to of so many, so that all parts add up to it.
func share(amount, pieces, from, to int64) int64 {
	return money.MulDiv(amount, to, pieces) - money.MulDiv(amount, from, pieces)
}

// back finds the return of a receipt within the job, or begins one. It is called by the number of the cancellation.
func (j *job) back(key receipt.Key, d *document) *back {
	for i := range j.returns {
		if j.returns[i].key == key {
			return &j.returns[i]
		}
	}
	j.returns = append(j.returns, back{key: key, ret: receipt.Return{ID: d.key.Number, At: d.at}})
	return &j.returns[len(j.returns)-1]
}

// add returns pieces of a line; several rows of a cancellation may name the same one.
func (b *back) add(id string, n int64) {
	for i := range b.ret.Lines {
		if b.ret.Lines[i].ID == id {
			b.ret.Lines[i].Quantity += n
			return
		}
	}
	b.ret.Lines = append(b.ret.Lines, receipt.ReturnedLine{ID: id, Quantity: n})
}
