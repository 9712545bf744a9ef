package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// counter is a desk that knows one card.
type counter struct{}

func (counter) Card(_ context.Context, number string) (CardView, error) {
	switch number {
	case "7001":
		return CardView{
			Number: "7001", Name: "<Ana>", Status: "open", Points: 1234567, Tier: "Gold",
			Standing: &StandingView{Benefits: []string{"Free delivery"}, Holds: "Gold until 2027-12-31, then Silver", Next: "Platinum: 12.40 EUR more"},
			Coupons:  []CouponView{{ID: "C7", Title: "15 % off", State: "granted", ExpiresOn: "2027-06-30"}},
			Entries:  []EntryView{{At: noon, Kind: "reverse", Cause: "0042/03/173", Points: -1200, Balance: 1234567}},
			Messages: []MessageView{{ID: "m1", At: noon, Campaign: "welcome", State: "sent", URL: "/mailbox/m1"}, {ID: "m2", At: noon, Campaign: "cart", State: "refused", Reason: "no_consent"}},
		}, nil
	case "out-of-order":
		return CardView{}, errors.New("the store does not answer")
	}
	return CardView{}, ErrNotFound
}

func home(*http.Request) HomeView {
	return HomeView{
		Shop: "Harbour Coffee", Address: "http://127.0.0.1:8080", DemoKey: "demo-key", Curl: "curl -d '{\"a\":1}' http://127.0.0.1:8080",
		Links: []Link{{Title: "Mailbox", URL: "/mailbox", Text: "mails"}}, Cards: []CardLink{{Number: "7001"}},
		Functions: []FunctionView{{Name: "till", Triggers: []string{"HTTP"}, Calls: 3, Failed: 1}},
	}
}

func TestEveryPageIsWholeAndRunsNothing(t *testing.T) {
	t.Parallel()
	mails := Mailbox(shelf{couponMail(t, "m1")})
	outside := regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`)
	for target, h := range map[string]http.Handler{
		"/": Home(home), "/nowhere": Home(home), "/mailbox": mails, "/mailbox/m1?view=phone": mails, "/mailbox/m9": mails,
		"/cards/7001": Cards(counter{}), "/cards/7002": Cards(counter{}), "/unsubscribe/token": Unsubscribe(Host{Shop: "Shop"}, &consents{}),
	} {
		res, page := get(t, h, target)
		policy := res.Header.Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(page, "<style>")
		sheet, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(sheet))
		if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || !strings.HasPrefix(policy, "default-src 'none'; ") {
			t.Errorf("%s: the policy does not allow its own style sheet: %s", target, policy)
		}
		if strings.Contains(page, "<script") || strings.Contains(page, " style=") || regexp.MustCompile(` on[a-z]+=`).MatchString(page) {
			t.Errorf("%s has a script or a style that its policy forbids", target)
		}
		page = strings.ReplaceAll(page, `<a href="https://cards.shop.example/unsubscribe/sample">`, "") // the mail's own link, to follow
		if found := outside.FindString(page); found != "" {
			t.Errorf("%s reaches outside: %s", target, found)
		}
		if !strings.Contains(page, `name="viewport"`) || !strings.Contains(page, `<html lang="en"`) || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s lacks what every page has", target)
		}
	}
}

func TestAllEmbeddedPagesCanBeRead(t *testing.T) {
	t.Parallel()
	names, err := pageNames()
	if err != nil || len(names) < 6 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		if parse(strings.TrimPrefix(name, "pages/")) == nil {
			t.Errorf("%s is empty", name)
		}
	}
}

func TestTheStartPageTellsWhatToTry(t *testing.T) {
	t.Parallel()
	_, page := get(t, Home(home), "/")
	for _, want := range []string{"Harbour Coffee", "demo-key", "curl -d &#39;{&#34;a&#34;:1}&#39;", `href="/cards/7001"`, "1 failed"} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if res, _ := get(t, Home(home), "/nowhere"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a page that does not exist answers %s", res.Status)
	}
}

func TestACardsPageShowsWhatTheTillSees(t *testing.T) {
	t.Parallel()
	_, page := get(t, Cards(counter{}), "/cards/7001")
	for _, want := range []string{"&lt;Ana&gt;", "Free delivery", "Platinum: 12.40 EUR more", "1\u202f234\u202f567", "15 % off", "−1\u202f200", `href="/mailbox/m1"`, "refused: no_consent"} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if res, body := get(t, Cards(counter{}), "/cards/7001", "Accept", "application/json"); !strings.Contains(body, `"points": 1234567`) || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("as JSON: %s", body)
	}
	if res, body := get(t, Cards(counter{}), "/cards/0"); res.StatusCode != http.StatusNotFound || !strings.Contains(body, "There is no card 0.") {
		t.Errorf("an unknown card: %s", res.Status)
	}
	if res, body := get(t, Cards(counter{}), "/cards/4539578763621486"); res.StatusCode != http.StatusNotFound || strings.Contains(body, "4539") {
		t.Errorf("a payment card is said back: %d %s", res.StatusCode, body)
	}
	if res, _ := get(t, Cards(counter{}), "/cards/out-of-order"); res.StatusCode != http.StatusInternalServerError {
		t.Errorf("a store that does not answer: %s", res.Status)
	}
}
