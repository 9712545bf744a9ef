package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// proof is one template, whose e-mail tries what it can.
type proof struct{}

func (proof) Templates(context.Context) ([]TemplateView, error) {
	return []TemplateView{{ID: "thanks", Subject: "Thank you", Languages: []string{"en", "ar"}, Campaigns: []string{"big"}}}, nil
}

func (proof) Preview(_ context.Context, template, language, card string) (PreviewView, error) {
	if template != "thanks" || card == "unknown" {
		return PreviewView{}, ErrNotFound
	}
	why := ""
	if card != "" {
		why = "This shopper would not get this e-mail now. consent: not given."
	}
	return PreviewView{Template: template, Language: "en", Subject: "Thank <you>", Text: "Hello", HTML: "<p>Hello</p><script>alert(1)</script>", NotSent: why}, nil
}

func TestAPreviewIsShownInAFrameThatCanDoNothing(t *testing.T) {
	t.Parallel()
	h := Previews(proof{})
	answer, body := get(t, h, "/previews/thanks?card=7001")
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, `sandbox=""`) || strings.Contains(body, "<script") || !strings.Contains(body, `src="/previews/thanks/html?card=7001&amp;language=en"`) {
		t.Errorf("%d\n%s", answer.StatusCode, body)
	}
	answer, body = get(t, h, "/previews/thanks/html?card=7001")
	policy := answer.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox; default-src 'none'") || strings.Contains(policy, "script") || !strings.Contains(body, "Hello") {
		t.Errorf("the frame may do %s", policy)
	}
	for target, want := range map[string]string{
		"/previews":                            "campaign big",
		"/previews/thanks":                     "filled in with a sample",
		"/previews/thanks?card=7001&view=text": "would not get this e-mail now",
		"/previews/nothing":                    "There is no template nothing",
		"/previews/thanks?card=unknown":        "no such card",
		"/previews/thanks?format=json":         `"html"`,
	} {
		if _, body := get(t, h, target); !strings.Contains(body, want) {
			t.Errorf("%s does not say %q:\n%s", target, want, body)
		}
	}
}
