package admin

import (
	"net/http"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Previewed is an e-mail as a shopper would get it. The HTML carries its pictures, and above all else why the card would not get it.
type Previewed struct {
	Template string   `json:"template"`
	Language string   `json:"language"`
	Campaign string   `json:"campaign,omitempty"`
	Subject  string   `json:"subject"`
	Text     string   `json:"text"`
	HTML     string   `json:"html"`
	NotSent  []string `json:"not_sent"`
}

func previewedOf(p loyalty.Preview) Previewed {
	return Previewed{
		Template: p.Template, Language: p.Language, Campaign: p.Campaign, Subject: p.Mail.Subject, Text: p.Mail.Text, HTML: p.Bannered(),
		NotSent: append([]string{}, p.NotSent...),
	}
}

func (h *handler) listTemplates(w http.ResponseWriter, r *http.Request) {
	list, err := h.Service.Templates(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, map[string]any{"templates": list})
}

// previewTemplate takes what is asked as a body, so that no number stands in a URL.
func (h *handler) previewTemplate(w http.ResponseWriter, r *http.Request) {
	var in loyalty.PreviewAsked
	if !read(w, r, &in, 0) {
		return
	}
	p, err := h.Service.Preview(r.Context(), in)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, previewedOf(p))
}

func (h *handler) testTemplate(w http.ResponseWriter, r *http.Request) {
	var in loyalty.TestLetter
	if !read(w, r, &in, 0) {
		return
	}
	if !h.tests.take(h.Now()) {
		fail(w, refuse(loyalty.ErrRefused, "too_many_tests", "ten tests a minute are enough to look at; wait a minute"))
		return
	}
	onRecord(r, in.Template, "", "a test was sent")
	p, err := h.Service.SendTest(r.Context(), in)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, previewedOf(p))
}

// testsAMinute is how many tests are sent, whatever comes of them, so that this door is no way around campaigns.
const testsAMinute = 10

// pace remembers when the last tests were sent.
type pace struct {
	mu   sync.Mutex
	last []time.Time
}

// take reports whether there is room for one more now, and takes it.
func (p *pace) take(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	young := p.last[:0]
	for _, t := range p.last {
		if now.Sub(t) < time.Minute {
			young = append(young, t)
		}
	}
	p.last = young
	if len(young) >= testsAMinute {
		return false
	}
	p.last = append(p.last, now)
	return true
}
