package edge

import (
	"encoding/json"
	"net/http"
)

// Problem is an RFC 9457 problem document: what an HTTP caller is told when something is wrong. Code is stable and meant for
// programs, Detail is a sentence for people, Errors holds every field at fault at once.
type Problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Code   string       `json:"code"`
	Errors []FieldError `json:"errors,omitempty"`
}

// FieldError is one fault of a document. Pointer is a JSON pointer (RFC 6901); "" is the whole document.
type FieldError struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// Error makes a Problem an error, so that a room may return one.
func (p Problem) Error() string { return p.Code + ": " + p.Detail }

// WriteProblem answers with p. Type defaults to "about:blank", Title to the status's own words, Status to 500.
func WriteProblem(w http.ResponseWriter, p Problem) {
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	if p.Type == "" {
		p.Type = "about:blank"
	}
	if p.Title == "" {
		p.Title = http.StatusText(p.Status)
	}
	w.Header().Set("Cache-Control", "no-store")
	write(w, "application/problem+json", p.Status, p)
}

// WriteJSON answers with v as JSON. A v that has no JSON is answered with 500, before anything was sent.
func WriteJSON(w http.ResponseWriter, status int, v any) { write(w, "application/json", status, v) }

func write(w http.ResponseWriter, mediaType string, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		mediaType, status = "application/problem+json", http.StatusInternalServerError
		body = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal","detail":"The answer could not be written."}`)
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("X-Content-Type-Options", "nosniff") // an answer may hold a shopper's words, and no browser shall take them for a page
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a caller that has gone away is not our fault
}
