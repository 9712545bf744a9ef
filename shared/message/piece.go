package message

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// output collects one rendered text. The first thing that cannot be rendered is kept, and fails the whole message.
type output struct {
	buf []byte
	err error
}

// piece appends its part of a message. Pieces are made once for a template and hold nothing of a shopper.
type piece func(*output, *Data)

// program is a whole text, piece by piece.
type program []piece

func (p program) run(o *output, d *Data) {
	for _, piece := range p {
		piece(o, d)
	}
}

// escape says what becomes of words and of data where they stand.
type escape func([]byte, string) []byte

// assembly puts a program together; neighbouring words become one piece.
type assembly struct {
	pieces  program
	words   []byte
	address bool // numbers stand as plain digits
}

// lit appends words of our own, which are known to fit where they stand.
func (a *assembly) lit(parts ...string) *assembly {
	for _, p := range parts {
		a.words = append(a.words, p...)
	}
	return a
}

// do appends a piece after the words before it.
func (a *assembly) do(p piece) *assembly {
	if len(a.words) > 0 {
		words := a.words
		a.words = nil
		a.pieces = append(a.pieces, func(o *output, _ *Data) { o.buf = append(o.buf, words...) })
	}
	a.pieces = append(a.pieces, p)
	return a
}

// done ends the assembly, with the words that are still loose.
func (a *assembly) done() program {
	return a.do(func(*output, *Data) {}).pieces
}

// data appends what get answers.
func (a *assembly) data(get func(*Data) string, esc escape) *assembly {
	return a.do(func(o *output, d *Data) { o.buf = esc(o.buf, get(d)) })
}

// when runs the inner part only if the test holds.
func (a *assembly) when(test func(*Data) bool, inner func(*assembly)) *assembly {
	var part assembly
	inner(&part)
	pieces := part.done()
	return a.do(func(o *output, d *Data) {
		if test(d) {
			pieces.run(o, d)
		}
	})
}

// nodes appends a parsed text; literal escapes the marketer's words, value the shopper's data.
func (a *assembly) nodes(list []node, literal, value escape) *assembly {
	for _, n := range list {
		switch {
		case n.test != nil:
			then, orElse := assembly{address: a.address}, assembly{address: a.address}
			yes, no, test := then.nodes(n.then, literal, value).done(), orElse.nodes(n.orElse, literal, value).done(), n.test
			a.do(func(o *output, d *Data) {
				if test(d) {
					yes.run(o, d)
				} else {
					no.run(o, d)
				}
			})
		case n.field != "":
			switch {
			case strings.HasSuffix(n.field, "URL"):
				a.data(fields[n.field], literal)
			case a.address:
				a.data(fields[n.field], value)
			default:
				a.data(shown(n.field), value)
			}
		default:
			a.words = literal(a.words, n.words)
		}
	}
	return a
}

// link appends an address, which is known to be one only when it is whole. Data inside it is percent-encoded, but for the
// addresses among the data.
func (a *assembly) link(list []node, esc escape) *assembly {
	inner := assembly{address: true}
	whole := inner.nodes(list, asIs, asURLPart).done()
	return a.do(func(o *output, d *Data) {
		var address output
		whole.run(&address, d)
		o.link(string(address.buf), esc)
	})
}

// counted is link for what a reader clicks on.
func (a *assembly) counted(list []node, esc escape) *assembly {
	inner := assembly{address: true}
	whole := inner.nodes(list, asIs, asURLPart).done()
	return a.do(func(o *output, d *Data) {
		var address output
		whole.run(&address, d)
		o.link(d.leads(strings.TrimSpace(string(address.buf))), esc)
	})
}

// leads is the address that takes a reader to a target.
func (d *Data) leads(target string) string {
	target = d.tagged(target)
	if d.Counted == nil || checkTarget(target) != nil {
		return target
	}
	return d.Counted(target)
}

// href appends an address that comes from the data.
func (a *assembly) href(get func(*Data) string, esc escape) *assembly {
	return a.do(func(o *output, d *Data) { o.link(get(d), esc) })
}

func (o *output) link(address string, esc escape) {
	address = strings.TrimSpace(address)
	if err := checkLink(address); err != nil {
		if o.err == nil {
			o.err = err
		}
		return
	}
	o.buf = esc(o.buf, address)
}

// checkLink accepts what a mail may link to: absolute http and https addresses, mailto and tel. A link of any other kind could run
// as a script in a careless mailbox.
func checkLink(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > MaxURL || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return fmt.Errorf("%w: %q is not an address of at most %d bytes", ErrInvalid, shorten(address), MaxURL)
	case (u.Scheme == "https" || u.Scheme == "http") && u.Host != "", (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != "":
		return nil
	}
	return fmt.Errorf("%w: %q is not a whole address: begin with https://", ErrInvalid, shorten(address))
}

func shorten(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "..."
	}
	return s
}

// asIs appends s with bytes that are not UTF-8 and controls other than line breaks taken out.
func asIs(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < 0x7f || c == '\n' {
			dst = append(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if clean(r, size) {
			dst = append(dst, s[i:i+size]...)
		}
		i += size
	}
	return dst
}

func clean(r rune, size int) bool {
	return (r != utf8.RuneError || size > 1) && r >= ' ' && (r < 0x7f || r > 0x9f)
}

// asLine is asIs with line breaks turned into spaces: for a subject.
func asLine(dst []byte, s string) []byte {
	from := len(dst)
	dst = asIs(dst, s)
	for i := from; i < len(dst); i++ {
		if dst[i] == '\n' {
			dst[i] = ' '
		}
	}
	return dst
}

// asHTML is asIs for text and quoted attributes of HTML; a line break becomes one.
func asHTML(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '&':
			dst = append(dst, "&amp;"...)
		case c == '<':
			dst = append(dst, "&lt;"...)
		case c == '>':
			dst = append(dst, "&gt;"...)
		case c == '"':
			dst = append(dst, "&#34;"...)
		case c == '\'':
			dst = append(dst, "&#39;"...)
		case c == '\n':
			dst = append(dst, "<br>\n"...)
		case c >= ' ' && c < 0x7f:
			dst = append(dst, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if clean(r, size) {
				dst = append(dst, s[i:i+size]...)
			}
			i += size
			continue
		}
		i++
	}
	return dst
}

// asAttribute is asHTML on one line.
func asAttribute(dst []byte, s string) []byte {
	return asHTML(dst, strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		return r
	}, s))
}

// asIsolated is asHTML for data among words: an English address in an Arabic mail keeps its own order, and the words keep theirs.
func asIsolated(dst []byte, s string) []byte {
	return append(asHTML(append(dst, "<bdi>"...), s), "</bdi>"...)
}

// asURLPart is s percent-encoded, so that data can neither end an address nor add to its query.
func asURLPart(dst []byte, s string) []byte {
	return append(dst, strings.ReplaceAll(url.QueryEscape(s), "+", "%20")...)
}
