package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// PreviewAsked is a template to be looked at: with the data of a card, or where none is named with a sample.
type PreviewAsked struct {
	Template string `json:"template"`
	Card     string `json:"card,omitempty"`
	Campaign string `json:"campaign,omitempty"` // as this one would send it; the first that uses the template where none is named
	Arm      string `json:"arm,omitempty"`      // of the campaign: with its subject, its grant and its template
	Language string `json:"language,omitempty"` // the shopper's, or the programme's
}

// Preview is an e-mail as a shopper would get it, with nothing behind it: its coupon is none, and its unsubscribe link leads nowhere.
type Preview struct {
	Template string
	Language string // the one it was found in
	Campaign string // "" where none uses the template
	Mail     message.Mail
	NotSent  []string // why this card would not get it now; none for a sample, and for a card that would
}

// Preview renders a template and sends nothing, grants nothing and counts nothing. A card that would not get the e-mail sees it all the
// same, and NotSent says why it would not.
//
// ErrNotFound for a template, a campaign or a card that is not there; ErrInvalid where the template cannot be filled in with the card's data.
func (s *Service) Preview(ctx context.Context, asked PreviewAsked) (Preview, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Preview{}, err
	}
	k, err := previewed(rules, asked)
	if err != nil {
		return Preview{}, err
	}
	var opened Opened
	if asked.Card != "" {
		if opened, err = s.Cards.Open(ctx, asked.Card, true); err != nil {
			return Preview{}, fmt.Errorf("open the card: %w", err)
		}
		opened.Head = rules.Shown(opened.Head, now)
	}
	language := asked.Language
	if language == "" {
		language = opened.Profile.Language
	}
	if language == "" {
		language = rules.Language
	}
	template, ok, err := rules.TemplateIn(k.ID, asked.Arm, asked.Template, language)
	if !ok {
		return Preview{}, refuse(ErrNotFound, "template_unknown", "the programme that holds now has no template %q in %q or %q; `regulars template list` shows them", asked.Template, language, rules.Language)
	}
	if err != nil {
		return Preview{}, refuse(ErrInvalid, "template_unreadable", "%v", err)
	}
	p := Preview{Template: asked.Template, Language: template.Language, Campaign: k.ID}
	data := s.sampled(rules, k, template)
	if asked.Card != "" {
		if data, err = s.asCard(ctx, data, rules, opened); err != nil {
			return Preview{}, err
		}
		if p.NotSent, err = s.notSent(ctx, rules, k, template.Topic, opened); err != nil {
			return Preview{}, err
		}
	}
	if p.Mail, err = message.Render(template, data); err != nil {
		return Preview{}, refuse(ErrInvalid, string(message.NotRendered), "%s", strings.TrimPrefix(err.Error(), message.ErrInvalid.Error()+": "))
	}
	return p, nil
}

// previewed is the campaign in whose name a template is looked at, with the e-mail of it as the only one; the zero one where none uses it.
func previewed(rules *programme.Programme, asked PreviewAsked) (programme.Campaign, error) {
	for _, k := range rules.Campaigns {
		letters := k.Letters()
		if asked.Arm != "" {
			if !slices.ContainsFunc(k.Arms, func(a programme.Arm) bool { return a.ID == asked.Arm }) {
				continue
			}
			letters = nil
			if way := k.In(asked.Arm); way.Message != nil {
				letters = []programme.Sent{{Letter: *way.Message, Grant: way.Grant}}
			}
		}
		for _, sent := range letters {
			if sent.Template == asked.Template && (asked.Campaign == "" || asked.Campaign == k.ID) {
				k.Message, k.Grant = &sent.Letter, sent.Grant
				return k, nil
			}
		}
	}
	if asked.Arm != "" {
		return programme.Campaign{}, refuse(ErrNotFound, "arm_unknown", "no campaign has an arm %q that sends template %q", asked.Arm, asked.Template)
	}
	if asked.Campaign != "" {
		return programme.Campaign{}, refuse(ErrNotFound, "campaign_unknown", "no campaign %q sends template %q", asked.Campaign, asked.Template)
	}
	return programme.Campaign{}, nil
}

// sampled is the sample with what the programme says: the shop, the offer and the points of the campaign.
func (s *Service) sampled(rules *programme.Programme, k programme.Campaign, template *message.Compiled) message.Data {
	d := template.Sample()
	d.Shop, d.UnsubscribeURL, d.Tags = shopOf(rules), "https://unsubscribe.invalid/", k.LinkTags()
	if s.Letters != nil && s.Letters.PublicURL != "" {
		d.UnsubscribeURL = s.Letters.PublicURL + "/unsubscribe/preview" // no token of ours: the page says so and changes nothing
	}
	if k.Grant == nil {
		return d
	}
	if k.Grant.Points > 0 {
		d.Granted = k.Grant.Points
	}
	if k.Grant.Offer != "" {
		d.Coupon.Title, d.Coupon.Detail = rules.OfferText(k.Grant.Offer)
		d.Coupon.ExpiresOn = (day.Of(s.Now(), rules.Zone("")) + day.Day(k.Grant.Days)).String()
		d.Products = rules.OfferProducts(k.Grant.Offer)
	}
	return d
}

// asCard puts the card's own data in the place of the sample's: the shopper, the points, and the cart that is open, if any. The coupon
// stays the sample's, for a code that lies in a preview is a code that somebody else can use.
func (s *Service) asCard(ctx context.Context, d message.Data, rules *programme.Programme, opened Opened) (message.Data, error) {
	own := aboutCard(rules, opened, d.Shopper.Language, s.Now())
	d.Shopper, d.Card = own.Shopper, own.Card
	if s.Carts == nil {
		return d, nil
	}
	at, _, err := s.Carts.CartOf(ctx, opened.Shopper())
	if err != nil && !errors.Is(err, ErrNotFound) {
		return d, fmt.Errorf("find the open cart: %w", err)
	}
	if at.ID == "" {
		return d, nil
	}
	c, _, err := s.cart(ctx, at.ID)
	if err != nil {
		return d, err
	}
	if len(c.Lines) > 0 {
		d.Cart = cartData(c, rules.Currency)
		d.Products = inCart(d.Cart)
	}
	return d, nil
}

// notSent asks the gates of a campaign as of now, and says in words which of them do not let the e-mail through.
func (s *Service) notSent(ctx context.Context, rules *programme.Programme, k programme.Campaign, topic string, opened Opened) ([]string, error) {
	var w Why
	var err error
	if k.ID == "" {
		err = s.person(ctx, &w, rules, opened.Profile, topic, s.Now())
	} else {
		err = s.asks(ctx, &w, rules, k, opened, s.Now())
	}
	if err != nil {
		return nil, err
	}
	var list []string
	for _, g := range w.Gates {
		if !g.Passes || strings.Contains(g.Says, "would wait") {
			list = append(list, g.Gate+": "+g.Says)
		}
	}
	return list, nil
}

// Why is one sentence on why this card would not get the e-mail now; "" where nothing is known against it.
func (p Preview) Why() string {
	if len(p.NotSent) == 0 {
		return ""
	}
	return "This shopper would not get this e-mail now. " + strings.Join(p.NotSent, "; ") + "."
}

// Bannered is the HTML of the preview for a browser, with why the shopper would not get it above.
func (p Preview) Bannered() string { return message.Bannered(p.Mail.WithPictures(), p.Why()) }

// TemplateLine is one template of the programme that holds now.
type TemplateLine struct {
	ID        string   `json:"id"`
	Languages []string `json:"languages"`
	Topic     string   `json:"topic"`
	Subject   string   `json:"subject"`
	Example   string   `json:"example"` // the subject, filled in with a sample
	Campaigns []string `json:"campaigns"`
}

// Templates lists the templates in the order of the programme, each with its languages and the campaigns that send it.
func (s *Service) Templates(ctx context.Context) ([]TemplateLine, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	at, list := map[string]int{}, []TemplateLine{}
	for _, t := range rules.Templates {
		i, known := at[t.ID]
		if !known {
			i = len(list)
			line := TemplateLine{ID: t.ID, Topic: t.Topic, Subject: t.Subject, Example: t.Subject, Campaigns: []string{}}
			if template, ok, err := rules.Template(t.ID, t.Language); ok && err == nil {
				line.Example = template.SampleSubject()
			}
			at[t.ID], list = i, append(list, line)
		}
		list[i].Languages = append(list[i].Languages, t.Language)
	}
	for _, k := range rules.Campaigns {
		for _, sent := range k.Letters() {
			if i, known := at[sent.Template]; known && !slices.Contains(list[i].Campaigns, k.ID) {
				list[i].Campaigns = append(list[i].Campaigns, k.ID)
			}
		}
	}
	return list, nil
}
