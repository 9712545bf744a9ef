package loyalty

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
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

// Unsubscribe reads a link's token. ErrInvalid if we did not make it.
func (l *Letters) Unsubscribe(token string) (id, topic string, err error) {
	id, topic, err = message.ParseToken(l.Secrets, token)
	if err != nil {
		return "", "", refuse(ErrInvalid, "link_invalid", "this unsubscribe link is incomplete or was not made by us; copy the whole link from the e-mail")
	}
	return id, topic, nil
}

// render writes the e-mail of an order, or says why there is none.
func (l *Letters) render(rules *programme.Programme, o message.Order, opened Opened, coupon *card.Coupon, cart *Cart, now time.Time) (Envelope, message.Reason, error) {
	language := opened.Profile.Language
	if language == "" {
		language = rules.Language
	}
	template, ok := rules.Template(o.Template, language)
	if !ok {
		return Envelope{}, message.TemplateMissing, nil
	}
	data := message.Data{
		Shop:    message.Shop{Name: rules.Shop.Name, Address: rules.Shop.Address, URL: rules.Shop.URL, Logo: rules.Shop.Logo, Colour: rules.Shop.Colour},
		Shopper: message.Shopper{Given: opened.Profile.Given, Language: template.Language},
		Card:    message.Card{Number: opened.Head.ID, Points: max(0, opened.Head.Book.Balance), Tier: rules.TierName(opened.Head.Tier)},
	}
	if coupon != nil {
		data.Coupon = message.Coupon{ID: coupon.ID, ExpiresOn: coupon.ExpiresOn.String()}
		data.Coupon.Title, data.Coupon.Detail = rules.OfferText(coupon.Offer)
	}
	if cart != nil {
		data.Cart = cartData(*cart, rules.Currency)
	}
	if message.ClassOf(o.Topic) == message.Marketing {
		token, err := message.Token(l.Secrets[0], opened.Head.ID, o.Topic)
		if err != nil {
			return Envelope{}, "", fmt.Errorf("make the unsubscribe link of message %s: %w", o.ID, err)
		}
		data.UnsubscribeURL = l.PublicURL + "/unsubscribe/" + token
	}
	mail, err := message.Render(template, data)
	if err != nil {
		return Envelope{}, message.NotRendered, nil //nolint:nilerr // the reason is the answer: the same data never renders
	}
	mail.ID, mail.From, mail.To, mail.Date = o.ID, l.From, opened.Profile.Email, now
	mail.UnsubscribeURL = data.UnsubscribeURL
	raw, err := mail.MIME(o.ID)
	if err != nil {
		return Envelope{}, message.NotRendered, nil //nolint:nilerr // an address or name that no mail can carry
	}
	return Envelope{ID: o.ID, From: l.From, To: mail.To, Raw: raw, Tags: map[string]string{
		"message": o.ID, "campaign": tag(o.Campaign),
	}}, "", nil
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
