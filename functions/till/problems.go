package till

import (
	"errors"
	"net/http"
	"strings"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Names of what is counted here. No dimension holds what belongs to a shopper or a receipt.
const (
	countStrangers = "till_key_unknown"     // requests with a key that is none
	countFailed    = "till_failed"          // requests that ended in "try again"
	countLocked    = "till_lookups_stopped" // look-ups refused to a key that has missed too often
	countDenied    = "rights_missing"       // requests that a right of the function was missing for
)

// retryAfter is the seconds after which a caller may come again: as long as a busy card or a throttled table needs at most.
const retryAfter = "1"

// fail answers with the problem that err is. What is not the caller's fault is logged here and nowhere else, and its words stay here.
func (d *door) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="regulars"`)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", untilMinute(d.Service.Now()))
	case http.StatusInternalServerError:
		edge.Count(r.Context(), countDenied, 1)
		d.Log.ErrorContext(r.Context(), "the function has not the right for what it does: hold its policy against template.yaml and deploy again", "route", r.Pattern, "error", err)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
		edge.Count(r.Context(), countFailed, 1)
		d.Log.ErrorContext(r.Context(), "the request failed and may come again", "route", r.Pattern, "error", err)
	}
	edge.WriteProblem(w, p)
}

// problemOf turns an error into what the caller is told. It is the one place where a kind of error becomes a status.
func problemOf(err error) edge.Problem {
	if p := (edge.Problem{}); errors.As(err, &p) {
		return p
	}
	var said loyalty.Error
	if e := (*loyalty.Error)(nil); errors.As(err, &e) {
		said = *e
	}
	switch {
	case errors.Is(err, loyalty.ErrInvalid):
		return told(http.StatusUnprocessableEntity, "invalid", said)
	case errors.Is(err, loyalty.ErrNotFound):
		return told(http.StatusNotFound, "not_found", said)
	case errors.Is(err, loyalty.ErrConflict), errors.Is(err, loyalty.ErrDuplicate):
		return told(http.StatusConflict, "conflict", said)
	case errors.Is(err, loyalty.ErrRefused):
		if said.Code == "quantity_exceeded" { // the body asks for too much; the others lie in the state of things
			return told(http.StatusUnprocessableEntity, "refused", said)
		}
		return told(http.StatusConflict, "refused", said)
	}
	if denied(err) {
		return edge.Problem{Status: http.StatusInternalServerError, Code: "right_missing_here",
			Detail: "The shop's system is set up wrongly and cannot do this. Sending it again does not help; the shop's operator is told."}
	}
	return edge.Problem{Status: http.StatusServiceUnavailable, Code: "try_again",
		Detail: "Something here is out of order for the moment. Send the same request again."}
}

// denied reports that a service has refused the function itself, as AWS and the run on one machine do where a policy lacks the right.
func denied(err error) bool {
	var said interface{ ErrorCode() string }
	return errors.As(err, &said) && strings.HasPrefix(said.ErrorCode(), "AccessDenied")
}

// told is the problem in the words of the use case, or in the status's own where there are none.
func told(status int, code string, said loyalty.Error) edge.Problem {
	if said.Code == "" {
		return edge.Problem{Status: status, Code: code, Detail: http.StatusText(status) + "."}
	}
	return edge.Problem{Status: status, Code: said.Code, Detail: sentence(said.Detail)}
}

// sentence makes a detail begin and end like one.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// field is the problem of one field.
func field(pointer, code, detail string) error {
	f := faults{}
	f.add(pointer, code, "%s", detail)
	return f.problem()
}
