package message

import (
	"bytes"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"testing"
)

// gallery shows each kind of block once, with all that it may have.
func gallery(language string) Template {
	return Template{
		ID: "gallery", Language: language, Topic: "offers", Subject: "{{.Shopper.Given}}: {{.Coupon.Title}}", Preheader: "{{.Cart.Total}}",
		Blocks: []Block{
			{Type: BlockImage, Image: "https://shop.example/window.png", Alt: "Our window", URL: "{{.Shop.URL}}"},
			{Type: BlockHeading, Text: "Hello {{.Shopper.Given}}"},
			{Type: BlockText, Text: "One paragraph.\n\nAnother, with\na line break & an ampersand."},
			{Type: BlockButton, Text: "Go to {{.Shop.Name}}", URL: "{{.Shop.URL}}/?card={{.Card.Number}}"},
			{Type: BlockCoupon, Text: "At any till."},
			{Type: BlockPoints, Text: "Your card"},
			{Type: BlockCart, Text: "Your basket"},
			{Type: BlockProducts, Text: "You may like", Items: []Product{
				{Title: "House beans 1 kg", Price: "12.00 EUR", Image: "https://shop.example/beans.png", URL: "{{.Shop.URL}}/beans?tier={{.Card.Tier}}"},
				{Title: "For {{.Shopper.Given}}: a mug", Image: "https://shop.example/mug.png"},
				{Title: "A word & a link", URL: "https://shop.example/word"},
			}},
			{Type: BlockDivider},
			{Type: BlockFooter, Text: "Ask at the till."},
		},
	}
}

// inArabic is the sample for a shopper whose name runs from right to left and ends with a picture.
func inArabic() Data {
	d := Sample("ar")
	d.Shopper.Given = "عبد الرحمن 👩🏽‍🌾"
	return d
}

func TestEachBlockLooksAsItAlwaysDid(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for i, b := range gallery("en").Blocks {
		shown[b.Type] = true
		t.Run(b.Type, func(t *testing.T) {
			t.Parallel()
			var html, text bytes.Buffer
			for _, d := range []Data{Sample("en"), inArabic()} {
				c, err := Compile(gallery(d.Shopper.Language))
				if err != nil {
					t.Fatal(err)
				}
				read, err := readBlock(gallery(d.Shopper.Language).Blocks[i])
				if err != nil {
					t.Fatal(err)
				}
				d.Coupon.width = 330
				var row assembly
				if b.Type == BlockFooter {
					c.htmlFooter(&row, read, "ltr")
				} else {
					row.htmlBlock(read, c.phrase)
				}
				html.WriteString(row.done().text(&d) + "\n")
				text.WriteString(c.plain([]block{read}).text(&d) + "\n")
			}
			golden(t, "blocks/"+b.Type+".html", html.Bytes())
			golden(t, "blocks/"+b.Type+".txt", text.Bytes())
		})
	}
	for kind := range blockRules {
		if !shown[kind] {
			t.Errorf("no block of kind %s is looked at", kind)
		}
	}
}

// The colours that stand on elements are those of a light page; the classes by which the style sheet makes them dark.
var darkened = map[string][]string{
	";color:#1c1d1f": {"ink"}, ";color:#33363a": {"ink"}, ";color:#62666c": {"soft"},
	"background:#ffffff": {"card"}, "background:#faf8f4": {"tint"}, "background:#f2efe9": {"page"},
	"#e4e0d8": {"rule"}, "#cfc8ba": {"rule"},
}

func TestADarkScreenFindsNoDarkTextOnDarkGround(t *testing.T) {
	t.Parallel()
	tag, class := regexp.MustCompile(`<[a-z][^>]*>`), regexp.MustCompile(`class="([^"]*)"`)
	for _, language := range Languages() {
		m := rendered(t, gallery(language), Sample(language))
		for _, element := range tag.FindAllString(m.HTML, -1) {
			classes := " "
			if found := class.FindStringSubmatch(element); found != nil {
				classes += found[1] + " "
			}
			styled := strings.ReplaceAll(strings.ReplaceAll(element, `style="color`, `;color`), "; color", ";color")
			for colour, wants := range darkened {
				if strings.Contains(styled, colour) && !strings.Contains(classes, " "+wants[0]+" ") && !strings.HasPrefix(element, "<img") { // a barcode stays black on white
					t.Errorf("%s: %s keeps %s on a dark screen; class %s makes it fit", language, element, colour, wants[0])
				}
			}
		}
		for _, wants := range darkened {
			if !strings.Contains(styleSheet, "."+wants[0]+"{") {
				t.Errorf("the style sheet does not know class %s", wants[0])
			}
		}
	}
}

func TestNothingIsWiderThanAPhone(t *testing.T) {
	t.Parallel()
	outlook, fixed := regexp.MustCompile(`<!--\[if mso\]>.*?<!\[endif\]-->`), regexp.MustCompile(`[ ;"]width[:=]"?(\d{3,})`)
	m := rendered(t, gallery("en"), Sample("en"))
	tag := regexp.MustCompile(`<[a-z][^>]*>`)
	for _, element := range tag.FindAllString(outlook.ReplaceAllString(m.HTML, ""), -1) {
		w := fixed.FindStringSubmatch(element)
		if w != nil && len(w[1]) == 3 && w[1] > "300" && !strings.Contains(element, "max-width") {
			t.Errorf("%s is %s pixels wide on a phone", element, w[1])
		}
	}
}

func TestNamesOfAllScriptsSurviveTheWholeMail(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"עדי", "שָׁלוֹם־טוֹב", "عبد الرحمن", "مهسا", "👩🏽‍🌾 Ana", "Zoë 李小龍", strings.Repeat("ありさ", 20)} {
		d := Sample("he")
		d.Shopper.Given = name
		raw, err := rendered(t, gallery("he"), d).MIME("seed")
		if err != nil {
			t.Fatal(err)
		}
		read, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		if err != nil || !strings.HasPrefix(subject, name+":") {
			t.Errorf("the subject of %q reads %q, %v", name, subject, err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > softLine && !strings.HasPrefix(line, "List-") && !strings.HasPrefix(line, "Content-Type: ") {
				t.Errorf("%q: a line of %d bytes: %s", name, len(line), line)
			}
		}
	}
}

func TestProductsAreTheTemplatesElseTheMessages(t *testing.T) {
	t.Parallel()
	own := Block{Type: BlockProducts, Text: "Look", Items: []Product{{Title: "Kettle"}}}
	for _, c := range []struct {
		name  string
		block Block
		data  []Product
		want  []string
		not   string
	}{
		{"its own", own, []Product{{Title: "Mug"}}, []string{"Kettle"}, "Mug"},
		{"those of the message", Block{Type: BlockProducts, Text: "Look"}, []Product{{Title: "Mug", Price: "8.50 EUR"}}, []string{"Mug", "8.50 EUR", "Look"}, "Kettle"},
		{"none, and so no heading", Block{Type: BlockProducts, Text: "Look"}, nil, nil, "Look"},
		{"too many", Block{Type: BlockProducts}, make([]Product, MaxProducts+3), []string{"and 3 more"}, "and 4"},
	} {
		tpl := Template{ID: "p", Language: "en", Topic: "offers", Subject: "Things", Blocks: []Block{c.block, {Type: BlockFooter}}}
		d := Sample("en")
		d.Products = c.data
		m := rendered(t, tpl, d)
		for _, want := range c.want {
			if !strings.Contains(m.HTML, want) || !strings.Contains(m.Text, want) {
				t.Errorf("%s: %q is not shown", c.name, want)
			}
		}
		if strings.Contains(m.HTML+m.Text, c.not) {
			t.Errorf("%s: %q is shown", c.name, c.not)
		}
	}
}

func TestProductsThatCannotBeShownAreFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		item       Product
		path, says string
	}{
		{Product{Price: "1.00"}, "blocks[0].items[0].title", "is missing"},
		{Product{Title: "{{.Nobody}}"}, "blocks[0].items[0].title", "unknown"},
		{Product{Title: "Mug", URL: "javascript:alert(1)"}, "blocks", "begin with https://"},
		{Product{Title: "Mug", Image: "/mug.png"}, "blocks", "begin with https://"},
	} {
		found := Check(Template{ID: "p", Language: "en", Topic: "offers", Subject: "Things",
			Blocks: []Block{{Type: BlockProducts, Items: []Product{c.item}}, {Type: BlockFooter}}})
		if len(found) != 1 || found[0].Path != c.path || !strings.Contains(found[0].Text, c.says) {
			t.Errorf("%+v: %v; want %s: ...%s...", c.item, found, c.path, c.says)
		}
	}
}
