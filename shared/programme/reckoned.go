package programme

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Reckoned says line by line and rule by rule how a receipt comes to its points. Points are decimals here, or fractions where a decimal
// does not end: what the rules bring is cut once, at the end.
type Reckoned struct {
	Lines []LineReckoned `json:"lines"`
	Rules []RuleReckoned `json:"rules"`

	Paid  string `json:"paid_share,omitempty"`  // of what is below, how much was paid in money, where that is not all of it: "3/4"
	Exact string `json:"points_exact"`          // the sum over the rules, of no less than 0
	Worth string `json:"points_worth"`          // after the programme's cut and the cap of a receipt
	Cut   string `json:"points_cut,omitempty"`  // what is below a point and lost; nothing where all of it is carried over
	Over  int64  `json:"points_over,omitempty"` // whole points over the cap of a receipt
	worth ledger.Worth
}

// LineReckoned is a line with the price that counts and what its rules have brought.
type LineReckoned struct {
	Line     string       `json:"line"`
	SKU      string       `json:"sku,omitempty"`
	Category string       `json:"category,omitempty"`
	Kind     string       `json:"kind,omitempty"`
	Pieces   int64        `json:"pieces"`
	Amount   money.Amount `json:"amount"`
	Discount money.Amount `json:"discount"`
	Counts   money.Amount `json:"counts"`             // the price that points are reckoned from; 0 for a line that is left out
	LeftOut  string       `json:"left_out,omitempty"` // why it earns nothing, see LeftOut
	By       []RuleBrings `json:"by,omitempty"`
}

// RuleBrings is what a rule brings on a line: the difference that it makes beside those that bring more.
type RuleBrings struct {
	Rule   string `json:"rule"`
	Points string `json:"points"`
}

// RuleReckoned is a rule of points and what became of it.
type RuleReckoned struct {
	Rule    string   `json:"rule"`
	Outcome string   `json:"outcome"`
	Points  string   `json:"points,omitempty"` // of all lines together
	Why     []string `json:"why,omitempty"`    // the conditions that do not hold
}

// What became of a rule of points.
const (
	RuleCounted   = "counted"
	RuleBeaten    = "beaten"    // it holds, and another brings more on each of its lines
	RuleNoLine    = "no_line"   // it holds, and chooses no line that was paid for
	RuleNotFirst  = "not_first" // it is for a card's first receipt
	RuleEarly     = "early"     // its first day was still to come
	RuleOver      = "over"      // its last day was over
	RuleCondition = "condition" // its condition does not hold
)

// Reckon explains what a receipt is worth by these rules: sale is its entry, the zero Entry for a receipt that has none.
func (p *Programme) Reckon(r receipt.Receipt, sale ledger.Entry) Reckoned {
	at := p.foundBy(r, sale)
	kept, _ := r.After(nil) // without returns nothing can be too much
	lines := linesOf(r, kept)
	holding := p.holding(r, lines, at)
	offers := holding[len(holding)-len(p.multiplying(r, lines, at.times)):]
	for i := range offers {
		offers[i].ID = "offer " + offers[i].ID // another rule may have that id
	}
	told := Reckoned{Lines: []LineReckoned{}, Rules: []RuleReckoned{}}
	brought, eligible := map[string]*big.Rat{}, int64(0)
	for _, l := range lines {
		line, by, counts := p.reckonLine(holding, l, r.Total.Currency)
		if counts {
			eligible += l.Net()
		}
		for _, b := range by {
			add(brought, b.rule, b.points)
		}
		told.Lines = append(told.Lines, line)
	}
	share := p.paidShare(kept, eligible)
	if len(r.Tenders) > 0 {
		share.Mul(share, p.inMoney(r, kept))
	}
	sum := new(big.Rat)
	for _, points := range brought {
		sum.Add(sum, points.Mul(points, share))
	}
	for _, rule := range holding {
		if !kept.Nothing() && (rule.basis == perVisit || rule.basis == perFirst && at.first) {
			points := new(big.Rat).SetInt64(rule.Points)
			add(brought, rule.ID, points)
			sum.Add(sum, points)
		}
	}
	if share.Cmp(big.NewRat(1, 1)) != 0 {
		told.Paid = share.RatString()
	}
	told.Rules = append(told.Rules, p.becameOf(r, lines, at, brought)...)
	for _, o := range offers {
		told.Rules = append(told.Rules, became(o, lines, brought))
	}
	told.Exact = decimal(atLeastNothing(sum))
	worth, over := p.worth(r, kept, at)
	told.worth, told.Worth, told.Over = worth, decimal(exactly(worth)), over
	rest := new(big.Rat).Sub(atLeastNothing(sum), exactly(worth))
	if rest.Sub(rest, new(big.Rat).SetInt64(over)); rest.Sign() > 0 {
		told.Cut = decimal(rest)
	}
	return told
}

func add(sums map[string]*big.Rat, rule string, points *big.Rat) {
	if sums[rule] == nil {
		sums[rule] = new(big.Rat)
	}
	sums[rule].Add(sums[rule], points)
}

func atLeastNothing(sum *big.Rat) *big.Rat {
	if sum.Sign() < 0 {
		return new(big.Rat)
	}
	return sum
}

// lineShare is what one rule brings on one line.
type lineShare struct {
	rule   string
	points *big.Rat
}

// reckonLine tells what each rule brings on a line. The rule that brings most by itself comes first and each next one has what it adds, so
// that with every way of combining the sum is what the line is worth; multipliers come last. A rule that is beaten adds nothing.
func (p *Programme) reckonLine(holding []earning, l receipt.Line, in money.Currency) (told LineReckoned, by []lineShare, counts bool) {
	told = LineReckoned{Line: l.ID, SKU: l.SKU, Category: l.Category, Kind: l.Kind, Pieces: l.Quantity, LeftOut: p.whyLeftOut(holding, l)}
	told.Amount, told.Discount, told.Counts = money.Amount{Minor: l.Amount, Currency: in}, money.Amount{Minor: l.Discount, Currency: in}, money.Amount{Currency: in}
	offered := asOffered(l)
	var rules []earning
	for _, r := range holding {
		if r.basis != perVisit && r.basis != perFirst && r.chosen.Takes(&offered) {
			rules = append(rules, r)
		}
	}
	alone := func(r earning) *big.Rat {
		if brings := p.lineWorth([]earning{r}, l); brings != nil {
			return brings.Abs(brings)
		}
		return new(big.Rat)
	}
	slices.SortStableFunc(rules, func(a, b earning) int {
		if a.basis == times || b.basis == times {
			return cmp.Or(cmp.Compare(a.basis, b.basis), b.factorOr(1).Cmp(a.factorOr(1)))
		}
		return alone(b).Cmp(alone(a))
	})
	before := new(big.Rat)
	for i, r := range rules {
		after := p.lineWorth(rules[:i+1], l)
		if after == nil {
			continue
		}
		counts = true
		share := lineShare{rule: r.ID, points: new(big.Rat).Sub(after, before)}
		by, before = append(by, share), after
		told.By = append(told.By, RuleBrings{Rule: r.ID, Points: decimal(share.points)})
	}
	if counts {
		told.Counts.Minor = l.Net()
		if p.Points.On == OnGross {
			told.Counts.Minor = l.Amount
		}
	}
	return told, by, counts
}

// becameOf says of each rule of the programme what became of it, in order.
func (p *Programme) becameOf(r receipt.Receipt, lines []receipt.Line, at found, brought map[string]*big.Rat) []RuleReckoned {
	zone := p.Zone(r.Key.Store)
	on := day.Of(r.At, zone)
	facts := knowing(p.receipts)
	facts.receipt(r, lines, zone)
	facts.tier(at.tier)
	list := []RuleReckoned{}
	for _, rule := range p.earn {
		told := RuleReckoned{Rule: rule.ID}
		switch {
		case rule.from > on:
			told.Outcome = RuleEarly
		case rule.until != 0 && rule.until < on:
			told.Outcome = RuleOver
		case !rule.when.Match(facts.facts):
			told.Outcome = RuleCondition
			for _, f := range rule.when.Explain(facts.facts) {
				told.Why = append(told.Why, f.String())
			}
		case rule.basis == perFirst && !at.first:
			told.Outcome = RuleNotFirst
		default:
			told = became(rule, lines, brought)
		}
		list = append(list, told)
	}
	return list
}

// became says what became of a rule that holds.
func became(rule earning, lines []receipt.Line, brought map[string]*big.Rat) RuleReckoned {
	points, tried := brought[rule.ID]
	switch {
	case tried && points.Sign() != 0:
		return RuleReckoned{Rule: rule.ID, Outcome: RuleCounted, Points: decimal(points)}
	case tried && rule.paidFor(lines):
		return RuleReckoned{Rule: rule.ID, Outcome: RuleBeaten}
	}
	return RuleReckoned{Rule: rule.ID, Outcome: RuleNoLine}
}

// factorOr is by how much a rule multiplies; n for one that does not.
func (e *earning) factorOr(n int64) *big.Rat {
	if e.factor == nil {
		return new(big.Rat).SetInt64(n)
	}
	return e.factor
}

// paidFor reports whether a rule chooses a line that something was paid for.
func (e *earning) paidFor(lines []receipt.Line) bool {
	return slices.ContainsFunc(lines, func(l receipt.Line) bool {
		offered := asOffered(l)
		return l.Net() != 0 && e.chosen.Takes(&offered)
	})
}

// Agrees reports whether the points that stand in a receipt's entry are those that the rules come to now. They are not where rules of days
// that are over were published again.
func (t Reckoned) Agrees(sale ledger.Entry) (bool, error) {
	posted, err := card.WorthOf(sale)
	if err != nil {
		return false, err
	}
	capped, err := card.CappedOf(sale)
	return posted == t.worth || capped > t.Over && posted.Less(t.worth), err
}

// decimal writes a number exactly: "19.99", or "6+2/3" where a decimal does not end within six places.
func decimal(n *big.Rat) string {
	if text := n.FloatString(6); isExactly(n, text) {
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	whole := new(big.Int).Quo(n.Num(), n.Denom())
	rest := new(big.Rat).Sub(n, new(big.Rat).SetInt(whole))
	if whole.Sign() == 0 {
		return rest.RatString()
	}
	return whole.String() + map[bool]string{true: "+"}[rest.Sign() > 0] + rest.RatString()
}

func isExactly(n *big.Rat, text string) bool {
	read, ok := new(big.Rat).SetString(text)
	return ok && read.Cmp(n) == 0
}

// exactly is points with what is below a point.
func exactly(w ledger.Worth) *big.Rat {
	return new(big.Rat).Add(new(big.Rat).SetInt64(w.Points), big.NewRat(w.Grains, ledger.Grains))
}

// LotOf is the lot that a receipt's points have gone into, without them. Where activity prolongs their life it is the one of that day.
func (p *Programme) LotOf(r receipt.Receipt, sale ledger.Entry) ledger.Lot {
	sold := day.Of(r.At, p.Zone(r.Key.Store))
	return p.lotOf(sold, sale.From, sold)
}

// WorthBetween is what a receipt is worth in points before and after the newest of its returns.
func (p *Programme) WorthBetween(r receipt.Receipt, sale ledger.Entry, returns []receipt.Return) (before, after string, err error) {
	was, left, _, _, err := p.change(r, sale, returns)
	return decimal(exactly(was)), decimal(exactly(left)), err
}
