package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// planEvents plans a file of our own: JSONL of checkout.completed and checkout.refunded events, as `regulars export` writes them.
// Lines of other kinds are passed over; they are not rows of this import.
func planEvents(r io.Reader) (*plan, error) {
	p := &plan{}
	plain, err := unpack(r)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(make([]byte, 1<<16), maxRowSize)
	type timed struct {
		at  time.Time
		job job
	}
	var found []timed
	owner := map[receipt.Key]string{}
	for n := 1; lines.Scan(); n++ {
		raw := bytes.TrimSpace(lines.Bytes())
		if len(raw) == 0 || !p.concerns(raw) {
			continue
		}
		if p.rows++; p.rows > MaxRows {
			return nil, fmt.Errorf("the file has more than %d receipts; split it", MaxRows)
		}
		e, err := events.Decode(raw)
		if err != nil {
			p.rejects = append(p.rejects, Reject{Row: n, Reason: BadRow, Detail: err.Error()})
			continue
		}
		j := p.event(e, n)
		if j.receipt != nil {
			owner[j.receipt.Key] = j.shopper
		}
		found = append(found, timed{e.Metadata.OccurredAt, j})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	slices.SortStableFunc(found, func(a, b timed) int { return a.at.Compare(b.at) })
	for _, f := range found {
		if f.job.receipt == nil {
			f.job.shopper = owner[f.job.returns[0].key]
		}
		p.jobs = append(p.jobs, f.job)
	}
	return p, nil
}

// concerns reports whether a line is for this import. A line that is no JSON is, so that it is told of.
func (p *plan) concerns(raw []byte) bool {
	var kind struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(raw, &kind) != nil {
		return true
	}
	return kind.Type == events.NameCheckoutCompleted || kind.Type == events.NameCheckoutRefunded
}

func (p *plan) event(e events.Event, line int) job {
	row := []int32{int32(line)} //nolint:gosec // at most MaxRows
	switch data := e.Data.(type) {
	case events.CheckoutCompleted:
		r := loyalty.ReceiptOf(e.Metadata, data)
		if p.currency == "" {
			p.currency = r.Total.Currency
		}
		micro := r.Total.Minor * scale(r.Total.Currency)
		p.money += micro
		return job{shopper: r.Card, receipt: &r, rows: row, micro: micro}
	case events.CheckoutRefunded:
		return job{returns: []back{{key: receipt.Key(data.Receipt), ret: loyalty.ReturnOf(e.Metadata, data), rows: row}}}
	}
	return job{}
}
