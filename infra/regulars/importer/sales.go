package importer

import (
	"io"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/whatif"
)

// Sales is a file as a past to play: nothing of it is stored.
type Sales struct {
	List     []whatif.Sale
	Rows     int64
	Lines    int64
	Rejected int64
	ByReason []Reason
	Currency money.Currency
}

// ReadSales reads a file of receipts by the rules of an import, with the shopper's column as the card. Without a map the file is what
// `regulars export` wrote. size is the file's length in bytes, for the progress; 0 is unknown.
//
// What comes back of a receipt that the file does not hold is left out, and counted as rejected.
func ReadSales(file io.Reader, size int64, m *Map, now time.Time, told Progress) (Sales, error) {
	im := Import{Map: m, Now: func() time.Time { return now }, Progress: told, DryRun: true}
	p, _, err := im.plan(file, size)
	if err != nil {
		return Sales{}, err
	}
	out := Sales{Rows: int64(p.rows), Rejected: int64(len(p.rejects)), Currency: p.currency}
	at := make(map[receipt.Key]int, len(p.jobs))
	for _, j := range p.jobs {
		if j.receipt != nil {
			at[j.receipt.Key] = len(out.List)
			j.receipt.Card = j.shopper
			out.List = append(out.List, whatif.Sale{Receipt: *j.receipt})
			out.Lines += int64(len(j.receipt.Lines))
		}
	}
	for _, j := range p.jobs {
		for _, b := range j.returns {
			n, ok := at[b.key]
			if !ok {
				p.rejects = append(p.rejects, Reject{Receipt: b.key.Number, Reason: NoOriginal, micro: b.micro})
				out.Rejected++
				continue
			}
			out.List[n].Returns = append(out.List[n].Returns, b.ret)
		}
	}
	out.ByReason = byReason(p.rejects, p.currency)
	return out, nil
}
