package till

import (
	"context"
	"errors"
	"net/http"

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
		choices = append(choices, web.Choice{Topic: p.Topic, Name: p.Name, On: p.On, Asked: p.Asked})
	}
	return choices, inPage(err)
}

func (l leaver) Choose(ctx context.Context, token string, on []string) error {
	return inPage(l.s.Prefer(ctx, token, on))
}

func (l leaver) Confirm(ctx context.Context, token string) error {
	return inPage(l.s.Confirm(ctx, token))
}

func inPage(err error) error {
	if errors.Is(err, loyalty.ErrInvalid) {
		return message.ErrInvalid
	}
	return err
}

// follow sends the reader of an e-mail on.
func (d *door) follow(w http.ResponseWriter, r *http.Request) {
	web.Follow(func() web.Host { return d.host(r) }, d.Service, d.missed(r)).ServeHTTP(w, r)
}

// opened is the picture of one point.
func (d *door) opened(w http.ResponseWriter, r *http.Request) {
	web.Pixel(d.Service, d.missed(r)).ServeHTTP(w, r)
}

// missed logs a visit that was not counted; who came, and where the link leads, is not said. A link that is not ours is nobody's visit.
func (d *door) missed(r *http.Request) func(error) {
	return func(err error) {
		if !errors.Is(err, message.ErrInvalid) {
			d.Log.WarnContext(r.Context(), "a visit was not counted", "error", err)
		}
	}
}

// confirm shows or serves the page on which a shopper confirms what they allowed.
func (d *door) confirm(w http.ResponseWriter, r *http.Request) {
	web.Confirm(d.host(r), leaver{d.Service}).ServeHTTP(w, r)
}

// host is whose pages a shopper sees, where that can be read, and in the language of their e-mails. A page that is shown in another language
// is better than none.
func (d *door) host(r *http.Request) web.Host {
	rules, err := d.Service.Programmes.At(r.Context(), d.Service.Now())
	if err != nil {
		d.Log.WarnContext(r.Context(), "a shopper's page is shown without the shop's name", "error", err)
		return web.Host{}
	}
	return web.Host{Shop: rules.Shop.Name, Fallback: rules.Language, Language: func(ctx context.Context, token string) string {
		language, err := d.Service.LanguageOf(ctx, token)
		if err != nil {
			d.Log.WarnContext(ctx, "a shopper's page is shown in the language of the shop", "error", err)
		}
		return language
	}}
}
