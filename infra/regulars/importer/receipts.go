package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/regulars-dev/regulars/shared/money"
)

// Report is what an import of receipts comes to. Its sums tie: rows and money read are what was taken, rejected and, for money,
// rounded, to the last millionth.
type Report struct {
	Tally
	RowsRead      int64          `json:"rows_read"`
	RowsRejected  int64          `json:"rows_rejected"`
	ByReason      []Reason       `json:"rejected"`
	Split         int            `json:"split"` // receipts that were told as several
	Currency      money.Currency `json:"currency"`
	MoneyRead     string         `json:"money_read"`
	MoneyTaken    string         `json:"money_taken"` // sold less paid back
	MoneyRejected string         `json:"money_rejected"`
	MoneyRounded  string         `json:"money_rounded"`
	MoneyApart    string         `json:"money_price_apart"`
	Resumed       int            `json:"resumed_at"` // acts that an earlier run had booked
	Rejects       []Reject       `json:"-"`
	DryRun        bool           `json:"dry_run,omitempty"`
}

// Reason sums up what was rejected for one reason.
type Reason struct {
	Reason string `json:"reason"`
	Rows   int64  `json:"rows"`
	Money  string `json:"money"`
	micro  int64
}

// Receipts imports a file of receipts. size is the file's length in bytes, for the progress.
//
// The error is that of the file, the map or the store. What was booked before it stays booked; start again to go on.
func (im Import) Receipts(ctx context.Context, file io.Reader, size int64) (Report, error) {
	p, of, err := im.plan(file, size)
	if err != nil {
		return Report{}, err
	}
	if err := im.fits(ctx, p); err != nil {
		return Report{}, err
	}
	if im.DryRun {
		return p.report(p.wouldBook(), nil, 0, true)
	}
	keeper := keeper{dir: im.Dir, of: of, now: im.Now, state: checkpoint{Jobs: len(p.jobs)}}
	first, tally, refused := 0, Tally{}, []Reject(nil)
	if !im.Fresh {
		first, tally, refused = keeper.load(len(p.jobs))
	}
	b := booker{service: im.Service, plan: p, progress: im.Progress, mark: keeper.mark}
	tally, refused, err = b.book(ctx, first, tally, refused)
	if kept := keeper.keep(); err == nil {
		err = kept
	}
	if err != nil {
		return Report{}, err
	}
	return p.report(tally, refused, first, false)
}

// plan reads the file. of names what was read, and by which rules, so that a checkpoint is never taken for another file's.
func (im Import) plan(file io.Reader, size int64) (*plan, string, error) {
	counted := &counter{from: file, sum: sha256.New(), told: func(n int64) { im.Progress("reading", n, size) }}
	if im.Map == nil {
		p, err := planEvents(counted)
		return p, counted.name(), err
	}
	counted.sum.Write(im.Map.text)
	in, err := im.Map.read(counted, im.Now())
	if err != nil {
		return nil, "", err
	}
	return planned(in), counted.name(), nil
}

// fits refuses a file that the published programme cannot book at all, before anything is stored.
func (im Import) fits(ctx context.Context, p *plan) error {
	rules, err := im.Service.Programmes.At(ctx, im.Now())
	if err != nil {
		return fmt.Errorf("read the programme: %w (`regulars programme publish FILE` publishes one)", err)
	}
	if p.currency != "" && rules.Currency != p.currency {
		return fmt.Errorf("the file is in %s and the published programme in %s; publish one for %s first, such as samples/import.programme.yaml", p.currency, rules.Currency, p.currency)
	}
	if p.m == nil || p.m.Card == cardIssue {
		return nil
	}
	known := map[string]error{}
	p.jobs = slices.DeleteFunc(p.jobs, func(j job) bool {
		why, ok := known[j.shopper]
		if !ok && j.shopper != "" {
			why = rules.CheckNumber(j.shopper)
			known[j.shopper] = why
		}
		if why != nil {
			p.notOurs(j)
		}
		return why != nil
	})
	return nil
}

// notOurs rejects a job whose card no till of this programme would take.
func (p *plan) notOurs(j job) {
	r := result{}
	r.refuse(j, errNotOurs)
	p.rejects = append(p.rejects, r.rejects...)
}

// wouldBook tallies what a dry run can know: all but the points.
func (p *plan) wouldBook() Tally {
	var t Tally
	for _, j := range p.jobs {
		t.Rows += j.count()
		if j.receipt != nil {
			t.Receipts++
			t.Guests += one(j.shopper == "")
			t.Sold += j.receipt.Total.Minor
			t.Rounding += j.micro - j.receipt.Total.Minor*scale(p.currency)
		}
		for _, b := range j.returns {
			refund := money.DivRound(b.sold, scale(p.currency))
			t.Returns++
			t.PaidBack += refund
			t.PriceApart += b.micro + b.sold
			t.Rounding += refund*scale(p.currency) - b.sold
		}
	}
	return t
}

// report adds up, and fails if the sums do not tie.
func (p *plan) report(t Tally, refused []Reject, resumed int, dry bool) (Report, error) {
	r := Report{Tally: t, RowsRead: int64(p.rows), Split: p.split, Currency: p.currency, Resumed: resumed, DryRun: dry}
	r.Rejects = slices.Concat(p.rejects, refused)
	slices.SortStableFunc(r.Rejects, func(a, b Reject) int { return cmp.Compare(a.Row, b.Row) })
	r.ByReason = byReason(r.Rejects, p.currency)
	rejected := int64(0)
	for _, reason := range r.ByReason {
		rejected += reason.micro
		r.RowsRejected += reason.Rows
	}
	taken := (t.Sold - t.PaidBack) * scale(p.currency)
	read := p.money
	if p.m == nil {
		read -= t.PaidBack * scale(p.currency)
	}
	r.MoneyRead, r.MoneyTaken, r.MoneyRejected = showMicro(read, p.currency), showMicro(taken, p.currency), showMicro(rejected, p.currency)
	r.MoneyRounded, r.MoneyApart = showMicro(t.Rounding, p.currency), showMicro(t.PriceApart, p.currency)
	if accounted := t.Rows + r.RowsRejected; accounted != r.RowsRead {
		return r, errSum("rows", r.RowsRead, accounted)
	}
	if accounted := taken + rejected + t.Rounding + t.PriceApart; accounted != read {
		return r, errSum("money (in millionths)", read, accounted)
	}
	return r, nil
}

// byReason sums up what was rejected, the commonest reason first.
func byReason(rejects []Reject, in money.Currency) []Reason {
	reasons := map[string]*Reason{}
	for _, x := range rejects {
		if reasons[x.Reason] == nil {
			reasons[x.Reason] = &Reason{Reason: x.Reason}
		}
		reasons[x.Reason].Rows++
		reasons[x.Reason].micro += x.micro
	}
	var list []Reason
	for _, reason := range reasons {
		reason.Money = showMicro(reason.micro, in)
		list = append(list, *reason)
	}
	slices.SortFunc(list, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Reason, b.Reason)) })
	return list
}

// counter counts and hashes what is read of a file.
type counter struct {
	from io.Reader
	sum  hash.Hash
	n    int64
	told func(int64)
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.sum.Write(b[:n])
	c.n += int64(n)
	c.told(c.n)
	return n, err
}

func (c *counter) name() string { return hex.EncodeToString(c.sum.Sum(nil)) }
