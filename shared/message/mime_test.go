package message

import (
	"bytes"
	"encoding/base64"
	"errors"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// rendered is the template filled in and addressed.
func rendered(t *testing.T, tpl Template, d Data) Mail {
	t.Helper()
	compiled, err := Compile(tpl)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Render(compiled, d)
	if err != nil {
		t.Fatal(err)
	}
	m.ID = OrderID(tpl.ID, "2027", d.Card.Number)
	m.From, m.To = "Harbour Coffee <cards@shop.example>", "ana@shopper.example"
	m.Date = time.Date(2027, 5, 15, 9, 0, 0, 0, time.FixedZone("", 2*3600))
	return m
}

func TestMailsReadAsTheyAlwaysDid(t *testing.T) {
	t.Parallel()
	gift := Sample("de")
	gift.Shopper.Given, gift.Coupon.Code = "Jörg", sampleEAN
	gift.Coupon.Title, gift.Coupon.Detail = "Ein Stück Kuchen", ""
	for _, c := range []struct {
		tpl  Template
		data Data
	}{{welcome(), Sample("en")}, {birthday(), gift}, {abandoned(), Sample("he")}} {
		t.Run(c.tpl.ID, func(t *testing.T) {
			t.Parallel()
			m := rendered(t, c.tpl, c.data)
			if len(m.Parts) > 0 {
				// How a picture is packed may change with the compiler; what it shows has a test of its own.
				m.Parts[0].Data = []byte("the barcode of " + c.data.Coupon.code())
			}
			raw, err := m.MIME(m.ID)
			if err != nil {
				t.Fatal(err)
			}
			for name, got := range map[string][]byte{c.tpl.ID + ".eml": raw, c.tpl.ID + ".html": []byte(m.HTML), c.tpl.ID + ".txt": []byte(m.Text)} {
				golden(t, name, got)
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s has changed (-update rewrites it; a changed mail is a changed promise):\n%s", path, diff)
	}
}

// opened is a mail read back by the standard library.
type opened struct {
	header     mail.Header
	text, html string
	pictures   map[string][]byte
}

func open(t *testing.T, raw []byte) opened {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	o := opened{header: message.Header, pictures: map[string][]byte{}}
	o.read(t, message.Header.Get("Content-Type"), "", "", message.Body)
	return o
}

func (o *opened) read(t *testing.T, contentType, encoding, id string, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			o.read(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.Header.Get("Content-ID"), part)
		}
	}
	switch encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "text/plain":
		o.text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "text/html":
		o.html = strings.ReplaceAll(string(content), "\r\n", "\n")
	default:
		o.pictures[id] = content
	}
}

func TestAnotherReaderFindsEverything(t *testing.T) {
	t.Parallel()
	d := Sample("en")
	d.Shopper.Given = strings.Repeat("Žofie-李-عبد ", 8)
	m := rendered(t, welcome(), d)
	raw, err := m.MIME("seed")
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, raw)
	if o.text != m.Text || o.html != m.HTML || !bytes.Equal(o.pictures["<"+partCoupon+">"], m.Parts[0].Data) {
		t.Error("text, HTML or barcode do not come out as they went in")
	}
	var words mime.WordDecoder
	subject, err := words.DecodeHeader(o.header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v, want %q", subject, err, m.Subject)
	}
	if got, want := o.header.Get("Message-ID"), "<"+m.ID+"@shop.example>"; got != want {
		t.Errorf("Message-ID %s, want %s", got, want)
	}
	if date, err := o.header.Date(); err != nil || !date.Equal(m.Date) {
		t.Errorf("Date %v, %v", date, err)
	}
	if got := o.header.Get("List-Unsubscribe"); got != "<"+d.UnsubscribeURL+">" || o.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe: %s", got)
	}
	for i, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > maxLine || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %d has %d bytes or a bare line break: %.80q", i+1, len(line), line)
		}
		if strings.HasPrefix(line, "Subject") && len(line) > 78 {
			t.Errorf("the subject is not folded: %s", line)
		}
	}
	again, err := m.MIME("seed")
	if err != nil || !bytes.Equal(raw, again) {
		t.Error("the same mail and seed give other bytes")
	}
}

func TestServiceMailIsNotOneClick(t *testing.T) {
	t.Parallel()
	m := rendered(t, Template{
		ID: "lost-card", Language: "en", Topic: TopicService, Subject: "Your new card",
		Blocks: []Block{{Type: BlockText, Text: "Your old card {{.Card.Number}} is blocked."}, {Type: BlockFooter}},
	}, Sample("en"))
	raw, err := m.MIME("seed")
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, raw)
	if o.header.Get("List-Unsubscribe") != "" || strings.Contains(o.text, "Unsubscribe") || len(o.pictures) != 0 {
		t.Errorf("it offers a way out that does not exist:\n%s", raw)
	}
}

func TestNoHeaderCanBeInjected(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Mail){
		"line break in the subject":       func(m *Mail) { m.Subject = "Hello\r\nBcc: all@shop.example" },
		"bare line feed":                  func(m *Mail) { m.Subject = "Hello\nBcc: all@shop.example" },
		"line break in To":                func(m *Mail) { m.To = "ana@shopper.example\r\nBcc: all@shop.example" },
		"two recipients":                  func(m *Mail) { m.To = "ana@shopper.example, ben@shopper.example" },
		"name in To":                      func(m *Mail) { m.To = "Ana <ana@shopper.example>" },
		"an encoded word as address":      func(m *Mail) { m.To = "=?utf-8?q?ana?=@shopper.example" },
		"a name that no mailbox has":      func(m *Mail) { m.To = strings.Repeat("a", 65) + "@shopper.example" },
		"a domain that no server has":     func(m *Mail) { m.To = "ana@-shopper.example" },
		"no address":                      func(m *Mail) { m.To = "ana" },
		"comment in the address":          func(m *Mail) { m.To = "ana(x)@shopper.example" },
		"local part outside ASCII":        func(m *Mail) { m.To = "añá@shopper.example" },
		"domain outside ASCII":            func(m *Mail) { m.To = "ana@müller.example" },
		"line break in From":              func(m *Mail) { m.From = "Shop\r\nX: y <cards@shop.example>" },
		"no From":                         func(m *Mail) { m.From = "" },
		"id that closes the Message-ID":   func(m *Mail) { m.ID = "m1> <x" },
		"no date":                         func(m *Mail) { m.Date = time.Time{} },
		"no subject":                      func(m *Mail) { m.Subject = " " },
		"unsubscribe without encryption":  func(m *Mail) { m.UnsubscribeURL = "http://shop.example/u" },
		"two unsubscribe addresses":       func(m *Mail) { m.UnsubscribeURL = "https://shop.example/u>,<https://evil.example" },
		"unsubscribe with a line break":   func(m *Mail) { m.UnsubscribeURL = "https://shop.example/u\r\nBcc: x" },
		"picture whose name ends a field": func(m *Mail) { m.Parts[0].Name = "a\"\r\nX: y" },
	} {
		m := rendered(t, welcome(), Sample("en"))
		spoil(&m)
		if _, err := m.MIME("seed"); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
}

func TestOneMachineMayLinkToItself(t *testing.T) {
	t.Parallel()
	m := rendered(t, welcome(), Sample("en"))
	m.UnsubscribeURL = "http://127.0.0.1:8080/unsubscribe/token"
	if _, err := m.MIME("seed"); err != nil {
		t.Error(err)
	}
}
