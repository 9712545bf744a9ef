package server

import (
	"fmt"
	"os"
	"strings"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/local/shop"
)

// progress draws how far the first start is, on one line of a terminal.
func (o Options) progress(done, total int) {
	file, ok := o.Out.(*os.File)
	if !ok {
		return
	}
	if stat, err := file.Stat(); err != nil || stat.Mode()&os.ModeCharDevice == 0 {
		return
	}
	const width = 40 // characters
	filled := done * width / total
	fmt.Fprintf(o.Out, "\rMaking a small shop to play with [%s%s] %d/%d", strings.Repeat("#", filled), strings.Repeat(".", width-filled), done, total)
	if done == total {
		fmt.Fprintln(o.Out)
	}
}

// greet says what there is to see and to try.
func (o Options) greet(url string, home shop.Home) {
	var b strings.Builder
	fmt.Fprintf(&b, "\nRegulars is open at %s\n\n", url)
	row := func(what, where string) { fmt.Fprintf(&b, "  %-10s %s\n", what, where) }
	row("Start", url+"/")
	row("Mailbox", url+"/mailbox")
	if len(home.Cards) > 0 {
		row("A card", url+"/cards/"+home.Cards[0])
	}
	row("API", url+"/openapi.json")
	row("Data", o.Dir)
	row("Demo key", home.Key)
	if home.Curl != "" {
		fmt.Fprintf(&b, "\nTry a checkout that brings a coupon by e-mail, then look at the mailbox:\n\n%s\n", home.Curl)
	}
	fmt.Fprintf(&b, "\nCtrl-C stops it. Nothing that was accepted is lost, however it stops.\n\n")
	fmt.Fprint(o.Out, b.String())
}

// tell shows each event of the shop's own bus as a line, so that one sees what a checkout brings about.
func (o Options) tell(bus string, event []byte) {
	if bus != shop.Bus {
		return
	}
	e, err := events.Decode(event)
	if err != nil {
		return // somebody else's event; the function that hears it says what is wrong
	}
	fmt.Fprintf(o.Out, "%s  %-20s %s\n", e.Metadata.OccurredAt.Format("15:04:05"), strings.TrimSuffix(e.Type, ".v1"), gist(e.Data))
}

// gist is what a line of the feed says of an event.
func gist(data any) string {
	switch d := data.(type) {
	case events.CheckoutCompleted:
		return fmt.Sprintf("receipt %s/%s/%s, %s", d.Receipt.Store, d.Receipt.Till, d.Receipt.Number, d.Total)
	case events.CheckoutRefunded:
		return fmt.Sprintf("receipt %s/%s/%s", d.Receipt.Store, d.Receipt.Till, d.Receipt.Number)
	case events.PointsEarned:
		return fmt.Sprintf("card %s: +%d = %d", d.Card, d.Points, d.Balance)
	case events.PointsReversed:
		return fmt.Sprintf("card %s: %d = %d", d.Card, d.Points, d.Balance)
	case events.PointsExpiring:
		return fmt.Sprintf("card %s: %d of %d end on %s", d.Card, d.Points, d.Balance, d.ExpiresOn)
	case events.CouponGranted:
		return fmt.Sprintf("card %s: %s for %s, until %s", d.Card, d.Coupon, d.Offer, d.ExpiresOn)
	case events.CouponRedeemed:
		return fmt.Sprintf("card %s: %s for %s", d.Card, d.Coupon, d.Offer)
	case events.TierChanged:
		return fmt.Sprintf("card %s: from %q to %q", d.Card, d.From, d.To)
	case events.MessageSent:
		return fmt.Sprintf("card %s: campaign %s", d.Card, d.Campaign)
	case events.MessageRefused:
		return fmt.Sprintf("card %s: campaign %s, %s", d.Card, d.Campaign, d.Reason)
	case events.CartUpdated:
		return fmt.Sprintf("cart %s, version %d", d.Cart, d.Version)
	case events.CartCleared:
		return fmt.Sprintf("cart %s, %s", d.Cart, d.Reason)
	}
	return ""
}

// curl is one checkout of the demo, large enough for a coupon.
func curl(url, key, card string) string {
	return fmt.Sprintf(`curl %s/v1/checkouts -H 'Authorization: Bearer %s' -d '{
  "receipt": {"store": "0042", "till": "03", "number": "000001"}, "card": "%s",
  "lines": [
    {"id": "1", "sku": "beans-1000", "category": "beans", "quantity": 1, "amount": {"amount": 3690, "currency": "EUR"}},
    {"id": "2", "sku": "espresso", "category": "drinks/coffee", "quantity": 1, "amount": {"amount": 240, "currency": "EUR"}}
  ],
  "total": {"amount": 3930, "currency": "EUR"}
}'`, url, key, card)
}
