package shop_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

const (
	oneClick = "List-Unsubscribe=One-Click"
	asForm   = "application/x-www-form-urlencoded"
)

// token is what stands in the links of an e-mail on a topic to a card.
func (w *world) token(number, topic string) string {
	w.Helper()
	token, err := message.Token(w.shop.Service.Letters.Secrets[0], number, topic)
	if err != nil {
		w.Fatal(err)
	}
	return token
}

// profile is the shopper of a card as stored, with the version of the item.
func (w *world) profile(number string) (card.Profile, loyalty.Version) {
	w.Helper()
	o, err := w.shop.Store.Open(w.Context(), number, true)
	if err != nil {
		w.Fatal(err)
	}
	return o.Profile, o.ProfileVersion
}

// press posts a form to a page of ours and returns the status.
func (w *world) press(path, kind, body string) int {
	w.Helper()
	status, _ := w.send("POST", path, body, map[string]string{"Content-Type": kind})
	return status
}

func TestQ1OnePostWithdrawsOnceAndForAll(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	path := "/unsubscribe/" + w.token(ida, "offers")
	w.jump(time.Hour)
	pressed := w.clock.Now().UTC().Truncate(time.Second)
	if got := w.press(path, asForm, oneClick); got != http.StatusOK {
		t.Errorf("one press gives %d", got)
	}
	p, version := w.profile(ida)
	if c := p.Consents["offers"]; c.Allowed || c.At.Before(pressed) || c.Source != "unsubscribe link" {
		t.Errorf("the proof: %+v", c)
	}
	w.jump(time.Hour)
	if got := w.press(path, asForm, oneClick); got != http.StatusOK {
		t.Errorf("the second press gives %d", got)
	}
	if _, again := w.profile(ida); again != version {
		t.Error("the second press has written something")
	}
}

func TestQ2TheFormMayBeMultipart(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if form.WriteField("List-Unsubscribe", "One-Click") != nil || form.Close() != nil {
		t.Fatal("the form cannot be written")
	}
	if got := w.press("/unsubscribe/"+w.token(ida, "offers"), form.FormDataContentType(), body.String()); got != http.StatusOK {
		t.Errorf("it gives %d", got)
	}
	if p, _ := w.profile(ida); p.Consents["offers"].Allowed {
		t.Error("nothing was withdrawn")
	}
}

func TestQ3LookingChangesNothing(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	_, before := w.profile(ida)
	token := w.token(ida, "offers")
	for range 10 {
		for _, page := range []string{"/unsubscribe/", "/preferences/"} {
			for _, method := range []string{"GET", "HEAD"} {
				status, body := w.send(method, page+token, "", nil)
				if status != http.StatusOK || method == "GET" && !strings.Contains(string(body), "<button>") {
					t.Fatalf("%s %s gives %d: %s", method, page, status, body)
				}
			}
		}
	}
	if _, after := w.profile(ida); after != before {
		t.Error("looking has changed the shopper")
	}
	if got := w.press("/unsubscribe/"+token, asForm, oneClick); got != http.StatusOK {
		t.Errorf("the token is worn out: %d", got)
	}
}

// A page says the same of a token that was bent, of one that somebody made up and of one whose shopper is gone.
func TestQ4NoPageTellsWhoExists(t *testing.T) {
	t.Parallel()
	w := open(t)
	gone := w.enrol("gone@mail.example", "")
	token := w.token(gone, "offers")
	by := loyalty.ByHand{ID: "erase-1", Reason: "Asked by e-mail", By: "Mira"}
	if _, err := w.shop.Persons().EraseAll(t.Context(), gone, by, nil); err != nil {
		t.Fatal(err)
	}
	bent := token[:len(token)-3] + "AAA"
	never := w.token("0400000000017", "offers")
	for _, page := range []string{"/unsubscribe/", "/preferences/", "/confirm/", "/c/"} {
		said := map[string]bool{}
		for _, tried := range []string{token, bent, never, "made-up", strings.Repeat("A", 2000)} {
			status, body := w.send("GET", page+tried, "", nil)
			if status != http.StatusOK {
				t.Errorf("GET %s%.12s gives %d", page, tried, status)
			}
			said[strings.ReplaceAll(string(body), tried, "")] = true
		}
		if len(said) != 1 {
			t.Errorf("%s says %d different things", page, len(said))
		}
	}
	_, before := w.profile(gone)
	for _, page := range []string{"/unsubscribe/", "/preferences/", "/confirm/"} {
		for _, tried := range []string{token, bent, never} {
			if got := w.press(page+tried, asForm, oneClick+"&choice=all&topic=offers&confirm=yes"); got != http.StatusOK && got != http.StatusBadRequest {
				t.Errorf("POST %s%.12s gives %d", page, tried, got)
			}
		}
	}
	if p, after := w.profile(gone); after != before || len(p.Consents) != 0 {
		t.Errorf("a POST has changed a shopper who is gone: %+v", p)
	}
}

func TestQ5AnotherBodyChangesNothing(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	_, before := w.profile(ida)
	token, secrets := w.token(ida, "offers"), w.shop.Service.Letters.Secrets
	click, err := message.ClickToken(secrets[0], "m1", "https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	confirm, err := message.ConfirmToken(secrets[0], message.Confirming(ida, morning, "ida@mail.example"))
	if err != nil {
		t.Fatal(err)
	}
	huge := "&x=" + strings.Repeat("y", 1<<20)
	for _, row := range []struct {
		method, path, kind, body string
		want                     int
	}{
		{"POST", "/unsubscribe/" + token, asForm, "", 400},
		{"POST", "/unsubscribe/" + token, asForm, "List-Unsubscribe=Yes", 400},
		{"POST", "/unsubscribe/" + token, asForm, oneClick + huge, 413},
		{"POST", "/unsubscribe/" + token, asForm, oneClick + huge[:5000], 400},
		{"POST", "/unsubscribe/" + token, "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nNo\r\n--b--\r\n", 400},
		{"POST", "/unsubscribe/" + token, "multipart/form-data", oneClick, 400},
		{"POST", "/unsubscribe/" + token, "application/json", `{"List-Unsubscribe":"One-Click"}`, 400},
		{"POST", "/unsubscribe/" + token + "?" + oneClick, asForm, "", 400},
		{"PUT", "/unsubscribe/" + token, asForm, oneClick, 405},
		{"DELETE", "/unsubscribe/" + token, "", "", 405},
		{"POST", "/preferences/" + token, asForm, "topic=news", 400},
		{"POST", "/preferences/" + token, asForm, "choice=all" + huge, 413},
		{"POST", "/preferences/" + token, "application/json", `{"choice":"all"}`, 400},
		{"PATCH", "/preferences/" + token, asForm, "choice=all", 405},
		{"POST", "/confirm/" + token, asForm, "confirm=yes", 400}, // a link of another purpose
		{"POST", "/confirm/" + confirm, asForm, "confirm=no", 400},
		{"POST", "/confirm/" + confirm, asForm, "confirm=yes" + huge, 413},
		{"POST", "/confirm/" + confirm, asForm, "confirm=yes", 200}, // nothing waits to be confirmed
		{"POST", "/unsubscribe/" + confirm, asForm, oneClick, 400},
		{"POST", "/unsubscribe/" + click, asForm, oneClick, 400},
		{"POST", "/preferences/" + click, asForm, "choice=all", 400},
		{"GET", "/c/" + token, "", "", 200}, // leads nowhere
		{"POST", "/c/" + click, asForm, oneClick, 405},
	} {
		if status, body := w.send(row.method, row.path, row.body, map[string]string{"Content-Type": row.kind}); status != row.want || strings.Contains(string(body), ida) {
			t.Errorf("%s %.30s with %.40q gives %d, want %d: %.200s", row.method, row.path, row.body, status, row.want, body)
		}
	}
	if p, after := w.profile(ida); after != before || !p.Allows("offers") {
		t.Errorf("something was changed: %+v", p.Consents)
	}
}

func TestQ9WithdrawalFromATopicLeavesTheOthers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	w.call("PATCH", "/v1/cards/"+ida, `{"store":"0042","consents":{"news":{"allowed":true}}}`, http.StatusOK)
	allowed := func() string {
		p, _ := w.profile(ida)
		return strings.Join(slices.DeleteFunc(p.Topics(), func(topic string) bool { return !p.Allows(topic) }), " ")
	}
	token := w.token(ida, "offers")
	w.jump(time.Minute)
	if w.press("/unsubscribe/"+token, asForm, oneClick) != http.StatusOK || allowed() != "news" {
		t.Errorf("without offers there is %q", allowed())
	}
	w.jump(time.Minute)
	if w.press("/preferences/"+token, asForm, "choice=all") != http.StatusOK || allowed() != "" {
		t.Errorf("with everything withdrawn there is %q", allowed())
	}
	o := message.Order{
		ID: message.OrderID("statement", "1", ida), Campaign: "statement", Occasion: "1", Card: ida, Template: "thanks", Topic: message.TopicService,
		OrderedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(time.Hour),
	}
	p, _ := w.profile(ida)
	for topic, want := range map[string]message.Action{message.TopicService: message.Send, "offers": message.Refuse, "news": message.Refuse} {
		in := message.PermitInput{Now: w.clock.Now(), Class: message.ClassOf(topic), Email: p.Email, Consent: p.Consents[topic].Allowed, StoreZone: time.UTC}
		if got := message.Permit(o, in); got.Action != want {
			t.Errorf("mail on %s: %+v", topic, got)
		}
	}
}

func TestQ11LetterCaseMakesNoSecondPerson(t *testing.T) {
	t.Parallel()
	w := open(t)
	ana := w.enrol("Ana@Example.com", "")
	taken := w.call("POST", "/v1/cards", `{"store":"0042","email":"ana@example.com"}`, http.StatusConflict)
	if taken["code"] != "email_taken" {
		t.Errorf("%v", taken)
	}
	for _, typed := range []string{"ana@example.com", "ANA@EXAMPLE.COM"} {
		if found := w.call("POST", "/v1/cards/find", fmt.Sprintf(`{"card":%q}`, typed), http.StatusOK); found["number"] != ana {
			t.Errorf("%s leads to %v", typed, found["number"])
		}
	}
	if p, _ := w.profile(ana); p.Email != "Ana@Example.com" {
		t.Errorf("stored as %q", p.Email)
	}
	if dotted := w.enrol("a.na@example.com", ""); dotted == ana {
		t.Error("dots were taken out")
	}
}

func TestQ12TheProofTellsTextPlaceAndWho(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.publishWith("consent: {text_version: \"4\", text: \"Yes, write to me.\"}\n")
	sum := sha256.Sum256([]byte("Yes, write to me."))
	ours, theirs := hex.EncodeToString(sum[:]), strings.Repeat("ab", 32)
	for n, row := range []struct {
		body   string
		source string
		hash   string
		by     string
		text   string
	}{
		{`"till":"3","by":"Mira","consents":{"offers":{"allowed":true}}`, "till 0042/3", ours, "Mira", "4"},
		{`"till":"3","by":"Mira","consents":{"offers":{"allowed":true,"text_version":"4"}}`, "till 0042/3", ours, "Mira", "4"},
		{`"form":"newsletter","consents":{"offers":{"allowed":true,"text_version":"form-2","text_hash":"` + theirs + `"}}`, "form newsletter", theirs, "", "form-2"},
		{`"form":"newsletter","consents":{"offers":{"allowed":true,"text_version":"3"}}`, "form newsletter", "", "", "3"},
		{`"consents":{"offers":{"allowed":false}}`, "till 0042", "", "", ""},
	} {
		at := w.clock.Now().UTC().Truncate(time.Second)
		doc := w.call("POST", "/v1/cards", fmt.Sprintf(`{"store":"0042","email":"p%d@mail.example",%s}`, n, row.body), http.StatusCreated)
		number, _ := doc["number"].(string)
		p, _ := w.profile(number)
		c := p.Consents["offers"]
		if c.Source != row.source || c.Hash != row.hash || c.By != row.by || c.Text != row.text || c.At.Before(at) {
			t.Errorf("%s\nis kept as %+v", row.body, c)
		}
		told := fmt.Sprint(doc["shopper"])
		if row.hash != "" && !strings.Contains(told, row.hash) || !strings.Contains(told, row.source) {
			t.Errorf("the till is told %s", told)
		}
		out := w.exported(number)
		for _, part := range []string{row.source, row.hash, row.by} {
			if !strings.Contains(out, part) {
				t.Errorf("the export of %s lacks %q", row.body, part)
			}
		}
	}
	w.call("POST", "/v1/cards", `{"store":"0042","till":"3","form":"x","by":"two\nlines","consents":{"offers":{"allowed":true,"text_hash":"xyz"}}}`, http.StatusUnprocessableEntity)
}
