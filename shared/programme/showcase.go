package programme

import (
	"slices"
	"strconv"

	"github.com/regulars-dev/regulars/shared/message"
)

// OfferProducts are what an offer is for, as its e-mails show it; none for one that has left the programme.
func (p *Programme) OfferProducts(id string) []message.Product { return p.offers[id].Products }

// products checks what an offer shows; nothing is decided by it, so a version that was published once is not looked into again.
func (c *compiler) products(at string, list []message.Product) {
	if !c.whole {
		return
	}
	for _, f := range message.CheckProducts(list) {
		c.fault(at+message.Pointer(f.Path), "%s", f.Text)
	}
}

// showcase refuses a campaign whose e-mail has a place for products that nothing will ever fill.
func (c *compiler) showcase(at string, k Campaign) {
	if k.Message == nil || k.On == OnCart || k.Grant != nil && len(c.p.offers[k.Grant.Offer].Products) > 0 {
		return
	}
	for i, t := range c.p.Templates {
		empty := func(b message.Block) bool { return b.Type == message.BlockProducts && len(b.Items) == 0 }
		if n := slices.IndexFunc(t.Blocks, empty); t.ID == k.Message.Template && n >= 0 {
			c.fault(at+"/message/template", "template %q (/templates/%s/blocks/%s) has a place for products that this campaign never fills: list items there, or products on the offer that it grants",
				t.ID, strconv.Itoa(i), strconv.Itoa(n))
			return
		}
	}
}
