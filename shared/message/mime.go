package message

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/netip"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
)

// Mail is one rendered message. Render fills the content; the sender adds the envelope.
type Mail struct {
	ID   string // of the order: the Message-ID is made from it and the sender's domain
	From string // "Harbour Coffee <cards@shop.example>"
	To   string // one bare address
	Date time.Time

	Subject        string
	HTML           string
	Text           string
	Parts          []Part
	UnsubscribeURL string // makes the mail one-click; empty for service mail
	List           string // the topic, by which a mailbox sorts the mail; empty for service mail
	HelpURL        string // the page on which a shopper chooses what they get, or empty
}

// Bounds of a raw mail's lines, in bytes (RFC 5322 section 2.1.1 and RFC 2045 section 6.8).
const (
	softLine   = 76
	maxLine    = 998
	maxAddress = 254 // RFC 5321 section 4.5.3.1, less the angle brackets
)

// MIME writes the raw message: multipart/related of (multipart/alternative of text and HTML) and the pictures, or the alternative
// alone where there are none. The same mail and seed give the same bytes; the seed only names the boundaries.
//
// It returns ErrInvalid for an envelope that is not safe to send: a line break or another control in a header, an address
// that is none or that the mail service cannot take, an unsubscribe link that is not https.
func (m Mail) MIME(seed string) ([]byte, error) {
	head, err := m.header()
	if err != nil {
		return nil, fmt.Errorf("mail %s: %w", m.ID, err)
	}
	var raw bytes.Buffer
	raw.Grow(len(head) + m.size())
	related := multipart.NewWriter(&raw)
	alternative := multipart.NewWriter(&raw)
	if err := firstOf(setBoundary(related, seed, "related"), setBoundary(alternative, seed, "alternative")); err != nil {
		return nil, fmt.Errorf("mail %s: %w", m.ID, err)
	}
	raw.Write(head)
	content := fmt.Sprintf("multipart/alternative; boundary=%q", alternative.Boundary())
	if len(m.Parts) == 0 {
		raw.WriteString("MIME-Version: 1.0\r\nContent-Type: " + content + "\r\n\r\n")
	} else {
		raw.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"multipart/alternative\";\r\n boundary=\"" + related.Boundary() + "\"\r\n\r\n")
		_, err = related.CreatePart(textproto.MIMEHeader{"Content-Type": {content}})
	}
	err = firstOf(err,
		writeText(&raw, alternative, "text/plain", m.Text),
		writeText(&raw, alternative, "text/html", m.HTML),
		alternative.Close())
	if len(m.Parts) > 0 {
		for _, p := range m.Parts {
			err = firstOf(err, writePart(related, p))
		}
		err = firstOf(err, related.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("mail %s: write the body: %w", m.ID, err)
	}
	return raw.Bytes(), nil
}

// size is about what the body takes, so that it is written into one piece of memory.
func (m Mail) size() int {
	n := 2048 + (len(m.HTML)+len(m.Text))*9/8
	for _, p := range m.Parts {
		n += len(p.Data)*3/2 + 512
	}
	return n
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// setBoundary names a boundary by its cause; one of 150 bits does not occur in a body by chance.
func setBoundary(w *multipart.Writer, seed, role string) error {
	return w.SetBoundary("=_" + ids.Derive(30, "boundary", role, seed))
}

// writeText adds a text as quoted-printable, which keeps lines within softLine and is readable in the raw mail. It is quoted where it is
// to lie: raw is what w writes to.
func writeText(raw *bytes.Buffer, w *multipart.Writer, kind, text string) error {
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {kind + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return err
	}
	raw.Grow(len(text)*9/8 + softLine)
	_, err = part.Write(appendQuoted(raw.AvailableBuffer(), text))
	return err
}

// writePart adds a picture, inline and under the name by which the HTML shows it.
func writePart(w *multipart.Writer, p Part) error {
	for _, s := range []string{p.ID, p.Name, p.Type} {
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>;`, r) }) {
			return fmt.Errorf("%w: %q cannot name a picture", ErrInvalid, shorten(s))
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {p.Type},
		"Content-Transfer-Encoding": {"base64"},
		"Content-ID":                {"<" + p.ID + ">"},
		"Content-Disposition":       {fmt.Sprintf("inline; filename=%q", p.Name)},
	})
	if err != nil {
		return err
	}
	encoded := base64.StdEncoding.EncodeToString(p.Data)
	var lines bytes.Buffer
	lines.Grow(len(encoded)*20/19 + 2)
	for len(encoded) > 0 {
		n := min(softLine, len(encoded))
		lines.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	_, err = part.Write(lines.Bytes())
	return err
}

// header is the envelope as header lines.
func (m Mail) header() ([]byte, error) {
	for _, f := range []struct{ name, value string }{{"From", m.From}, {"To", m.To}, {"Subject", m.Subject}, {"unsubscribe link", m.UnsubscribeURL}} {
		if strings.ContainsFunc(f.value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, fmt.Errorf("%w: %s %q holds a line break or another control", ErrInvalid, f.name, shorten(f.value))
		}
	}
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return nil, fmt.Errorf("%w: From %q is not an address: %w", ErrInvalid, shorten(m.From), err)
	}
	for _, address := range []string{from.Address, m.To} {
		if err := CheckAddress(address); err != nil {
			return nil, err
		}
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	switch {
	case !ids.ValidPart(m.ID) || strings.Contains(m.ID, "#"):
		return nil, fmt.Errorf("%w: id %q cannot stand in a Message-ID", ErrInvalid, shorten(m.ID))
	case m.Date.IsZero():
		return nil, fmt.Errorf("%w: the date is missing", ErrInvalid)
	case strings.TrimSpace(m.Subject) == "":
		return nil, fmt.Errorf("%w: the subject is missing", ErrInvalid)
	}
	var h bytes.Buffer
	line := func(name, value string) { h.WriteString(name + ": " + value + "\r\n") }
	line("From", fold("From", from.String()))
	line("To", "<"+m.To+">")
	line("Subject", fold("Subject", encodeWords(m.Subject)))
	line("Date", m.Date.Format(time.RFC1123Z))
	line("Message-ID", "<"+m.ID+"@"+domain+">")
	if err := m.listed(line, domain); err != nil {
		return nil, err
	}
	return h.Bytes(), nil
}

// encodeWords is the text as RFC 2047 wants it: plain ASCII as it is, anything else in words of at most 64 bytes, so that the
// name of the header and the first word share a line. A letter is never cut in two. (The standard library's words fill the
// line, and leave the header's name no room.)
func encodeWords(text string) string {
	if mime.QEncoding.Encode("utf-8", text) == text {
		return text
	}
	const open, shut, longest = "=?utf-8?q?", "?=", 64
	var words []string
	word := open
	for _, r := range text {
		letter := string(r)
		switch {
		case r == ' ':
			letter = "_"
		case r > '~' || strings.ContainsRune("=?_", r):
			letter = strings.ToUpper(fmt.Sprintf("% x", letter))
			letter = "=" + strings.ReplaceAll(letter, " ", "=")
		}
		if len(word)+len(letter)+len(shut) > longest {
			words = append(words, word+shut)
			word = open
		}
		word += letter
	}
	return strings.Join(append(words, word+shut), " ")
}

// fold breaks a header at its spaces so that lines stay within softLine where the words allow it.
func fold(name, value string) string {
	var out strings.Builder
	width := len(name) + 1
	for i, word := range strings.Split(value, " ") {
		switch {
		case i > 0 && width+1+len(word) > softLine && word != "":
			out.WriteString("\r\n ")
			width = 1
		case i > 0:
			out.WriteByte(' ')
			width++
		}
		out.WriteString(word)
		width += len(word)
	}
	return out.String()
}

// CheckAddress returns ErrInvalid, in words for the person who typed it, if the mail service cannot take the address: its local
// part must be ASCII, and its domain written in punycode.
func CheckAddress(address string) error {
	parsed, err := mail.ParseAddress("<" + address + ">")
	local, domain, _ := strings.Cut(address, "@")
	_, scans := ids.Email(address) // what a till can look up, and no more
	switch {
	case len(address) > maxAddress:
		return fmt.Errorf("%w: the address has %d bytes; at most %d", ErrInvalid, len(address), maxAddress)
	case strings.ContainsFunc(local, func(r rune) bool { return r > '~' }):
		return fmt.Errorf("%w: %q: letters outside ASCII before the @ cannot be mailed to", ErrInvalid, shorten(address))
	case strings.ContainsFunc(domain, func(r rune) bool { return r > '~' }):
		return fmt.Errorf("%w: %q: write the domain in its xn-- form", ErrInvalid, shorten(address))
	case err != nil || parsed.Address != address || !scans:
		return fmt.Errorf("%w: %q is not an e-mail address", ErrInvalid, shorten(address))
	}
	return nil
}

// checkUnsubscribe wants the one https address of RFC 8058. A machine's own loopback may speak http: nobody else can reach it.
func checkUnsubscribe(address string) error {
	if err := checkLink(address); err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("%w: unsubscribe link: %w", ErrInvalid, err)
	}
	ip, _ := netip.ParseAddr(u.Hostname()) // a name gives no address, which is no loopback
	local := u.Hostname() == "localhost" || ip.IsLoopback()
	if strings.ContainsAny(address, "<>,") || u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("%w: unsubscribe link %q must be one https address", ErrInvalid, shorten(address))
	}
	return nil
}
