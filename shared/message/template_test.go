package message

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// welcome, birthday and abandoned are the sample templates of the golden files.
func welcome() Template {
	return Template{
		ID: "welcome", Language: "en", Topic: "offers",
		Subject:   "{{if .Shopper.Given}}{{.Shopper.Given}}, your{{else}}Your{{end}} first coupon is here",
		Preheader: "{{.Coupon.Title}}, until {{.Coupon.ExpiresOn}}",
		Blocks: []Block{
			{Type: BlockHeading, Text: "Welcome{{if .Shopper.Given}}, {{.Shopper.Given}}{{end}}"},
			{Type: BlockText, Text: "Thank you for your first visit. From now on every purchase counts.\n\nHere is something for the next one:"},
			{Type: BlockCoupon, Text: "Show it at the till, or type it in online."},
			{Type: BlockButton, Text: "Go to the shop", URL: "{{.Shop.URL}}/?coupon={{.Coupon.Code}}"},
			{Type: BlockDivider},
			{Type: BlockPoints, Text: "Your card today"},
			{Type: BlockFooter},
		},
	}
}

func birthday() Template {
	return Template{
		ID: "birthday", Language: "de", Topic: "birthday",
		Subject: "Alles Gute zum Geburtstag{{if .Shopper.Given}}, {{.Shopper.Given}}{{end}}!",
		Blocks: []Block{
			{Type: BlockImage, Image: "https://shop.example/cake.png", Alt: "Ein Stück Kuchen mit einer Kerze", URL: "{{.Shop.URL}}"},
			{Type: BlockHeading, Text: "Heute geht der Kuchen auf uns"},
			{Type: BlockText, Text: "{{if eq .Card.Tier \"Gold\"}}Als Gold-Gast bekommen Sie dazu einen Kaffee.{{else}}Kommen Sie einfach vorbei.{{end}}"},
			{Type: BlockCoupon, Symbol: SymbolEAN13},
			{Type: BlockFooter, Text: "Nicht mit anderen Angeboten kombinierbar."},
		},
	}
}

func abandoned() Template {
	return Template{
		ID: "cart", Language: "he", Topic: "cart",
		Subject:   "שכחת משהו?",
		Preheader: "{{.Cart.Total}}",
		Blocks: []Block{
			{Type: BlockHeading, Text: "{{.Shopper.Given}}, העגלה שלך מחכה"},
			{Type: BlockCart, Text: "זה מה שבחרת:"},
			{Type: BlockButton, Text: "חזרה לעגלה", URL: "{{.Cart.URL}}"},
			{Type: BlockFooter},
		},
	}
}

func TestSampleTemplatesHaveNoProblems(t *testing.T) {
	t.Parallel()
	for _, tpl := range []Template{welcome(), birthday(), abandoned()} {
		if found := Check(tpl); len(found) > 0 {
			t.Errorf("%s: %v", tpl.ID, found)
		}
	}
}

func TestCheckSaysWhereAndWhatForEachProblem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", MaxText/5+1)
	for _, c := range []struct {
		name       string
		spoil      func(*Template)
		path, says string
	}{
		{"unknown name", func(p *Template) { p.Blocks[1].Text = "Dear {{.Shopper.Surname}}" }, "blocks[1].text", "{{.Shopper.Surname}} is unknown"},
		{"unknown name where the sample never goes", func(p *Template) { p.Blocks[1].Text = "{{if .Shopper.Given}}Hi{{else}}{{.Nobody}}{{end}}" }, "blocks[1].text", "{{.Nobody}} is unknown"},
		{"unknown name in an address", func(p *Template) { p.Blocks[3].URL = "{{.Shop.Url}}" }, "blocks[3].url", ".Shop.URL"},
		{"brace not closed", func(p *Template) { p.Subject = "Hello {{.Shopper.Given" }, "subject", "cannot be read"},
		{"a loop", func(p *Template) { p.Blocks[1].Text = "{{range .Cart.Lines}}x{{end}}" }, "blocks[1].text", "more than a text can do"},
		{"a loop without end", func(p *Template) { p.Blocks[1].Text = "{{range 1000000000}}x{{end}}" }, "blocks[1].text", "more than a text can do"},
		{"a function", func(p *Template) { p.Blocks[1].Text = "{{printf \"%1000000000d\" 1}}" }, "blocks[1].text", "more than a text can do"},
		{"a text within the text", func(p *Template) { p.Blocks[1].Text = "a{{define \"x\"}}b{{end}}" }, "blocks[1].text", "more than a text can do"},
		{"no footer", func(p *Template) { p.Blocks = p.Blocks[:6] }, "blocks", "postal address and an unsubscribe link"},
		{"footer in the middle", func(p *Template) { p.Blocks[2] = Block{Type: BlockFooter} }, "blocks[2]", "last block"},
		{"picture without words", func(p *Template) { p.Blocks[4] = Block{Type: BlockImage, Image: "https://shop.example/a.png"} }, "blocks[4].alt", "for those who cannot see it"},
		{"button without address", func(p *Template) { p.Blocks[3].URL = "" }, "blocks[3].url", "a button needs it"},
		{"address that runs", func(p *Template) { p.Blocks[3].URL = "javascript:alert(1)" }, "blocks", "begin with https://"},
		{"half an address", func(p *Template) { p.Blocks[3].URL = "/shop" }, "blocks", "begin with https://"},
		{"field without meaning", func(p *Template) { p.Blocks[0].URL = "https://shop.example" }, "blocks[0].url", "means nothing in a heading"},
		{"unknown block", func(p *Template) { p.Blocks[0].Type = "headline" }, "blocks[0].type", "headline"},
		{"unknown symbol", func(p *Template) { p.Blocks[2].Symbol = "aztec" }, "blocks[2].symbol", "code128"},
		{"unknown language", func(p *Template) { p.Language = "tlh" }, "language", "de"},
		{"no subject", func(p *Template) { p.Subject = " " }, "subject", "missing"},
		{"subject on two lines", func(p *Template) { p.Subject = "a\r\nBcc: b@shop.example" }, "subject", "one line"},
		{"subject too long", func(p *Template) { p.Subject = long[:300] }, "blocks", "the subject has"},
		{"text too long", func(p *Template) { p.Blocks[1].Text = long }, "blocks[1].text", "at most 4000"},
		{"offer as service mail", func(p *Template) { p.Topic = TopicService }, "blocks[2]", "needs no consent"},
		{"no blocks", func(p *Template) { p.Blocks = nil }, "blocks", "1 to 40"},
		{"clipped by mailboxes", func(p *Template) {
			text := Block{Type: BlockText, Text: long[:MaxText]}
			p.Blocks = append([]Block{}, p.Blocks[:2]...)
			for len(p.Blocks) < 26 {
				p.Blocks = append(p.Blocks, text)
			}
			p.Blocks = append(p.Blocks, Block{Type: BlockFooter})
		}, "blocks", "clip"},
	} {
		tpl := welcome()
		c.spoil(&tpl)
		found := Check(tpl)
		hit := false
		for _, p := range found {
			hit = hit || p.Path == c.path && strings.Contains(p.Text, c.says)
		}
		if !hit {
			t.Errorf("%s: %v; want %s: ...%s...", c.name, found, c.path, c.says)
		}
		if _, err := Compile(tpl); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Compile accepts it: %v", c.name, err)
		}
	}
}

func TestCheckFindsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	tpl := welcome()
	tpl.Subject, tpl.Blocks[0].Text, tpl.Blocks[3].URL = "", "{{.A}}", ""
	if found := Check(tpl); len(found) != 3 {
		t.Errorf("three faults, and found are %v", found)
	}
}

func TestRenderRefusesToSendWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tpl   Template
		spoil func(*Data)
		says  string
	}{
		{welcome(), func(d *Data) { d.Coupon = Coupon{} }, "coupon"},
		{welcome(), func(d *Data) { d.Shop.Address = " " }, "postal address"},
		{welcome(), func(d *Data) { d.UnsubscribeURL = "" }, "unsubscribe link"},
		{welcome(), func(d *Data) { d.Shop.Colour = "red;background:url(x)" }, "colour"},
		{welcome(), func(d *Data) { d.Coupon.Code = "naïve" }, "coupon code"},
		{welcome(), func(d *Data) { d.Shop.URL = "javascript:" }, "https://"},
		{abandoned(), func(d *Data) { d.Cart.Lines = nil }, "cart"},
	} {
		compiled, err := Compile(c.tpl)
		if err != nil {
			t.Fatal(err)
		}
		d := Sample("en")
		c.spoil(&d)
		if _, err := Render(compiled, d); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want it refused because of %s", c.tpl.ID, err, c.says)
		}
	}
}

func TestDataCanNeitherWriteHTMLNorBendALink(t *testing.T) {
	t.Parallel()
	compiled, err := Compile(welcome())
	if err != nil {
		t.Fatal(err)
	}
	d := Sample("en")
	d.Shopper.Given = "\"><script>alert('x')</script>\r\nBcc: all@shop.example\x00\xff"
	d.Coupon.Code = `A&utm=1 "x"`
	m, err := Render(compiled, d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.HTML, "<script") || !strings.Contains(m.HTML, "&lt;script&gt;alert(&#39;x&#39;)") {
		t.Errorf("the name is not escaped in\n%s", m.HTML)
	}
	if strings.Contains(m.HTML, "coupon=A&") || !strings.Contains(m.HTML, "coupon=A%26utm%3D1%20%22x%22") {
		t.Errorf("the code is not encoded in the link of\n%s", m.HTML)
	}
	if strings.ContainsAny(m.Subject, "\r\n\x00") || strings.Contains(m.Text+m.HTML, "\x00") || !utf8.ValidString(m.Text+m.HTML) {
		t.Errorf("controls survive in %q", m.Subject)
	}
}

func TestNamesOfAllScriptsSurvive(t *testing.T) {
	t.Parallel()
	compiled, err := Compile(welcome())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Zoë", "Łukasz", "Ελένη", "Дмитрий", "שָׁלוֹם", "عبد الرحمن", "李小龍", "ありさ", "👩🏽‍🌾"} {
		d := Sample("en")
		d.Shopper.Given = name
		m, err := Render(compiled, d)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.HTML, name) || !strings.Contains(m.Text, name) || !strings.Contains(m.Subject, name) {
			t.Errorf("%s is lost", name)
		}
	}
}

func TestRightToLeftLanguagesAreLaidOutSo(t *testing.T) {
	t.Parallel()
	compiled, err := Compile(abandoned())
	if err != nil {
		t.Fatal(err)
	}
	m, err := Render(compiled, Sample("he"))
	if err != nil || !strings.Contains(m.HTML, `<html lang="he" dir="rtl">`) {
		t.Errorf("the page is not laid out from right to left, %v", err)
	}
}

func TestCartShowsItsFirstLinesAndCountsTheRest(t *testing.T) {
	t.Parallel()
	tpl := abandoned()
	tpl.Language = "en"
	compiled, err := Compile(tpl)
	if err != nil {
		t.Fatal(err)
	}
	d := Sample("en")
	d.Cart.Lines = make([]CartLine, MaxCartLines+3)
	for i := range d.Cart.Lines {
		d.Cart.Lines[i] = CartLine{Title: "Mug", Quantity: 1, Amount: "8.50 EUR"}
	}
	m, err := Render(compiled, d)
	if err != nil || strings.Count(m.Text, "Mug") != MaxCartLines || !strings.Contains(m.Text, "and 3 more") || !strings.Contains(m.HTML, "and 3 more") {
		t.Errorf("%v\n%s", err, m.Text)
	}
}

func TestLongCouponNumbersBecomeQRCodes(t *testing.T) {
	t.Parallel()
	d := &drawer{}
	for _, c := range []struct {
		symbol, code string
		ok           bool
	}{
		{"", "C7K2M9X4QF", true},
		{"", strings.Repeat("C7K2", 6), true},
		{SymbolQR, "C7", true},
		{SymbolEAN13, sampleEAN, true},
		{SymbolEAN13, "2600000070018", false},
		{SymbolEAN13, "C7", false},
		{"", strings.Repeat("9", maxCode+1), false},
		{"", "", false},
	} {
		p, err := d.draw(c.symbol, c.code)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s %q: %v", c.symbol, c.code, err)
			continue
		}
		if err == nil && (p.width > 420 || !strings.HasPrefix(string(p.png), "\x89PNG")) {
			t.Errorf("%s %q is %d pixels wide: too wide for a phone", c.symbol, c.code, p.width)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("Hello {{.Shopper.Given}}", "https://shop.example/{{.Coupon.Code}}")
	f.Add("{{if not .Card.Tier}}a{{else if eq .Card.Tier \"Gold\"}}b{{end}}", "{{.Shop.URL}}")
	f.Add("{{with $x := .}}{{template \"y\"}}{{end}}{{/* */}}{{- 1 | print -}}", "{{block \"a\" .}}{{end}}")
	f.Add("{{define \"x\"}}{{end}}", "data:text/html,<script>")
	f.Fuzz(func(t *testing.T, text, link string) {
		tpl := welcome()
		tpl.Blocks[1].Text, tpl.Blocks[3].URL = text, link
		problems := Check(tpl)
		compiled, err := Compile(tpl)
		if (err == nil) != (len(problems) == 0) {
			t.Fatalf("Check finds %v, and Compile says %v", problems, err)
		}
		if err != nil {
			return
		}
		m, err := Render(compiled, Sample("en"))
		if err != nil {
			t.Fatalf("accepted, and cannot be rendered: %v", err)
		}
		m.ID, m.From, m.To, m.Date = "m1", "shop@shop.example", "ana@shop.example", start
		if _, err := m.MIME("m1"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestACheckedTemplateRendersTheSameWithoutCheckingAgain(t *testing.T) {
	t.Parallel()
	slow, err := Compile(welcome())
	if err != nil {
		t.Fatal(err)
	}
	fast, err := CompileChecked(welcome())
	if err != nil {
		t.Fatal(err)
	}
	a, err := Render(slow, Sample("en"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Render(fast, Sample("en"))
	if err != nil || a.HTML != b.HTML || a.Text != b.Text || a.Subject != b.Subject {
		t.Errorf("the mails differ, %v", err)
	}
	broken := welcome()
	broken.Blocks[0].Text = "{{.Nobody}}"
	if _, err := CompileChecked(broken); !errors.Is(err, ErrInvalid) {
		t.Errorf("a text that cannot be read: %v", err)
	}
}
