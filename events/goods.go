package events

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/money"
)

// Limits of what is said of the goods on one line.
const (
	MaxTags    = 50     // tags of a line, and as many attributes
	MaxTaxRate = 10_000 // basis points
)

// Goods is what the shop's catalogue says of the goods on a line, for offers that ask. All of it may be missing.
type Goods struct {
	Brand      string            `json:"brand,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"` // "size": "XL"
	Minimum    int64             `json:"minimum,omitempty"`    // minor units; no offer brings the line below it
	TaxRate    int64             `json:"tax_rate,omitempty"`   // basis points: 1900 is 19 %
}

// SoldLine is a line of a receipt with what is said of its goods.
type SoldLine struct {
	Line
	Goods
}

// Sold is lines of whose goods nothing is said.
func Sold(lines []Line) []SoldLine {
	var list []SoldLine
	for _, l := range lines {
		list = append(list, SoldLine{Line: l})
	}
	return list
}

// sold checks the lines of a receipt and returns the sum that was paid for all of them.
func (c *checks) sold(at string, lines []SoldLine) (sum int64) {
	plain := make([]Line, len(lines))
	for i := range lines {
		plain[i] = lines[i].Line
	}
	if sum = c.lines(at, plain); len(lines) > MaxLines {
		return 0
	}
	for i := range lines {
		c.goods(fmt.Sprintf("%s/%d", at, i), lines[i].Goods)
	}
	return sum
}

func (c *checks) goods(at string, g Goods) {
	c.text(at+"/brand", g.Brand)
	if c.count(at+"/tags", len(g.Tags), MaxTags) {
		for _, tag := range g.Tags {
			c.text(at+"/tags", tag)
		}
	}
	if c.count(at+"/attributes", len(g.Attributes), MaxTags) {
		for name, value := range g.Attributes {
			c.text(at+"/attributes", name)
			c.text(at+"/attributes", value)
		}
	}
	c.number(at+"/minimum", g.Minimum, 0, money.MaxMinor)
	c.number(at+"/tax_rate", g.TaxRate, 0, MaxTaxRate)
}
