package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// MaxSuppressed is how many addresses one call may name.
const MaxSuppressed = 1000

// SuppressAsk names addresses that are not to be written to, or no longer so.
type SuppressAsk struct {
	Addresses []string `json:"addresses"`
	Reason    string   `json:"reason,omitempty"`
}

// Suppressed is an entry of the list. There is no way back from the hash to the address.
type Suppressed struct {
	Hash   string    `json:"hash"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// SuppressReasons are those that a person may give.
var SuppressReasons = []string{loyalty.SuppressedByRequest, "bounce", "complaint"}

func (h *handler) listSuppressions(w http.ResponseWriter, r *http.Request) {
	list := []Suppressed{}
	err := h.store.SuppressedAddresses(r.Context(), func(hash string, s card.Suppression) error {
		list = append(list, Suppressed{Hash: hash, Reason: s.Reason, At: s.At})
		return nil
	})
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

// addresses reads what a call names; the faulty one is not said back.
func addresses(w http.ResponseWriter, r *http.Request, in *SuppressAsk) bool {
	if !read(w, r, in, 0) {
		return false
	}
	bad := len(in.Addresses) == 0 || len(in.Addresses) > MaxSuppressed
	for _, a := range in.Addresses {
		bad = bad || message.CheckAddress(a) != nil
	}
	if bad {
		fail(w, &loyalty.Error{Kind: loyalty.ErrInvalid, Code: "addresses", Detail: "1 to 1000 e-mail addresses are needed, and one of these is none"})
	}
	return !bad
}

func (h *handler) addSuppressions(w http.ResponseWriter, r *http.Request) {
	var in SuppressAsk
	if !addresses(w, r, &in) {
		return
	}
	if !slices.Contains(SuppressReasons, in.Reason) {
		fail(w, &loyalty.Error{Kind: loyalty.ErrInvalid, Code: "reason", Detail: "the reason is one of " + strings.Join(SuppressReasons, ", ")})
		return
	}
	onRecord(r, fmt.Sprintf("%d addresses", len(in.Addresses)), "", "suppressed: "+in.Reason)
	for _, a := range in.Addresses {
		if err := h.store.SuppressAddress(r.Context(), a, card.Suppression{At: h.Now(), Reason: in.Reason}); err != nil {
			fail(w, err)
			return
		}
	}
	edge.WriteJSON(w, http.StatusOK, map[string]int{"addresses": len(in.Addresses)})
}

func (h *handler) liftSuppressions(w http.ResponseWriter, r *http.Request) {
	var in SuppressAsk
	if !addresses(w, r, &in) {
		return
	}
	onRecord(r, fmt.Sprintf("%d addresses", len(in.Addresses)), "suppressed", "lifted")
	for _, a := range in.Addresses {
		if err := h.lift(r, a); err != nil {
			fail(w, err)
			return
		}
	}
	edge.WriteJSON(w, http.StatusOK, map[string]int{"addresses": len(in.Addresses)})
}

// lift takes an address off the list, and what stands in the profile of the shopper who has it now.
func (h *handler) lift(r *http.Request, address string) error {
	if err := h.store.LiftSuppression(r.Context(), address); err != nil {
		return err
	}
	number, err := h.store.Find(r.Context(), loyalty.EmailIdentity(address))
	if err != nil {
		return onlyUnknown(err)
	}
	_, _, err = h.Service.UpdateProfile(r.Context(), number, func(p card.Profile) (card.Profile, error) {
		p.Suppressed = nil
		return p, nil
	})
	return onlyUnknown(err)
}

// onlyUnknown passes over that nobody has the address.
func onlyUnknown(err error) error {
	if errors.Is(err, loyalty.ErrNotFound) {
		return nil
	}
	return err
}
