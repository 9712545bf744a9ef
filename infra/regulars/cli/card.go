package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// shown is the answer to asking for a card, as far as it is told here.
type shown struct {
	Number   string    `json:"number"`
	Card     string    `json:"card"`
	Status   string    `json:"status"`
	Since    string    `json:"enrolled_on"`
	Balance  int64     `json:"balance"`
	Pending  int64     `json:"pending"`
	Visits   int64     `json:"visits"`
	Tier     *standing `json:"tier"`
	Next     *lacking  `json:"next_tier"`
	Stands   *stands   `json:"standing"`
	Coupons  []coupon  `json:"coupons"`
	Repeated bool      `json:"repeated"`
	Lost     []struct {
		Number string    `json:"number"`
		LostAt time.Time `json:"lost_at"`
	} `json:"lost_numbers"`
	Lots []struct {
		Points    int64  `json:"points"`
		ExpiresOn string `json:"expires_on"`
		From      string `json:"usable_from"`
	} `json:"lots"`
	Expiring *struct {
		Points    int64  `json:"points"`
		ExpiresOn string `json:"expires_on"`
	} `json:"expiring"`
	Shopper *struct {
		Given    string `json:"given_name"`
		Family   string `json:"family_name"`
		Email    string `json:"email"`
		Consents map[string]struct {
			Allowed bool `json:"allowed"`
		} `json:"consents"`
	} `json:"shopper"`
	Entries []struct {
		At      time.Time `json:"at"`
		Kind    string    `json:"kind"`
		Cause   string    `json:"cause"`
		Points  int64     `json:"points"`
		Balance int64     `json:"balance"`
		Reason  string    `json:"reason"`
		By      string    `json:"by"`
		Status  string    `json:"status"`

		Withheld []loyalty.Withheld `json:"campaigns_withheld"`
	} `json:"entries"`
}

func cardCommand() *command {
	return &command{name: "card", summary: "show, enrol, replace, correct and block reward cards", fallback: "show",
		subs: []*command{
			cardShow(), cardEnrol(), cardReplace(), cardAdjust(), cardActivate(), cardTier(),
			cardStatus("block", "blocked", "block a card: its receipts are kept and earn nothing", "Blocked card %s."),
			cardStatus("unblock", "open", "open a blocked card again", "Card %s is open again."),
			cardStatus("close", "closed", "close a card for ever, because its shopper asks for it", "Closed card %s."),
			cardMerge(), cardUnmerge(),
		},
		detail: "`regulars card NUMBER` is short for `regulars card show NUMBER`."}
}

// cardShow looks a card up by what was scanned or typed. It goes by POST, for addresses and track data have no place in a URL or a log.
func cardShow() *command {
	var where remote
	return &command{
		name: "show", args: "NUMBER", summary: "show a card: points, tier, coupons and the last entries of its book",
		detail:   "NUMBER is what a reader at the till would bring: the number, an e-mail address or a phone number of the shopper.",
		examples: []string{"regulars card 0400123456782", "regulars card show mira@example.com --json"},
		flags:    where.set,
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number"); err != nil {
				return err
			}
			return c.atCard(ctx, where, http.MethodPost, "/v1/cards/find", map[string]string{"card": c.args[0]}, "")
		},
	}
}

// atCard asks for something of a card and shows the card.
func (c *call) atCard(ctx context.Context, where remote, method, path string, body any, first string) error {
	if err := where.resolve(c); err != nil {
		return err
	}
	client, leave, err := c.till(ctx, where)
	if err != nil {
		return err
	}
	defer leave()
	var raw json.RawMessage
	if err := client.Do(ctx, method, path, body, &raw); err != nil {
		return explained(err)
	}
	if c.json {
		var answer any
		if err := json.Unmarshal(raw, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		return c.writeJSON(answer)
	}
	var s shown
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if first != "" {
		c.say(first, s.Number)
	}
	c.show(s)
	return nil
}

// show writes a card for a person: what can be spent, where it comes from, and the newest entries of its book.
func (c *call) show(s shown) {
	number := s.Card
	if s.Number != s.Card {
		number = s.Number + ", first " + s.Card
	}
	c.say("Card %s: %s, %s%s", number, points(s.Balance), tier(s.Tier), status(s.Status))
	if s.Shopper != nil {
		name := strings.TrimSpace(s.Shopper.Given + " " + s.Shopper.Family)
		c.say("  shopper   %s", strings.Trim(name+", "+s.Shopper.Email, ", "))
		var topics []string
		for topic, k := range s.Shopper.Consents {
			if k.Allowed {
				topics = append(topics, topic)
			}
		}
		if len(topics) > 0 {
			c.say("  consents  %s", strings.Join(slices.Sorted(slices.Values(topics)), ", "))
		}
	}
	c.say("  since     %s, %s", s.Since, several(s.Visits, "visit"))
	for _, l := range s.Lost {
		c.say("  lost      %s, since %s", l.Number, l.LostAt.Format(dateTime))
	}
	c.standing(s.Stands, s.Next)
	for _, l := range s.Lots {
		until := "never expire"
		if l.ExpiresOn != "" {
			until = "until " + l.ExpiresOn
		}
		if l.From != "" {
			until = "from " + l.From + ", " + until
		}
		c.say("  lot       %s, %s", points(l.Points), until)
	}
	if s.Pending > 0 {
		c.say("  pending   %s wait for their day", points(s.Pending))
	}
	if s.Expiring != nil {
		c.say("  expiring  %s soon, the first on %s", points(s.Expiring.Points), s.Expiring.ExpiresOn)
	}
	for _, k := range s.Coupons {
		c.say("  coupon    %s: %s, until %s", k.ID, k.Name, k.ExpiresOn)
	}
	if len(s.Entries) == 0 {
		return
	}
	c.say("")
	rows := [][]string{{"WHEN", "WHAT", "POINTS", "BALANCE", "CAUSE"}}
	for _, e := range s.Entries {
		rows = append(rows, []string{e.At.Format(dateTime), e.Kind, fmt.Sprintf("%+d", e.Points), fmt.Sprint(e.Balance), e.Cause + told(e.Status, e.Reason, e.By) + withheld(e.Withheld)})
	}
	c.table(rows)
}

// withheld are the campaigns that were not allowed to speak with an entry, behind its cause.
func withheld(list []loyalty.Withheld) (said string) {
	for _, k := range list {
		said += fmt.Sprintf("; withheld: %s, which was %s", k.Campaign, k.State)
	}
	return said
}

// told is what a person did by hand, behind the entry's cause.
func told(status, reason, by string) string {
	if reason == "" {
		return ""
	}
	if status != "" {
		status += ", "
	}
	return " (" + status + reason + ", " + by + ")"
}

func tier(s *standing) string {
	if s == nil || s.ID == "" {
		return "no tier"
	}
	return "tier " + s.Name
}

func status(s string) string {
	if s == "open" {
		return ""
	}
	return ", " + s
}

// cardEnrol gives out a card. The door judges every field and names all faults at once, so nothing is judged here.
func cardEnrol() *command {
	var where remote
	body := map[string]any{}
	var number, store, given, family, email, consent string
	return &command{
		name: "enrol", args: "[--email ADDRESS] [...]", summary: "give out a card; a number is issued unless one is given",
		detail:   "A consent is recorded with this moment and \"till\" as its source, so give one only when the shopper has just said yes.",
		examples: []string{"regulars card enrol --store 0042 --email mira@example.com --given Mira --consent offers"},
		flags: func(f *flag.FlagSet) {
			where.set(f)
			f.StringVar(&number, "number", "", "`NUMBER` of a card that is printed already")
			f.StringVar(&store, "store", "", "`ID` of the store")
			f.StringVar(&given, "given", "", "given `NAME`")
			f.StringVar(&family, "family", "", "family `NAME`")
			f.StringVar(&email, "email", "", "e-mail `ADDRESS`")
			f.StringVar(&consent, "consent", "", "`TOPICS` that the shopper agrees to, with commas between")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			for name, text := range map[string]string{"number": number, "store": store, "given_name": given, "family_name": family, "email": email} {
				if text != "" {
					body[name] = text
				}
			}
			if consent != "" {
				consents := map[string]any{}
				for _, topic := range strings.Split(consent, ",") {
					consents[strings.TrimSpace(topic)] = map[string]bool{"allowed": true}
				}
				body["consents"] = consents
			}
			return c.atCard(ctx, where, http.MethodPost, "/v1/cards", body, "Enrolled card %s.")
		},
	}
}

// cardReplace gives a card a new number. The same call again changes nothing where the number was given.
func cardReplace() *command {
	var where remote
	var number, lost string
	return &command{
		name: "replace", args: "NUMBER", summary: "replace a lost card: points and coupons go with the shopper",
		detail:   "Receipts of the old number from before it was lost still count; later ones are refused.",
		examples: []string{"regulars card replace 0400123456782", "regulars card replace 0400123456782 --lost-at 2026-11-20T18:00:00+01:00"},
		flags: func(f *flag.FlagSet) {
			where.set(f)
			f.StringVar(&number, "number", "", "`NUMBER` of the new card; one is issued if not given")
			f.StringVar(&lost, "lost-at", "", "`MOMENT` from which the old number must not earn; now if not given")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the lost card's number"); err != nil {
				return err
			}
			body := map[string]string{}
			if number != "" {
				body["number"] = number
			}
			if lost != "" {
				body["lost_at"] = lost
			}
			return c.atCard(ctx, where, http.MethodPost, "/v1/cards/"+url.PathEscape(c.args[0])+"/replace", body, "The new number is %s.")
		},
	}
}
