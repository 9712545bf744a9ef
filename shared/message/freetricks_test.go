package message

import (
	"strings"
	"testing"
)

// plainPage holds what the law wants at WAY and POSTAL, and room for a trick at HEAD and HERE.
const plainPage = `<!DOCTYPE html>
<html lang="en"><head><title>News</title>HEAD</head>
<body>
<p>Beans are in. HERE</p>
WAY
POSTAL
</body></html>`

const (
	wayOut = `<p><a href="{{.UnsubscribeURL}}">Leave</a></p>`
	postal = `<p>{{.Shop.Address}}</p>`
)

// trick is a page with something in the place of its parts.
type trick struct{ name, head, here, way, postal string }

func (c trick) template() Template {
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	return free(strings.NewReplacer("HEAD", c.head, "HERE", c.here, "WAY", or(c.way, wayOut), "POSTAL", or(c.postal, postal)).Replace(plainPage))
}

func TestWhatTheLawWantsIsNotCountedWhereNobodySeesIt(t *testing.T) {
	t.Parallel()
	const gone, nowhere = "the way out is missing", "the postal address is missing"
	link := func(style string) string {
		return `<p style="` + style + `"><a href="{{.UnsubscribeURL}}">Leave</a></p>`
	}
	for _, c := range []struct {
		trick
		says string
	}{
		{trick{name: "in the title", head: "<title>{{.Shop.Address}}</title>", postal: "<p>x</p>"}, "a second time"},
		{trick{name: "in no title", postal: "<p>x</p>"}, nowhere},
		{trick{name: "in the head", head: "{{.Shop.Address}}", postal: "<p>x</p>"}, "text stands in <head>"},
		{trick{name: "in an attribute", postal: `<p title="{{.Shop.Address}}">x</p>`}, nowhere},
		{trick{name: "in a choice", postal: `{{if .Card.Tier}}<p>{{.Shop.Address}}</p>{{end}}`}, nowhere},
		{trick{name: "in a comment", postal: `<!-- {{.Shop.Address}} -->`}, "it is in neither"},
		{trick{name: "outside Outlook alone", postal: `<!--[if !mso]><!--><p>{{.Shop.Address}}</p><!--<![endif]-->`}, nowhere},
		{trick{name: "outside Outlook alone, long form", way: `<!--[if !mso]><!-- -->` + wayOut + `<!--<![endif]-->`}, gone},
		{trick{name: "for Outlook alone", way: `<!--[if mso]><a href="https://shop.example/out">Leave</a><![endif]-->`}, gone},
		{trick{name: "not displayed", way: link("display:none")}, gone},
		{trick{name: "not displayed, loudly", way: link("DISPLAY : None ! important")}, gone},
		{trick{name: "not displayed, by a comment", way: link("dis/* */play:none;display/**/:none")}, gone},
		{trick{name: "not displayed, by entities", way: link("display&#58;none")}, gone},
		{trick{name: "not displayed, by half entities", way: link("display&#58none")}, "begins no entity"},
		{trick{name: "not displayed, by an escape", way: link(`display:\6eone`)}, `holds a \`},
		{trick{name: "not visible", way: link("visibility:hidden")}, gone},
		{trick{name: "no letters", way: link("font-size:0")}, gone},
		{trick{name: "one pixel", way: link("font-size:1px")}, gone},
		{trick{name: "one pixel in short", way: link("font:1px/1px Arial")}, gone},
		{trick{name: "small within small", way: `<div style="font-size:50%"><div style="font-size:.6em">` + wayOut + `</div></div>`}, gone},
		{trick{name: "a size to be computed", way: link("font-size:calc(1px - 1px)")}, gone},
		{trick{name: "hidden from Outlook", way: link("mso-hide:all")}, gone},
		{trick{name: "no height", way: link("height:0;overflow:hidden")}, gone},
		{trick{name: "no greatest height", way: link("overflow:hidden;max-height:0px")}, gone},
		{trick{name: "no height by attribute", way: `<table><tr><td height="0" style="overflow:hidden"><a href="{{.UnsubscribeURL}}">Leave</a></td></tr></table>`}, gone},
		{trick{name: "see-through", way: link("opacity:0.01")}, gone},
		{trick{name: "far away", way: link("position:absolute;left:-9999px")}, "holds position:absolute"},
		{trick{name: "indented away", way: link("text-indent:-999px")}, gone},
		{trick{name: "the page's colour", way: link("color:#fff")}, gone},
		{trick{name: "the page's colour on the link", way: `<p><a href="{{.UnsubscribeURL}}" style="color:#fefefe">Leave</a></p>`}, gone},
		{trick{name: "the ground's colour", way: `<table bgcolor="#222222"><tr><td><a href="{{.UnsubscribeURL}}"><font color="#222">Leave</font></a></td></tr></table>`}, gone},
		{trick{name: "no colour", way: `<p><a href="{{.UnsubscribeURL}}" style="color:transparent">Leave</a></p>`}, gone},
		{trick{name: "the attribute", way: `<p hidden><a href="{{.UnsubscribeURL}}">Leave</a></p>`}, gone},
		{trick{name: "the attribute with a value", way: `<p hidden="until-found"><a href="{{.UnsubscribeURL}}">Leave</a></p>`}, gone},
		{trick{name: "from those who listen", way: `<p aria-hidden="true"><a href="{{.UnsubscribeURL}}">Leave</a></p>`}, gone},
		{trick{name: "by its container", way: `<div style="display:none"><table><tr><td>` + wayOut + `</td></tr></table></div>`}, gone},
		{trick{name: "by a class", head: "<style>.gone{display:none}</style>", way: `<div class="a Gone">` + wayOut + `</div>`}, gone},
		{trick{name: "by a class that is filled in", head: "<style>.gone{display:none}</style>", way: `<div class="{{.Card.Tier}}">` + wayOut + `</div>`}, gone},
		{trick{name: "by a class on phones", head: "<style>@media (max-width:600px){div .x.gone{font-size:0}}</style>", way: `<div class="gone x">` + wayOut + `</div>`}, gone},
		{trick{name: "by a tag", head: "<style>body a{visibility:hidden}</style>"}, gone},
		{trick{name: "by an id", way: `<div id="out">` + wayOut + `</div><style>#out{opacity:0}</style>`}, gone},
		{trick{name: "by a colour of the sheet", head: "<style>.pale{color:#fff}</style>", way: `<p><a class="pale" href="{{.UnsubscribeURL}}">Leave</a></p>`}, gone},
		{trick{name: "by a louder colour", head: "<style>a{color:#fff!important}</style>", way: `<p><a style="color:#000" href="{{.UnsubscribeURL}}">Leave</a></p>`}, gone},
		{trick{name: "by anything", head: "<style>*{display:none}</style>"}, `hides by display in "*"`},
		{trick{name: "by an attribute", head: `<style>a[href]{display:none}</style>`}, "hides by"},
		{trick{name: "no words", way: `<p><a href="{{.UnsubscribeURL}}"></a></p>`}, gone},
		{trick{name: "blank words", way: "<p><a href=\"{{.UnsubscribeURL}}\"> &nbsp;&#8203;\u00a0&zwnj; </a></p>"}, gone},
		{trick{name: "a picture for words", way: `<p><a href="{{.UnsubscribeURL}}"><img src="https://shop.example/a.png" alt=""></a></p>`}, gone},
		{trick{name: "hidden words", way: `<p><a href="{{.UnsubscribeURL}}"><span style="display:none">Leave</span></a></p>`}, gone},
		{trick{name: "words in a choice", way: `<p><a href="{{.UnsubscribeURL}}">{{if .Card.Tier}}Leave{{end}}</a></p>`}, gone},
		{trick{name: "words that are data", way: `<p><a href="{{.UnsubscribeURL}}">{{.Shopper.Given}}</a></p>`}, gone},
		{trick{name: "a second address", way: `<p><a href="https://shop.example/" href="{{.UnsubscribeURL}}">Leave</a></p>`}, "href stands twice"},
		{trick{name: "a second address in capitals", way: `<p><a href="https://shop.example/" HREF="{{.UnsubscribeURL}}">Leave</a></p>`}, "href stands twice"},
		{trick{name: "an address with more", way: `<p><a href="{{.UnsubscribeURL}}?not=1">Leave</a></p>`}, "stands alone in its address"},
		{trick{name: "an address in a choice", way: `<p><a href="{{if .Card.Tier}}{{.UnsubscribeURL}}{{else}}https://shop.example/{{end}}">Leave</a></p>`}, "stands alone in its address"},
		{trick{name: "an address of a picture", way: `<p><img alt="x" src="{{.UnsubscribeURL}}">Leave</p>`}, "stands alone in its address"},
		{trick{name: "a link in a link", way: `<p><a href="{{.UnsubscribeURL}}"><a href="https://shop.example/">Leave</a></a></p>`}, "a link stands in a link"},
		{trick{name: "a division that ends nowhere", way: `<div style="display:none"/>` + wayOut}, "closes nothing"},
	} {
		held(t, c.name, c.template(), c.says)
	}
}

// held wants a template refused for one thing.
func held(t *testing.T, name string, of Template, says string) {
	t.Helper()
	found := Check(of)
	if len(found) != 1 || !strings.Contains(found[0].String(), says) {
		t.Errorf("%s: %v; want one problem: ...%s...\n%s", name, found, says, of.HTML)
	}
}

func TestAPageThatBrowsersWouldGuessAtIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ head, here, says string }{
		"comment ends at once":          {here: `<!--> <p>x</p> -->`, says: "line 4, column 18: browsers end this comment where it begins"},
		"comment ends at once, dashed":  {here: `<!---> <p>x</p> -->`, says: "browsers end this comment where it begins"},
		"comment ends with a bang":      {here: `<!-- --!> <script> -->`, says: "browsers end this comment at --!>"},
		"comment in a comment":          {here: `<!-- <!-- x -->`, says: "a comment stands in a comment"},
		"comment without end":           {here: `<!-- x`, says: "it is in neither"},
		"half a comment for Outlook":    {here: `<!--[if mso]><p>x</p>-->`, says: "whole"},
		"Outlook's comment hides":       {here: `<!--[if mso]><div style="display:none"><![endif]-->`, says: "from those who read in Outlook"},
		"Outlook's comment runs":        {here: `<!--[if mso]><script>x</script><![endif]-->`, says: "<script>"},
		"Outlook's comment leads away":  {here: `<!--[if mso]><v:rect href="http://shop.example/"></v:rect><![endif]-->`, says: "https://"},
		"Outlook is never let in again": {here: `<!--[if !mso]><!--> x`, says: "is not closed"},
		"revealing":                     {here: `<![if !mso]>x<![endif]>`, says: "begins no tag"},
		"a processing instruction":      {here: `<?xml version="1.0"?>`, says: "begins no tag"},
		"tags in the title":             {head: `<style></style></head><head>`, says: "a second time"},
		"a field of many lines":         {here: `<textarea><p>x</p></textarea>`, says: "<textarea>"},
		"a form":                        {here: `<form action="https://shop.example/"></form>`, says: "<form>"},
		"a drawing":                     {here: `<svg><a href="x">x</a></svg>`, says: "<svg>"},
		"a formula":                     {here: `<math></math>`, says: "<math>"},
		"an object":                     {here: `<object data="x"></object>`, says: "<object>"},
		"a frame":                       {here: `<iframe src="https://shop.example/"></iframe>`, says: "<iframe>"},
		"a base":                        {head: `<base href="https://other.example/">`, says: "<base>"},
		"another page":                  {head: `<link rel="stylesheet" href="https://shop.example/a.css">`, says: "<link>"},
		"a refresh":                     {head: `<meta http-equiv="refresh" content="0;url=https://other.example/">`, says: "http-equiv"},
		"a ping":                        {here: `<a href="https://shop.example/" ping="https://other.example/">x</a>`, says: "ping"},
		"a low source":                  {here: `<img alt="" src="https://shop.example/a.png" lowsrc="http://other.example/">`, says: "lowsrc"},
		"a set of sources":              {here: `<img alt="" srcset="http://other.example/ 2x">`, says: "srcset"},
		"a background elsewhere":        {here: `<span background="https://other.example/">x</span>`, says: "background"},
		"an import":                     {head: `<style>@import "https://other.example/a.css";</style>`, says: "@import"},
		"an address in a sheet":         {head: `<style>p{background:url(https://other.example/)}</style>`, says: "url("},
		"an address in a style":         {here: `<span style="background:URL('https://other.example/')">x</span>`, says: "url("},
		"a sheet that is not closed":    {head: `<style>p{color:#333 .a{color:#333}</style>`, says: "not closed"},
		"a sheet that ends early":       {head: `<style>p{color:#333}</stylex></style>`, says: "<stylex>"},
		"brackets in quotes":            {head: `<style>p{font-family:"}a{display:none}"}</style>`, says: "within quotes"},
		"a script for an address":       {here: `<a href="javascript:alert(1)">x</a>`, says: "begin with https://"},
		"a script in entities":          {here: `<a href="&#x6A;avascript&colon;alert(1)">x</a>`, says: "begin with https://"},
		"a script in half entities":     {here: `<a href="&#106avascript:alert(1)">x</a>`, says: "begin with https://"},
		"a script after blanks":         {here: "<a href=\" \n java\tscript:alert(1)\">x</a>", says: "begin with https://"},
		"a script in a rare choice":     {here: `<a href="{{if eq .Card.Tier "Lead"}}javascript:alert(1){{else}}https://shop.example/{{end}}">x</a>`, says: "begin with https://"},
		"data for an address":           {here: `<img alt="" src="data:image/png;base64,AAAA">`, says: "begin with https://"},
		"a shopper for an address":      {here: `<a href="{{.Shopper.Given}}">x</a>`, says: "begin with https://"},
		"a relative address":            {here: `<img alt="" src="//other.example/a.png">`, says: "begin with https://"},
		"an address that may be none":   {here: `<a href="{{if .Card.Tier}}https://shop.example/{{end}}">x</a>`, says: "may be empty"},
		"an end in a value":             {here: `<span title="a > b">x</span>`, says: "write &lt; or &gt;"},
		"an end tag with an attribute":  {here: `<b>x</b title="y">`, says: "an end tag has not"},
		"no blank between":              {here: `<b title="x"class="y">x</b>`, says: "with a blank between"},
		"crossed":                       {here: `<b><i>x</b></i>`, says: "line 4, column 25: </b> comes while <i> of line 4, column 21 is open"},
		"not closed":                    {here: `<b>x`, says: "comes while <b>"},
		"closed twice":                  {here: `x</b>`, says: "</b> comes while <p>"},
		"a block in a paragraph":        {here: `<div>x</div>`, says: "write </p> before it"},
		"words in a table":              {here: `</p><table>x<tr><td>y</td></tr></table><p>`, says: "text stands in <table>"},
		"a cell in no row":              {here: `<td>x</td>`, says: "<td> stands in <p> and belongs in <tr>"},
		"a heading in the head":         {head: `<h1>x</h1>`, says: "<h1> stands in <head>"},
		"a title in the page":           {here: `<title>x</title>`, says: "a second time"},
		"a character that is none":      {here: "a\x00b", says: "line 4, column 19: a character that cannot be shown"},
		"another way of writing":        {here: "a\xffb", says: "a character that cannot be shown"},
		"half an element in a choice":   {here: `{{if .Card.Tier}}<b>x{{end}}</b>`, says: "put whole ones into it"},
		"an end in a choice":            {here: `<b>x{{if .Card.Tier}}</b>{{end}}`, says: "closes in a choice what was opened before it"},
		"deep":                          {here: strings.Repeat("<span>", 10000), says: "deep in one another"},
	} {
		held(t, name, trick{head: c.head, here: c.here}.template(), c.says)
	}
}

func TestWhatPagesAreMadeOfIsTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]trick{
		"as it is":                 {},
		"a hidden line before":     {here: `<span style="display:none;max-height:0;overflow:hidden;mso-hide:all">Soon</span>`},
		"a sheet for phones":       {head: "<style type=\"text/css\">\n/* phones */ @media only screen and (max-width:600px){.wide{display:none!important} u + #body a{color:#333}}\n a[x-apple-data-detectors]{color:inherit!important}</style>"},
		"columns without gaps":     {way: `<table role="presentation" width="100%" cellpadding="0"><tr><td style="font-size:0px;line-height:0"><div style="display:inline-block;font-size:13px">` + wayOut + `</div></td></tr></table>`},
		"white on black":           {way: `<table><tbody><tr><td style="background:#000 none;color:white"><a href="{{.UnsubscribeURL}}" style="color:#FFF">Leave</a></td></tr></tbody></table>`},
		"a comment":                {here: "<!-- - x -- y -->"},
		"columns for Outlook":      {here: `</p><!--[if mso | IE]><table width="600"><tr><td style="width:600px"><![endif]--><p>x</p><!--[if mso | IE]></td></tr></table><![endif]--><p>`},
		"a shape for Outlook":      {here: `<!--[if mso]><v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" href="https://shop.example/?a=1&b=2" style="height:40px;v-text-anchor:middle" arcsize="10%"><w:anchorlock/><center>Shop</center></v:roundrect><![endif]--><!--[if !mso]><!--><a href="https://shop.example/">Shop</a><!--<![endif]-->`},
		"settings for Outlook":     {head: "<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><style>td{font-family:Arial}</style><![endif]-->"},
		"a picture behind a cell":  {way: `<table><tr><td background="https://shop.example/a.png" style="background-color:#eee">` + wayOut + `</td></tr></table>`},
		"the address in a link":    {postal: `<p><a href="https://shop.example/"><b>{{.Shop.Name}}</b><br/>{{.Shop.Address}}</a></p>`},
		"what has no end":          {here: `<br><br/><br /><img src="https://shop.example/a.png" alt="A"/>`},
		"quotes in a style":        {here: `<span style="font-family:'Segoe UI',&quot;Arial&quot;">x</span>`},
		"whole choices":            {here: `{{if .Card.Tier}}<b class="{{if .Card.Points}}a{{end}}">x</b>{{else}}<i>y</i>{{end}}`},
		"mail and telephone":       {here: `<a href="mailto:shop@shop.example">x</a> <a href="tel:+441171234567">y</a> <a href="{{.Shop.URL}}/new">z</a>`},
		"an address with sections": {here: `<a href="https://shop.example/?a=1&section=2&amp;copy=3&copy=4">x</a>`},
	} {
		found := Check(c.template())
		if len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
	m := rendered(t, trick{here: `<a href="https://shop.example/?a=1&section=2&amp;copy=3">x</a>`}.template(), Sample("en"))
	if want := `href="https://shop.example/?a=1&amp;section=2&amp;copy=3"`; !strings.Contains(m.HTML, want) {
		t.Errorf("an address is not %s:\n%s", want, m.HTML)
	}
}

// the text part that a marketer gives is held to what the page is held to.
func TestATextPartOfOnesOwnIsHeldToTheLaw(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, says string }{
		{"Beans are in.", "text: the way out is missing"},
		{"Beans. {{.Shop.Address}}", "text: the way out is missing"},
		{"Beans. {{.UnsubscribeURL}}", "text: the postal address is missing"},
		{"{{.Shop.Address}}{{if .Card.Tier}}{{.UnsubscribeURL}}{{end}}", "text: the way out is missing"},
		{strings.Repeat("x", MaxText+1), "text: has 4001 bytes"},
		{"{{.Shop.Address}} {{.UnsubscribeURL}}", ""},
	} {
		of := trick{}.template()
		of.Text = c.text
		found := Check(of)
		if c.says == "" && len(found) > 0 || c.says != "" && (len(found) == 0 || !strings.Contains(found[0].String(), c.says)) {
			t.Errorf("%.40s: %v; want ...%s...", c.text, found, c.says)
		}
		if of.Topic = TopicService; c.says != "" && len(c.text) < MaxText && len(Check(of)) > 0 {
			t.Errorf("service mail is held to the law of marketing: %v", Check(of))
		}
	}
}
