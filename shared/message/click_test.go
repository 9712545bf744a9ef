package message

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const clickSecret = "a secret of more than sixteen bytes"

func TestACountedLinkLeadsWhereItWasMadeToLeadAndNowhereElse(t *testing.T) {
	t.Parallel()
	id := OrderID("big", "1", "7001")
	rapid.Check(t, func(t *rapid.T) {
		target := "https://shop.example/" + rapid.StringMatching(`[a-z0-9/?&=#%41]{0,200}`).Draw(t, "path")
		token, err := ClickToken(clickSecret, id, target)
		if err != nil { // %4 is no address
			return
		}
		message, got, err := ParseClickToken([]string{"another secret of enough bytes", clickSecret}, token)
		if err != nil || got != target || message != id {
			t.Fatalf("%q %q %v", message, got, err)
		}
		if strings.Contains(token, "shop") || strings.Contains(token, id) {
			t.Fatalf("%s shows what it is about", token)
		}
		at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		other := []byte(token)
		other[at] = rapid.SampledFrom([]byte("AZaz09-_")).Draw(t, "letter")
		if _, leads, err := ParseClickToken([]string{clickSecret}, string(other)); err == nil && string(other) != token {
			t.Fatalf("a changed token leads to %s", leads)
		}
	})
	for _, target := range []string{"", "/cart", "//evil.example", "javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "https://", "https://a b.example", "https://a.example/\r\nSet-Cookie: x"} {
		if token, err := ClickToken(clickSecret, id, target); err == nil {
			t.Errorf("%q is counted: %s", target, token)
		}
	}
	leave, err := Token(clickSecret, "7001", "offers")
	if err != nil {
		t.Fatal(err)
	}
	open, err := OpenToken(clickSecret, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{leave, open} {
		if _, _, err := ParseClickToken([]string{clickSecret}, token); err == nil {
			t.Error("a token of another kind of link leads somewhere")
		}
	}
}

// A row is a visit: seconds after the mail went out, link, agent, whether it peeked; and what is counted after it.
func TestWhoFollows(t *testing.T) {
	t.Parallel()
	const browser, iphone = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1"
	type visit struct {
		after           float64
		link, agent     string
		peek            bool
		people, machine int
	}
	sent := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for name, rows := range map[string][]visit{
		"a reader":                            {{3600, "a", browser, false, 1, 0}, {3610, "b", browser, false, 2, 0}, {9000, "a", iphone, false, 3, 0}},
		"a phone whose name ends in bot":      {{3600, "a", "Mozilla/5.0 (Linux; Android 14; CUBOT P80)", false, 1, 0}},
		"nobody reads within seconds":         {{4, "a", browser, false, 0, 1}, {60, "a", browser, false, 1, 1}},
		"the header alone":                    {{3600, "a", browser, true, 0, 1}},
		"says what it is":                     {{3600, "a", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", false, 0, 1}, {3700, "a", "curl/8.5.0", false, 0, 2}},
		"says nothing":                        {{3600, "a", "", false, 0, 1}},
		"all links at once":                   {{3600, "a", browser, false, 1, 0}, {3600.4, "b", browser, false, 0, 2}, {3600.9, "c", browser, false, 0, 3}, {7200, "a", browser, false, 1, 3}},
		"a reader presses twice":              {{3600, "a", browser, false, 1, 0}, {3601, "a", browser, false, 2, 0}},
		"a scanner while a reader reads":      {{3600, "a", browser, false, 1, 0}, {4000, "b", "proofpoint", false, 1, 1}},
		"what looks into it before it is out": {{-1, "a", browser, false, 0, 1}},
	} {
		r := Record{State: StateSent, SentAt: sent}
		for i, v := range rows {
			r, _ = Follow(r, Visit{At: sent.Add(time.Duration(v.after * float64(time.Second))), Target: "https://shop.example/" + v.link, Agent: v.agent, Peek: v.peek})
			if c := r.Clicks; c.Count != v.people || c.Machines != v.machine || c.FirstAt.IsZero() != (v.people == 0) {
				t.Errorf("%s, row %d: %+v", name, i, c)
			}
		}
	}
	late := Record{State: StateDelivered, SentAt: sent, SettledAt: sent.Add(time.Hour)}
	if late, _ = Follow(late, Visit{At: sent.Add(time.Hour + 3*time.Second), Target: "https://shop.example/a", Agent: browser}); late.Clicks.Machines != 1 {
		t.Errorf("looked into as the mailbox took it: %+v", late.Clicks)
	}
}

func TestAMessageIsNotCountedForEver(t *testing.T) {
	t.Parallel()
	r, writes := Record{}, 0
	for i := range 3 * maxClicks {
		next, moved := Follow(r, Visit{At: time.Unix(int64(i*60), 0), Target: "https://shop.example", Agent: "Mozilla/5.0"})
		if r = next; moved {
			writes++
		}
	}
	if writes != maxClicks || r.Clicks.Count != maxClicks {
		t.Errorf("%d writes, %+v", writes, r.Clicks)
	}
}

func TestLinksOfAPageOfOnesOwnAreCountedLikeTheOthers(t *testing.T) {
	t.Parallel()
	c, err := Compile(Template{ID: "t", Language: "en", Topic: "offers", Subject: "Hello",
		HTML: `<p><a href="https://shop.example/a">Shop</a> {{.Shop.Address}} <a href="{{.UnsubscribeURL}}">Stop</a></p>`})
	if err != nil {
		t.Fatal(err)
	}
	data := Sample("en")
	data.Counted = func(string) string { return "https://cards.example/c/1" }
	m, err := Render(c, data)
	if err != nil || !strings.Contains(m.HTML, `href="https://cards.example/c/1"`) || !strings.Contains(m.HTML, data.UnsubscribeURL) {
		t.Errorf("%v %s", err, m.HTML)
	}
	if !strings.Contains(m.Text, "https://shop.example/a") || strings.Contains(m.Text, "/c/1") {
		t.Errorf("the text part is no longer plain: %s", m.Text)
	}
}

func TestLinksArePlainInTextAndWhereNobodyCounts(t *testing.T) {
	t.Parallel()
	c, err := Compile(Template{ID: "t", Language: "en", Topic: "offers", Subject: "Hello", Blocks: []Block{
		{Type: BlockButton, Text: "Shop", URL: "https://shop.example/a?b=1"}, {Type: BlockButton, Text: "Call", URL: "tel:+4917012345"}, {Type: BlockFooter},
	}})
	if err != nil {
		t.Fatal(err)
	}
	data := Sample("en")
	plain, err := Render(c, data)
	if err != nil || !strings.Contains(plain.HTML, `href="https://shop.example/a?b=1"`) || strings.Contains(plain.HTML, `width="1"`) {
		t.Errorf("%v %s", err, plain.HTML)
	}
	data.Counted = func(target string) string { return "https://cards.example/c/" + strings.ToUpper(target[8:9]) }
	data.Pixel = "https://cards.example/o/1"
	m, err := Render(c, data)
	switch {
	case err != nil:
		t.Fatal(err)
	case !strings.Contains(m.HTML, `href="https://cards.example/c/S"`) || !strings.Contains(m.HTML, `href="tel:+4917012345"`) || !strings.Contains(m.HTML, data.UnsubscribeURL):
		t.Error(m.HTML)
	case !strings.Contains(m.HTML, `<img src="https://cards.example/o/1" width="1" height="1" alt=""`):
		t.Error("no pixel")
	case m.Text != plain.Text:
		t.Error(m.Text)
	}
}
