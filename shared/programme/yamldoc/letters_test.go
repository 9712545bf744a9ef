package yamldoc_test

import (
	"bytes"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// letterAt is a template of a programme that lies in this repository.
type letterAt struct {
	where string
	shop  programme.Shop
	of    message.Template
}

// everyLetter is each template of each programme file there is; those that are faulty on purpose have no programme.
func everyLetter(t *testing.T) (list []letterAt) {
	t.Helper()
	err := filepath.WalkDir("../../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && len(entry.Name()) > 2 || entry.Name() == "build"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".yaml":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, []byte("\ntemplates:")) {
			return err
		}
		p, _, _, err := yamldoc.Read(bytes.NewReader(text))
		if err != nil || p == nil {
			return nil // no programme, or one with faults: other tests want it so
		}
		for _, of := range p.Templates {
			list = append(list, letterAt{where: path + " " + of.ID + " " + of.Language, shop: p.Shop, of: of})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// what is sent is read back by the standard library, and has what mailboxes and the law want of it.
func TestEveryTemplateInTheRepositoryCanBeSent(t *testing.T) {
	t.Parallel()
	list := everyLetter(t)
	if len(list) < 10 || !slices.ContainsFunc(list, func(l letterAt) bool { return strings.Contains(l.where, "demo") }) {
		t.Fatalf("only %d templates were found", len(list))
	}
	for _, l := range list {
		if found := message.Check(l.of); len(found) > 0 {
			t.Errorf("%s: %v", l.where, found)
			continue
		}
		raw, d := sent(t, l)
		if len(raw) > message.MaxHTML {
			t.Errorf("%s has %d bytes; mailboxes clip at %d", l.where, len(raw), message.MaxHTML)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Errorf("%s: %v", l.where, err)
			continue
		}
		parts := map[string]string{}
		leaves(t, m.Header.Get("Content-Type"), m.Body, parts)
		marketing := message.ClassOf(l.of.Topic) == message.Marketing
		for name, want := range map[string]string{
			"List-Unsubscribe": "<" + d.UnsubscribeURL + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Id": "<" + l.of.Topic + ".shop.example>",
		} {
			if !marketing {
				want = ""
			}
			if got := m.Header[name]; strings.Join(got, "|") != want {
				t.Errorf("%s: %s is %q; want %q", l.where, name, got, want)
			}
		}
		if m.Header.Get("Message-Id") != "<m1234@shop.example>" || m.Header.Get("Date") == "" || m.Header.Get("Subject") == "" {
			t.Errorf("%s: the header lacks something: %v", l.where, m.Header)
		}
		for _, kind := range []string{"text/plain", "text/html"} {
			says := func(s string) bool { return strings.Contains(strings.Join(strings.Fields(parts[kind]), " "), s) }
			if parts[kind] == "" || marketing && (!says(d.UnsubscribeURL) || !says(strings.Join(strings.Fields(d.Shop.Address), " "))) {
				t.Errorf("%s: the part %s lacks the way out or the postal address:\n%s", l.where, kind, parts[kind])
			}
		}
	}
}

// sent is a template as it goes out to the shopper of the sample.
func sent(t *testing.T, l letterAt) ([]byte, message.Data) {
	t.Helper()
	c, err := message.Compile(l.of)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Sample()
	d.Shop = message.Shop{Name: l.shop.Name, Address: l.shop.Address, URL: l.shop.URL, Logo: l.shop.Logo, Colour: l.shop.Colour}
	m, err := message.Render(c, d)
	if err != nil {
		t.Fatalf("%s: %v", l.where, err)
	}
	m.ID, m.From, m.To, m.Date = "m1234", "Shop <news@shop.example>", "ana@shopper.example", time.Date(2027, 5, 15, 9, 0, 0, 0, time.UTC)
	raw, err := m.MIME(m.ID)
	if err != nil {
		t.Fatalf("%s: %v", l.where, err)
	}
	return raw, d
}

// leaves keeps the parts of a mail by their kind, decoded.
func leaves(t *testing.T, kind string, body io.Reader, parts map[string]string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(content), "&#39;", "'")
		return
	}
	reader := multipart.NewReader(body, params["boundary"])
	for {
		part, err := reader.NextPart() // which decodes quoted-printable
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		leaves(t, part.Header.Get("Content-Type"), part, parts)
	}
}
