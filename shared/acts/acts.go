// Package acts puts on record what people change over HTTP: that it was asked before anything is done, and how it ended afterwards.
//
// What cannot be put on record is not done. An act whose end is missing was broken off in between; the record says so rather than
// nothing. The line holds no name, address or birthday of a shopper: of what people type only one line is kept, with addresses and payment
// cards taken out.
package acts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// HeaderBy names the person at the machine to its own doors, where the body does not.
const HeaderBy = "Regulars-By"

// Limits of a line.
const (
	maxPeek = 64 << 10 // bytes of a body in which who and why are looked for
	maxText = 200      // characters of one text
	maxFail = 4 << 10  // bytes of a refusal that are read for its code
)

// Desk puts acts on record. Without Acts nothing is recorded, which is for benches.
type Desk struct {
	Acts  loyalty.Acts
	Now   func() time.Time
	Fault func(ctx context.Context, err error) // is told of an act that was done and whose end could not be recorded; nil: nobody
}

// Told is what the door itself says of its act.
type Told struct {
	On, Before, After string
	Failed            bool   // although the answer has begun
	Refused           string // the code of a refusal that came after the answer had begun
}

type tellKey struct{}

// Tell adds to the line of the act that ctx belongs to; empty texts leave what was told before. Outside of one it does nothing.
func Tell(ctx context.Context, t Told) {
	told, ok := ctx.Value(tellKey{}).(*Told)
	if !ok {
		return
	}
	for to, text := range map[*string]string{&told.On: t.On, &told.Before: t.Before, &told.After: t.After, &told.Refused: t.Refused} {
		if text != "" {
			*to = text
		}
	}
	told.Failed = told.Failed || t.Failed
}

// Recording reports that ctx belongs to an act, so that it is worth finding out what was before.
func Recording(ctx context.Context) bool {
	_, ok := ctx.Value(tellKey{}).(*Told)
	return ok
}

// said are the fields by which bodies name a person and their reason.
type said struct {
	By, Why, Reason, Note string
}

// Serve does a request whose act is a, with the reason from its body. Who it is stands in a where the key says so; else it is whom the body
// names, or HeaderBy, or nobody but the way by which they came.
func (d Desk) Serve(w http.ResponseWriter, r *http.Request, a loyalty.Act, do http.HandlerFunc) {
	if d.Acts == nil {
		do(w, r)
		return
	}
	peeked, err := io.ReadAll(io.LimitReader(r.Body, maxPeek))
	body := readSaid(peeked)
	a.At, a.State = d.Now().UTC(), loyalty.ActAsked
	a.By = first(a.By, body.By, r.Header.Get(HeaderBy), a.Through)
	a.Why = first(body.Why, body.Reason, body.Note)
	a.By = namedBy.ReplaceAllString(a.By, "$1@(address)")
	for _, text := range []*string{&a.By, &a.Through, &a.On, &a.Why} {
		*text = clean(*text)
	}
	a.ID = idOf(a, peeked)
	if err == nil {
		err = d.Acts.PutAct(r.Context(), a)
	}
	if err != nil {
		w.Header().Set("Retry-After", "1")
		edge.WriteProblem(w, edge.Problem{Status: http.StatusServiceUnavailable, Code: "not_recorded",
			Detail: "This could not be put on record, so nothing was changed. Send the same request again."})
		return
	}
	told := &Told{}
	out := &watched{ResponseWriter: w, status: http.StatusOK}
	r = r.WithContext(context.WithValue(r.Context(), tellKey{}, told))
	r.Body = rest{io.MultiReader(bytes.NewReader(peeked), r.Body), r.Body}
	do(out, r)
	d.end(r.Context(), a, *told, out)
}

// end records how an act ended. The answer is out already, so a failure is told to the desk's Fault and changes nothing.
func (d Desk) end(ctx context.Context, a loyalty.Act, told Told, out *watched) {
	a.EndedAt, a.State, a.Code = d.Now().UTC(), loyalty.ActDone, out.code()
	switch {
	case out.status >= http.StatusInternalServerError || told.Failed:
		a.State = loyalty.ActFailed
	case out.status >= http.StatusBadRequest:
		a.State = loyalty.ActRefused
	case told.Refused != "":
		a.State, a.Code = loyalty.ActRefused, told.Refused
	}
	a.On, a.Before, a.After = first(clean(told.On), a.On), clean(told.Before), clean(told.After)
	if err := d.Acts.PutAct(context.WithoutCancel(ctx), a); err != nil && d.Fault != nil {
		d.Fault(ctx, err)
	}
}

// readSaid finds who and why in a body, which may be cut off or no JSON at all: then nobody is named.
func readSaid(body []byte) said {
	var s said
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return s
	}
	into := map[string]*string{"by": &s.By, "why": &s.Why, "reason": &s.Reason, "note": &s.Note}
	for dec.More() {
		name, err := dec.Token()
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			return s
		}
		if text, ok := into[name.(string)]; ok {
			_ = json.Unmarshal(value, text) // what is no text is refused by the door itself
		}
	}
	return s
}

// address is whatever looks like one of e-mail.
var address = regexp.MustCompile(`\S+@[^\s(]\S*`)

// namedBy is an address by which somebody who acts goes: what stands before the @ is their name, without which the line would name nobody.
var namedBy = regexp.MustCompile(`(\S+)@[^\s(]\S*`)

// clean makes a line of a text: no address, no payment card, nothing that a terminal obeys and no reader sees, no more than maxText characters.
func clean(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	text = ids.BlankPaymentCards(address.ReplaceAllString(text, "(address)"))
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText])
	}
	return text
}

func first(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}

// idOf names an act by what it asks.
func idOf(a loyalty.Act, body []byte) string {
	sum := sha256.New()
	for _, text := range []string{a.What, a.On, a.By, a.Through} {
		sum.Write([]byte(text + "\x00"))
	}
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// rest is a body of which the beginning was read.
type rest struct {
	io.Reader
	io.Closer
}

// watched is an answer of which status and code are remembered.
type watched struct {
	http.ResponseWriter
	status int
	failed []byte
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(p []byte) (int, error) {
	if w.status >= http.StatusBadRequest && len(w.failed) < maxFail {
		w.failed = append(w.failed, p[:min(len(p), maxFail)]...)
	}
	return w.ResponseWriter.Write(p)
}

// Flush lets doors stream.
func (w *watched) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap lets a http.ResponseController reach the answer itself.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// code is that of the problem document, "" where there is none.
func (w *watched) code() string {
	var p edge.Problem
	if json.Unmarshal(w.failed, &p) != nil {
		return ""
	}
	return p.Code
}
