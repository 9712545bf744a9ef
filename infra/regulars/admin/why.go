package admin

import (
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
)

// WhyAsked asks why a campaign has or has not written to a card. It comes as a body, so that no number stands in a URL.
type WhyAsked struct {
	Card     string `json:"card"`
	Campaign string `json:"campaign"`
}

func (h *handler) why(w http.ResponseWriter, r *http.Request) {
	var in WhyAsked
	if !read(w, r, &in, 0) {
		return
	}
	told, err := h.Service.Why(r.Context(), in.Card, in.Campaign)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, told)
}
