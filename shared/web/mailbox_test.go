package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
)

var noon = time.Date(2027, 5, 15, 12, 0, 0, 0, time.UTC)

// shelf is a box in memory, newest first.
type shelf []Stored

func (s shelf) List(_ context.Context, limit int, before string) ([]Stored, error) {
	from := 0
	if before != "" {
		from = -1
		for i := range s {
			if s[i].ID == before {
				from = i + 1
			}
		}
		if from < 0 {
			return nil, ErrNotFound
		}
	}
	rest := s[from:]
	return rest[:min(limit, len(rest))], nil
}

func (s shelf) Get(_ context.Context, id string) (Stored, error) {
	for _, m := range s {
		if m.ID == id {
			return m, nil
		}
	}
	return Stored{}, fmt.Errorf("mail %s: %w", id, ErrNotFound)
}

// couponMail is a mail as the house sends it.
func couponMail(t *testing.T, id string) Stored {
	t.Helper()
	compiled, err := message.Compile(message.Template{
		ID: "welcome", Language: "en", Topic: "offers", Subject: "Zoë, your coupon",
		Blocks: []message.Block{{Type: message.BlockCoupon}, {Type: message.BlockFooter}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := message.Render(compiled, message.Sample("en"))
	if err != nil {
		t.Fatal(err)
	}
	m.ID, m.From, m.To, m.Date = id, "Harbour Coffee <cards@shop.example>", "zoe@shopper.example", noon
	raw, err := m.MIME(id)
	if err != nil {
		t.Fatal(err)
	}
	return Stored{ID: id, At: noon, From: m.From, To: m.To, Subject: m.Subject, Tags: map[string]string{"campaign": "welcome", "message": id}, Raw: raw}
}

// get asks a handler as a browser does, unless headers say otherwise.
func get(t *testing.T, h http.Handler, target string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return ask(t, h, r)
}

func ask(t *testing.T, h http.Handler, r *http.Request) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func TestTheListShowsWhoGotWhatAndWhen(t *testing.T) {
	t.Parallel()
	box := Mailbox(shelf{couponMail(t, "m2"), couponMail(t, "m1")})
	res, page := get(t, box, "/mailbox")
	for _, want := range []string{"Zoë, your coupon", "zoe@shopper.example", "campaign welcome", `datetime="2027-05-15T12:00:00Z"`, `href="/mailbox/m2"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if res.StatusCode != http.StatusOK || strings.Index(page, "m2") > strings.Index(page, "m1") {
		t.Errorf("%s, and the newest must come first", res.Status)
	}
	if _, page := get(t, Mailbox(shelf{}), "/mailbox"); !strings.Contains(page, "No mail yet") {
		t.Error("an empty mailbox does not say so")
	}
}

func TestProgramsReadTheMailboxAsJSON(t *testing.T) {
	t.Parallel()
	var mails shelf
	for i := 5; i > 0; i-- {
		mails = append(mails, couponMail(t, fmt.Sprintf("m%d", i)))
	}
	box := Mailbox(mails)
	var seen []string
	for next := "/mailbox?limit=2"; next != ""; {
		_, body := get(t, box, next, "Accept", "application/json")
		var list struct {
			Messages []struct {
				ID, To, Subject string
				Tags            map[string]string
			}
			Next string
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		for _, m := range list.Messages {
			seen = append(seen, m.ID)
			if m.Tags["campaign"] != "welcome" || m.Subject != "Zoë, your coupon" {
				t.Errorf("%+v", m)
			}
		}
		next = list.Next
	}
	if got := strings.Join(seen, " "); got != "m5 m4 m3 m2 m1" {
		t.Errorf("page by page the mails are %s", got)
	}
	res, body := get(t, box, "/mailbox/m3?format=json")
	var mail struct {
		ID, Text, HTML, Unsubscribe string
		Pictures                    []string
	}
	if err := json.Unmarshal([]byte(body), &mail); err != nil {
		t.Fatal(err)
	}
	if res.Header.Get("Content-Type") != "application/json" || !strings.Contains(mail.Text, "C7K2M9X4QF") || !strings.Contains(mail.HTML, "cid:") ||
		len(mail.Pictures) != 1 || mail.Unsubscribe != "https://cards.shop.example/unsubscribe/sample" {
		t.Errorf("one mail as JSON: %s", body)
	}
}

func TestAMailIsShownInAFrameThatCanDoNothing(t *testing.T) {
	t.Parallel()
	box := Mailbox(shelf{couponMail(t, "m1")})
	if _, page := get(t, box, "/mailbox/m1"); !strings.Contains(page, `<iframe class="html" sandbox="" `) || !strings.Contains(page, `src="/mailbox/m1/html"`) {
		t.Errorf("no sandboxed frame in\n%s", page)
	}
	res, frame := get(t, box, "/mailbox/m1/html")
	if p := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox; default-src 'none';") || strings.Contains(p, "script") {
		t.Errorf("the frame's policy is %s", p)
	}
	if strings.Contains(frame, "cid:") || !strings.Contains(frame, `src="data:image/png;base64,`) {
		t.Error("the barcode does not show")
	}
	if _, page := get(t, box, "/mailbox/m1?view=text"); !strings.Contains(page, "Valid until 30 June 2027") || strings.Contains(page, "<iframe") {
		t.Error("the text part does not show")
	}
	if _, page := get(t, box, "/mailbox/m1?view=headers"); !strings.Contains(page, "<dd>List-Unsubscribe=One-Click</dd>") {
		t.Error("the headers do not show")
	}
}

func TestTheRawMailComesOutAsItWentIn(t *testing.T) {
	t.Parallel()
	stored := couponMail(t, "m1")
	res, body := get(t, Mailbox(shelf{stored}), "/mailbox/m1/raw.eml")
	if body != string(stored.Raw) || res.Header.Get("Content-Type") != "message/rfc822" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", res.Header)
	}
}

func TestAHostileMailStaysWords(t *testing.T) {
	t.Parallel()
	evil := Stored{
		ID: "m\"><b>", At: noon, From: "<x>", To: "<script>1</script>", Subject: "</title><script>alert(1)</script>", Tags: map[string]string{"<i>": "<u>"},
		Raw: []byte("Subject: =?utf-8?q?=3Cscript=3E?=\r\nList-Unsubscribe: <javascript:alert(1)>\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>"),
	}
	box := Mailbox(shelf{evil})
	for _, target := range []string{"/mailbox", "/mailbox/m%22%3E%3Cb%3E", "/mailbox/m%22%3E%3Cb%3E?view=headers"} {
		_, page := get(t, box, target)
		if strings.Contains(page, "<script") || strings.Contains(page, "<b>") || strings.Contains(page, "javascript:alert(1)\"") {
			t.Errorf("%s carries the mail's own HTML:\n%s", target, page)
		}
	}
	if res, _ := get(t, box, "/mailbox/m%22%3E%3Cb%3E/html"); !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "sandbox;") {
		t.Error("the mail's HTML is served outside its sandbox")
	}
}

func TestABrokenMailIsShownAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	broken := Stored{ID: "m1", At: noon, Subject: "Half", Raw: []byte("Subject: Half\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\nContent-")}
	res, page := get(t, Mailbox(shelf{broken}), "/mailbox/m1?view=text")
	if res.StatusCode != http.StatusOK || !strings.Contains(page, "hello") || !strings.Contains(page, `class="fault"`) {
		t.Errorf("%s\n%s", res.Status, page)
	}
}

func TestWhatIsNotThereIsSaidSo(t *testing.T) {
	t.Parallel()
	box := Mailbox(shelf{})
	for _, target := range []string{"/mailbox/m9", "/mailbox/m9/html", "/mailbox/m9/raw.eml", "/mailbox?before=m9"} {
		if res, page := get(t, box, target); res.StatusCode != http.StatusNotFound || !strings.Contains(page, "There is no mail m9") {
			t.Errorf("%s: %s", target, res.Status)
		}
	}
	if res, body := get(t, box, "/mailbox/m9", "Accept", "application/json"); res.StatusCode != http.StatusNotFound || !strings.Contains(body, `"error"`) {
		t.Errorf("as JSON: %s %s", res.Status, body)
	}
	if res, _ := get(t, box, "/mailbox?limit=9999"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a list without end: %s", res.Status)
	}
	if res, _ := ask(t, box, httptest.NewRequest(http.MethodPost, "/mailbox/m9", nil)); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("the mailbox can be written to: %s", res.Status)
	}
}

func FuzzOpenMail(f *testing.F) {
	f.Add([]byte("Subject: a\r\n\r\nb"))
	f.Add([]byte("Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := openMail(raw)
		if err == nil && len(o.withPictures()) < len(o.html)-len(raw) {
			t.Error("a mail loses more than it holds")
		}
	})
}
