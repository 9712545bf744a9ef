package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/message"
)

// LanguageOf is the language of the e-mails to the shopper whom a link was sent to: by the token of a link to unsubscribe, to choose or to
// confirm. "" for a link that is not ours, and for a card that is gone. It reads one card, which may be a moment old.
func (s *Service) LanguageOf(ctx context.Context, token string) (string, error) {
	id, _, bad := message.ParseToken(s.Letters.Secrets, token)
	if bad != nil {
		said, bad := message.ParseConfirmToken(s.Letters.Secrets, token)
		if bad != nil {
			return "", nil
		}
		id = said.Card
	}
	opened, err := s.Cards.Open(ctx, id, false)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("open the card of a link: %w", err)
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return "", err
	}
	return cmp.Or(opened.Profile.Language, rules.Language), nil
}
