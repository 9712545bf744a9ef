package till

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Limits of what is said of a shopper, in characters.
const (
	maxPhone       = 32
	maxLanguage    = 35
	maxTextVersion = 64
	minPhoneDigits = 7
)

// languages are those of BCP 47 without private and grandfathered tags: "de", "pt-BR", "zh-Hant-TW".
var languages = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// edit is one change of a profile.
type edit func(*card.Profile)

// read judges what is said of a shopper and returns the change that it means. A field that is absent changes nothing.
func (b shopperBody) read(f *faults, a *ask, rules *programme.Programme, store string) func(card.Profile) card.Profile {
	at := f.moment("/occurred_at", b.OccurredAt, a.now).Truncate(time.Second)
	var edits []edit
	text := func(name string, raw json.RawMessage, check func(text string) (string, string), set func(*card.Profile, string)) {
		said, given := f.text("/"+name, raw)
		if !given {
			return
		}
		if said != "" && check != nil {
			value, why := check(said)
			if why != "" {
				f.add("/"+name, "invalid", "%s", why)
			}
			said = value
		}
		edits = append(edits, func(p *card.Profile) { set(p, said) })
	}
	text("given_name", b.Given, personName, func(p *card.Profile, s string) { p.Given = s })
	text("family_name", b.Family, personName, func(p *card.Profile, s string) { p.Family = s })
	text("email", b.Email, email, func(p *card.Profile, s string) { p.Email = s })
	text("phone", b.Phone, func(s string) (string, string) { return phone(s, rules.Calling) }, func(p *card.Profile, s string) { p.Phone = s })
	text("language", b.Language, language, func(p *card.Profile, s string) { p.Language = s })
	text("time_zone", b.TimeZone, timeZone, func(p *card.Profile, s string) { p.TimeZone = s })
	text("birthday", b.Birthday, func(s string) (string, string) { return birthday(s, rules, a.now) }, bornOn)
	text("country", b.Country, country, func(p *card.Profile, s string) { p.Home.Country = s })
	text("postcode", b.Postcode, postcode, func(p *card.Profile, s string) { p.Home.Postcode = s })
	text("city", b.City, personName, func(p *card.Profile, s string) { p.Home.City = s })
	edits = append(edits, b.attributes(f, rules)...)
	edits = append(edits, b.tags(f)...)
	edits = append(edits, b.consents(f, rules, b.proof(f, store, at))...)
	return func(p card.Profile) card.Profile {
		before := loyalty.EmailIdentity(p.Email)
		for _, e := range edits {
			e(&p)
		}
		if rules.Consent.Double && loyalty.EmailIdentity(p.Email) != before {
			p = p.AskAll(at)
		}
		return p
	}
}

// tags marks the shopper with these, in the place of those there were.
func (b shopperBody) tags(f *faults) []edit {
	if b.Tags == nil {
		return nil
	}
	f.atMost("/tags", len(*b.Tags), card.MaxTags)
	for i, tag := range *b.Tags {
		if !ids.ValidPart(tag) || len(tag) > card.MaxTag {
			f.add(fmt.Sprintf("/tags/%d", i), "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", card.MaxTag)
		}
	}
	said := *b.Tags
	return []edit{func(p *card.Profile) { p.Tags = card.Tagged(said) }}
}

func topics(rules *programme.Programme) string {
	var names []string
	for _, t := range rules.Topics {
		names = append(names, t.ID)
	}
	return strings.Join(names, ", ")
}

// text reads a field that is a text, or null to clear it. given is false where it is absent or wrong.
func (f *faults) text(pointer string, raw json.RawMessage) (text string, given bool) {
	if len(raw) == 0 {
		return "", false
	}
	if string(raw) == "null" {
		return "", true
	}
	if err := json.Unmarshal(raw, &text); err != nil {
		f.add(pointer, "wrong_type", "should be a text, or null to clear it")
		return "", false
	}
	if text = strings.TrimSpace(text); text == "" {
		f.add(pointer, "invalid", "is empty; leave it out, or give null to clear it")
		return "", false
	}
	return text, true
}

func printable(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

// The checks below return the value in the form that is kept, or what is wrong with it. They never say the value back.

func personName(s string) (value, why string) {
	if !printable(s, card.MaxName) {
		return "", fmt.Sprintf("must be at most %d characters without control characters", card.MaxName)
	}
	return s, ""
}

func email(s string) (value, why string) {
	if len(s) > card.MaxEmail || message.CheckAddress(s) != nil {
		return "", "must be an e-mail address such as lena@shop.example; letters outside ASCII cannot be mailed to, a domain may be written in its xn-- form"
	}
	return s, ""
}

// phone keeps a number with its country where that is known: "+" and digits.
func phone(s, calling string) (value, why string) {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()/.", r) {
			return -1
		}
		return r
	}, s)
	if rest, ok := strings.CutPrefix(plain, "00"); ok {
		plain = "+" + rest
	}
	digits := strings.TrimPrefix(plain, "+")
	number, known := ids.E164(plain, calling)
	switch {
	case len(s) > maxPhone || len(digits) < minPhoneDigits || strings.Trim(digits, "0123456789") != "":
		return "", "must be a telephone number such as +49 170 1234567"
	case !known:
		return "", "must be a telephone number with its country, such as +49 170 1234567"
	}
	return number, ""
}

func language(s string) (value, why string) {
	if len(s) > maxLanguage || !languages.MatchString(s) {
		return "", "must be a language such as de or pt-BR"
	}
	return s, ""
}

func timeZone(s string) (value, why string) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" || !strings.Contains(s, "/") && s != "UTC" {
		return "", "must be a time zone such as Europe/Berlin"
	}
	return s, ""
}
