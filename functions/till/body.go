package till

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/strict"
)

// Limits of one body.
const (
	maxBody   = 256 << 10 // bytes
	maxFaults = 50        // faults told of at once
)

// read is the body of an ask.
func (a *ask) read() ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(a.Body, maxBody+1))
	if err != nil {
		return nil, edge.Problem{Status: http.StatusBadRequest, Code: "unreadable_body", Detail: "The body could not be read to its end."}
	}
	if len(raw) > maxBody {
		return nil, edge.Problem{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large",
			Detail: fmt.Sprintf("The body is larger than %d KiB. Send less at once.", maxBody>>10)}
	}
	return raw, nil
}

// decode reads a body into a T. scanned names the fields that hold what a reader typed, which ids.Scan judges.
//
// Faults of shape come back for the caller to add those of meaning, so that all are told at once; T then holds what could be read. An
// error is the answer: the body is no JSON, or holds a payment card.
func decode[T any](raw []byte, scanned string) (T, *faults, error) {
	var body T
	f := &faults{}
	if !utf8.Valid(raw) {
		return body, f, edge.Problem{Status: http.StatusBadRequest, Code: "malformed_json", Detail: "The body is not UTF-8."}
	}
	if err := refusePaymentCards(raw, scanned); err != nil {
		return body, f, err
	}
	found, err := strict.Decode(raw, &body)
	if err != nil {
		return body, f, edge.Problem{Status: http.StatusBadRequest, Code: "malformed_json", Detail: fmt.Sprintf("The body is not one JSON document: %v.", err)}
	}
	for _, s := range found {
		f.add(s.Pointer, s.Code, "%s", s.Detail)
	}
	if len(found) > 0 {
		_ = json.Unmarshal(raw, &body) // goes on behind a field of the wrong kind, so the rest can still be judged
	}
	return body, f, nil
}

// faults gathers what is wrong with a body, one fault a field.
type faults struct{ list []edge.FieldError }

// add tells a fault, unless one of the same field or of what it lies in was told before.
func (f *faults) add(pointer, code, format string, args ...any) {
	if len(f.list) >= maxFaults {
		return
	}
	for _, told := range f.list {
		if told.Pointer == pointer || strings.HasPrefix(pointer, told.Pointer+"/") {
			return
		}
	}
	f.list = append(f.list, edge.FieldError{Pointer: pointer, Code: code, Detail: fmt.Sprintf(format, args...)})
}

// missing tells each field that is not there.
func (f *faults) missing(there bool, pointer string) {
	if !there {
		f.add(pointer, "missing", "is missing")
	}
}

// contract tells what the contract of events finds in what became of a body. at turns its pointers into those of the body.
func (f *faults) contract(found []events.Problem, at func(pointer string) string) {
	for _, p := range found {
		f.add(at(p.Pointer), "invalid", "%s", p.Why)
	}
}

// asIs is where the body and the contract have the same fields.
func asIs(pointer string) string { return pointer }

// problem is the answer to a body with faults, nil where there are none.
func (f *faults) problem() error {
	if len(f.list) == 0 {
		return nil
	}
	return edge.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_fields",
		Detail: "Some fields are not as they should be; nothing was stored.", Errors: f.list}
}

// begin is what every ask with a body starts with: the rules of now, and the body.
func (d *door) begin(a *ask) (*programme.Programme, []byte, error) {
	rules, err := d.rules(a)
	if err != nil {
		return nil, nil, err
	}
	raw, err := a.read()
	return rules, raw, err
}
