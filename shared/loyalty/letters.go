package loyalty

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Letters writes e-mails: it knows the sender and makes unsubscribe links.
type Letters struct {
	From      string   // "Harbour Coffee <cards@shop.example>"
	PublicURL string   // where /unsubscribe/ answers, without a slash at the end
	Secrets   []string // links are made with the first; all are accepted
}

// unrendered says why there is no e-mail, and for the marketer what to mend.
type unrendered struct {
	reason message.Reason
	detail string
}

// render writes the e-mail of an order, or says why there is none.
func (l *Letters) render(rules *programme.Programme, o message.Order, opened Opened, coupon *card.Coupon, cart *Cart, now time.Time) (Envelope, unrendered, error) {
	language := opened.Profile.Language
	if language == "" {
		language = rules.Language
	}
	template, ok, err := rules.TemplateIn(o.Campaign, o.Arm, o.Template, language)
	if !ok {
		return Envelope{}, unrendered{reason: message.TemplateMissing}, nil
	}
	if err != nil {
		return Envelope{}, unrendered{message.NotRendered, err.Error()}, nil
	}
	data := aboutCard(rules, opened, template.Language, now)
	data.Granted = o.Points
	if k, known := rules.Campaign(o.Campaign); known {
		data.Tags = k.LinkTags()
	}
	if coupon != nil {
		data.Coupon = message.Coupon{ID: coupon.ID, ExpiresOn: coupon.ExpiresOn.String()}
		data.Coupon.Title, data.Coupon.Detail = rules.OfferText(coupon.Offer)
		data.Products = rules.OfferProducts(coupon.Offer)
	}
	if cart != nil {
		data.Cart = cartData(*cart, rules.Currency)
		data.Products = inCart(data.Cart)
	}
	if o.Campaign == message.CampaignConsent {
		var err error
		if data.ConfirmURL, err = l.confirmLink(o, opened.Profile); err != nil {
			return Envelope{}, unrendered{}, err
		}
	}
	if message.ClassOf(o.Topic) == message.Marketing {
		token, err := message.Token(l.Secrets[0], opened.Shopper(), o.Topic)
		if err != nil {
			return Envelope{}, unrendered{}, fmt.Errorf("make the unsubscribe link of message %s: %w", o.ID, err)
		}
		data.UnsubscribeURL = l.PublicURL + "/unsubscribe/" + token
		l.count(&data, rules.Mail, o.ID)
	}
	letter, err := message.Render(template, data)
	if err != nil {
		return Envelope{}, unrendered{message.NotRendered, err.Error()}, nil // the same data never renders
	}
	letter.ID, letter.From, letter.To, letter.Date = o.ID, l.sender(rules.Shop.Name), opened.Profile.Email, now
	if token, ok := strings.CutPrefix(letter.UnsubscribeURL, l.PublicURL+"/unsubscribe/"); ok {
		letter.HelpURL = l.PublicURL + "/preferences/" + token
	}
	raw, err := letter.MIME(o.ID)
	if err != nil {
		return Envelope{}, unrendered{reason: message.NotRendered}, nil // an address that no mail can carry; it is not repeated here
	}
	tags := map[string]string{"message": o.ID, "campaign": tag(o.Campaign)}
	if o.CorrelationID != "" {
		tags[TagCorrelation] = tag(o.CorrelationID)
	}
	return Envelope{ID: o.ID, From: letter.From, To: letter.To, Raw: raw, Tags: tags}, unrendered{}, nil
}

// aboutCard is what an e-mail may say of the shop, the shopper and the card as of now.
func aboutCard(rules *programme.Programme, opened Opened, language string, now time.Time) message.Data {
	return message.Data{
		Shop:    shopOf(rules),
		Shopper: message.Shopper{Given: opened.Profile.Given, Language: language},
		Card:    message.Card{Number: opened.Head.NumberOf(opened.Shopper()), Points: max(0, opened.Head.Book.Available(day.Of(now, rules.Zone("")))), Tier: rules.TierName(opened.Head.Tier)},
	}
}

func shopOf(rules *programme.Programme) message.Shop {
	return message.Shop{Name: rules.Shop.Name, Address: rules.Shop.Address, URL: rules.Shop.URL, Logo: rules.Shop.Logo, Colour: rules.Shop.Colour}
}

// sender is From with the shop's name before it, where it is an address alone.
func (l *Letters) sender(shop string) string {
	from, err := mail.ParseAddress(l.From)
	if err != nil || from.Name != "" {
		return l.From // an address that is none is refused when the mail is written
	}
	from.Name = shop
	return from.String()
}

// tag fits a name to the alphabet of the mail service's tags.
func tag(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
}

func cartData(c Cart, currency money.Currency) message.Cart {
	show := func(minor int64) string { return money.Amount{Minor: minor, Currency: currency}.String() }
	data := message.Cart{URL: c.URL, Total: show(c.Total)}
	for _, l := range c.Lines {
		title := l.SKU
		if title == "" {
			title = l.Category
		}
		data.Lines = append(data.Lines, message.CartLine{Title: title, Quantity: l.Quantity, Amount: show(l.Net())})
	}
	return data
}

// inCart are the products of a cart, for the block that shows products rather than lines.
func inCart(c message.Cart) (list []message.Product) {
	for _, l := range c.Lines {
		list = append(list, message.Product{Title: l.Title, Price: l.Amount, URL: c.URL})
	}
	return list
}
