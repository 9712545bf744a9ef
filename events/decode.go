package events

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/regulars-dev/regulars/shared/strict"
)

// MaxBytes is the limit of a document at the door.
const MaxBytes = 256 << 10 // bytes of one event; 500 lines with every field filled need about half

func tooLong(n int) string {
	return fmt.Sprintf("is %d bytes long; at most %d are accepted", n, MaxBytes)
}

// Decode reads an event as EventBridge delivers it, or bare as {"type", "metadata", "data"}.
//
// It is strict, because a field misspelt by a till would otherwise be points silently lost: a field that the contract does not name,
// one given twice, null, a number with a decimal point or of another kind are problems like a missing field is. Data holds a value
// (never a pointer) of the registered type.
//
// It returns ErrUnknown for a type that is not published and otherwise ErrInvalid, as an *Invalid with all problems at once, their
// pointers relative to {"metadata", "data"}. Neither goes away by trying again.
func Decode(raw []byte) (Event, error) {
	if len(raw) > MaxBytes {
		return Event{}, &Invalid{Problems: []Problem{{"", tooLong(len(raw))}}}
	}
	c := &checks{}
	name, parts := unwrap(raw, c)
	if name == "" {
		return Event{}, &Invalid{Problems: c.found}
	}
	s, err := Lookup(name)
	if err != nil {
		return Event{}, err
	}
	if len(c.found) > 0 {
		return Event{}, &Invalid{Type: name, Problems: c.found}
	}
	e := Event{Type: name}
	if c.read(parts.Metadata, &e.Metadata, "/metadata") {
		c.found = append(c.found, within("/metadata", e.Metadata.Validate())...)
	}
	e.Data = s.body(parts.Data, "/data", c)
	if len(c.found) > 0 {
		return Event{}, &Invalid{Type: name, Problems: c.found[:min(len(c.found), MaxProblems)]}
	}
	return e, nil
}

// DecodeData reads the data of one event alone, such as the body of a request to a till; pointers are relative to it.
// It fails as Decode does.
func DecodeData(name string, raw []byte) (Body, error) {
	s, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	c := &checks{}
	body := s.body(raw, "", c)
	if len(c.found) > 0 {
		return nil, &Invalid{Type: name, Problems: c.found[:min(len(c.found), MaxProblems)]}
	}
	return body, nil
}

// parts is an event in either of its wrappings.
type parts struct {
	Type     string          `json:"type,omitempty"`
	Metadata json.RawMessage `json:"metadata"`
	Data     json.RawMessage `json:"data"`
}

// unwrap finds the type and the two parts, whose pointers are the same in either wrapping. What else stands in an envelope is
// AWS's business. Without a name there is a problem that says why.
func unwrap(raw []byte, c *checks) (name string, p parts) {
	var outside struct {
		DetailType *string         `json:"detail-type"`
		Type       string          `json:"type"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(raw, &outside); err != nil {
		c.add("", "is not the JSON object of an event")
		return "", p
	}
	field, name := "/type", outside.Type
	if outside.DetailType != nil {
		field, name, raw = "/detail-type", *outside.DetailType, outside.Detail
	}
	if name == "" {
		c.add(field, "must be the name of an event, such as %q", NameCheckoutCompleted)
		return "", p
	}
	if len(raw) == 0 {
		c.add("/detail", "is missing")
		return name, p
	}
	c.read(raw, &p, "")
	return name, p
}

// read fills dst and reports whether its shape was right.
func (c *checks) read(raw []byte, dst any, at string) bool {
	if len(raw) > MaxBytes {
		c.add(at, "%s", tooLong(len(raw)))
		return false
	}
	faults, err := strict.DecodeWhole(raw, dst, at)
	if err != nil {
		c.add(at, "is not as it should be: %v", err)
	}
	for _, f := range faults {
		c.add(f.Pointer, "%s", f.Detail)
	}
	return err == nil && len(faults) == 0
}

// body makes the Go value of raw and checks it. Meaning is judged only where the shape is right, so that one slip is told once.
func (s Spec) body(raw []byte, at string, c *checks) Body {
	v := reflect.New(s.Go)
	if !c.read(raw, v.Interface(), at) {
		return nil
	}
	body := v.Elem().Interface().(Body)
	c.found = append(c.found, within(at, body.Validate())...)
	return body
}
