package message

import (
	"html"
	"strconv"
	"testing"
	"time"
)

// BenchmarkRender renders one e-mail of three paragraphs, a button, the card's points and a footer, text and HTML, and compares it
// with the same bytes appended by hand in the same run: ratio is how many times the hand-written time it takes.
func BenchmarkRender(b *testing.B) {
	tpl := welcome()
	tpl.Blocks = append(append([]Block{}, tpl.Blocks[:2]...), tpl.Blocks[3:]...)
	tpl.Preheader = "{{.Shop.Name}}"
	compiled, err := Compile(tpl)
	if err != nil {
		b.Fatal(err)
	}
	d := Sample("en")
	model, err := Render(compiled, d)
	if err != nil {
		b.Fatal(err)
	}
	byHand := handWritten(model, d)
	if got := byHand(d); got != model.HTML+model.Text {
		b.Fatalf("the hand-written mail is another one:\n%s", got)
	}
	b.ReportAllocs()
	var rendered, written time.Duration
	for b.Loop() { // interleaved, so that a busy machine slows both
		t0 := time.Now()
		if _, err := Render(compiled, d); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		sink = byHand(d)
		rendered, written = rendered+t1.Sub(t0), written+time.Since(t1)
	}
	b.ReportMetric(float64(rendered)/float64(written), "ratio")
	b.ReportMetric(float64(b.N)/rendered.Seconds(), "mails/s")
}

var sink string

// handWritten cuts the model where the shopper's data stand and appends words and escaped data in turn: what a programmer would
// write who knew the one template and the one set of fields.
func handWritten(m Mail, d Data) func(Data) string {
	whole := m.HTML + m.Text
	get := []func(*Data) string{shopName, shopAddress, cardNumber, cardPoints, cardTier, couponCode, unsubscribe,
		func(d *Data) string { return d.Shopper.Given }, func(d *Data) string { return d.Shop.URL }}
	type cut struct {
		words string
		value func(*Data) string
	}
	var cuts []cut
	from := 0
	for at := 0; at < len(whole); {
		found := false
		for _, g := range get {
			if v := g(&d); len(whole)-at >= len(v) && whole[at:at+len(v)] == v {
				cuts = append(cuts, cut{whole[from:at], g})
				at += len(v)
				from, found = at, true
				break
			}
		}
		if !found {
			at++
		}
	}
	end := whole[from:]
	return func(d Data) string {
		buf := make([]byte, 0, 8<<10)
		for _, c := range cuts {
			buf = append(append(buf, c.words...), html.EscapeString(c.value(&d))...)
		}
		return string(append(buf, end...))
	}
}

// BenchmarkMail is all that one coupon mail costs before it is handed over: render, draw the barcode, write the MIME message.
func BenchmarkMail(b *testing.B) {
	compiled, err := Compile(welcome())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		d := Sample("en")
		d.Coupon.ID = "C7K2M9X" + strconv.Itoa(100+n%900)
		n++
		m, err := Render(compiled, d)
		if err != nil {
			b.Fatal(err)
		}
		m.ID, m.From, m.To, m.Date = "m1", "Harbour Coffee <cards@shop.example>", "ana@shopper.example", start
		if _, err := m.MIME(m.ID); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkCompile is what publishing a template costs, beside what a starting function pays for one that was published.
func BenchmarkCompile(b *testing.B) {
	for name, compile := range map[string]func(Template) (*Compiled, error){"checking": Compile, "checked": CompileChecked} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := compile(welcome()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
