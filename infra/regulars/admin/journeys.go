package admin

import (
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// JourneyAsk names a card, and a campaign with who stops its journey and why. It comes as a body, so that no number stands in a URL.
type JourneyAsk struct {
	Card     string `json:"card,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	By       string `json:"by,omitempty"`
	Why      string `json:"why,omitempty"`
}

// JourneyPlace is where a card stands.
type JourneyPlace struct {
	Card     string    `json:"card"`
	Campaign string    `json:"campaign"`
	Occasion string    `json:"occasion"`
	Entered  time.Time `json:"entered_at"`
	Step     string    `json:"step,omitempty"`
	Until    time.Time `json:"until,omitzero"` // of the wait at which it stands
	End      string    `json:"end,omitempty"`
}

func (h *handler) journeys(w http.ResponseWriter, r *http.Request) {
	var in JourneyAsk
	if !read(w, r, &in, 0) {
		return
	}
	places, err := h.Service.Journeyed(r.Context(), in.Card)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, shownPlaces(places))
}

func (h *handler) underWay(w http.ResponseWriter, r *http.Request) {
	var in JourneyAsk
	if !read(w, r, &in, 0) {
		return
	}
	places, err := h.Service.UnderWay(r.Context(), in.Campaign)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, shownPlaces(places))
}

// shownPlaces are places as a person sees them.
func shownPlaces(places []loyalty.Placed) []JourneyPlace {
	list := []JourneyPlace{}
	for _, p := range places {
		place := JourneyPlace{Card: p.Card, Campaign: p.Campaign, Occasion: p.Occasion, Entered: p.Entered, Step: p.Step, End: string(p.End)}
		if p.Waits {
			place.Until = p.Until
		}
		list = append(list, place)
	}
	return list
}

func (h *handler) stopJourney(w http.ResponseWriter, r *http.Request) {
	var in JourneyAsk
	if !read(w, r, &in, 0) {
		return
	}
	if err := h.Service.StopJourney(r.Context(), in.Card, in.Campaign, in.By, in.Why); err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, in)
}

func (h *handler) moveJourneys(w http.ResponseWriter, r *http.Request) {
	var in JourneyAsk
	if !read(w, r, &in, 0) {
		return
	}
	list, err := h.Service.MoveJourneys(r.Context(), in.Campaign, h.Service.Now())
	if err != nil {
		fail(w, err)
		return
	}
	if list == nil {
		list = []loyalty.JourneyMoved{}
	}
	edge.WriteJSON(w, http.StatusOK, list)
}
