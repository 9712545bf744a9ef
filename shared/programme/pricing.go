package programme

import "strconv"

// pricing is an offer made ready to price.
type pricing struct{}

func (c *compiler) offerRules() {
	c.count("/offers", len(c.p.Offers), MaxOffers)
	seen := map[string]bool{}
	for i, o := range c.p.Offers {
		at := "/offers/" + strconv.Itoa(i)
		c.id(at+"/id", o.ID, seen)
		c.p.offers[o.ID] = o
	}
}
