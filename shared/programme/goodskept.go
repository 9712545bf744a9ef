package programme

import (
	"slices"

	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// GoodsToKeep is what a receipt keeps of what its till says of the goods, by the id of the line: that which the offers it tells, or rules of
// price that hold for all of them, ask for. Most receipts keep nothing, and need not: nothing would be decided by it.
func (p *Programme) GoodsToKeep(r receipt.Receipt) map[string]receipt.Article {
	if len(r.Goods) == 0 || len(r.Offers) == 0 || p.Returns.Refund == RefundPaid {
		return nil
	}
	asked := p.goodsAsked(r.Offers)
	var kept map[string]receipt.Article
	for _, l := range r.Lines {
		g := asked.of(r.Goods[l.ID])
		if g.IsZero() {
			continue
		}
		if kept == nil {
			kept = map[string]receipt.Article{}
		}
		kept[l.ID] = g
	}
	return kept
}

// asked is what offers and rules of price ask of the goods.
type asked struct {
	brands, tags []string
	attributes   map[string][]string
	tax          bool
}

func (p *Programme) goodsAsked(used []receipt.Used) asked {
	a := asked{attributes: map[string][]string{}}
	a.add(p.policy.Never)
	for _, f := range p.policy.Floors {
		a.add(f.Select)
	}
	for _, o := range slices.Concat(p.written, p.multiplied()) {
		if !slices.ContainsFunc(used, func(u receipt.Used) bool { return u.Offer == o.ID }) {
			continue
		}
		a.add(o.Select)
		for _, part := range o.Set {
			a.add(part.Select)
		}
		a.tax = a.tax || o.Tax != ""
	}
	return a
}

func (a *asked) add(s offer.Selector) {
	a.brands = slices.Concat(a.brands, s.Brands, s.ExcludeBrands)
	a.tags = slices.Concat(a.tags, s.Tags, s.ExcludeTags)
	for name, values := range s.Attributes {
		a.attributes[name] = slices.Concat(a.attributes[name], values)
	}
}

// of is what of the goods is asked for. A least price bounds every offer.
func (a *asked) of(g receipt.Article) receipt.Article {
	kept := receipt.Article{Minimum: g.Minimum}
	if slices.Contains(a.brands, g.Brand) {
		kept.Brand = g.Brand
	}
	for _, tag := range g.Tags {
		if slices.Contains(a.tags, tag) && !slices.Contains(kept.Tags, tag) {
			kept.Tags = append(kept.Tags, tag)
		}
	}
	for name, value := range g.Attributes {
		if !slices.Contains(a.attributes[name], value) {
			continue
		}
		if kept.Attributes == nil {
			kept.Attributes = map[string]string{}
		}
		kept.Attributes[name] = value
	}
	if a.tax {
		kept.TaxRate = g.TaxRate
	}
	return kept
}

// CatalogueOf is what a basket says of its goods.
func CatalogueOf(basket receipt.Receipt) Catalogue {
	known := make(Catalogue, len(basket.Goods))
	for id, g := range basket.Goods {
		known[id] = catalogued(g)
	}
	return known
}

func catalogued(g receipt.Article) offer.Goods {
	return offer.Goods{Brand: g.Brand, Tags: g.Tags, Attributes: g.Attributes, FloorMinor: g.Minimum, TaxBasisPoints: g.TaxRate}
}
