package programme_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const showing = `
offers:
  - id: beans15
    name: 15 % off all beans
    percent: "15"
    on: lines
    coupon: true
    PRODUCTS
campaigns:
  - {id: thanks, on: checkout, grant: {offer: beans15, days: 30}, message: {template: thanks, topic: offers}}
templates:
  - id: thanks
    language: en
    topic: offers
    subject: Thank you
    blocks: [{type: products}, {type: footer}]
`

func TestWhatAnOfferIsForIsShownByItsEmails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ products, pointer, says string }{
		{"products: [{title: House beans, price: 12.00 EUR, url: 'https://shop.example/beans'}]", "", ""},
		{"products: [{title: House beans, url: /beans}]", "/offers/0/products/0/url", "begin with https://"},
		{"products: [{title: '{{.Shopper.Given}}'}]", "/offers/0/products/0/title", "as it stands"},
		{"products: [{price: 12.00 EUR}]", "/offers/0/products/0/title", "is missing"},
		{"", "/campaigns/0/message/template", "/templates/0/blocks/0"},
	} {
		p, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + strings.Replace(showing, "PRODUCTS", c.products, 1)))
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.products, err)
		case c.pointer == "" && (len(faults) > 0 || p.OfferProducts("beans15")[0].Title != "House beans"):
			t.Errorf("%s: %v", c.products, faults)
		case c.pointer != "" && (len(faults) != 1 || faults[0].Pointer != c.pointer || !strings.Contains(faults[0].Message, c.says)):
			t.Errorf("%s: %v; want %s: ...%s...", c.products, faults, c.pointer, c.says)
		}
	}
}
