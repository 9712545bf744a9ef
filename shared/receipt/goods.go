package receipt

import (
	"maps"

	"github.com/regulars-dev/regulars/shared/money"
)

// Article is what the shop's catalogue says of the goods on one line, beside its article number and category. A receipt keeps of it what the
// offers that were taken off it ask for: by that a return knows what the rest would have cost.
type Article struct {
	Brand      string
	Tags       []string
	Attributes map[string]string
	Minimum    int64 // minor units that no offer brings the line below, all its pieces together; 0 for no bound
	TaxRate    int64 // basis points
}

// IsZero reports whether nothing is said.
func (g Article) IsZero() bool {
	return g.Brand == "" && len(g.Tags)+len(g.Attributes) == 0 && g.Minimum == 0 && g.TaxRate == 0
}

// GoodsOf is what is said of the goods of a line of which some pieces are left. Its least price shrinks with them as its price does.
func (r Receipt) GoodsOf(left Line) Article {
	g := r.Goods[left.ID]
	if g.Minimum == 0 {
		return g
	}
	for _, l := range r.Lines {
		if l.ID == left.ID {
			g.Minimum -= money.Units(g.Minimum, l.Quantity, 0, l.Quantity-left.Quantity)
		}
	}
	return g
}

// WithoutMinimums is what is known of the goods beside their least prices.
func (r Receipt) WithoutMinimums() map[string]Article {
	goods := maps.Clone(r.Goods)
	for id, g := range goods {
		g.Minimum = 0
		goods[id] = g
	}
	return goods
}
