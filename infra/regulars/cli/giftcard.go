package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/money"
)

// giftShown is the answer to asking for a gift card. Number stands there when it is issued and never again.
type giftShown struct {
	ID        string `json:"id"`
	Number    string `json:"number"`
	Printed   string `json:"printed"`
	Repeated  bool   `json:"repeated"`
	Status    string `json:"status"`
	Balance   amount `json:"balance"`
	ExpiresOn string `json:"expires_on"`
	Card      string `json:"card"`
	Entries   []struct {
		At     time.Time `json:"at"`
		Kind   string    `json:"kind"`
		Cause  string    `json:"cause"`
		Amount amount    `json:"amount"`
		Note   string    `json:"note"`
	} `json:"entries"`
}

func giftcardCommand() *command {
	return &command{name: "giftcard", summary: "issue, show and block gift cards and store credit", fallback: "show",
		subs: []*command{
			giftcardIssue(), giftcardShow(),
			giftcardStatus("block", "blocked", "block a gift card: it pays nothing, and what comes back waits on it", "Blocked."),
			giftcardStatus("unblock", "open", "open a blocked gift card again", "It is open again."),
		},
		detail: "`regulars giftcard CARD` is short for `regulars giftcard show CARD`. CARD is the number or the id. Whoever has the number may pay with it;\n" +
			"the id tells nothing of it, and is what books and logs name."}
}

// giftcardIssue makes a gift card. Its number is made from the id and the shop's secret, so the same id tells the same number.
func giftcardIssue() *command {
	var who hand
	var sum, number, owner, store string
	return &command{
		name: "issue", args: "--amount \"25.00 EUR\"", summary: "make a gift card, or store credit with --card, and tell its number",
		detail: "The number is told here and kept nowhere; the same --id tells it again. Numbers are made with the secret that `regulars run` keeps in\n" +
			"link.secret beside the store. A deployment's is asked for through the till's interface (--url), or with --aws stands in LINK_SECRET.",
		examples: []string{"regulars giftcard issue --amount \"25.00 EUR\" --id voucher-17", "regulars giftcard issue --amount \"5.00 EUR\" --card 0400123456782 --reason \"Cold coffee\" --by Mira"},
		flags: func(f *flag.FlagSet) {
			who.set(f)
			f.StringVar(&sum, "amount", "", "`AMOUNT` that the card holds, with its currency")
			f.StringVar(&number, "number", "", "`NUMBER` of a card that is printed already; a new one if not given")
			f.StringVar(&owner, "card", "", "`NUMBER` of the reward card that store credit is bound to")
			f.StringVar(&store, "store", "", "`ID` of the store that issues it")
		},
		run: func(ctx context.Context, c *call) error {
			if len(c.args) > 0 {
				return usage("issue takes no arguments, only flags")
			}
			a, err := amountOf(sum)
			if err != nil {
				return err
			}
			body := who.body()
			body["amount"] = a
			for name, text := range map[string]string{"number": number, "card": owner, "store": store} {
				if text != "" {
					body[name] = text
				}
			}
			return c.atGiftcard(ctx, who.remote, func(client *admin.Client, out any) error {
				return client.Do(ctx, http.MethodPost, "/v1/gift-cards", body, out)
			}, "")
		},
	}
}

// amountOf reads an amount as it is written everywhere: "25.00 EUR".
func amountOf(text string) (money.Amount, error) {
	digits, currency, _ := strings.Cut(strings.TrimSpace(text), " ")
	if text == "" {
		return money.Amount{}, usage("--amount is missing: how much does the card hold?")
	}
	a, err := money.Parse(digits, money.Currency(strings.ToUpper(currency)))
	if err != nil {
		return a, usage("--amount %q is no amount such as \"25.00 EUR\"", text)
	}
	return a, nil
}

func giftcardShow() *command {
	var where remote
	return &command{
		name: "show", args: "CARD", summary: "show a gift card: what is left, until when, and the newest entries of its book",
		examples: []string{"regulars giftcard show G7K2M9-QX4T8B-3HNRVC", "regulars giftcard show 5CJ8YHT0V2M4K7QXN3RB --json"},
		flags:    where.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.oneGiftcard(); err != nil {
				return err
			}
			return c.atGiftcard(ctx, where, func(client *admin.Client, out any) error { return findGiftcard(ctx, client, c.args[0], out) }, "")
		},
	}
}

// giftcardStatus gives a gift card another status.
func giftcardStatus(name, to, summary, done string) *command {
	var who hand
	return &command{
		name: name, args: "CARD --reason TEXT --by NAME", summary: summary,
		examples: []string{"regulars giftcard " + name + " 5CJ8YHT0V2M4K7QXN3RB --reason \"Asked for at the till\" --by Mira"},
		flags:    who.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.oneGiftcard(); err != nil {
				return err
			}
			body := who.body()
			body["status"] = to
			return c.atGiftcard(ctx, who.remote, func(client *admin.Client, out any) error {
				var found giftShown
				if err := findGiftcard(ctx, client, c.args[0], &found); err != nil {
					return err
				}
				return client.Do(ctx, http.MethodPost, "/v1/gift-cards/"+found.ID+"/status", body, out)
			}, done)
		},
	}
}

// oneGiftcard demands one argument and repeats none of what was typed: it may be a number.
func (c *call) oneGiftcard() error {
	if len(c.args) > 1 {
		return usage("name one gift card; a number is written without spaces")
	}
	return c.words(1, 1, "the gift card's number or id")
}

// findGiftcard asks for a gift card. A number goes into the body, for a path may stand in somebody's log.
func findGiftcard(ctx context.Context, client *admin.Client, text string, out any) error {
	if giftcard.ParseID(text) {
		return client.Do(ctx, http.MethodGet, "/v1/gift-cards/"+text, nil, out)
	}
	return client.Do(ctx, http.MethodPost, "/v1/gift-cards/find", map[string]string{"number": text}, out)
}

// atGiftcard does something with a gift card and shows it.
func (c *call) atGiftcard(ctx context.Context, where remote, do func(client *admin.Client, out any) error, first string) error {
	if err := where.resolve(c); err != nil {
		return err
	}
	client, leave, err := c.till(ctx, where)
	if err != nil {
		return err
	}
	defer leave()
	var raw json.RawMessage
	if err := do(client, &raw); err != nil {
		return c.secretless(explained(err))
	}
	if c.json {
		return c.writeJSON(raw)
	}
	var g giftShown
	if err := json.Unmarshal(raw, &g); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if g.Number != "" {
		c.say("%s", g.Printed)
		c.say("This is the number of gift card %s. It is kept nowhere: write it on the card now.", g.ID)
	}
	if first != "" {
		c.say("%s", first)
	}
	c.showGiftcard(g)
	return nil
}

// secretless says where the secret comes from that numbers are made with, where it is missing.
func (c *call) secretless(err error) error {
	switch {
	case admin.Code(err) != "no_secret":
		return err
	case c.aws:
		return errors.New("numbers of gift cards are made with the secret of the shop's functions, which is not known here: set LINK_SECRET to what the stack's parameter LinkSecret names, or issue through the till's interface with --url and --key. Nothing was stored")
	}
	return fmt.Errorf("numbers of gift cards are made with the shop's secret, and %s has none yet: start `regulars run` there once, which makes it, or name a printed card with --number. Nothing was stored", c.data)
}

// showGiftcard writes a gift card for a person.
func (c *call) showGiftcard(g giftShown) {
	until := "never expires"
	if g.ExpiresOn != "" {
		until = "until " + g.ExpiresOn
	}
	c.say("Gift card %s: %s, %s%s", g.ID, asMoney(g.Balance), until, status(g.Status))
	if g.Card != "" {
		c.say("  card      %s, which must be shown", g.Card)
	}
	c.say("")
	rows := [][]string{{"WHEN", "WHAT", "AMOUNT", "CAUSE"}}
	for _, e := range g.Entries {
		cause := e.Cause
		if e.Note != "" {
			cause += ": " + e.Note
		}
		rows = append(rows, []string{e.At.Format(dateTime), e.Kind, asMoney(e.Amount), cause})
	}
	c.table(rows)
}
