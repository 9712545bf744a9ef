package shop

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/web"
)

// proofs shows templates to the pages.
type proofs struct{ service *loyalty.Service }

func (p proofs) Templates(ctx context.Context) ([]web.TemplateView, error) {
	all, err := p.service.Templates(ctx)
	if err != nil {
		return nil, err
	}
	list := []web.TemplateView{}
	for _, t := range all {
		list = append(list, web.TemplateView{ID: t.ID, Subject: t.Example, Languages: t.Languages, Campaigns: t.Campaigns})
	}
	return list, nil
}

func (p proofs) Preview(ctx context.Context, template, language, card string) (web.PreviewView, error) {
	seen, err := p.service.Preview(ctx, loyalty.PreviewAsked{Template: template, Language: language, Card: card})
	if errors.Is(err, loyalty.ErrNotFound) {
		return web.PreviewView{}, fmt.Errorf("%w: %w", web.ErrNotFound, err)
	}
	if err != nil {
		return web.PreviewView{}, err
	}
	return web.PreviewView{
		Template: seen.Template, Language: seen.Language, Subject: seen.Mail.Subject, Text: seen.Mail.Text, HTML: seen.Bannered(), NotSent: seen.Why(),
	}, nil
}
