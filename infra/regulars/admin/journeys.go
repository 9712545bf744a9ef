package admin

import (
	"fmt"
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

	To time.Time `json:"to,omitzero"` // from when a version holds; zero for the one that holds now
}

// JourneyList is who is under way: how many stand where, and those that move next.
type JourneyList struct {
	Cards  int64              `json:"cards"`
	Steps  []loyalty.Standing `json:"steps"`
	Places []JourneyPlace     `json:"places"` // at most loyalty.MaxTravellers
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
	all, err := h.Service.UnderWay(r.Context(), in.Campaign)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, JourneyList{Cards: all.Cards, Steps: append([]loyalty.Standing{}, all.Steps...), Places: shownPlaces(all.Next)})
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
	onRecord(r, in.Card+" "+in.Campaign, "", "")
	if err := h.Service.StopJourney(r.Context(), in.Card, in.Campaign, in.By, in.Why); err != nil {
		fail(w, err)
		return
	}
	onRecord(r, "", "", "over")
	edge.WriteJSON(w, http.StatusOK, in)
}

func (h *handler) moveJourneys(w http.ResponseWriter, r *http.Request) {
	var in JourneyAsk
	if !read(w, r, &in, 0) {
		return
	}
	to := h.Service.Now()
	if !in.To.IsZero() {
		if err := h.Service.VersionFrom(r.Context(), in.To); err != nil {
			fail(w, err)
			return
		}
		to = in.To
	}
	list, err := h.Service.MoveJourneys(r.Context(), in.Campaign, to)
	if err != nil {
		fail(w, err)
		return
	}
	moved := 0
	for _, m := range list {
		if m.Why == "" {
			moved++
		}
	}
	onRecord(r, in.Campaign, "", fmt.Sprintf("%d cards moved, %d stay", moved, len(list)-moved))
	if list == nil {
		list = []loyalty.JourneyMoved{}
	}
	edge.WriteJSON(w, http.StatusOK, list)
}
