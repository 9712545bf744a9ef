package message

import "strings"

// The HTML is what mailboxes agree on: nested tables, styles on each element, one column of at most 600 pixels. The one style sheet
// only adds to it, narrower padding on phones and colours for a dark screen, and a mailbox that drops it shows the light page.

const styleSheet = `
@media (max-width:620px){.pad{padding-left:20px!important;padding-right:20px!important}.edge{padding:0!important}.card{border-radius:0!important}}
@media (prefers-color-scheme:dark){.page{background:#131518!important}.card{background:#1d2024!important}.ink{color:#f1f0ec!important}.soft{color:#a8adb5!important}.rule{border-color:#3a3f47!important}.tint{background:#25292e!important}}
`

// Styles that stand on the elements.
const (
	styleFont    = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
	styleHeading = "margin:0;font-size:26px;line-height:32px;font-weight:700;color:#1c1d1f;"
	styleText    = "margin:0 0 14px;font-size:16px;line-height:25px;color:#33363a;"
	styleSoft    = "margin:0;font-size:13px;line-height:20px;color:#62666c;"
	stylePad     = "padding:0 40px 26px;"
	stylePadText = "padding:0 40px 12px;" // what the next block belongs to: a heading, and paragraphs, which bring 14 pixels themselves
	table        = `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`

	// Outlook on Windows knows no max-width: these comments hold the card to 600 pixels there, and nobody else reads them.
	outlookOpen  = `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0"><tr><td><![endif]-->`
	outlookClose = `<!--[if mso]></td></tr></table><![endif]-->`
)

// page is the HTML part.
func (c *Compiled) page(subject, preheader []node, blocks []block) program {
	a := &assembly{}
	direction, start := "ltr", "left"
	if c.phrase.rightToLeft {
		direction, start = "rtl", "right"
	}
	a.lit(`<!DOCTYPE html>
<html lang="`, c.Language, `" dir="`, direction, `"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>`).nodes(subject, asAttribute, asAttribute).lit("</title>\n<style>", styleSheet, "</style></head>\n")
	a.lit(`<body class="page" style="margin:0;padding:0;background:#f2efe9;-webkit-text-size-adjust:100%">`, "\n")
	if len(preheader) > 0 {
		a.lit(`<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">`).nodes(preheader, asAttribute, asAttribute).lit("</div>\n")
	}
	a.lit(table, ` class="page" style="background:#f2efe9"><tr><td class="edge" align="center" style="padding:32px 12px">`, "\n")
	a.lit(outlookOpen, table, ` class="card" dir="`, direction, `" style="max-width:600px;background:#ffffff;border-radius:14px;`, styleFont, `text-align:`, start, `">`, "\n")
	a.masthead()
	footer := -1
	for i, b := range blocks {
		if b.kind == BlockFooter {
			footer = i
			continue
		}
		a.htmlBlock(b, c.phrase)
	}
	a.lit(`<tr><td style="padding:0 0 14px;font-size:0;line-height:0">&nbsp;</td></tr></table>`, outlookClose, "\n")
	if footer >= 0 {
		c.htmlFooter(a, blocks[footer], direction)
	}
	a.lit("</td></tr></table>")
	a.when(has(pixel), func(a *assembly) {
		a.lit(`<img src="`).href(pixel, asAttribute).lit(`" width="1" height="1" alt="" style="display:block;border:0">`)
	})
	return a.lit("</body></html>\n").done()
}

// masthead is the logo, or the name where there is none.
func (a *assembly) masthead() {
	a.lit(`<tr><td class="pad" style="padding:28px 40px 24px;font-size:15px;line-height:20px;font-weight:700;letter-spacing:.04em;color:`).
		data(colour, asAttribute).lit(`">`)
	a.when(has(shopLogo), func(a *assembly) {
		a.lit(`<img src="`).href(shopLogo, asAttribute).lit(`" alt="`).data(shopName, asAttribute).
			lit(`" height="40" style="display:block;height:40px;border:0">`)
	})
	a.when(func(d *Data) bool { return d.Shop.Logo == "" }, func(a *assembly) {
		a.lit(`<span class="ink">`).data(shopName, asIsolated).lit(`</span>`)
	})
	a.lit("</td></tr>\n")
}

// htmlBlock is one row of the card, or none where there is nothing to show. A footer is no row: it stands below the card.
func (a *assembly) htmlBlock(b block, p phrase) {
	if b.kind == BlockProducts {
		a.when(b.hasProducts, func(a *assembly) { a.htmlRow(b, p) })
		return
	}
	a.htmlRow(b, p)
}

func (a *assembly) htmlRow(b block, p phrase) {
	pad := stylePad
	if b.kind == BlockHeading || b.kind == BlockText {
		pad = stylePadText
	}
	a.lit(`<tr><td class="pad" style="`, pad, `">`)
	switch b.kind {
	case BlockHeading:
		a.lit(`<h1 class="ink" style="`, styleHeading, `">`).nodes(b.text, asHTML, asIsolated).lit(`</h1>`)
	case BlockText:
		a.paragraphs(b.text)
	case BlockButton:
		a.lit(`<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td style="border-radius:8px;background:`).data(colour, asAttribute).
			lit(`"><a href="`).counted(b.url, asAttribute).
			lit(`" style="display:inline-block;padding:13px 26px;font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px">`).
			nodes(b.text, asAttribute, asIsolated).lit(`</a></td></tr></table>`)
	case BlockImage:
		a.htmlImage(b)
	case BlockCoupon:
		a.htmlCoupon(b, p)
	case BlockPoints:
		a.htmlPoints(b, p)
	case BlockCart:
		a.htmlCart(b, p)
	case BlockProducts:
		a.htmlProducts(b, p)
	case BlockDivider:
		a.lit(`<div class="rule" style="border-top:1px solid #e4e0d8;font-size:0;line-height:0;height:1px">&nbsp;</div>`)
	}
	a.lit("</td></tr>\n")
}

// paragraphs splits the marketer's own words at empty lines; data can open no paragraph.
func (a *assembly) paragraphs(text []node) {
	const next = `</p><p class="ink" style="` + styleText + `">`
	split := func(dst []byte, s string) []byte {
		for i, part := range strings.Split(s, "\n\n") {
			if i > 0 {
				dst = append(dst, next...)
			}
			dst = asHTML(dst, part)
		}
		return dst
	}
	a.lit(`<p class="ink" style="`, styleText, `">`).nodes(text, split, asIsolated).lit(`</p>`)
}

// note is the line that a block may have above what it shows.
func (a *assembly) note(text []node) {
	if len(text) > 0 {
		a.lit(`<p class="ink" style="margin:0 0 10px;font-size:15px;line-height:22px;font-weight:600;color:#33363a">`).nodes(text, asHTML, asIsolated).lit(`</p>`)
	}
}

// htmlImage shrinks with the screen and keeps the picture's shape.
func (a *assembly) htmlImage(b block) {
	if len(b.url) > 0 {
		a.lit(`<a href="`).counted(b.url, asAttribute).lit(`">`)
	}
	a.lit(`<img src="`).link(b.image, asAttribute).lit(`" alt="`).nodes(b.alt, asAttribute, asAttribute).
		lit(`" width="520" style="display:block;width:100%;max-width:520px;height:auto;border:0;border-radius:8px">`)
	if len(b.url) > 0 {
		a.lit(`</a>`)
	}
}

// htmlCoupon keeps the barcode black on white on a dark screen too: readers want it so.
func (a *assembly) htmlCoupon(b block, p phrase) {
	a.lit(table, ` class="tint rule" style="background:#faf8f4;border:2px dashed #cfc8ba;border-radius:12px"><tr><td align="center" style="padding:26px 16px;text-align:center">`)
	a.lit(`<div class="ink" style="font-size:22px;line-height:28px;font-weight:700;color:#1c1d1f">`).data(couponTitle, asIsolated).lit(`</div>`)
	a.when(has(couponDetail), func(a *assembly) {
		a.lit(`<div class="soft" style="padding-top:4px;font-size:15px;line-height:22px;color:#62666c">`).data(couponDetail, asIsolated).lit(`</div>`)
	})
	if len(b.text) > 0 {
		a.lit(`<div class="ink" style="padding-top:8px;font-size:15px;line-height:22px;color:#33363a">`).nodes(b.text, asHTML, asIsolated).lit(`</div>`)
	}
	a.lit(`<div style="padding:18px 0 10px"><img src="cid:`, partCoupon, `" alt="`).data(couponCode, asAttribute).lit(`" width="`).data(couponWidth, asAttribute).
		lit(`" style="max-width:100%;height:auto;background:#ffffff;border:0;border-radius:6px"></div>`)
	a.lit(`<div dir="ltr" class="ink" style="font-family:Menlo,Consolas,monospace;font-size:18px;line-height:24px;letter-spacing:.12em;color:#1c1d1f">`).
		data(couponCode, asAttribute).lit(`</div>`)
	a.when(has(couponExpires), func(a *assembly) {
		a.lit(`<div class="soft" style="padding-top:8px;font-size:14px;line-height:20px;color:#62666c">`, p.validUntil, ` `).data(couponExpires, asIsolated).lit(`</div>`)
	})
	a.lit(`</td></tr></table>`)
}

// htmlPoints keeps the card's number from left to right, whatever the language.
func (a *assembly) htmlPoints(b block, p phrase) {
	a.note(b.text)
	a.lit(table, ` class="tint" style="background:#faf8f4;border-radius:12px"><tr><td style="padding:18px 22px">`)
	a.lit(`<span class="ink" style="font-size:30px;line-height:36px;font-weight:700;color:#1c1d1f">`).data(cardPoints, asIsolated).
		lit(`</span> <span class="soft" style="font-size:15px;color:#62666c">`, p.points, `</span>`)
	a.lit(`<div class="soft" style="`, styleSoft, `">`)
	a.when(has(cardTier), func(a *assembly) { a.lit(p.tier, `: `).data(cardTier, asIsolated).lit(` &middot; `) })
	a.lit(p.card, ` <span dir="ltr">`).data(cardNumber, asAttribute).lit(`</span></div></td></tr></table>`)
}

// htmlCart is a table of two columns; the amounts stand at the end of the line, which is the left in Arabic.
func (a *assembly) htmlCart(b block, p phrase) {
	const cell = `padding:10px 0;border-bottom:1px solid #e4e0d8;font-size:15px;line-height:22px;color:#33363a`
	a.note(b.text)
	a.lit(table, `>`)
	a.cartLines(p, func(o *output, l CartLine) {
		o.buf = append(o.buf, `<tr><td class="ink rule" style="`+cell+`">`...)
		o.buf = asIsolated(append(append(o.buf, digits(l.Quantity)...), " &times; "...), l.Title)
		o.buf = append(o.buf, `</td><td class="ink rule" align="right" style="`+cell+`;text-align:end;white-space:nowrap">`...)
		o.buf = append(asIsolated(o.buf, l.Amount), "</td></tr>"...)
	}, func(o *output, rest string) {
		o.buf = append(o.buf, `<tr><td class="soft rule" colspan="2" style="`+cell+`">`...)
		o.buf = append(asAttribute(o.buf, rest), "</td></tr>"...)
	})
	a.when(has(cartTotal), func(a *assembly) {
		const total = `padding:12px 0 0;font-size:16px;line-height:22px;font-weight:700;color:#1c1d1f`
		a.lit(`<tr><td class="ink" style="`, total, `">`, p.total, `</td><td class="ink" align="right" style="`, total, `;text-align:end;white-space:nowrap">`).
			data(cartTotal, asIsolated).lit(`</td></tr>`)
	})
	a.lit(`</table>`)
}

// htmlFooter says who wrote, from where, and for marketing why, with the way out in plain sight.
func (c *Compiled) htmlFooter(a *assembly, b block, direction string) {
	a.lit(table, ` dir="`, direction, `" style="max-width:600px;`, styleFont, `"><tr><td class="pad" align="center" style="padding:22px 40px;text-align:center">`, "\n")
	if len(b.text) > 0 {
		a.lit(`<p class="soft" style="`, styleSoft, `">`).nodes(b.text, asHTML, asIsolated).lit("</p>\n")
	}
	a.lit(`<p class="soft" style="`, styleSoft, `"><strong>`).data(shopName, asIsolated).lit(`</strong>`)
	a.when(has(shopAddress), func(a *assembly) { a.lit(`<br>`).data(shopAddress, asIsolated) })
	a.lit("</p>\n")
	if ClassOf(c.Topic) == Marketing {
		before, after, _ := strings.Cut(c.phrase.why, "%s")
		a.lit(`<p class="soft" style="`, styleSoft, `padding-top:10px">`, before).data(shopName, asIsolated).lit(after)
		a.lit(` <a class="soft" href="`).href(unsubscribe, asAttribute).lit(`" style="color:#62666c;text-decoration:underline">`, c.phrase.unsubscribe, "</a></p>\n")
	}
	a.lit("</td></tr></table>\n")
}
