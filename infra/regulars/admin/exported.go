package admin

import (
	"encoding/json"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// withSecret is an exported document with the secret of the shop that takes it over: the one that card numbers in purses were made with. All
// else stays, so the version is called the same in both shops. Other documents come back as they are.
func withSecret(document json.RawMessage, p, held *programme.Programme) (json.RawMessage, *programme.Programme, error) {
	if p.Cards.Secret != programme.SecretKept {
		return document, p, nil
	}
	if held == nil {
		return nil, nil, refuse(loyalty.ErrInvalid, "secret_missing",
			"this programme was exported without its secret, and this shop has none yet; write a secret of your own into cards.secret and keep it")
	}
	said := p.Document
	said.Cards.Secret = held.Cards.Secret
	text, err := json.Marshal(said)
	if err != nil {
		return nil, nil, fmt.Errorf("write the programme: %w", err)
	}
	p, problems, err := programme.Parse(text)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("with this shop's secret: %s", problems[0])
	}
	return text, p, err
}

// sameAs reports whether two versions say the same and belong to the same cards.
func sameAs(p, held *programme.Programme) bool {
	return held != nil && held.From.Equal(p.From) && held.Hash() == p.Hash() && held.Cards.Secret == p.Cards.Secret
}
