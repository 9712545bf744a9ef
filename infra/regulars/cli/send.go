package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/regulars-dev/regulars/shared/money"
)

// maxSent is the largest file that is sent; the door takes 256 KiB.
const maxSent = 1 << 20 // bytes

func sendCommand() *command {
	var where remote
	return &command{
		name: "send", args: "FILE|-", summary: "send a receipt as a till would, and say what came of it",
		detail: "FILE is the JSON of a checkout or a return, as a till sends it to /v1/checkouts or /v1/returns, or one of our events (or up to 100 of\n" +
			"them under \"events\"). The same file again changes nothing and gets the same answer.",
		examples: []string{"regulars send receipt.json", "regulars send receipt.json --url https://api.shop.example --key rk_..."},
		flags:    where.set,
		run:      func(ctx context.Context, c *call) error { return c.send(ctx, where) },
	}
}

// send puts the file through the door as it is: the door judges it, and this command adds nothing to it.
func (c *call) send(ctx context.Context, where remote) error {
	if err := c.words(1, 1, "the receipt's file"); err != nil {
		return err
	}
	if err := where.resolve(c); err != nil {
		return err
	}
	in, name, err := c.input(c.args[0])
	if err != nil {
		return err
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, maxSent+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	path, err := doorOf(body)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	client, leave, err := c.till(ctx, where)
	if err != nil {
		return err
	}
	defer leave()
	var raw json.RawMessage
	if err := client.Do(ctx, http.MethodPost, "/v1/"+path, body, &raw); err != nil {
		return fmt.Errorf("%s: %w", name, explained(err))
	}
	if c.json {
		var answer any
		if err := json.Unmarshal(raw, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		return c.writeJSON(answer)
	}
	if path == "events" {
		return c.tellEvents(raw)
	}
	var b booked
	if err := json.Unmarshal(raw, &b); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	c.tell(b)
	return nil
}

// doorOf tells by its fields to which door a document goes.
func doorOf(body []byte) (string, error) {
	var top map[string]json.RawMessage
	if len(body) > maxSent {
		return "", fmt.Errorf("is larger than %d KiB", maxSent>>10)
	}
	if err := json.Unmarshal(body, &top); err != nil {
		return "", fmt.Errorf("is no JSON object: %w", err)
	}
	has := func(name string) bool { _, ok := top[name]; return ok }
	switch {
	case has("detail-type"), has("type") && has("data"), has("events"):
		return "events", nil
	case has("return"):
		return "returns", nil
	case has("receipt"):
		return "checkouts", nil
	}
	return "", fmt.Errorf(`is neither a checkout (with "receipt"), a return (with "return") nor an event (with "type", "metadata" and "data")`)
}

// tellEvents says what became of events. One that was refused makes the command fail.
func (c *call) tellEvents(raw []byte) error {
	var answer struct {
		ID, Type       string
		Done           int
		Refused, Again int
		Results        []struct {
			Index                  int
			ID, Type, Code, Detail string
			Status                 int
			Errors                 []struct{ Pointer, Detail string }
		}
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.Type != "" {
		c.say("Event %s (%s) is done.", answer.ID, answer.Type)
		return nil
	}
	for _, r := range answer.Results {
		if r.Status == http.StatusOK {
			c.say("Event %d, %s (%s), is done.", r.Index+1, r.ID, r.Type)
			continue
		}
		c.say("Event %d is refused (%s): %s", r.Index+1, r.Code, r.Detail)
		for _, e := range r.Errors {
			c.say("  %s: %s", e.Pointer, e.Detail)
		}
	}
	if answer.Refused+answer.Again > 0 {
		return fmt.Errorf("%d of %d events were not done", answer.Refused+answer.Again, len(answer.Results))
	}
	return nil
}

func asMoney(a amount) string {
	return money.Amount{Minor: a.Minor, Currency: money.Currency(a.Currency)}.String()
}
