package message

import (
	"fmt"
	"strings"
)

// Product is one product of an e-mail. Image and URL are whole addresses. In a template its texts may name data as any text may; those
// that come with the data are shown as they are.
type Product struct {
	Title string `json:"title" yaml:"title"`                     // what it is called; stands in for the picture too
	Price string `json:"price,omitempty" yaml:"price,omitempty"` // as it is shown: "12.00 EUR", "from 8 euros"
	Image string `json:"image,omitempty" yaml:"image,omitempty"` // address of a picture, best as a square
	URL   string `json:"url,omitempty" yaml:"url,omitempty"`     // where it is sold; title and picture become links
}

func checkItems(path string, items []Product, report reporter) {
	if len(items) > MaxProducts {
		report(path, "has %d; at most %d", len(items), MaxProducts)
		return
	}
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if strings.TrimSpace(item.Title) == "" {
			report(at+".title", "is missing: a product needs it, in place of the picture too")
		}
		for _, f := range []struct{ name, text string }{{"title", item.Title}, {"price", item.Price}, {"image", item.Image}, {"url", item.URL}} {
			checkText(at+"."+f.name, f.text, report)
		}
	}
}

// CheckProducts lists what keeps products that come with the data from being shown; paths begin with "[0]".
func CheckProducts(list []Product) (found []Problem) {
	report := func(path, format string, args ...any) {
		found = append(found, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
	}
	if len(list) > MaxProducts {
		report("", "has %d; at most %d", len(list), MaxProducts)
		return found
	}
	for i, p := range list {
		at := fmt.Sprintf("[%d]", i)
		if strings.TrimSpace(p.Title) == "" {
			report(at+".title", "is missing: a product needs it, in place of the picture too")
		}
		for _, f := range []struct{ name, text string }{{"title", p.Title}, {"price", p.Price}} {
			if strings.Contains(f.text, "{{") || len(f.text) > MaxText {
				report(at+"."+f.name, "is shown as it stands: at most %d bytes, and no {{ }}", MaxText)
			}
		}
		for _, f := range []struct{ name, text string }{{"image", p.Image}, {"url", p.URL}} {
			if err := checkLink(f.text); f.text != "" && err != nil {
				report(at+"."+f.name, "%s", strings.TrimPrefix(err.Error(), ErrInvalid.Error()+": "))
			}
		}
	}
	return found
}

// Pointer is the path of a problem as a JSON pointer: "/blocks/2/text".
func Pointer(path string) string {
	pointer := strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(path)
	if pointer != "" && pointer[0] != '/' {
		pointer = "/" + pointer
	}
	return pointer
}

// item is a Product of a template as programs that write plain text: it is escaped where it is shown, like what the data bring.
type item struct{ title, price, image, url program }

func readItem(i Product) (item, error) {
	var out item
	for _, f := range []struct {
		text string
		data escape
		into *program
	}{{i.Title, asLine, &out.title}, {i.Price, asLine, &out.price}, {i.Image, asURLPart, &out.image}, {i.URL, asURLPart, &out.url}} {
		nodes, err := parseText(f.text)
		if err != nil {
			return item{}, err
		}
		var a assembly
		*f.into = a.nodes(nodes, asLine, f.data).done()
	}
	return out, nil
}

func (p program) text(d *Data) string {
	var o output
	p.run(&o, d)
	return string(o.buf)
}

// hasProducts reports whether the block has anything to show.
func (b block) hasProducts(d *Data) bool { return len(b.items) > 0 || len(d.Products) > 0 }

// products are the block's own, filled in, else those of the data; and how many of these are not shown.
func (b block) products(d *Data) (shown []Product, rest int) {
	for _, i := range b.items {
		shown = append(shown, Product{Title: i.title.text(d), Price: i.price.text(d), Image: i.image.text(d), URL: i.url.text(d)})
	}
	if len(shown) == 0 {
		shown = d.Products[:min(len(d.Products), MaxProducts)]
		rest = len(d.Products) - len(shown)
	}
	return shown, rest
}

func (a *assembly) plainProducts(b block, p phrase) {
	a.when(b.hasProducts, func(a *assembly) {
		if len(b.text) > 0 {
			a.nodes(b.text, asIs, asLine).lit("\n")
		}
		a.do(func(o *output, d *Data) {
			shown, rest := b.products(d)
			for _, product := range shown {
				o.buf = asLine(append(o.buf, "- "...), product.Title)
				if product.Price != "" {
					o.buf = asLine(append(o.buf, "  "...), product.Price)
				}
				if product.URL != "" {
					o.buf = append(o.buf, "\n  "...)
					o.link(d.tagged(product.URL), asIs)
				}
				o.buf = append(o.buf, '\n')
			}
			if rest > 0 {
				o.buf = append(append(o.buf, fill(p.more, digits(int64(rest)))...), '\n')
			}
		}).lit("\n")
	})
}

// htmlProducts is a table with a row for each product: the picture where the line begins, which is the right in Arabic, then title and price.
func (a *assembly) htmlProducts(b block, p phrase) {
	a.note(b.text)
	a.lit(table, `>`).do(func(o *output, d *Data) {
		shown, rest := b.products(d)
		pictures := false
		for _, product := range shown {
			pictures = pictures || product.Image != ""
		}
		for i, product := range shown {
			product.URL = d.leads(product.URL)
			o.product(product, pictures, i+1 < len(shown) || rest > 0)
		}
		if rest > 0 {
			o.buf = append(o.buf, `<tr><td class="soft" colspan="2" style="padding:12px 0 0;font-size:14px;line-height:20px;color:#62666c">`...)
			o.buf = append(asAttribute(o.buf, fill(p.more, digits(int64(rest)))), "</td></tr>"...)
		}
	}).lit(`</table>`)
}

// pictureWidth is how wide and high a product's picture is shown, in pixels.
const pictureWidth = "88"

// product writes one row. Where any of the products has a picture all have its column, so that titles stand in one line.
func (o *output) product(p Product, pictures, ruled bool) {
	cell, class := `padding:12px 0 0;vertical-align:middle`, ``
	if ruled {
		cell, class = `padding:12px 0;vertical-align:middle;border-bottom:1px solid #e4e0d8`, ` class="rule"`
	}
	o.buf = append(o.buf, "<tr>"...)
	if pictures {
		o.buf = append(o.buf, `<td`+class+` width="104" style="width:104px;`+cell+`">`...)
		if p.Image != "" {
			o.anchor(p.URL, `text-decoration:none`, func() {
				o.buf = append(o.buf, `<img src="`...)
				o.link(p.Image, asAttribute)
				o.buf = asAttribute(append(o.buf, `" alt="`...), p.Title)
				o.buf = append(o.buf, `" width="`+pictureWidth+`" height="`+pictureWidth+`" style="display:block;width:`+pictureWidth+`px;height:`+pictureWidth+`px;object-fit:cover;border:0;border-radius:8px">`...)
			})
		}
		o.buf = append(o.buf, `</td>`...)
	}
	o.buf = append(o.buf, `<td`+class+` style="`+cell+`"><div class="ink" style="font-size:16px;line-height:22px;font-weight:600;color:#1c1d1f">`...)
	o.anchor(p.URL, `color:#1c1d1f;text-decoration:none`, func() { o.buf = asIsolated(o.buf, p.Title) })
	o.buf = append(o.buf, `</div>`...)
	if p.Price != "" {
		o.buf = asIsolated(append(o.buf, `<div class="soft" style="padding-top:2px;font-size:15px;line-height:22px;color:#62666c">`...), p.Price)
		o.buf = append(o.buf, `</div>`...)
	}
	o.buf = append(o.buf, "</td></tr>"...)
}

// anchor puts a link around what inner writes, where there is an address.
func (o *output) anchor(address, style string, inner func()) {
	if address == "" {
		inner()
		return
	}
	o.buf = append(o.buf, `<a class="ink" href="`...)
	o.link(address, asAttribute)
	o.buf = append(o.buf, `" style="`+style+`">`...)
	inner()
	o.buf = append(o.buf, `</a>`...)
}
