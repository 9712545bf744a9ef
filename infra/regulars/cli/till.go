package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

// remote is where a command acts that a till may use too: on another machine by its URL and a till's key, else on this one.
type remote struct{ url, key string }

func (r *remote) set(f *flag.FlagSet) {
	f.StringVar(&r.url, "url", "", "`URL` of a server on another machine; REGULARS_URL if not given")
	f.StringVar(&r.key, "key", "", "`KEY` of a till (rk_...) for that server; REGULARS_KEY if not given")
}

// resolve takes over what the environment says and refuses half an address.
func (r *remote) resolve(c *call) error {
	if text, ok := c.lookup("REGULARS_URL"); ok && r.url == "" {
		r.url = text
	}
	if text, ok := c.lookup("REGULARS_KEY"); ok && r.key == "" {
		r.key = text
	}
	switch {
	case r.url == "" && r.key != "":
		r.url = "http://127.0.0.1:8080"
	case r.url == "":
	case !strings.HasPrefix(r.url, "http://") && !strings.HasPrefix(r.url, "https://"):
		return usage("--url %s does not begin with http:// or https://", r.url)
	case r.key == "":
		return usage("--url needs the --key of a till; `regulars key create` makes one")
	}
	return nil
}

// till returns a client of the till's interface.
func (c *call) till(ctx context.Context, r remote) (*admin.Client, func(), error) {
	if r.url == "" {
		return c.shop(ctx, false)
	}
	return admin.Over(r.url, r.key), func() {}, nil
}

// The answers of the till's interface, as far as they are told here.

type coupon struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	ExpiresOn string `json:"expires_on"`
	Reason    string `json:"reason"`
	Detail    string `json:"detail"`
}

type amount struct {
	Minor    int64  `json:"amount"`
	Currency string `json:"currency"`
}

type standing struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// booked is the answer to a checkout or a return.
type booked struct {
	Return     string                               `json:"return"`
	Receipt    struct{ Store, Till, Number string } `json:"receipt"`
	Repeated   bool                                 `json:"repeated"`
	Guest      bool                                 `json:"guest"`
	Enrolled   bool                                 `json:"enrolled"`
	Card       string                               `json:"card"`
	Points     int64                                `json:"points"`
	Balance    int64                                `json:"balance"`
	Refund     *amount                              `json:"refund"`
	Tier       *standing                            `json:"tier"`
	TierBefore *standing                            `json:"tier_before"`
	Next       *lacking                             `json:"next_tier"`
	Stands     *stands                              `json:"standing"`
	Redeemed   []coupon                             `json:"coupons_redeemed"`
	Refused    []coupon                             `json:"coupons_refused"`
	Granted    []coupon                             `json:"coupons_granted"`
	Reinstated []coupon                             `json:"coupons_reinstated"`
	Voided     []coupon                             `json:"coupons_voided"`
}

// tell says in words what came of a receipt or a return.
func (c *call) tell(b booked) {
	key := b.Receipt.Store + "/" + b.Receipt.Till + "/" + b.Receipt.Number
	what := "Receipt " + key
	if b.Return != "" {
		what = "Return " + b.Return + " of receipt " + key
	}
	brings, takes, has := "brings", "takes back", "has %d now"
	if b.Repeated {
		c.say("%s was known already; nothing has changed.", what)
		what, brings, takes, has = "  It", "had brought", "had taken back", "had %d then"
	}
	has = fmt.Sprintf(has, b.Balance)
	switch {
	case b.Guest && b.Repeated:
		c.say("  No card was swiped.")
	case b.Guest:
		c.say("%s is kept. No card was swiped, so nothing is earned.", what)
	case b.Points < 0:
		c.say("%s %s %s from card %s, which %s.", what, takes, points(-b.Points), b.Card, has)
	default:
		c.say("%s %s %s to card %s, which %s.", what, brings, points(b.Points), b.Card, has)
	}
	if b.Enrolled && !b.Repeated {
		c.say("  The card is new: this was its first swipe.")
	}
	if b.Refund != nil {
		c.say("  %s go back to the shopper.", asMoney(*b.Refund))
	}
	if b.TierBefore != nil && b.Tier != nil && !b.Repeated {
		c.say("  The tier is %s now; it was %s.", tierName(*b.Tier), tierName(*b.TierBefore))
	}
	if b.Stands != nil && b.Stands.AtRisk {
		c.say("  The tier holds until %s; then it is %s.", b.Stands.Until, tierName(*b.Stands.Then))
	}
	for _, list := range []struct {
		coupons []coupon
		what    string
	}{{b.Redeemed, "is redeemed"}, {b.Granted, "is granted"}, {b.Reinstated, "is given back"}, {b.Voided, "is taken back"}} {
		for _, k := range list.coupons {
			c.say("  Coupon %s %s: %s, good until %s.", k.ID, list.what, k.Name, k.ExpiresOn)
		}
	}
	for _, k := range b.Refused {
		c.say("  Coupon %s was not taken: it %s.", k.ID, k.Detail)
	}
}

func tierName(s standing) string {
	if s.ID == "" {
		return "the base"
	}
	return s.Name
}

// explained turns a failure into one that says what to do about it here.
func explained(err error) error {
	switch admin.Code(err) {
	case "key_unknown", "key_missing", "no_key":
		return fmt.Errorf("%w: is --key the key of this server?", err)
	case "try_again":
		return errors.New("the shop cannot answer at the moment; has a programme been published (`regulars programme show`)? Nothing was stored; send it again")
	}
	return err
}
