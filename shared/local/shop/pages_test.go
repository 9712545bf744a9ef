package shop_test

import (
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// planted is what a stranger would give as a name, so that somebody else's browser runs it.
const planted = `<script>planted()</script>"'><img src=x onerror=planted()>`

// visited is one way to ask for a page: "/path", "POST /path form" or "JSON /path". {card}, {mail}, {leave}, {confirm}, {click} and {open}
// stand for those of a shopper with the planted name.
type visited []string

// visits has a line for every page that anybody may open without a key. A page without a line fails the test.
var visits = map[string]visited{
	"GET /{$}":   {"/"},
	"/mailbox":   {"/mailbox", "/mailbox?follow", "/mailbox?limit=1", "/mailbox?limit=x", "/mailbox?before=" + planted, "JSON /mailbox", "POST /mailbox a=b"},
	"/mailbox/":  {"/mailbox/", "/mailbox/{mail}", "/mailbox/{mail}?view=phone", "/mailbox/{mail}?view=text", "/mailbox/{mail}?view=headers", "/mailbox/{mail}/html", "/mailbox/{mail}/raw.eml", "JSON /mailbox/{mail}", "/mailbox/" + planted, "/mailbox/x/html", "/mailbox/x/y/z"},
	"/previews":  {"/previews", "JSON /previews"},
	"/previews/": {"/previews/", "/previews/thanks", "/previews/thanks?card={card}", "/previews/thanks?card={card}&view=text", "/previews/thanks/html?card={card}", "JSON /previews/thanks?card={card}", "/previews/thanks?card=" + planted, "/previews/" + planted},
	"/cards/":    {"/cards/{card}", "JSON /cards/{card}", "/cards/" + planted, "/cards/"},

	"GET /local/clock": {"/local/clock"}, "POST /local/clock": {"POST /local/clock " + planted}, "GET /local/counts": {"/local/counts"},
	"GET /healthz": {"/healthz"}, "GET /openapi.json": {"/openapi.json"},

	"GET /unsubscribe/{token}": {"/unsubscribe/{leave}", "/unsubscribe/" + planted}, "POST /unsubscribe/{token}": {"POST /unsubscribe/{leave} a=b", "POST /unsubscribe/x List-Unsubscribe=One-Click"},
	"GET /preferences/{token}": {"/preferences/{leave}", "/preferences/x"}, "POST /preferences/{token}": {"POST /preferences/{leave} topic=offers", "POST /preferences/{leave} topic=" + planted},
	"GET /confirm/{token}": {"/confirm/{confirm}", "/confirm/x"}, "POST /confirm/{token}": {"POST /confirm/{confirm} confirm=yes", "POST /confirm/x confirm=yes"},
	"GET /c/{token}": {"/c/{click}", "/c/" + planted}, "GET /o/{token}": {"/o/{open}", "/o/x"},
}

func TestEveryPageRunsNothingThatAStrangerPlanted(t *testing.T) {
	t.Parallel()
	w, words := openPlanted(t)
	want := w.shop.Pages()
	for _, d := range till.Doors() {
		if d.Asks == till.ForAll || d.Asks == till.ByLink {
			want = append(want, d.Method+" "+d.Path)
		}
	}
	slices.Sort(want)
	if have := slices.Sorted(maps.Keys(visits)); !slices.Equal(have, want) {
		t.Fatalf("pages without a line here, or lines without a page:\nhave %q\nwant %q", have, want)
	}
	seen, next := map[string]bool{}, []string{}
	for _, list := range visits {
		for _, v := range list {
			next = append(next, words.Replace(v))
		}
	}
	escaped := 0
	for len(next) > 0 { // what the pages lead to is walked too
		v := next[0]
		if next = next[1:]; seen[v] {
			continue
		}
		seen[v] = true
		answer := w.visit(v)
		judgePage(t, v, answer)
		escaped += strings.Count(answer.Body.String(), "&lt;script&gt;planted()")
		next = append(next, linksOf(answer)...)
	}
	if len(seen) < 80 || escaped < 20 {
		t.Errorf("%d pages were walked, which show %d of the planted words", len(seen), escaped)
	}
}

// The rest of the doors answer programs; what they say is no page, whatever stands in it.
func TestNoDoorThatAsksForAKeyAnswersWithAPage(t *testing.T) {
	t.Parallel()
	w := open(t)
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	walk := func(method, path string) {
		r := httptest.NewRequestWithContext(t.Context(), method, parameter.ReplaceAllString(path, "%3Cscript%3E"), strings.NewReader(planted))
		answer := httptest.NewRecorder()
		w.front.ServeHTTP(answer, r)
		if kind := answer.Header().Get("Content-Type"); answer.Code < 400 || kind != "application/problem+json" || answer.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: %d, %q %v", method, path, answer.Code, kind, answer.Header())
		}
	}
	walk("GET", "/nowhere")
	for _, d := range till.Doors() {
		if d.Asks != till.ForAll && d.Asks != till.ByLink {
			walk(d.Method, d.Path)
		}
	}
	for _, f := range w.shop.Run.Template().Functions {
		for _, e := range f.Events {
			if e.HTTP != nil && f.Name != "till" {
				walk(strings.Replace(e.HTTP.Method, "ANY", "POST", 1), e.HTTP.Path)
			}
		}
	}
}

// A counted link leads to where its letter says, and to nowhere else.
func TestNobodyIsSentToWhereAStrangerWants(t *testing.T) {
	t.Parallel()
	w, words := openPlanted(t)
	const secret = "a secret that is not the shop's own, and long enough"
	forged, err := message.ClickToken(secret, "m1", "https://evil.example/")
	if err != nil {
		t.Fatal(err)
	}
	good := words.Replace("{click}")
	paths := []string{
		forged, "//evil.example", "/evil.example", "https://evil.example", "https:%2f%2fevil.example", "%2f%2fevil.example", "%5c%5cevil.example", "x%0d%0aLocation:%20https://evil.example",
		good + "%0d%0aLocation:%20https://evil.example", good + "/../../evil.example", good + "@evil.example", good + "A", good[:len(good)-1], words.Replace("{leave}"), words.Replace("{open}"), words.Replace("{confirm}"),
	}
	for i := range good {
		other := byte('A')
		if good[i] == other {
			other = 'B'
		}
		paths = append(paths, good[:i]+string(other)+good[i+1:])
	}
	for _, token := range paths {
		if answer := w.visit("/c/" + token); answer.Header().Get("Location") != "" || answer.Code >= 300 && answer.Code < 400 {
			t.Errorf("/c/%s leads to %q", token, answer.Header().Get("Location"))
		}
	}
	for _, more := range []string{"", "?to=https://evil.example", "?url=//evil.example"} {
		if answer := w.visit("/c/" + good + more); answer.Header().Get("Location") != "https://harbour-coffee.example/sale" {
			t.Errorf("%s: %d, to %q", more, answer.Code, answer.Header().Get("Location"))
		}
	}
	for _, target := range []string{"//evil.example", "/evil", "javascript:planted()", "data:text/html,x", "https://a.example/\r\nSet-Cookie: a=b", "https://a.example/\nx", "https:evil.example", "https://", "\\\\evil.example", ""} {
		if _, err := message.ClickToken(secret, "m1", target); err == nil {
			t.Errorf("a letter may lead to %q", target)
		}
	}
}

// openPlanted is a shop whose name, whose letters and whose shopper hold the planted words, and how the visits find them.
func openPlanted(t *testing.T) (*world, *strings.Replacer) {
	t.Helper()
	dir := t.TempDir()
	w := openIn(t, dir, local.NewClock(morning))
	text := strings.Replace(demo.Programme, "name: Harbour Coffee\n", "name: 'Harbour <script>planted()</script>'\n", 1)
	text = strings.Replace(text, "name: 15 % off all beans", "name: 'Beans <script>planted()</script>'", 1)
	text = strings.Replace(text, "{type: heading, text: Thank you}", "{type: heading, text: '<script>planted()</script>'}", 1)
	text = strings.Replace(text, "from: 2025-01-01T00:00:00+01:00", "from: "+morning.Format(time.RFC3339), 1)
	rules, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 || strings.Count(text, "planted()") != 3 {
		t.Fatal(err, faults)
	}
	if err := w.shop.Store.Publish(t.Context(), rules.From, document); err != nil {
		t.Fatal(err)
	}
	w.jump(time.Hour)
	card := w.enrol("ida@mail.example", "")
	w.call("PATCH", "/v1/cards/"+card, `{"store": "0042", "given_name": "`+strings.ReplaceAll(planted, `"`, `\"`)+`"}`, http.StatusOK)
	w.checkout(card, "1", 9_900, "", http.StatusCreated)
	w.drain()
	w.jump(time.Hour)
	w.front = w.shop.Handler(func() shop.Home { return shop.Home{Key: tillKey, Cards: []string{card}, Curl: planted} }, nil)
	mails, err := w.shop.Run.Mailbox().List(0, 1)
	if err != nil || len(mails) != 1 || !strings.Contains(mails[0].Subject, "planted()") {
		t.Fatal("the letter does not hold what was planted", mails, err)
	}
	secrets, err := shop.LinkSecrets(dir)
	if err != nil {
		t.Fatal(err)
	}
	token := func(text string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	return w, strings.NewReplacer("{card}", card, "{mail}", mails[0].ID, "{leave}", token(message.Token(secrets[0], card, "offers")),
		"{confirm}", token(message.ConfirmToken(secrets[0], message.Confirming(card, morning, "ida@mail.example"))),
		"{click}", token(message.ClickToken(secrets[0], "m1", "https://harbour-coffee.example/sale")), "{open}", token(message.OpenToken(secrets[0], "m1")))
}

// visit asks as a browser on this machine does.
func (w *world) visit(v string) *httptest.ResponseRecorder {
	w.Helper()
	method, path, form, accept := http.MethodGet, v, "", "text/html"
	switch kind, rest, _ := strings.Cut(v, " "); kind {
	case "POST":
		method = kind
		path, form, _ = strings.Cut(rest, " ")
	case "JSON":
		path, accept = rest, "application/json"
	}
	path = strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", "'", "%27", " ", "%20", "/script", "%2Fscript").Replace(path)
	r := httptest.NewRequestWithContext(w.Context(), method, path, strings.NewReader(form))
	r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:8080"
	r.Header.Set("Accept", accept)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer := httptest.NewRecorder()
	w.front.ServeHTTP(answer, r)
	return answer
}

var (
	tags   = regexp.MustCompile(`<[A-Za-z][^>]*>`)
	runs   = regexp.MustCompile(`(?i)^<(script|object|embed|applet|base|svg|portal)\b|[\s"'/]on[a-z]+\s*=|(href|src|action|formaction)\s*=\s*["']?\s*(javascript|vbscript):|(href|action)\s*=\s*["']?\s*data:[^i]`)
	leads  = regexp.MustCompile(`(?:href|src|action)="([^"]+)"`)
	homely = regexp.MustCompile(`^(/[a-z]+/?|https://harbour-coffee\.example(/.*)?)$`)
	shut   = regexp.MustCompile(`<iframe(?:[^>]*) sandbox=""`)
)

// judgePage holds an answer to what every page promises.
func judgePage(t *testing.T, v string, answer *httptest.ResponseRecorder) {
	t.Helper()
	h, body := answer.Header(), answer.Body.String()
	policy, kind := h.Get("Content-Security-Policy"), h.Get("Content-Type")
	if to := h.Get("Location"); to != "" && !homely.MatchString(to) {
		t.Errorf("%s leads to %s", v, to)
	}
	if answer.Code == http.StatusTemporaryRedirect && body == "" { // of the multiplexer, from one path of ours to another
		return
	}
	if answer.Code >= 500 || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie") != "" {
		t.Errorf("%s: %d %v", v, answer.Code, h)
	}
	if !strings.HasPrefix(kind, "text/html") {
		if body != "" && !slices.Contains([]string{"application/json", "application/problem+json", "message/rfc822", "image/gif", "text/plain; charset=utf-8"}, kind) {
			t.Errorf("%s answers with %q", v, kind)
		}
		return
	}
	framed := strings.Contains(v, "/html")
	if framed && answer.Code < 300 {
		if !strings.HasPrefix(policy, "sandbox; default-src 'none'; ") || !strings.HasSuffix(policy, "frame-ancestors 'self'") {
			t.Errorf("%s: a letter is shown outside its frame: %s", v, policy)
		}
	} else if !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("%s: policy %q", v, policy)
	}
	if strings.Contains(policy, "script-src") || strings.Contains(policy, "allow-") || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Cache-Control"), "no-store") {
		t.Errorf("%s: %v", v, h)
	}
	for _, tag := range tags.FindAllString(body, -1) {
		if runs.MatchString(tag) || strings.HasPrefix(tag, "<iframe") && !shut.MatchString(tag) {
			t.Errorf("%s holds %s", v, tag)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "<img src=x") {
		t.Errorf("%s shows what was planted as it came", v)
	}
}

// linksOf lists where a page leads within the shop.
func linksOf(answer *httptest.ResponseRecorder) (list []string) {
	if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		return nil
	}
	for _, m := range leads.FindAllStringSubmatch(answer.Body.String(), -1) {
		link := strings.TrimPrefix(html.UnescapeString(m[1]), "http://127.0.0.1:8080")
		if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") {
			list = append(list, link)
		}
	}
	return list
}
