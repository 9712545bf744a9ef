package message

import (
	"strings"
	"testing"
)

func TestTheMailThatAsksIsThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, language := range append(Languages(), "de-AT", "xx") {
		c, err := ConfirmMail(language)
		if err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		data := Sample(c.Language)
		data.UnsubscribeURL = ""
		m, err := Render(c, data)
		if err != nil || !strings.Contains(m.HTML, data.ConfirmURL) || !strings.Contains(m.Text, data.ConfirmURL) || m.UnsubscribeURL != "" {
			t.Errorf("%s: %v %s", language, err, m.Text)
		}
	}
}
