package message

import (
	"strings"
	"testing"
)

func TestNumbersStandAsTheLanguageWritesThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language                   string
		small, four, million, cost string
	}{
		{"en", "999", "1,234", "1,234,567", "1,234.50 EUR"},
		{"de", "999", "1.234", "1.234.567", "1.234,50 EUR"},
		{"fr", "999", "1\u00a0234", "1\u00a0234\u00a0567", "1\u00a0234,50 EUR"},
		{"es", "999", "1234", "1.234.567", "1234,50 EUR"},
		{"pl", "999", "1234", "1\u00a0234\u00a0567", "1234,50 EUR"},
		{"ar", "999", "1,234", "1,234,567", "1,234.50 EUR"},
	} {
		p := phrases[c.language]
		if got := []string{p.number(999), p.number(1234), p.number(1234567), p.amount("1234.50 EUR")}; got[0] != c.small || got[1] != c.four || got[2] != c.million || got[3] != c.cost {
			t.Errorf("%s: %q; want %q", c.language, got, c)
		}
		if p.number(-1234567) != "-"+c.million || p.amount("12 euros") != "12 euros" || p.amount("1234 JPY") != c.four+" JPY" {
			t.Errorf("%s: %s, %s, %s", c.language, p.number(-1234567), p.amount("12 euros"), p.amount("1234 JPY"))
		}
	}
	for language, p := range phrases {
		if p.group == "" || p.mark == "" || p.group == p.mark {
			t.Errorf("%s has no signs of its own for thousands and cents", language)
		}
	}
}

func TestAddressesAndComparisonsKeepPlainDigits(t *testing.T) {
	t.Parallel()
	const link = `<p title="{{.Card.Points}}"><a href="https://shop.example/?p={{.Card.Points}}&amp;q={{if .Card.Tier}}{{.Granted.Points}}{{end}}">` +
		`{{.Card.Points}}</a>{{if eq .Card.Points "1240"}} same{{end}}</p></body>`
	d := Sample("de")
	d.Granted = 2500
	of := free(strings.Replace(page, "</body>", link, 1))
	of.Language = "de"
	m := rendered(t, of, d)
	if want := `<p title="1.240"><a href="https://shop.example/?p=1240&amp;q=2500">1.240</a> same</p>`; !strings.Contains(m.HTML, want) {
		t.Errorf("want %s in\n%s", want, m.HTML)
	}
}
