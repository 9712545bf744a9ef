package admin

import (
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Limits of what stands beside a published version.
const (
	maxVersionBy   = loyalty.MaxBy // characters
	maxVersionNote = 200           // characters
)

// said judges who publishes and why, which may both be left out.
func (p Publication) said() error {
	if p.By != "" && !loyalty.SaidPlainly(p.By, maxVersionBy) {
		return refuse(loyalty.ErrInvalid, "by", fmt.Sprintf("the name of who publishes must be a text of 1 to %d characters on one line", maxVersionBy))
	}
	if p.Note != "" && !loyalty.SaidPlainly(p.Note, maxVersionNote) {
		return refuse(loyalty.ErrInvalid, "note", fmt.Sprintf("the note must be a text of 1 to %d characters on one line", maxVersionNote))
	}
	return nil
}

// Version is a published version as the history tells it. Fault says why it cannot be read; Forgiven is what today's check would refuse.
type Version struct {
	From        time.Time           `json:"from"`
	Programme   string              `json:"programme,omitempty"`
	PublishedAt time.Time           `json:"published_at,omitzero"`
	By          string              `json:"by,omitempty"`
	Note        string              `json:"note,omitempty"`
	Holds       bool                `json:"holds"` // now
	Earn        int                 `json:"earn"`
	Tiers       int                 `json:"tiers"`
	Offers      int                 `json:"offers"`
	Campaigns   int                 `json:"campaigns"`
	Forgiven    []programme.Problem `json:"forgiven,omitempty"`
	Fault       string              `json:"fault,omitempty"`
}

// listVersions answers with every version that was ever published, the earliest first.
func (h *handler) listVersions(w http.ResponseWriter, r *http.Request) {
	found, err := h.store.Versions(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	list, now, holds := []Version{}, h.Now(), -1
	for i, v := range found {
		told := Version{From: v.From, PublishedAt: v.PublishedAt, By: v.By, Note: v.Note}
		if v.Fault != nil {
			told.Fault = v.Fault.Error()
		} else {
			d := v.Rules.Document
			told.From, told.Programme, told.Forgiven = d.From, d.Programme, v.Rules.Forgiven()
			told.Earn, told.Tiers, told.Offers, told.Campaigns = len(d.Earn), len(d.Tiers), len(d.Offers), len(d.Campaigns)
		}
		if !v.From.After(now) || holds < 0 { // before the first one its rules hold, too
			holds = i
		}
		list = append(list, told)
	}
	if holds >= 0 {
		list[holds].Holds = true
	}
	edge.WriteJSON(w, http.StatusOK, list)
}
