package loyaltytest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// script is what happens in a shop, whenever we hear of it: the same script is played in order and in disorder.
//
// What by nature depends on the order is not in it: points that are taken or made usable by hand (of what the card has at that moment),
// debts that are forgiven or bounded, caps by the balance, visits that are too close and heard of days later, coupons that baskets use.
type script struct {
	seed  uint64
	rules *programme.Programme
	life  life
	cards []string
	list  []*happening // in the order of their moments
	end   time.Time

	spends bool // receipts are paid with points in part
	joins  bool // cards become one
	parts  bool // and two again
	bonus  bool // stamps bring points, into the lot of whichever receipt filled them
}

// ordered reports that the script is heard of in the order in which it happened: spending takes the lots that are known, and of points that
// end it is not the same which were taken.
func (s *script) ordered() bool { return s.spends && s.life.rules != "" }

// life is what the programme says of how long points live.
type life struct {
	rules   string
	months  int
	days    int
	pending int
	round   int // months
	yearly  bool
}

var lives = []life{
	{rules: ""},
	{rules: "months: 1, round_to: day", months: 1},
	{rules: "days: 20, pending_days: 7", days: 20, pending: 7},
	{rules: "months: 1", months: 1, round: 1},
	{rules: "months: 1, round_to: quarter, pending_days: 3", months: 1, round: 3, pending: 3},
	{rules: `round_to: "04-15", pending_days: 2`, yearly: true, pending: 2},
}

// Kinds of happening.
const (
	actSale   = 's'
	actBack   = 'b' // of a sale
	actAdjust = 'a'
	actHold   = 'h'
	actMerge  = 'm'
	actPart   = 'u'
)

// happening is one of them. What comes off a till may be heard of late and in any order; the rest is done by somebody at that moment.
type happening struct {
	kind   byte
	at     time.Time
	id     string
	card   string // for a receipt as it was swiped
	into   string
	points int64
	sale   receipt.Receipt
	of     *happening
	back   receipt.Return
	backs  []*happening // of a sale
}

// tills reports whether it comes off a till.
func (h *happening) tills() bool { return h.kind == actSale || h.kind == actBack }

func (h *happening) String() string {
	switch h.kind {
	case actSale:
		return fmt.Sprintf("sale %s of card %s for %s", h.id, h.card, h.sale.Total)
	case actBack:
		return fmt.Sprintf("return %s of sale %s", h.back.ID, h.of.id)
	}
	return fmt.Sprintf("%c %s card %s into %s points %d", h.kind, h.id, h.card, h.into, h.points)
}

// begins is the first day of every script.
var begins = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// write draws the script of a seed.
func write(seed, serial uint64) (*script, error) {
	r := rand.New(rand.NewPCG(seed, 11))
	s := &script{seed: seed, life: lives[max(0, r.IntN(len(lives)+2)-2)]}
	s.joins = r.IntN(2) == 0
	s.parts = s.joins && r.IntN(2) == 0
	s.spends = r.IntN(2) == 0
	s.bonus = s.life.rules == "" && !s.parts && r.IntN(2) == 0 // what is counted while cards are one stays with one of them
	if err := s.compile(r); err != nil {
		return nil, err
	}
	for n := range uint64(1 + r.IntN(3)) {
		s.cards = append(s.cards, s.rules.IssueNumber(serial+n))
	}
	s.joins = s.joins && len(s.cards) > 1
	s.parts = s.parts && s.joins
	at := begins
	for n := range 4 + r.IntN(14) {
		at = at.Add(time.Duration(1+r.IntN(5*24)) * time.Hour)
		s.add(s.drawSale(r, at, n))
	}
	s.byHand(r, at)
	slices.SortStableFunc(s.list, func(a, b *happening) int { return a.at.Compare(b.at) })
	s.end = s.list[len(s.list)-1].at.AddDate(0, 0, 1+r.IntN(30))
	return s, nil
}

// compile puts the life and the stamps into the programme.
func (s *script) compile(r *rand.Rand) error {
	base, err := books.ReadFile("testdata/converge.yaml")
	if err != nil {
		return err
	}
	text := bytes.NewBuffer(base)
	fmt.Fprintf(text, "points: {on_tender: all, pay: {worth: \"0.01\"}, %s}\n", s.life.rules)
	reward := "{offer: free, days: 366}"
	if s.bonus {
		reward = "{points: 15}"
	}
	fmt.Fprintf(text, "stamps:\n  - {id: bag, name: Bags, buy: %d, lines: {categories: [beans]}, grant: %s}\n", 3+r.IntN(4), reward)
	if s.joins {
		return s.read(r, text) // a reward that comes once is one or two, as the cards were one or two when they filled
	}
	fmt.Fprintf(text, "  - {id: spring, name: Spring, spend: \"60.00\", days: 2, from: 2026-03-01, until: 2026-05-31, grant: %s}\n", reward)
	return s.read(r, text)
}

// read adds how tiers are counted, and reads it all.
func (s *script) read(r *rand.Rand, text *bytes.Buffer) error {
	if r.IntN(2) == 0 {
		fmt.Fprintf(text, "tiering: {period: rolling, months: %d, strict_returns: %v}\n", 1+r.IntN(3), r.IntN(2) == 0)
	}
	parsed, _, faults, err := yamldoc.Read(text)
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("programme of history %d: %w %v", s.seed, err, faults)
	}
	s.rules = parsed
	return nil
}

func (s *script) add(h *happening) {
	s.list = append(s.list, h)
	s.list = append(s.list, h.backs...)
}

// drawSale is a receipt and what comes back of it: all, money, or pieces.
func (s *script) drawSale(r *rand.Rand, at time.Time, n int) *happening {
	h := &happening{kind: actSale, at: at.Truncate(24 * time.Hour).Add(time.Duration(8+r.IntN(10))*time.Hour + time.Duration(n)*time.Second), id: strconv.Itoa(n + 1)}
	h.card = s.cards[r.IntN(len(s.cards))]
	sale := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "v" + strconv.FormatUint(s.seed, 36), Number: h.id}, Card: h.card, At: h.at, Source: "till",
		Total: money.Amount{Currency: "EUR"},
	}
	for n := range 1 + r.IntN(3) {
		l := receipt.Line{
			ID: strconv.Itoa(n + 1), Category: []string{"food", "beans", "tobacco"}[r.IntN(3)], Quantity: int64(1 + r.IntN(3)), Amount: int64(100 + r.IntN(4000)),
		}
		sale.Lines = append(sale.Lines, l)
		sale.Total.Minor += l.Net()
	}
	if s.spends && r.IntN(3) == 0 {
		sale.Tenders = []receipt.Tender{{Kind: receipt.TenderPoints, Points: 1 + r.Int64N(min(sale.Total.Minor, 40))}}
	}
	if h.sale = sale; len(sale.Tenders) == 0 || !s.ordered() {
		s.drawBacks(r, h)
	}
	return h
}

func (s *script) drawBacks(r *rand.Rand, h *happening) {
	back := func(ret receipt.Return) {
		ret.ID = fmt.Sprint("r", len(h.backs)+1)
		ret.At = h.at.Add(time.Duration(1+len(h.backs)*30+r.IntN(30)*24) * time.Hour)
		h.backs = append(h.backs, &happening{kind: actBack, at: ret.At, id: h.id + ret.ID, card: h.card, of: h, back: ret})
	}
	switch r.IntN(6) {
	case 0:
		back(receipt.Return{})
	case 1:
		for range 1 + r.IntN(3) {
			back(receipt.Return{Money: 1 + r.Int64N(max(h.sale.Total.Minor/5, 1))})
		}
	case 2:
		for _, l := range h.sale.Lines {
			for range r.Int64N(l.Quantity + 1) {
				back(receipt.Return{Lines: []receipt.ReturnedLine{{ID: l.ID, Quantity: 1}}})
			}
		}
	}
}

// byHand adds what people do: points given, holds of tills, cards that become one and two.
func (s *script) byHand(r *rand.Rand, until time.Time) {
	moment := func() time.Time {
		return begins.Add(time.Duration(r.Int64N(int64(until.Sub(begins))))).Truncate(time.Second)
	}
	for n := range r.IntN(3) {
		s.add(&happening{kind: actAdjust, at: moment(), id: fmt.Sprint("a", n), card: s.cards[r.IntN(len(s.cards))], points: 1 + r.Int64N(60)})
	}
	for n := range r.IntN(3) {
		s.add(&happening{kind: actHold, at: moment(), id: fmt.Sprint("h", n), card: s.cards[r.IntN(len(s.cards))], points: 1 + r.Int64N(20)})
	}
	if !s.joins {
		return
	}
	merged := moment()
	for n, number := range s.cards[1:] {
		at := merged.Add(time.Duration(n) * time.Hour)
		s.add(&happening{kind: actMerge, at: at, id: fmt.Sprint("m", n), card: number, into: s.cards[0]})
		if s.parts {
			s.add(&happening{kind: actPart, at: at.Add(time.Duration(24+r.IntN(40*24)) * time.Hour), id: fmt.Sprint("u", n), card: number})
		}
	}
}
