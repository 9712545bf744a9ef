// Package results says what a campaign has brought, from what was counted of it: its e-mails, its coupons, what it cost, what those it spoke
// to spent more than those it left alone, and which of its arms does best. It reads no message and no card.
package results

import (
	"math/big"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/measure"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Results is what a campaign has brought. Money is in minor units of Currency. Revenue, which was paid on receipts with its coupons, and
// Incremental, which was spent more than by those who were left alone, are two answers to two questions and are never added.
type Results struct {
	Campaign    string         `json:"campaign"`
	Currency    money.Currency `json:"currency"`
	WindowDays  int            `json:"window_days"`
	Method      string         `json:"method"`
	Excluded    []string       `json:"excluded"`
	Sent        int64          `json:"sent"`
	Delivered   int64          `json:"delivered"`
	Bounced     int64          `json:"bounced"`
	Complained  int64          `json:"complained"`
	Refused     int64          `json:"refused"`
	Clicked     int64          `json:"clicked"`      // e-mails of which a person followed a link
	ClickedBots int64          `json:"clicked_bots"` // e-mails of which only programs did
	Granted     int64          `json:"coupons_granted"`
	Redeemed    int64          `json:"coupons_redeemed"`
	Revenue     int64          `json:"coupon_revenue"`
	Discount    int64          `json:"coupon_discount"`
	Points      int64          `json:"points_granted"`
	PointsWorth *int64         `json:"points_worth,omitempty"` // minor units; missing where the programme does not say what a point stands for
	MailCost    int64          `json:"mail_cost_millicents"`   // of a US dollar, by the price table of the mail service
	LeftAlone   int64          `json:"occasions_left_alone"`
	Treated     Arm            `json:"treated"`
	Held        Arm            `json:"held"`
	Outcome     string         `json:"outcome"`
	Sentence    string         `json:"sentence"`
	Incremental *Range         `json:"incremental_revenue,omitempty"` // of all who were treated; missing where nothing may be said yet
	Margin      *Range         `json:"incremental_margin,omitempty"`  // of that after goods, coupons and points; where the margin of goods was given
	Arms        []ArmResult    `json:"arms,omitempty"`
	ArmsSay     string         `json:"arms_say,omitempty"`
	Compared    []Pair         `json:"compared,omitempty"` // arms with one another; none where their sizes are not those that were meant
	Winner      *loyalty.Trial `json:"winner,omitempty"`
	Journey     *Journey       `json:"journey,omitempty"` // of a campaign with steps
	Records     string         `json:"records"`           // the command that shows what lies behind it for one card
}

// Arm is a group as it was assigned.
type Arm struct {
	People int64 `json:"people"`
	Buyers int64 `json:"buyers"`
	Spent  int64 `json:"spent"`
}

// Range is an estimate with the interval of 95 per cent around it.
type Range struct {
	Value int64 `json:"value"`
	Low   int64 `json:"low"`
	High  int64 `json:"high"`
}

// NotMeasured is the outcome of a campaign that nobody is held out of.
const NotMeasured = "not_measured"

// mailPrice is what SES asks for an e-mail: 0.10 USD for a thousand, in thousandths of a cent.
const mailPrice = 10

const (
	method = "Cards are counted as they were assigned, whether or not a message reached them, from the day of their assignment to the end of the window. " +
		"Interval of 95 %: Newcombe's for buyers, Welch's for money."
	notMeasured = "What it brought is not measured: give the campaign a holdout, and a part of the cards is left alone to be compared with."
)

// excluded is what no result counts.
var excluded = []string{
	"the receipt with which a campaign began on a card",
	"cards that the whole programme leaves alone, for they are no part of a campaign's own comparison",
	"receipts that arrive more than 7 days after the window",
}

// Of tells what a campaign has brought, programme.OverAll for all of them together. margin is what of the price of goods is not their
// cost, in basis points; below 0 where nobody has said.
func Of(rules *programme.Programme, campaign string, counts loyalty.Counts, trial loyalty.Trial, margin int64) Results {
	all, treated, held := groupOf(counts, campaign, ""), loyalty.Brought{}, groupOf(counts, campaign, card.ArmHeld)
	for g, n := range counts {
		if g.Campaign == campaign && g.Arm != "" && g.Arm != card.ArmHeld {
			treated.Add(n) // in whatever arm it was
		}
	}
	out := Results{
		Campaign: campaign, Currency: rules.Currency, WindowDays: int(rules.Window(campaign)), Method: method, Excluded: excluded,
		Sent: all.Sent, Delivered: all.Delivered, Bounced: all.Bounced, Complained: all.Complained, Refused: all.Refused,
		Clicked: all.Clicked, ClickedBots: all.Machines, Granted: all.Granted, Redeemed: all.Redeemed, Revenue: all.Revenue, Discount: all.Discount,
		Points: all.Points, PointsWorth: worthOf(rules, all.Points), MailCost: all.Sent * mailPrice, LeftAlone: all.Left,
		Treated: armOf(treated), Held: armOf(held), Outcome: NotMeasured, Sentence: notMeasured,
		Records: "regulars why CARD " + campaign,
	}
	if share := rules.Treated(campaign); share < 100 {
		j := measure.Judge(rateOf(treated), rateOf(held), amountOf(treated), amountOf(held), float64(share)/100)
		out.Outcome, out.Sentence = string(j.Outcome), j.Sentence
		out.Incremental = rangeOf(j.Outcome, j.Spent.Times(treated.People))
		out.Margin = marginOf(out, margin)
	}
	out.Journey = journeyOf(campaign, counts)
	if k, known := rules.Campaign(campaign); known && len(k.Arms) > 0 {
		out.compare(rules, k, counts, trial)
	}
	return out
}

func groupOf(counts loyalty.Counts, campaign, arm string) loyalty.Brought {
	if n := counts[loyalty.Group{Campaign: campaign, Arm: arm}]; n != nil {
		return *n
	}
	return loyalty.Brought{}
}

func armOf(n loyalty.Brought) Arm { return Arm{People: n.People, Buyers: n.Buyers, Spent: n.Spent} }

func rateOf(n loyalty.Brought) measure.Rate { return measure.Rate{People: n.People, Did: n.Buyers} }

func amountOf(n loyalty.Brought) measure.Amount {
	squares, _ := n.Squares.Float64()
	return measure.AmountOf(n.People, float64(n.Spent), squares)
}

// rangeOf is a lift in whole minor units; nil where nothing may be said.
func rangeOf(outcome measure.Outcome, l measure.Lift) *Range {
	if outcome == measure.TooEarly || outcome == measure.Unequal {
		return nil
	}
	return &Range{Value: int64(l.Value), Low: int64(l.Low), High: int64(l.High)}
}

// worthOf is what points stand for; nil where the programme does not say.
func worthOf(rules *programme.Programme, points int64) *int64 {
	w := rules.Worth()
	if w.Minor == 0 {
		return nil
	}
	minor := w.Of(points)
	return &minor
}

// marginOf is what is left of incremental revenue when the goods, the coupons' discount and the points are paid for. What was paid is the
// price less the discount, and the cost of goods goes by the price. E-mails are paid for in another currency and stand by themselves.
func marginOf(r Results, basisPoints int64) *Range {
	if r.Incremental == nil || basisPoints < 0 {
		return nil
	}
	points := int64(0)
	if r.PointsWorth != nil {
		points = *r.PointsWorth
	}
	left := func(paid int64) int64 {
		cost := new(big.Int).Mul(big.NewInt(paid+r.Discount), big.NewInt(fullPrice-basisPoints))
		return paid - cost.Div(cost, big.NewInt(fullPrice)).Int64() - points
	}
	return &Range{Value: left(r.Incremental.Value), Low: left(r.Incremental.Low), High: left(r.Incremental.High)}
}

// fullPrice is all of a price in basis points.
const fullPrice = 10_000
