package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
)

// Bounds of a mail that is taken apart for showing.
const (
	maxRaw   = 8 << 20 // bytes
	maxDepth = 5       // multiparts in one another
	maxParts = 50
)

// opened is a mail taken apart.
type opened struct {
	headers    []headerField
	text, html string
	pictures   []attached
	parts      int
}

type headerField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type attached struct {
	id, kind string
	data     []byte
}

// openMail reads a raw mail. With an error it still returns what could be read.
func openMail(raw []byte) (opened, error) {
	var o opened
	if len(raw) > maxRaw {
		return o, fmt.Errorf("the mail has %d bytes; at most %d are shown here, the whole is in raw.eml", len(raw), maxRaw)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return o, fmt.Errorf("this is no mail: %w", err)
	}
	var words mime.WordDecoder
	for name, values := range m.Header {
		for _, v := range values {
			if decoded, err := words.DecodeHeader(v); err == nil {
				v = decoded
			}
			o.headers = append(o.headers, headerField{Name: name, Value: v})
		}
	}
	slices.SortFunc(o.headers, func(a, b headerField) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	err = o.read(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body, 0)
	return o, err
}

// read takes one part apart, and those within it.
func (o *opened) read(contentType, encoding, id string, body io.Reader, depth int) error {
	if o.parts++; depth > maxDepth || o.parts > maxParts {
		return fmt.Errorf("the mail has more than %d parts, or more than %d in one another", maxParts, maxDepth)
	}
	if contentType == "" {
		contentType = "text/plain; charset=us-ascii"
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("a part's Content-Type %q: %w", contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return o.readParts(multipart.NewReader(body, params["boundary"]), depth)
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("a part of kind %s: %w", kind, err)
	}
	switch {
	case kind == "text/plain" && o.text == "":
		o.text = strings.ToValidUTF8(strings.ReplaceAll(string(content), "\r\n", "\n"), "\uFFFD")
	case kind == "text/html" && o.html == "":
		o.html = strings.ToValidUTF8(string(content), "\uFFFD")
	case strings.HasPrefix(kind, "image/"):
		o.pictures = append(o.pictures, attached{id: strings.Trim(id, "<>"), kind: kind, data: content})
	}
	return nil
}

func (o *opened) readParts(parts *multipart.Reader, depth int) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the parts of the mail: %w", err)
		}
		h := part.Header
		if err := o.read(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), h.Get("Content-ID"), part, depth+1); err != nil {
			return err
		}
	}
}

// withPictures is the HTML with its cid: addresses replaced by the pictures themselves, for a frame that may load nothing.
func (o *opened) withPictures() string {
	var swap []string
	for _, p := range o.pictures {
		if p.id != "" {
			swap = append(swap, "cid:"+p.id, "data:"+p.kind+";base64,"+base64.StdEncoding.EncodeToString(p.data))
		}
	}
	return strings.NewReplacer(swap...).Replace(o.html)
}

// unsubscribe is the web address in the List-Unsubscribe header.
func (o *opened) unsubscribe() string {
	for _, h := range o.headers {
		if h.Name == "List-Unsubscribe" {
			address := strings.Trim(strings.TrimSpace(h.Value), "<>")
			if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
				return address
			}
		}
	}
	return ""
}
