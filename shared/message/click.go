package message

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
)

// A counted link leads through us to where the marketer meant. The whole target stands in the link's token, encrypted and signed like that
// of an unsubscribe link, so that there is nothing to look up before the reader is sent on, the link works as long as the secret does, a
// stranger cannot make one that leads elsewhere, and nothing of the target is seen on the way.

const purposeClick purpose = "click"

// maxClickToken holds the longest address that a mail may link to, in characters.
const maxClickToken = 2 * MaxURL

// ClickToken names a message and a link in it. It returns ErrInvalid for a target that is no whole http or https address.
func ClickToken(secret, message, target string) (string, error) {
	if err := checkTarget(target); err != nil {
		return "", err
	}
	if !ids.ValidPart(message) {
		return "", fmt.Errorf("%w: message %q must be an id", ErrInvalid, shorten(message))
	}
	return seal(secret, purposeClick, message+"\x00"+target)
}

// ParseClickToken reads such a token. It returns ErrInvalid for every other text.
func ParseClickToken(secrets []string, token string) (message, target string, err error) {
	text, err := unseal(secrets, purposeClick, token, maxClickToken)
	if err != nil {
		return "", "", err
	}
	message, target, _ = strings.Cut(text, "\x00")
	if err := checkTarget(target); err != nil { // we made it, and look all the same: this is where a browser is sent
		return "", "", err
	}
	return message, target, nil
}

func checkTarget(target string) error {
	if err := checkLink(target); err != nil {
		return err
	}
	if scheme, _, _ := strings.Cut(strings.ToLower(target), ":"); scheme != "http" && scheme != "https" {
		return fmt.Errorf("%w: only http and https addresses are counted", ErrInvalid)
	}
	return nil
}

const purposeOpen purpose = "open"

// OpenToken names the message whose pixel it is.
func OpenToken(secret, message string) (string, error) {
	if !ids.ValidPart(message) {
		return "", fmt.Errorf("%w: message %q must be an id", ErrInvalid, shorten(message))
	}
	return seal(secret, purposeOpen, message)
}

// ParseOpenToken reads such a token. It returns ErrInvalid for every other text.
func ParseOpenToken(secrets []string, token string) (message string, err error) {
	return unseal(secrets, purposeOpen, token, maxToken)
}

// Visit is one request for a counted link.
type Visit struct {
	At     time.Time
	Target string
	Agent  string // what the program calls itself
	Peek   bool   // it asked for the header alone, as no reader's program does
}

// Clicks is what is known of the links of one message that were followed. Programs that look into mail on the reader's behalf follow links
// too: what looks like one is kept apart, and so neither number is exact.
type Clicks struct {
	FirstAt  time.Time `json:"first_at,omitzero"`  // by a person
	Count    int       `json:"count,omitempty"`    // by a person
	Machines int       `json:"machines,omitempty"` // by programs
	LastAt   time.Time `json:"last_at,omitzero"`   // by anybody
	Link     string    `json:"link,omitempty"`     // the last that was followed, by a hash
	Person   bool      `json:"person,omitempty"`   // it counts as a person's
}

const (
	// clickSettles is how soon after a mail went out or arrived nobody has read it yet.
	clickSettles = 10 * time.Second

	// clickBurst is how soon after one link nobody follows another.
	clickBurst = 2 * time.Second

	// maxClicks of one message are counted; what follows changes nothing, so that nobody can keep the table busy.
	maxClicks = 100
)

// Follow counts a visit. It answers false, and the record unchanged, if enough have been counted.
func Follow(r Record, v Visit) (Record, bool) {
	c := r.Clicks
	if c.Count+c.Machines >= maxClicks {
		return r, false
	}
	link := ids.Derive(8, v.Target)
	burst := c.Link != "" && c.Link != link && v.At.Sub(c.LastAt).Abs() < clickBurst
	if burst && c.Person { // the one before was the first of a program that follows all
		c.Count--
		c.Machines++
		if c.Count == 0 {
			c.FirstAt = time.Time{}
		}
	}
	c.Person = !(burst || v.Peek || isMachine(v.Agent) || unread(r, v.At))
	if c.Person {
		c.Count++
		if c.FirstAt.IsZero() {
			c.FirstAt = v.At
		}
	} else {
		c.Machines++
	}
	c.LastAt, c.Link = v.At, link
	r.Clicks = c
	return r, true
}

// unread reports that nobody can have read the message at a moment: it has only just gone out or arrived.
func unread(r Record, at time.Time) bool {
	since := r.SentAt
	if r.State == StateDelivered && r.SettledAt.After(since) {
		since = r.SettledAt
	}
	return !since.IsZero() && at.Before(since.Add(clickSettles))
}

// machines are words in the names of programs that follow links and are no reader's. Those that call themselves a browser are told by
// when they come.
var machines = []string{
	"bot/", "+http", "crawl", "spider", "scan", "preview", "proxy", "headless", "monitor", "curl", "wget", "python", "java/", "okhttp", "go-http",
	"libwww", "httpclient", "axios", "node-fetch", "barracuda", "mimecast", "proofpoint", "safelinks", "symantec", "fortinet", "trendmicro",
	"facebookexternalhit", "whatsapp", "slackbot", "skypeuri",
}

// isMachine reports whether a program says of itself that it is none of a reader's. One that says nothing is none either.
func isMachine(agent string) bool {
	agent = strings.ToLower(strings.TrimSpace(agent))
	if agent == "" {
		return true
	}
	for _, word := range machines {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return false
}
