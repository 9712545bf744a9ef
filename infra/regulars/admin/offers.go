package admin

import (
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Offer is an offer of the programme and whether tills give it.
type Offer struct {
	ID      string         `json:"id"`
	Name    string         `json:"name,omitempty"`
	Stopped bool           `json:"stopped,omitempty"`
	Steps   []loyalty.Step `json:"steps,omitempty"`
}

func (h *handler) listOffers(w http.ResponseWriter, r *http.Request) {
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		fail(w, err)
		return
	}
	stopped, err := h.Service.StoppedOffers(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	list := []Offer{}
	for _, o := range rules.Offers {
		c, is := stopped[o.ID]
		list = append(list, Offer{ID: o.ID, Name: o.Name, Stopped: is, Steps: c.Steps})
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

// steerOffer kills an offer, or lets it hold again.
func (h *handler) steerOffer(w http.ResponseWriter, r *http.Request) {
	var in CampaignStep
	if !read(w, r, &in, 0) {
		return
	}
	if in.By != "" && !loyalty.SaidPlainly(in.By, maxVersionBy) || in.Why != "" && !loyalty.SaidPlainly(in.Why, maxVersionNote) {
		fail(w, refuse(loyalty.ErrInvalid, "by", "--by and --why are short texts on one line"))
		return
	}
	id := r.PathValue("id")
	c, err := h.Service.SteerOffer(r.Context(), loyalty.Steering{Campaign: id, Verb: loyalty.Verb(r.PathValue("verb")), By: in.By, Why: in.Why})
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, "", wasStopped(c), offerState(c.State == loyalty.CampaignKilled))
	edge.WriteJSON(w, http.StatusOK, Offer{ID: id, Stopped: c.State == loyalty.CampaignKilled, Steps: c.Steps})
}

// offerState names whether an offer may be had.
func offerState(stopped bool) string {
	if stopped {
		return "stopped"
	}
	return "running"
}

// wasStopped tells how an offer stood before the last step.
func wasStopped(c loyalty.Control) string {
	if n := len(c.Steps); n > 1 {
		return offerState(c.Steps[n-2].State == loyalty.CampaignKilled)
	}
	return offerState(false)
}
