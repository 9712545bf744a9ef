package message

import (
	"html/template"
	"strings"
	"testing"
)

const page = `<!DOCTYPE html>
<html><head><title>Hi</title><style>p{color:#333}</style></head><body>
<!--[if mso]><table><tr><td><![endif]-->
<h1 title="For {{.Shopper.Given}}">Hello {{.Shopper.Given}}</h1>
{{if .Card.Tier}}<p>You are {{.Card.Tier}}.</p>{{else}}<p>Welcome.</p>{{end}}
<p><img src="cid:coupon@regulars" alt="{{.Coupon.Code}}"> <a href="https://shop.example/?q={{.Shopper.Given}}&amp;x=1">Shop</a></p>
<p>{{.Shop.Address}} <a href="{{.UnsubscribeURL}}">Leave</a></p>
</body></html>`

func free(html string) Template {
	return Template{ID: "free", Language: "en", Topic: "offers", Subject: "Hello", HTML: html}
}

func TestAPageOfOnesOwnIsFilledIn(t *testing.T) {
	t.Parallel()
	m := rendered(t, free(page), Sample("en"))
	for _, want := range []string{"Hello Ana<", "You are Gold.", "<!--[if mso]>", `href="https://shop.example/?q=Ana&amp;x=1"`, `src="cid:coupon@regulars"`, `unsubscribe/sample">Leave`} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the page does not say %s:\n%s", want, m.HTML)
		}
	}
	for _, want := range []string{"Hello Ana\n", "Shop: https://shop.example/?q=Ana&x=1", "Leave: https://cards.shop.example/unsubscribe/sample"} {
		if !strings.Contains(m.Text, want) || strings.Contains(m.Text, "<") || strings.Contains(m.Text, "color") {
			t.Errorf("the text that is made of it does not say %s:\n%s", want, m.Text)
		}
	}
	if len(m.Parts) != 1 {
		t.Errorf("%d pictures", len(m.Parts))
	}
}

// What html/template lets data do in text and in an attribute is what data can do here: nothing.
func TestDataInAPageIsEscapedAsHTMLTemplateDoes(t *testing.T) {
	t.Parallel()
	oracle := template.Must(template.New("").Parse(`<h1 title="For {{.}}">Hello {{.}}</h1>`))
	for _, name := range []string{`"><script>alert(1)</script>`, `' onclick='x`, "a&amp;b", "</title><b>", "Zoë 李", "{{.Shop.Name}}", `\x3c`} {
		d := Sample("en")
		d.Shopper.Given = name
		m := rendered(t, free(page), d)
		var want strings.Builder
		if err := oracle.Execute(&want, name); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.HTML, want.String()) || strings.Contains(m.HTML, "<script") {
			t.Errorf("%q: want %s in\n%s", name, want.String(), m.HTML)
		}
	}
}

func TestAPageThatCannotBeSentIsAFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, put, path, says string }{
		{"{{.Shop.Address}}", "", "html", "postal address is missing"},
		{"{{.Shop.Address}}", "{{if .Card.Tier}}{{.Shop.Address}}{{end}}", "html", "which no choice hides"},
		{`<a href="{{.UnsubscribeURL}}">`, "<a>", "html", "the way out is missing"},
		{"{{.Card.Tier}}.", "{{.Card.Teir}}.", "html", "{{.Card.Teir}} is unknown"},
		{"p{color:#333}", "p{color:{{.Shopper.Given}}}", "html", "it is in neither"},
		{"<p>Welcome.</p>", `<p style="color:{{.Card.Tier}}">x</p>`, "html", "it is in neither"},
		{"<p>Welcome.</p>", `<p class={{.Card.Tier}}>x</p>`, "html", "double quotes"},
		{"<p>Welcome.</p>", `<{{.Card.Tier}}>`, "html", "begins no tag"},
		{"<p>Welcome.</p>", `<p class="`, "html", "begins or ends within a tag"},
		{"<p>Welcome.</p>", "<!-- {{.Card.Tier}} -->", "html", "it is in neither"},
		{"<p>Welcome.</p>", "<script>x</script>", "html", "<script>"},
		{"<p>Welcome.</p>", `<p onclick="x">`, "html", "onclick"},
		{"<p>Welcome.</p>", "{{range .Cart.Lines}}x{{end}}", "html", "more than a text can do"},
		{"<p>Welcome.</p>", `<img src="https://shop.example/a.png">`, "html", "no alt"},
		{"https://shop.example/?q", "http://shop.example/?q", "html", "https://"},
		{"https://shop.example/?q", "javascript:alert(1)//?q", "html", "begin with https://"},
		{"https://shop.example/?q", "java&#115;cript:alert(1)//?q", "html", "begin with https://"},
		{"</body></html>", "<p", "html", "ends within"},
		{"Hello {{", strings.Repeat("x", MaxHTML) + "{{", "html", "mailboxes clip"},
	} {
		found := Check(free(strings.Replace(page, c.old, c.put, 1)))
		if len(found) != 1 || found[0].Path != c.path || !strings.Contains(found[0].Text, c.says) {
			t.Errorf("%.60s: %v; want %s: ...%s...", c.put, found, c.path, c.says)
		}
	}
}
