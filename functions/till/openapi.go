package till

import (
	_ "embed"
	"net/http"
)

// openAPI describes every door, with an example of each body and answer.
//
//go:embed openapi.json
var openAPI []byte

// describe answers with the OpenAPI document, which is the same for everybody.
func (d *door) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(openAPI) // a caller that has gone away is not our fault
}
