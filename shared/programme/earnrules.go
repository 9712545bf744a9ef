package programme

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/ledger"
)

const (
	// maxRate keeps points of the largest receipt within int64 by far.
	maxRate = 1_000_000

	// maxTimes is the largest multiplier.
	maxTimes = 100

	// maxReceiptCap is the largest cap of a receipt; a card holds no more than this.
	maxReceiptCap = 1_000_000_000

	// maxClaimDays is less than the life of a receipt.
	maxClaimDays = 730

	defaultClaimDays = 30

	maxWarnDays     = 366
	defaultWarnDays = 30
)

// points checks how points are reckoned and how long they live.
func (c *compiler) points() {
	p := c.p.Points
	c.life()
	for _, choice := range []struct {
		pointer, said string
		known         []string
	}{
		{"/points/combine", p.Combine, []string{CombineBest, CombineAdd, CombineMultiply}},
		{"/points/on", p.On, []string{OnNet, OnGross}},
	} {
		if choice.said != "" && !slices.Contains(choice.known, choice.said) {
			c.fault(choice.pointer, "%q is not one of %s", choice.said, strings.Join(choice.known, ", "))
		}
	}
	c.neverEarning()
	c.timeCap()
	if p.ClaimDays < 0 || p.ClaimDays > maxClaimDays {
		c.fault("/points/claim_days", "a receipt can be claimed for 1 to %d days", maxClaimDays)
	}
	if p.WarnDays < 0 || p.WarnDays > maxWarnDays {
		c.fault("/points/warn_days", "points expire soon within 1 to %d days", maxWarnDays)
	}
	if p.BalanceCap < 0 || p.BalanceCap > maxReceiptCap {
		c.fault("/points/balance_cap", "a card is capped at 1 to %d points; leave it out for no cap", maxReceiptCap)
	}
	if p.ReceiptCap < 0 || p.ReceiptCap > maxReceiptCap {
		c.fault("/points/receipt_cap", "a receipt is capped at 1 to %d points; leave it out for no cap", maxReceiptCap)
	}
}

// ClaimDays is how many days after its own a guest's receipt may be claimed.
func (p *Programme) ClaimDays() int {
	if p.Points.ClaimDays == 0 {
		return defaultClaimDays
	}
	return p.Points.ClaimDays
}

func (c *compiler) earnRules() {
	c.count("/earn", len(c.p.Earn), MaxEarnRules)
	seen := map[string]bool{}
	for i, r := range c.p.Earn {
		at := "/earn/" + strconv.Itoa(i)
		c.id(at+"/id", r.ID, seen)
		made := earning{EarnRule: r, chosen: c.earningLines(at+"/lines", r.Lines).Compile(), when: c.when(at+"/when", r.When, c.p.receipts)}
		made.from, made.until = c.day(at+"/from", r.From), c.day(at+"/until", r.Until)
		if made.until != 0 && made.until < made.from {
			c.fault(at+"/until", "the last day lies before the first; the rule would never hold")
		}
		if r.Times != "" {
			c.multiplier(at, &made)
		} else {
			c.counting(at, &made)
		}
		c.keepOut(at, &made)
		c.p.earn = append(c.p.earn, made)
	}
}

// multiplier checks a rule that multiplies what others bring.
func (c *compiler) multiplier(at string, r *earning) {
	if r.Points != 0 || r.Per != "" {
		c.fault(at, "a rule grants points per something, or multiplies by times; give one of the two")
	}
	c.factor(at+"/times", r)
}

// hundredths is a decimal without its point, as hundredths; what is none comes back as it is, or with too many digits to be one.
func hundredths(d Decimal) string {
	whole, fraction, _ := strings.Cut(string(d), ".")
	if len(fraction) > 2 {
		return ""
	}
	return whole + (fraction + "00")[:2]
}

// counting checks a rule that grants points for something.
func (c *compiler) counting(at string, r *earning) {
	if r.Points < 1 || r.Points > maxRate {
		c.fault(at+"/points", "1 to %d points are needed", maxRate)
	}
	switch r.Per {
	case PerItem:
		r.basis = perItem
	case PerVisit, PerFirst:
		if r.basis = perVisit; r.Per == PerFirst {
			r.basis = perFirst
		}
		if r.Lines != nil {
			c.fault(at+"/lines", "a rule per %s counts receipts and takes no lines; say which receipts with a condition, such as receipt.categories", string(r.Per))
		}
	case "":
		c.unreadable(at+"/per", "for how much money the points are granted is missing, such as \"1.00\"; or %s, %s or %s", PerItem, PerVisit, PerFirst)
	default:
		r.per = c.amount(at+"/per", r.Per)
		c.carried(at, r)
	}
}

// carried demands of a rate that what it leaves below a point can be kept exactly, under a multiplier of two decimals too.
func (c *compiler) carried(at string, r *earning) {
	if !c.p.Points.CarryOver || r.per <= 0 || r.Points < 1 {
		return
	}
	if rate := big.NewRat(r.Points, r.per); !rate.Denom().IsInt64() || ledger.Grains/100%rate.Denom().Int64() != 0 {
		c.fault(at+"/per", "%d points per %s leave fractions that cannot be carried over exactly; choose an amount of the factors 2, 3, 5, 7, 11 and 13, such as 10.00 or 15.00",
			r.Points, string(r.Per))
	}
}
