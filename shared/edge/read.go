package edge

import (
	"fmt"
	"io"
	"net/http"

	"github.com/regulars-dev/regulars/shared/strict"
)

// ReadJSON reads the body of r, at most limit bytes (0: MaxBody), into what dst points at, as strictly as shared/strict does: all
// faults at once with pointers. nil means that dst is filled; otherwise dst is not to be used.
func ReadJSON(r *http.Request, dst any, limit int64) *Problem {
	if limit == 0 {
		limit = MaxBody
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, Code: "unreadable_body", Detail: "The body could not be read to its end."}
	}
	if int64(len(body)) > limit {
		return tooLarge(int(limit))
	}
	return DecodeJSON(body, dst)
}

// DecodeJSON is ReadJSON for a document that is already in hand.
func DecodeJSON(body []byte, dst any) *Problem {
	faults, err := strict.Decode(body, dst)
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, Code: "malformed_json", Detail: fmt.Sprintf("The body is not one JSON document: %v.", err)}
	}
	if len(faults) == 0 {
		return nil
	}
	p := &Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_fields", Detail: "Some fields are not as they should be; nothing was stored."}
	for _, f := range faults {
		p.Errors = append(p.Errors, FieldError(f))
	}
	return p
}
