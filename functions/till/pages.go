package till

import (
	"context"
	"errors"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/web"
)

// leaver records what a shopper wants for the pages behind an e-mail's links, in the words that the pages understand.
type leaver struct{ s *loyalty.Service }

func (l leaver) Unsubscribe(ctx context.Context, token string) error {
	return inPage(l.s.Unsubscribe(ctx, token))
}

func (l leaver) Choices(ctx context.Context, token string) ([]web.Choice, error) {
	list, err := l.s.Preferences(ctx, token)
	var choices []web.Choice
	for _, p := range list {
		choices = append(choices, web.Choice{Topic: p.Topic, Name: p.Name, On: p.On})
	}
	return choices, inPage(err)
}

func (l leaver) Choose(ctx context.Context, token string, on []string) error {
	return inPage(l.s.Prefer(ctx, token, on))
}

func inPage(err error) error {
	if errors.Is(err, loyalty.ErrInvalid) {
		return message.ErrInvalid
	}
	return err
}
