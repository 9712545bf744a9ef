package kit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"sync"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Planted is who every shopper of a world is: words that stand nowhere else, so that one of them in a log, an event, a metric, an address or
// a call of a webhook has got out.
var Planted = struct{ Given, Family, Mailbox, Domain, Phone, Street, City, Postcode string }{
	"Zephyrine", "Quillfeather", "zq.plume", "planted.example", "+4915550004297", "Wobblegate", "Larkspurbridge", "zq74xw",
}

// plantedWords are what is looked for, in small letters and without what an encoding changes.
var plantedWords = [][]byte{
	[]byte("zephyrine"), []byte("quillfeather"), []byte("zq.plume"), []byte("planted.example"), []byte("4915550004297"), []byte("wobblegate"),
	[]byte("larkspurbridge"), []byte("zq74xw"),
}

// mostLines is how many lines of a log a world keeps for whoever follows a happening.
const mostLines = 10_000

// witness hears all that a world says to those who are not its shoppers.
type witness struct {
	mu    sync.Mutex
	leaks []string
	lines []string // of the log
}

// leak returns the planted word that a text has in it, "" for none.
func leak(text []byte) string {
	small := bytes.ToLower(text)
	for _, word := range plantedWords {
		if bytes.Contains(small, word) {
			return string(word)
		}
	}
	return ""
}

// heard looks at what was said. where says by which way it got out.
func (w *witness) heard(where string, text []byte) {
	if word := leak(text); word != "" {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.leaks = append(w.leaks, fmt.Sprintf("%s tells %q: %s", where, word, text))
	}
}

// Write takes a line of the log.
func (w *witness) Write(line []byte) (int, error) {
	w.heard("the log", line)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.lines) < mostLines {
		w.lines = append(w.lines, string(line))
	}
	return len(line), nil
}

// Call implements loyalty.Hooks: every call is taken.
func (w *witness) Call(_ context.Context, call loyalty.HookCall) error {
	w.heard("a webhook's address", []byte(call.URL))
	w.heard("a webhook", call.Body)
	return nil
}

// listens makes the shop tell the witness all that it says. What the mail service reports on the account's own bus names whom it wrote to;
// nothing of ours stands there.
func (w *witness) listens(o *shop.Options) {
	o.Logger = edge.NewLogger(w, slog.LevelInfo)
	o.Hooks = w
	o.OnEvent = func(bus string, event []byte) {
		if bus != local.DefaultBus {
			w.heard("an event", event)
		}
	}
}

// Lines are the lines of the log so far that have a text in them.
func (w *World) Lines(with string) (lines []string) {
	w.witness.mu.Lock()
	defer w.witness.mu.Unlock()
	for _, line := range w.witness.lines {
		if strings.Contains(line, with) {
			lines = append(lines, line)
		}
	}
	return lines
}

// leaked tells of everything personal that has got out.
func (w *World) leaked() error {
	counts, err := json.Marshal(w.Shop.Run.Counts())
	if err != nil {
		return err
	}
	w.witness.heard("a metric", counts)
	mails, err := w.Shop.Run.Mailbox().List(0, mostLines)
	if err != nil {
		return fmt.Errorf("read the mailbox: %w", err)
	}
	for _, m := range mails {
		tags, err := json.Marshal(m.Tags)
		if err != nil {
			return err
		}
		w.witness.heard("a tag of an e-mail", tags)
		for _, address := range Leaks(m.Raw) {
			w.witness.heard("an address in an e-mail", address)
		}
	}
	for _, what := range w.witness.leaks {
		w.fault("something personal got out: %s", what)
	}
	w.witness.leaks = nil
	return nil
}

// Leaks lists the links of an e-mail, as it is sent, that tell who its shopper is.
func Leaks(raw []byte) (links [][]byte) {
	for _, link := range addressesIn(raw) {
		if leak(link) != "" {
			links = append(links, link)
		}
	}
	return links
}

var (
	address = regexp.MustCompile(`https?://[^\s"'<>]+`)
	token   = regexp.MustCompile(`[A-Za-z0-9_-]{16,}`)
)

// addressesIn lists the links of an e-mail, each with what its tokens say where they can be read without a key.
func addressesIn(raw []byte) (list [][]byte) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	texts := [][]byte{[]byte(m.Header.Get("List-Unsubscribe"))}
	_, params, found := strings.Cut(m.Header.Get("Content-Type"), "boundary=")
	for parts := multipart.NewReader(m.Body, strings.Trim(params, `"`)); found; {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		text, _ := io.ReadAll(quotedprintable.NewReader(part)) // what can be read of it
		texts = append(texts, text)
	}
	for _, text := range texts {
		for _, link := range address.FindAll(text, -1) {
			list = append(list, link)
			for _, t := range token.FindAll(link, -1) {
				if plain, err := base64.RawURLEncoding.DecodeString(string(t)); err == nil {
					list = append(list, plain)
				}
			}
		}
	}
	return list
}
