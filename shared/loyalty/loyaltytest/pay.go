package loyaltytest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// under plays another programme of testdata from here on. The items may be shared, so it is not published.
func (p *player) under(name string) {
	rules, _, err := read("testdata/" + name + ".yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	p.service.Programmes = fixed{rules}
}

// tenders reads points=400 and hold=till-7.
func (p *player) tenders(value map[string]string) []receipt.Tender {
	var list []receipt.Tender
	if text, ok := value["points"]; ok {
		list = append(list, receipt.Tender{Kind: receipt.TenderPoints, Points: p.whole(text), Hold: value["hold"]})
	}
	if text, ok := value["gift"]; ok { // gift=1:32.50, and redemption=r1
		n, amount, _ := strings.Cut(text, ":")
		list = append(list, receipt.Tender{Kind: receipt.TenderGiftCard, GiftCard: giftcard.IDOf(p.giftNumber(n)), Minor: p.minor(amount), Redemption: value["redemption"]})
	}
	return list
}

func (p *player) whole(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// hold reads id=till-7 points=200, and minutes=15.
func (p *player) hold(value map[string]string) string {
	life := time.Duration(0)
	if text, ok := value["minutes"]; ok {
		life = time.Duration(p.whole(text)) * time.Minute
	}
	h, err := p.service.HoldPoints(p.t.Context(), p.card, value["id"], p.whole(value["points"]), life)
	if err != nil {
		return p.refused(err)
	}
	told := fmt.Sprintf("held=%d until=%s available=%d", h.Points, h.Until.In(p.zone).Format("15:04"), h.Available)
	if h.Repeated {
		told = "repeated " + told
	}
	return told
}

// refused tells why, with the points that are available where there are too few.
func (p *player) refused(err error) string {
	told := p.told(loyalty.Answer{}, err)
	if told == "refused: points_missing" {
		_, available, _ := strings.Cut(err.Error(), " has ")
		told += " available=" + strings.Fields(available)[0]
	}
	return told
}

func (p *player) release(value map[string]string) string {
	if err := p.service.ReleasePoints(p.t.Context(), p.card, value["id"]); err != nil {
		return p.refused(err)
	}
	return "released"
}

// euros writes minor units as the books do.
func euros(minor int64) string {
	return strings.TrimSuffix(money.Amount{Minor: minor, Currency: "EUR"}.String(), " EUR")
}

// paid tells what an answer says of points that paid.
func paid(a loyalty.Answer) string {
	var out string
	if a.Paid.Points != 0 || a.Paid.Minor != 0 {
		out += fmt.Sprintf(" paid=%d/%s", a.Paid.Points, euros(a.Paid.Minor))
	}
	if a.Paid.Missing != 0 {
		out += fmt.Sprintf(" missing=%d", a.Paid.Missing)
	}
	if a.Paid.Unpaid != 0 {
		out += " unpaid=" + euros(a.Paid.Unpaid)
	}
	if a.Paid.Owed != 0 {
		out += fmt.Sprintf(" owed=%d", a.Paid.Owed)
	}
	return out
}
