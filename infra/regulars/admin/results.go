package admin

import (
	"net/http"
	"strconv"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/results"
)

// campaignResults answers with what a campaign has brought, "*" for all of them together; ?margin= is what of the price of goods is not
// their cost, in basis points.
func (h *handler) campaignResults(w http.ResponseWriter, r *http.Request) {
	margin, err := strconv.ParseInt(r.URL.Query().Get("margin"), 10, 64)
	if err != nil {
		margin = -1
	}
	out, err := results.Read(r.Context(), h.Service, r.PathValue("id"), margin)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, out)
}
