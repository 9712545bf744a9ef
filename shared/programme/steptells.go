package programme

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
)

// Webhook is an address that a step of a campaign posts to. The call is signed; whatever it answers but 2xx is tried again for three hours,
// unless it says that it never will be taken, and then the journey goes on without it.
type Webhook struct {
	URL  string `json:"url"`            // https://, of a host with a public address; at most 500 bytes
	Name string `json:"name,omitempty"` // your own word for what is reached; "reached" if missing
}

const (
	maxHookURL  = 500 // bytes
	reachedName = "reached"
)

// Tells is the shop's own word for what a step tells others of.
func (s JourneyStep) Tells() string {
	switch {
	case s.Webhook == nil:
		return s.Event
	case s.Webhook.Name == "":
		return reachedName
	}
	return s.Webhook.Name
}

// tells checks a step that tells others of itself.
func (w *stepper) tells(at, id string, s JourneyStep) {
	if !ids.ValidPart(id) {
		w.fault(at, "the step lies so deep that its name %s has more than %d characters; give it an id", id, ids.MaxPart)
	}
	name := at + "/event"
	if s.Webhook != nil {
		name = at + "/webhook/name"
		w.hookURL(at+"/webhook/url", s.Webhook.URL)
	} else if !w.p.Publishes(events.NameJourneyReached) {
		w.fault(at+"/event", "publish does not name %s, so that nobody would hear of it", events.NameJourneyReached)
	}
	for _, wrong := range (events.JourneyReached{Reached: s.Tells()}).Validate() {
		if wrong.Pointer == "/reached" {
			w.fault(name, "%s", wrong.Why)
		}
	}
}

// hookURL refuses what no call could be made to. Where the host's name leads is asked at each call.
func (w *stepper) hookURL(at, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxHookURL || u.Scheme != "https" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		w.fault(at, "a webhook is an https:// address of at most %d ASCII characters", maxHookURL)
	case u.User != nil || u.Fragment != "" || u.Port() != "" && u.Port() != "443":
		w.fault(at, "a webhook has no password, no fragment, and no port but 443; calls are signed")
	case !strings.Contains(strings.Trim(u.Hostname(), "."), "."):
		w.fault(at, "a webhook names a public host, such as hooks.shop.example")
	default:
		if _, err := netip.ParseAddr(u.Hostname()); err == nil {
			w.fault(at, "a webhook names its host; a bare address is not called")
		}
	}
}
