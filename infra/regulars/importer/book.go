package importer

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Tally is what was booked so far. Money is in minor units but for the two differences, which are in millionths.
type Tally struct {
	Receipts   int64 `json:"receipts"`
	Guests     int64 `json:"guests"` // of the receipts: without a card
	Returns    int64 `json:"returns"`
	Repeated   int64 `json:"repeated"` // of both: booked before
	Cards      int64 `json:"cards"`    // enrolled by their first receipt
	Granted    int64 `json:"coupons_granted"`
	Earned     int64 `json:"points_earned"`
	Reversed   int64 `json:"points_reversed"`
	Sold       int64 `json:"sold"`
	PaidBack   int64 `json:"paid_back"`
	Rows       int64 `json:"rows_taken"`
	Rounding   int64 `json:"rounding"`    // what the file says less what was booked, because a price has more decimals than its currency
	PriceApart int64 `json:"price_apart"` // what cancellations say less what was paid for the goods
}

// result is what became of one job.
type result struct {
	index   int
	tally   Tally
	rejects []Reject
	err     error
}

// booker books the jobs of a plan, each shopper's in order, many shoppers at once.
type booker struct {
	service  *loyalty.Service
	plan     *plan
	progress Progress
	mark     func(done int, t Tally, rejects []Reject) error // writes the checkpoint, now and then
}

// book books the jobs from the first-th on, adding to what was tallied before. The results are taken in the order of the jobs, so that
// the tally always stands for the jobs before one of them, and what is done again after a kill is counted once.
//
// It stops at the first error that may go away by itself (a full disk), with all that was booked kept.
func (b *booker) book(ctx context.Context, first int, tally Tally, rejects []Reject) (Tally, []Reject, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	results := b.start(ctx, first)
	waiting, next, rows := map[int]result{}, first, int64(0)
	var failed error
	for _, j := range b.plan.jobs[:first] {
		rows += j.count()
	}
	for r := range results {
		if r.err != nil && (failed == nil || errors.Is(failed, context.Canceled)) {
			failed = r.err
			stop()
		}
		if r.err != nil {
			continue
		}
		waiting[r.index] = r
		for done, ok := waiting[next]; ok; done, ok = waiting[next] {
			delete(waiting, next)
			tally.add(done.tally)
			rejects = append(rejects, done.rejects...)
			rows += b.plan.jobs[next].count()
			next++
			b.progress("booking", rows, int64(b.plan.rows-len(b.plan.rejects)))
			if err := b.mark(next, tally, rejects); err != nil && failed == nil {
				failed = err
				stop()
			}
		}
	}
	if failed == nil && next < len(b.plan.jobs) {
		failed = ctx.Err()
	}
	return tally, rejects, failed
}

// start hands the jobs to the workers. The channel is closed when all have ended.
func (b *booker) start(ctx context.Context, first int) <-chan result {
	const ahead = 256 // jobs that wait for one worker
	results := make(chan result, workers*ahead)
	var group sync.WaitGroup
	lanes := make([]chan int, workers)
	for i := range lanes {
		lanes[i] = make(chan int, ahead)
		group.Go(func() {
			own := &cards{service: b.service, issue: b.plan.m != nil && b.plan.m.Card == cardIssue, known: map[string]string{}}
			for n := range lanes[i] {
				if ctx.Err() == nil {
					results <- b.one(ctx, own, n)
				}
			}
		})
	}
	group.Go(func() {
		for n := first; n < len(b.plan.jobs); n++ {
			select {
			case lanes[b.plan.jobs[n].lane()] <- n:
			case <-ctx.Done():
				n = len(b.plan.jobs)
			}
		}
		for _, lane := range lanes {
			close(lane)
		}
	})
	go func() {
		group.Wait()
		close(results)
	}()
	return results
}

// at is when the job's act happened.
func (j job) at() time.Time {
	if j.receipt != nil {
		return j.receipt.At
	}
	return j.returns[0].ret.At
}

// lane is the worker of a job: the same for all that a shopper did, and for a guest's receipt and its returns.
func (j job) lane() int {
	h := fnv.New32a()
	switch {
	case j.shopper != "":
		h.Write([]byte(j.shopper))
	case j.receipt != nil:
		h.Write([]byte(j.receipt.Key.String()))
	default:
		h.Write([]byte(j.returns[0].key.String()))
	}
	return int(h.Sum32() % workers)
}

// count is how many rows of the file the job stands for.
func (j job) count() int64 {
	n := len(j.rows)
	for _, b := range j.returns {
		n += len(b.rows)
	}
	return int64(n)
}

// one books one job.
func (b *booker) one(ctx context.Context, own *cards, n int) result {
	j, r := b.plan.jobs[n], result{index: n}
	number, err := own.number(ctx, j.shopper, j.at())
	if err != nil {
		if loyalty.Permanent(err) {
			r.refuse(j, err)
			return r
		}
		r.err = fmt.Errorf("find the card of a shopper: %w", err)
		return r
	}
	if j.receipt != nil {
		r.err = b.receipt(ctx, &r, j, number)
		return r
	}
	for _, back := range j.returns {
		if r.err = b.back(ctx, &r, back); r.err != nil {
			return r
		}
	}
	return r
}

// receipt books a sale. What the use case refuses for good rejects the rows; any other error ends the import, to be started again.
func (b *booker) receipt(ctx context.Context, r *result, j job, number string) error {
	sale := *j.receipt
	sale.Card = number
	said, err := b.service.Checkout(ctx, sale)
	switch {
	case loyalty.Permanent(err):
		r.refuse(j, err)
		return nil
	case err != nil:
		return fmt.Errorf("book receipt %s: %w", sale.Key, err)
	}
	t := &r.tally
	t.Receipts, t.Rows, t.Sold, t.Earned = 1, int64(len(j.rows)), sale.Total.Minor, said.Points
	t.Guests, t.Repeated, t.Cards = one(said.Guest), one(said.Repeated), one(said.Enrolled)
	t.Granted = int64(len(said.Granted))
	t.Rounding = j.micro - sale.Total.Minor*scale(sale.Total.Currency)
	return nil
}

// back books what came back of one receipt, under the cancellation's own number, so that a repeat is known. The rows are counted with
// the return that took their first piece.
func (b *booker) back(ctx context.Context, r *result, of back) error {
	said, err := b.service.Return(ctx, of.key, of.ret)
	switch {
	case loyalty.Permanent(err):
		r.refuseRows(of.rows, of.ret.ID, of.micro, err)
		return nil
	case err != nil:
		return fmt.Errorf("book the return %s of receipt %s: %w", of.ret.ID, of.key, err)
	}
	t := &r.tally
	t.Returns++
	t.Repeated += one(said.Repeated)
	t.Rows += int64(len(of.rows))
	t.PaidBack += said.Refund.Amount
	t.Reversed += said.Points
	if b.plan.m == nil {
		return nil // an event of ours says no price; what was paid back is what was read
	}
	t.PriceApart += of.micro + of.sold
	t.Rounding += said.Refund.Amount*scale(b.plan.currency) - of.sold
	return nil
}

// refuse rejects all rows of a job.
func (r *result) refuse(j job, err error) {
	if j.receipt != nil {
		r.refuseRows(j.rows, j.receipt.Key.Number, j.micro, err)
	}
	for _, b := range j.returns {
		r.refuseRows(b.rows, b.ret.ID, b.micro, err)
	}
}

// refuseRows rejects rows for what a use case said. Their money stands with the first of them.
func (r *result) refuseRows(rows []int32, number string, micro int64, err error) {
	for _, line := range rows {
		r.rejects = append(r.rejects, Reject{Row: int(line), Receipt: number, Reason: loyalty.Code(err), Detail: err.Error(), micro: micro})
		micro = 0
	}
}

func (t *Tally) add(o Tally) {
	t.Receipts += o.Receipts
	t.Guests += o.Guests
	t.Returns += o.Returns
	t.Repeated += o.Repeated
	t.Cards += o.Cards
	t.Granted += o.Granted
	t.Earned += o.Earned
	t.Reversed += o.Reversed
	t.Sold += o.Sold
	t.PaidBack += o.PaidBack
	t.Rows += o.Rows
	t.Rounding += o.Rounding
	t.PriceApart += o.PriceApart
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
