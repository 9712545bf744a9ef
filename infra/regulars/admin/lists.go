package admin

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// MadeList is a list to be made, and the answer to that.
type MadeList struct {
	Name     string `json:"name,omitempty"`
	Repeated bool   `json:"repeated,omitempty"` // there was this list already
}

// ListCards names cards by their numbers or their shoppers' e-mail addresses, to be put on a list or taken off it.
type ListCards struct {
	Cards []string `json:"cards"`
	Off   bool     `json:"off,omitempty"`
}

// ListLine is a line of the answer to a count or a deletion: how far it is, some of the numbers if they were asked for, or at the end what
// it found or why it broke off.
type ListLine struct {
	Done    int64            `json:"done,omitempty"`
	Cards   []string         `json:"cards,omitempty"`
	Counted *loyalty.Counted `json:"counted,omitempty"`
	Taken   *int64           `json:"taken,omitempty"` // cards that were taken off a list that is deleted
	Error   string           `json:"error,omitempty"`
}

func (h *handler) allLists(w http.ResponseWriter, r *http.Request) {
	list, err := h.Service.Lists.AllLists(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

func (h *handler) makeList(w http.ResponseWriter, r *http.Request) {
	var in MadeList
	if !read(w, r, &in, 0) {
		return
	}
	l, repeated, err := h.Service.MakeList(r.Context(), r.PathValue("id"), in.Name)
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, "", map[bool]string{true: "there already", false: "none"}[repeated], l.Name)
	edge.WriteJSON(w, http.StatusOK, MadeList{Name: l.Name, Repeated: repeated})
}

func (h *handler) listCards(w http.ResponseWriter, r *http.Request) {
	var in ListCards
	if !read(w, r, &in, 0) {
		return
	}
	onRecord(r, "", "", fmt.Sprintf("%d cards put on, or taken off: %t", len(in.Cards), in.Off))
	listed, err := h.Service.ListCards(r.Context(), r.PathValue("id"), in.Cards, !in.Off)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, listed)
}

// countList answers in lines of JSON, what it found in the last; ?all gives the numbers as well.
func (h *handler) countList(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	var each func([]string) error
	if r.URL.Query().Has("all") {
		each = func(numbers []string) error {
			out(ListLine{Cards: numbers})
			return nil
		}
	}
	counted, err := h.Service.CountList(r.Context(), r.PathValue("id"), segmentParts, tellList(out), each)
	if err != nil {
		out(ListLine{Error: err.Error()})
		return
	}
	out(ListLine{Counted: &counted})
}

func (h *handler) deleteList(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	held, err := h.held(r.Context())
	var taken int64
	if err == nil {
		taken, err = h.Service.DeleteList(r.Context(), r.PathValue("id"), held, segmentParts, tellList(out))
	}
	if err != nil {
		broken(r)
		out(ListLine{Error: err.Error()})
		return
	}
	onRecord(r, "", "", fmt.Sprintf("deleted; %d cards taken off", taken))
	out(ListLine{Taken: &taken})
}

// held are the programmes that hold now or will, read anew: one that was published a second ago counts.
func (h *handler) held(ctx context.Context) ([]*programme.Programme, error) {
	versions, err := h.store.Versions(ctx)
	if err != nil {
		return nil, err
	}
	var list []*programme.Programme
	for _, v := range slices.Backward(versions) { // the latest first
		if v.Rules != nil {
			list = append(list, v.Rules)
		}
		if !v.From.After(h.Now()) {
			break
		}
	}
	return list, nil
}

// tellList tells now and then how many cards were looked at.
func tellList(out func(any)) func(int64) {
	tell := telling(func(v any) {
		if line, ok := v.(Verified); ok {
			out(ListLine{Done: line.Done})
		}
	})
	return func(n int64) { tell("", n) }
}

// listed refuses a programme that asks for a list that there is none of: who is on it would be nobody, and who is not everybody.
func (h *handler) listed(ctx context.Context, p *programme.Programme) error {
	missing, err := h.Service.MissingLists(ctx, p)
	if err != nil || len(missing) == 0 {
		return err
	}
	return refuse(loyalty.ErrInvalid, "list_unknown", missing[0].Pointer+": there is no list \""+missing[0].ID+"\"; `regulars list create "+missing[0].ID+"` makes one")
}
