package admin

import (
	"net/http"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/edge"
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
	LeftAlone   int64          `json:"occasions_left_alone"`
	Treated     Arm            `json:"treated"`
	Held        Arm            `json:"held"`
	Outcome     string         `json:"outcome"`
	Sentence    string         `json:"sentence"`
	Incremental *Range         `json:"incremental_revenue,omitempty"` // of all who were treated; missing where nothing may be said yet
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

func resultsOf(rules *programme.Programme, campaign string, counts loyalty.Counts) Results {
	group := func(arm string) loyalty.Brought {
		if n := counts[loyalty.Group{Campaign: campaign, Arm: arm}]; n != nil {
			return *n
		}
		return loyalty.Brought{}
	}
	all, treated, held := group(""), loyalty.Brought{}, group(card.ArmHeld)
	for g, n := range counts {
		if g.Campaign == campaign && g.Arm != "" && g.Arm != card.ArmHeld {
			treated.Add(n) // in whatever arm it was
		}
	}
	out := Results{
		Campaign: campaign, Currency: rules.Currency, WindowDays: int(rules.Window(campaign)), Sent: all.Sent, Delivered: all.Delivered, Bounced: all.Bounced,
		Complained: all.Complained, Refused: all.Refused, Clicked: all.Clicked, ClickedBots: all.Machines, Granted: all.Granted, Redeemed: all.Redeemed, Revenue: all.Revenue, Discount: all.Discount,
		Points: all.Points, LeftAlone: all.Left,
		Treated: Arm{treated.People, treated.Buyers, treated.Spent}, Held: Arm{held.People, held.Buyers, held.Spent},
		Outcome: NotMeasured, Sentence: "What it brought is not measured: give the campaign a holdout, and a part of the cards is left alone to be compared with.",
	}
	share := rules.Treated(campaign)
	if share >= 100 {
		return out
	}
	j := measure.Judge(rateOf(treated), rateOf(held), amountOf(treated), amountOf(held), float64(share)/100)
	out.Outcome, out.Sentence = string(j.Outcome), j.Sentence
	if j.Outcome != measure.TooEarly && j.Outcome != measure.Unequal {
		more := j.Spent.Times(treated.People)
		out.Incremental = &Range{Value: int64(more.Value), Low: int64(more.Low), High: int64(more.High)}
	}
	return out
}

func rateOf(n loyalty.Brought) measure.Rate { return measure.Rate{People: n.People, Did: n.Buyers} }

func amountOf(n loyalty.Brought) measure.Amount {
	squares, _ := n.Squares.Float64()
	return measure.AmountOf(n.People, float64(n.Spent), squares)
}

// campaignResults answers with what a campaign has brought, "*" for all of them together.
func (h *handler) campaignResults(w http.ResponseWriter, r *http.Request) {
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		fail(w, err)
		return
	}
	counts, err := h.Service.Sheets.Counted(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	id := r.PathValue("id")
	_, known := rules.Campaign(id)
	if counts[loyalty.Group{Campaign: id}] == nil && !known && id != programme.OverAll {
		fail(w, &loyalty.Error{Kind: loyalty.ErrNotFound, Code: "campaign_unknown", Detail: "there is no campaign " + id + ", and nothing was ever counted of one"})
		return
	}
	edge.WriteJSON(w, http.StatusOK, resultsOf(rules, id, counts))
}
