package admin

import (
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// explainReceipt says how a receipt came to its points and its price.
func (h *handler) explainReceipt(w http.ResponseWriter, r *http.Request) {
	key := receipt.Key{Store: r.PathValue("store"), Till: r.PathValue("till"), Number: r.PathValue("number")}
	told, err := h.Service.Explain(r.Context(), key)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, told)
}
