package till

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
)

// record is where changes by people are put.
func (d *door) record() acts.Desk {
	return acts.Desk{Acts: d.Service.Acts, Now: d.Service.Now, Fault: func(ctx context.Context, err error) {
		d.Log.ErrorContext(ctx, "an act was done, and its end is not on record", "error", err)
	}}
}

// actOf is what a caller is about to change. A gift card's number is never written: its id says which.
func actOf(in entrance, who caller, r *http.Request) loyalty.Act {
	a := loyalty.Act{What: in.acts, On: r.PathValue("number"), Through: "key " + who.name + " of store " + who.store}
	if who.store == loyalty.AllStores {
		a.Through = "key " + who.name + " of all stores"
	}
	if !who.key.Opens(loyalty.RightTill) {
		a.By = who.name // a person's key says who they are, whatever a body says
	}
	if id := r.PathValue("id"); id != "" {
		a.On = strings.TrimSpace(id + " " + r.PathValue("verb"))
	}
	if r.PathValue("card") != "" {
		a.On = (&faults{}).giftCard("", r.PathValue("card"))
	}
	return a
}

// standing is what an act on a card may change, in a line for the record.
func standing(c cardAnswer) string {
	tier := "no tier"
	if c.Tier != nil && c.Tier.ID != "" {
		tier = "tier " + c.Tier.ID
	}
	return fmt.Sprintf("card %s, %s, %d points and %d waiting, %s", c.Card, c.Status, c.Balance, c.Pending, tier)
}

// before tells the record how a card stands before an act. One that cannot be read is refused by the act itself.
func (d *door) before(a *ask, number string) {
	if !acts.Recording(a.Context()) {
		return
	}
	if c, err := d.card(a, number); err == nil {
		acts.Tell(a.Context(), acts.Told{Before: standing(c)})
	}
}

// beforeGift does the same for a gift card.
func (d *door) beforeGift(a *ask, id string) {
	if !acts.Recording(a.Context()) {
		return
	}
	if c, err := d.Service.GiftCard(a.Context(), id); err == nil {
		acts.Tell(a.Context(), acts.Told{Before: giftStanding(c)})
	}
}

func giftStanding(c giftcard.Card) string {
	return fmt.Sprintf("%s, %s", c.Status(), money.Amount{Minor: c.Balance(), Currency: c.Currency})
}

// afterGift tells what became of it.
func afterGift(a *ask, said loyalty.GiftAnswer) {
	acts.Tell(a.Context(), acts.Told{On: said.Card.ID, After: giftStanding(said.Card)})
}
