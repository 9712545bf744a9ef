package shop_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

func TestTheMarketerLooksAtAnEmailAndSendsHerselfATest(t *testing.T) {
	t.Parallel()
	w := open(t)
	card := w.enrol("ana@shopper.example", "1990-05-15")
	for path, want := range map[string]string{
		"/previews": "thanks", "/previews/thanks": "filled in with a sample", "/previews/thanks?card=" + card: "as card " + card,
		"/previews/birthday/html?card=" + card: "Happy birthday",
	} {
		if status, body := w.send(http.MethodGet, path, "", nil); status != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s answers %d and does not say %q:\n%s", path, status, want, body)
		}
	}
	p, err := w.shop.Service.SendTest(t.Context(), loyalty.TestLetter{PreviewAsked: loyalty.PreviewAsked{Template: "thanks", Card: card}, To: []string{"mira@shop.example"}})
	if err != nil {
		t.Fatal(err)
	}
	w.drain()
	w.wantMails("mira@shop.example", p.Mail.Subject)
	w.wantMails("ana@shopper.example")
	if letters, err := w.shop.DeadLetters(); err != nil || letters["FeedbackDeadLetters"] != 0 {
		t.Errorf("%v: somebody was told of a test: %v", err, letters)
	}
}
