package message

import (
	"strings"
	"testing"
)

func TestLinksBearTagsWhereAQueryBelongs(t *testing.T) {
	t.Parallel()
	d := Data{Tags: LinkTags("regulars", "email", "spring & summer")}
	const tags = "utm_source=regulars&utm_medium=email&utm_campaign=spring+%26+summer"
	long := "https://shop.example/" + strings.Repeat("a", MaxURL-60)
	for target, want := range map[string]string{
		"https://shop.example":                     "https://shop.example?" + tags,
		"https://shop.example/":                    "https://shop.example/?" + tags,
		"https://shop.example/a?b=c":               "https://shop.example/a?b=c&" + tags,
		"https://shop.example/a?":                  "https://shop.example/a?" + tags,
		"https://shop.example/a?b=c&":              "https://shop.example/a?b=c&" + tags,
		"https://shop.example/a#part":              "https://shop.example/a?" + tags + "#part",
		"https://shop.example/a?b=%20c#part?x=y":   "https://shop.example/a?b=%20c&" + tags + "#part?x=y",
		"https://shop.example/a?utm_source=other":  "https://shop.example/a?utm_source=other",
		"https://shop.example/a?b=c&UTM_Medium=qr": "https://shop.example/a?b=c&UTM_Medium=qr",
		"mailto:hello@shop.example":                "mailto:hello@shop.example",
		"tel:+44117496000":                         "tel:+44117496000",
		long:                                       long,
	} {
		if got := d.tagged(target); got != want {
			t.Errorf("%s\n got %s\nwant %s", target, got, want)
		}
	}
	if got := new(Data).tagged("https://shop.example"); got != "https://shop.example" {
		t.Errorf("a message without tags links to %s", got)
	}
}

func TestEveryLinkButTheWayOutBearsTags(t *testing.T) {
	t.Parallel()
	d := Sample("en")
	d.Tags = LinkTags("regulars", "email", "spring")
	m := rendered(t, gallery("en"), d)
	const inText, inHTML = "utm_source=regulars&utm_medium=email&utm_campaign=spring", "utm_source=regulars&amp;utm_medium=email&amp;utm_campaign=spring"
	links := strings.Count(m.HTML, `<a `) - 1 // without the way out
	if n := strings.Count(m.HTML, inHTML); n != links || links < 4 {
		t.Errorf("%d of %d links of the HTML bear the tags", n, links)
	}
	if n := strings.Count(m.Text, inText); n != strings.Count(m.Text, "https://")-1 {
		t.Errorf("%d links of the text bear the tags:\n%s", n, m.Text)
	}
	if strings.Contains(m.UnsubscribeURL, "utm_") || strings.Contains(m.HTML, "window.png?") {
		t.Error("the way out or a picture bears tags")
	}
	seen := ""
	d.Counted = func(target string) string { seen = target; return "https://shop.example/c" }
	rendered(t, gallery("en"), d)
	if !strings.HasSuffix(seen, inText) {
		t.Errorf("a counted link leads to %s", seen)
	}
}
