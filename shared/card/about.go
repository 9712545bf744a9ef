package card

import (
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/ledger"
)

// MarkAbout is the mark of an entry whose e-mail is about a coupon that the card has, "coupon:Q7M4K2", or about points, "points:35".
const MarkAbout = 'A'

const (
	aboutCoupon = "coupon:"
	aboutPoints = "points:"
)

// AboutCoupon says which coupon an entry's e-mail is about.
func AboutCoupon(id string) ledger.Mark { return ledger.Mark{Kind: MarkAbout, Text: aboutCoupon + id} }

// AboutPoints says how many points it is about.
func AboutPoints(points int64) ledger.Mark {
	return ledger.Mark{Kind: MarkAbout, Text: aboutPoints + strconv.FormatInt(points, 10)}
}

// About is what the marks of an entry say that its e-mail is about: a coupon's id, and points; "" and 0 for nothing.
func About(e ledger.Entry) (coupon string, points int64) {
	for _, m := range e.Marks {
		if m.Kind != MarkAbout {
			continue
		}
		if id, ok := strings.CutPrefix(m.Text, aboutCoupon); ok {
			coupon = id
		}
		if n, ok := strings.CutPrefix(m.Text, aboutPoints); ok {
			points, _ = strconv.ParseInt(n, 10, 64) // what AboutPoints writes can be read
		}
	}
	return coupon, points
}
