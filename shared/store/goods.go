package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// What the first character of a field says of the goods of a line. An attribute is its name and its value in two fields.
const (
	goodsBrand     = 'b'
	goodsTag       = 't'
	goodsAttribute = 'a'
	goodsValue     = '='
	goodsMinimum   = 'm'
	goodsTaxRate   = 'x'
)

// writeGoods writes what is said of goods, one line a line: its place counted from 1 and what is known of it, with a tab between them,
// "2\tbKyusu\ttnew\tasize\t=S\tm4000\tx1900". A receipt of whose goods nothing is kept lies as ever.
func writeGoods(lines []receipt.Line, goods map[string]receipt.Article) string {
	var rows []string
	for i, l := range lines {
		g := goods[l.ID]
		if g.IsZero() {
			continue
		}
		row := []string{strconv.Itoa(i + 1)}
		if g.Brand != "" {
			row = append(row, string(goodsBrand)+g.Brand)
		}
		for _, tag := range g.Tags {
			row = append(row, string(goodsTag)+tag)
		}
		for _, name := range slices.Sorted(maps.Keys(g.Attributes)) {
			row = append(row, string(goodsAttribute)+name, string(goodsValue)+g.Attributes[name])
		}
		if g.Minimum != 0 {
			row = append(row, string(goodsMinimum)+number(g.Minimum))
		}
		if g.TaxRate != 0 {
			row = append(row, string(goodsTaxRate)+number(g.TaxRate))
		}
		rows = append(rows, strings.Join(row, "\t"))
	}
	return strings.Join(rows, "\n")
}

func readGoods(lines []receipt.Line, text string) (map[string]receipt.Article, error) {
	if text == "" {
		return nil, nil
	}
	goods := map[string]receipt.Article{}
	for row := range strings.SplitSeq(text, "\n") {
		field := strings.Split(row, "\t")
		n, err := strconv.Atoi(field[0])
		if err != nil || n < 1 || n > len(lines) {
			return nil, fmt.Errorf("goods %q are of no line", row)
		}
		if goods[lines[n-1].ID], err = readGoodsOf(field[1:]); err != nil {
			return nil, fmt.Errorf("goods %q: %w", row, err)
		}
	}
	return goods, nil
}

func readGoodsOf(fields []string) (g receipt.Article, err error) {
	name := ""
	for _, f := range fields {
		if f == "" {
			return g, fmt.Errorf("an empty field")
		}
		switch text := f[1:]; f[0] {
		case goodsBrand:
			g.Brand = text
		case goodsTag:
			g.Tags = append(g.Tags, text)
		case goodsAttribute:
			name = text
		case goodsValue:
			if g.Attributes == nil {
				g.Attributes = map[string]string{}
			}
			g.Attributes[name] = text
		case goodsMinimum:
			g.Minimum, err = strconv.ParseInt(text, 10, 64)
		case goodsTaxRate:
			g.TaxRate, err = strconv.ParseInt(text, 10, 64)
		default:
			err = fmt.Errorf("field %q is not known", f)
		}
		if err != nil {
			return g, err
		}
	}
	return g, nil
}
