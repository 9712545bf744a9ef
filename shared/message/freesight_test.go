package message

import (
	"strings"
	"testing"
)

func out(style, words string) string {
	return `<p><a href="{{.UnsubscribeURL}}" style="` + style + `">` + words + `</a></p>`
}

// A style takes the way out away in more ways than anybody lists. What is not known to leave words as they are takes them away, and the refusal
// says where and by what.
func TestWhatTakesTheWayOutAwayIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	const over = "by which one part of a page can lie over another"
	for _, c := range []struct {
		trick
		says string
	}{
		{trick{way: out("pointer-events:none", "Leave")}, "line 5, column 4: the way out is missing"},
		{trick{way: out("pointer-events:none", "Leave")}, "here pointer-events of <a> hides it"},
		{trick{way: `<div style="color:#333; pointer-events : none !important">` + wayOut + `</div>`}, "here pointer-events of <div> hides it"},
		{trick{head: "<style>a{pointer-events:none}</style>"}, "here pointer-events of <a> hides it"},
		{trick{head: "<style>@media (max-width:600px){.x a{pointer-events:none}}</style>", way: `<div class="x">` + wayOut + `</div>`}, "pointer-events of <a>"},
		{trick{head: "<style>a[href]{pointer-events:none}</style>"}, `hides by pointer-events in "a[href]"`},
		{trick{head: "<!--[if mso]><style>a{display:none}</style><![endif]-->"}, "display of <a> hides it"},
		{trick{way: out("-webkit-user-select:none", "Leave")}, "-webkit-user-select of <a>"},
		{trick{way: out("user-select:none", "Leave")}, "user-select of <a>"},
		{trick{way: out("clip-path:inset(100%)", "Leave")}, "clip-path of <a>"},
		{trick{way: out("filter:opacity(0)", "Leave")}, "filter of <a>"},
		{trick{way: out("-webkit-filter:blur(9px)", "Leave")}, "-webkit-filter of <a>"},
		{trick{way: out("text-indent:-9999px", "Leave")}, "text-indent of <a>"},
		{trick{way: out("letter-spacing:-1em", "Leave")}, "letter-spacing of <a>"},
		{trick{way: out("letter-spacing:-9px", "Leave")}, "letter-spacing of <a>"},
		{trick{way: out("letter-spacing:99px", "Leave")}, "letter-spacing of <a>"},
		{trick{way: out("-webkit-text-security:disc", "Leave")}, "-webkit-text-security of <a>"},
		{trick{way: out("font-family:'Wingdings 2'", "Leave")}, "font-family of <a>"},
		{trick{way: out("columns:2 0", "Leave")}, "columns of <a>"},
		{trick{way: out("height:1px;overflow:hidden", "Leave")}, "beyond which nothing shows, of <a>"},
		{trick{way: out("max-height:.1em;overflow:hidden", "Leave")}, "beyond which nothing shows, of <a>"},
		{trick{way: out("max-width:1%;overflow-x:hidden", "Leave")}, "beyond which nothing shows, of <a>"},
		{trick{way: out("line-height:0;overflow:hidden", "Leave")}, "beyond which nothing shows, of <a>"},
		{trick{way: `<div style="opacity:.6"><div style="opacity:60%">` + wayOut + `</div></div>`}, "it is seen through"},
		{trick{way: out("background-clip:text;background:#000;color:#fff", "Leave")}, "background-clip of <a>"},
		{trick{way: out("background-image:linear-gradient(#000,#000)", "Leave")}, "on a colour that cannot be told"},
		{trick{way: out("color:#e5e5e5", "Leave")}, "its letters are of #e5e5e5 on #ffffff"},
		{trick{way: out("font-size:5px", "Leave")}, "its letters have 5.0 pixels"},
		{trick{way: `<p><a href="{{.UnsubscribeURL}}"><bdo dir="rtl">Leave</bdo></a></p>`}, "the order of letters of <bdo>"},
		{trick{postal: `<p style="pointer-events:none;float:left">{{.Shop.Address}}</p>`}, "line 6, column 1: the postal address is missing"},

		{trick{way: out("", ".")}, "line 5, column 4: the way out is missing"},
		{trick{way: out("", "...")}, "fewer than three letters"},
		{trick{way: out("", "&#8203;&zwnj;&#173;")}, "fewer than three letters"},
		{trick{way: out("", "x")}, "fewer than three letters"},
		{trick{way: out("", "| 4711 |")}, "fewer than three letters"},
		{trick{way: out("", "ᅠㅤﾠ")}, "fewer than three letters"},
		{trick{way: out("", "ab<b style='display:none'>c</b>")}, "double quotes"},
		{trick{way: out("", `ab<b style="display:none">cdef</b>`)}, "display of <b> hides it"},
		{trick{way: out("", `<img src="https://shop.example/a.png" alt=".">`)}, "fewer than three letters"},
		{trick{way: out("", `<img src="https://shop.example/a.png" alt="Leave" width="1" height="1">`)}, "fewer than three letters"},
		{trick{way: out("", `<img src="https://shop.example/a.png" alt="Leave" style="display:none">`)}, "display of <img>"},
		{trick{way: out("", `<img src="https://shop.example/a.png" alt="{{.Shop.Name}}">`)}, "fewer than three letters"},

		{trick{here: `<span style="position:fixed;top:0">x</span>`}, "line 4, column 31: style holds position:fixed, " + over},
		{trick{here: `<img alt="x" src="https://shop.example/a.png" style="margin-top:-40px">`}, over},
		{trick{here: `<span style="position:relative;top:60px">x</span>`}, "holds top:60px, " + over},
		{trick{here: `<span style="transform:scale(40)">x</span>`}, over},
		{trick{here: `<span style="-webkit-transform:scale(40)">x</span>`}, over},
		{trick{here: `<span style="z-index:9">x</span>`}, over},
		{trick{here: `<span style="outline:200px solid #fff">x</span>`}, over},
		{trick{here: `<span style="box-shadow:0 0 0 200px #fff">x</span>`}, over},
		{trick{here: `<span style="mix-blend-mode:screen">x</span>`}, over},
		{trick{here: `<span style="margin:calc(0px - 90px)">x</span>`}, over},
		{trick{head: "<style>.x{position:absolute}</style>"}, "the style sheet holds position:absolute, " + over},
	} {
		held(t, c.way+c.here+c.head, c.template(), c.says)
	}
}

// Pages as tools write them are taken, with words of any script, and a picture that says its words.
func TestWhatLeavesTheWayOutInSightIsTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]trick{
		"a button": {way: out("display:inline-block;padding:8px 16px;border:1px solid #999;border-radius:4px;background-color:#1d5c4d;color:#ffffff;"+
			"font:bold 13px/20px Arial,sans-serif;letter-spacing:.5px;text-decoration:none;mso-padding-alt:0;-webkit-text-size-adjust:none;cursor:pointer", "Abmelden")},
		"a card":           {way: `<div style="box-shadow:0 2px 8px rgba(0,0,0,.1);margin:0 auto -4px;max-width:600px;overflow:hidden">` + wayOut + `</div>`},
		"a reset":          {head: "<style>*{box-sizing:border-box;-webkit-font-smoothing:antialiased} a:hover{text-decoration:underline;transition:color .2s} img{-ms-interpolation-mode:bicubic;border:0}</style>"},
		"in place":         {way: `<div style="position:relative;top:1px;z-index:0">` + wayOut + `</div>`},
		"grey":             {way: out("color:#999999", "Abbestellen")},
		"in Chinese":       {way: out("", "退订")},
		"in Korean":        {way: out("", "해지")},
		"in Arabic":        {way: out("", "إلغاء")},
		"in parts":         {way: out("", "<b>N</b>e<i>j</i>")},
		"a picture":        {way: out("", `<img src="https://shop.example/a.png" alt="Leave" width="80" height="20">`)},
		"the second link":  {way: out("", ".") + out("", "Leave")},
		"a frame of words": {way: out("outline:2px solid #333;text-shadow:0 1px 1px #ccc", "Leave")},
	} {
		if found := Check(c.template()); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
}

// A sheet takes the way out away by what adds up, by rules for every screen, by selectors of any kind and by their weight.
func TestASheetTakesTheWayOutAwayHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	five := strings.NewReplacer("(", strings.Repeat(`<div class="s">`, 5), ")", strings.Repeat("</div>", 5)).Replace("(" + wayOut + ")")
	for _, c := range []struct{ name, sheet, way, says string }{
		{"sizes of tags", "p{font-size:.5em}a{font-size:.5em}", "", "its letters have 4.0 pixels"},
		{"sizes of one class", ".s{font-size:60%}", five, "its letters have 1.2 pixels"},
		{"all media", "@media all{a{color:#fff}}", "", "#ffffff on #ffffff"},
		{"any screen", "@media only screen and (min-width: 1px){a{color:#fff}}", "", "#ffffff on #ffffff"},
		{"one of two queries", "@media print, screen{a{color:#fff}}", "", "#ffffff on #ffffff"},
		{"what every mailbox can do", "@supports (display:block){a{color:#fff}}", "", "#ffffff on #ffffff"},
		{"a link that was not followed", "a:link{color:#fff}", "", "#ffffff on #ffffff"},
		{"anything", "*{color:#fff!important}", "", "#ffffff on #ffffff"},
		{"an attribute", "[href]{color:#fff}", "", "#ffffff on #ffffff"},
		{"the heavier rule, said first", "#x a{color:#fff}a{color:#000}", `<p id="x"><a href="{{.UnsubscribeURL}}">Leave</a></p>`, "#ffffff on #ffffff"},
	} {
		held(t, c.name, trick{head: "<style>" + c.sheet + "</style>", way: c.way}.template(), c.says)
	}
	for name, sheet := range map[string]string{
		"in the dark":             "@media (prefers-color-scheme:dark){body{background:#111}a{color:#fff}}",
		"on phones":               "@media only screen and (max-width:600px){a{color:#fff;font-size:50%}}",
		"on paper":                "@media print{a{color:#fff}}",
		"under a pointer":         "a:hover,a:focus{color:#fff}a::before{color:#fff}",
		"what a phone makes blue": "a[x-apple-data-detectors]{color:inherit!important;font-size:inherit!important}",
		"the heavier rule":        "a{color:#000}#x a{color:#000}p a{color:#000}td.x a{color:#000}*{color:#fff}",
		"a little smaller":        "table,td,p{font-size:14px}p{font-size:90%}a{font-size:.9em}",
	} {
		if found := Check(trick{name: name, head: "<style>" + sheet + "</style>", way: wayOut, postal: `<p><a href="https://shop.example/">{{.Shop.Address}}</a></p>`}.template()); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
}
