package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/vendor"
)

const (
	maxSaved      = 2 << 20 // bytes of one saved delivery
	partnerPrefix = "aws.partner/shopify.com"
)

func replayCommand() *command {
	var who, topic string
	return &command{
		name: "replay", args: "FILE...|-", summary: "feed saved webhooks, or events of ours, through the code that takes them live",
		detail: "A file holds a vendor's body as it came; {\"vendor\", \"topic\", \"headers\", \"body\"}; an event of Shopify's partner bus; or one of our own\n" +
			"events (a .jsonl file one a line). A bare body is recognised by its fields where --vendor and --topic do not say what it is.\n" +
			"Signatures are not looked at: who may run this command may do more. Replaying a file again changes nothing.",
		examples: []string{"regulars replay order.json --vendor shopify --topic orders/paid", "regulars replay saved/*.json"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&who, "vendor", "", "`NAME` of who sent the bodies: shopify or square")
			f.StringVar(&topic, "topic", "", "the vendor's `TOPIC`, such as orders/paid")
		},
		run: func(ctx context.Context, c *call) error { return c.replay(ctx, who, topic) },
	}
}

// replayed is what became of one file, or one line of it.
type replayed struct {
	File string `json:"file"`
	admin.Outcome
}

// replay feeds the files in, one after the other in the order given. One that is not understood holds up no other; a door that does
// not answer ends it, and the same command goes through all of them again without harm.
func (c *call) replay(ctx context.Context, who, topic string) error {
	if err := c.words(1, -1, "the file to replay"); err != nil {
		return err
	}
	if who != "" && !vendor.Known(who) {
		return usage("--vendor is %s; it is %s or %s", who, vendor.Shopify, vendor.Square)
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	list, wrong := []replayed{}, 0
	for _, name := range c.args {
		saved, err := c.saved(name, who, topic)
		if err != nil {
			return err
		}
		for _, s := range saved {
			one := replayed{File: s.name}
			if s.problem != "" {
				one.Problem = s.problem
			} else if err := client.Do(ctx, http.MethodPost, "/replay", s.delivery, &one.Outcome); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			if one.Problem != "" {
				wrong++
			}
			list = append(list, one)
			if !c.json {
				c.say("%s: %s", one.File, c.became(one.Outcome))
			}
		}
	}
	if c.json {
		if err := c.writeJSON(list); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d deliveries could not be done", wrong, len(list))
	}
	return nil
}

// became says an outcome in words.
func (c *call) became(o admin.Outcome) string {
	switch {
	case o.Problem != "":
		return "not understood: " + o.Problem
	case o.Done != "":
		return o.Done
	case o.Asked != "":
		return "asks for " + o.Asked + ", which a person has to do; nothing was published"
	case o.Ignored != "":
		return "ignored: " + o.Ignored
	}
	var parts []string
	for _, p := range o.Published {
		parts = append(parts, strings.TrimSpace(p.Type+" "+p.Object))
	}
	text := strings.Join(parts, ", ")
	if text == "" {
		text = "done"
	}
	if o.Adjusted != 0 {
		text += fmt.Sprintf(" (%d minor units that no line explains)", o.Adjusted)
	}
	return text
}

// saving is one delivery of a file.
type saving struct {
	name     string
	delivery admin.Delivery
	problem  string
}

// saved reads the deliveries of a file.
func (c *call) saved(name, who, topic string) ([]saving, error) {
	in, shownAs, err := c.input(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	lines := strings.EqualFold(filepath.Ext(name), ".jsonl")
	limit := int64(maxSaved)
	if lines {
		limit *= 50
	}
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", shownAs, err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%s is larger than %d MiB; split it", shownAs, limit>>20)
	}
	if !lines {
		return []saving{savedOf(shownAs, body, who, topic)}, nil
	}
	var list []saving
	for i, line := range bytes.Split(body, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			list = append(list, savedOf(fmt.Sprintf("%s:%d", shownAs, i+1), line, who, topic))
		}
	}
	return list, nil
}

// savedOf finds out what a document is.
func savedOf(name string, body []byte, who, topic string) saving {
	s := saving{name: name}
	var top struct {
		Vendor, Topic string
		Headers       map[string]string
		Body          json.RawMessage
		Source        string
		Type          string
		DetailType    string `json:"detail-type"`
		Data          json.RawMessage
		Metadata      json.RawMessage
	}
	if err := json.Unmarshal(body, &top); err != nil && who == "" {
		s.problem = "the file is no JSON, and --vendor does not say whose it is"
		return s
	}
	switch {
	case who != "":
		s.delivery = admin.Delivery{Vendor: who, Topic: topic, Body: body}
	case top.Vendor != "" && len(top.Body) > 0:
		s.delivery = admin.Delivery{Vendor: top.Vendor, Topic: top.Topic, Headers: top.Headers, Body: rawBody(top.Body)}
		if topic != "" {
			s.delivery.Topic = topic
		}
	case strings.HasPrefix(top.Source, partnerPrefix):
		return partner(s, body)
	case top.DetailType != "" || top.Type != "" && len(top.Metadata) > 0 && len(top.Data) > 0:
		s.delivery = admin.Delivery{Body: body}
	default:
		guessed, guessedTopic := vendor.Guess(body)
		if guessed == "" {
			s.problem = "it is no event of ours, and nothing in it tells the vendor; say --vendor and --topic"
			return s
		}
		if topic == "" {
			topic = guessedTopic
		}
		s.delivery = admin.Delivery{Vendor: guessed, Topic: topic, Body: body}
	}
	return s
}

// rawBody is a body that was saved as text or as the JSON that it is.
func rawBody(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text)
	}
	return raw
}

// partner takes a delivery out of the envelope of Shopify's partner bus.
func partner(s saving, body []byte) saving {
	d, err := vendor.FromPartner(body)
	if err != nil {
		s.problem = err.Error()
		return s
	}
	headers := map[string]string{}
	for name := range d.Headers {
		headers[name] = d.Headers.Get(name)
	}
	s.delivery = admin.Delivery{Vendor: d.Vendor, Topic: d.Topic, Headers: headers, Body: d.Body, ReceivedAt: d.ReceivedAt}
	if d.Shop != "" {
		headers["X-Shopify-Shop-Domain"] = d.Shop
	}
	return s
}
