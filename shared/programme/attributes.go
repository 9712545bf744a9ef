package programme

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Attribute is something that the shop wants to know of its shoppers beside what every profile has: a size, a hobby, a child's birthday.
// What is not declared here is taken at no door. Rules ask for it as `attribute.<id>`, and for a date also how many days there are up to
// the next time that it comes round, as `attribute.<id>.days_to`.
type Attribute struct {
	ID     string   `json:"id"`               // small letters, digits and _
	Type   string   `json:"type"`             // what it holds: one of AttributeText, AttributeNumber, AttributeDate, AttributeDates, AttributeFlag, AttributeList
	Name   string   `json:"name,omitempty"`   // as forms show it
	Values []string `json:"values,omitempty"` // of a text or a list: the only ones there are
}

// What an attribute holds.
const (
	AttributeText   = "text"   // a few words
	AttributeNumber = "number" // a whole number
	AttributeDate   = "date"   // "2020-05-17", or "05-17" where nobody needs the year
	AttributeDates  = "dates"  // several of these, such as the birthdays of children
	AttributeFlag   = "flag"   // true or false
	AttributeList   = "list"   // several texts
)

// MaxDeclared is how many values an attribute may name, and MaxDates how many dates one shopper has of one attribute.
const (
	MaxDeclared = 200
	MaxDates    = 10
)

var attributeID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,23}$`)

// attributes checks what is declared.
func (c *compiler) attributes() {
	c.count("/attributes", len(c.p.Attributes), card.MaxAttributes)
	for i, a := range c.p.Attributes {
		at := "/attributes/" + strconv.Itoa(i)
		switch _, twice := c.p.attributes[a.ID]; {
		case !attributeID.MatchString(a.ID):
			c.fault(at+"/id", "%q is no id of an attribute: 1 to 24 of a-z 0-9 _, a letter first", a.ID)
		case twice:
			c.fault(at+"/id", "%q stands twice; ids are unique in their list", a.ID)
		}
		texts := a.Type == AttributeText || a.Type == AttributeList
		switch {
		case !slices.Contains([]string{AttributeText, AttributeNumber, AttributeDate, AttributeDates, AttributeFlag, AttributeList}, a.Type):
			c.fault(at+"/type", "%q is not one of text, number, date, dates, flag, list", a.Type)
		case !texts && len(a.Values) > 0:
			c.fault(at+"/values", "values are named for a text or a list; a %s has none", a.Type)
		}
		c.count(at+"/values", len(a.Values), MaxDeclared)
		for n, v := range a.Values {
			if why := attributeText(v); why != "" {
				c.fault(at+"/values/"+strconv.Itoa(n), "%s", why)
			}
		}
		c.p.attributes[a.ID] = a
	}
}

// attributeFields are what rules may ask of the attributes.
func attributeFields(list []Attribute) []rule.Field {
	var fields []rule.Field
	seen := map[string]bool{}
	for _, a := range list {
		if seen[a.ID] {
			continue // told as a fault of its own
		}
		seen[a.ID] = true
		field := rule.Field{Name: ofAttribute + a.ID, Kind: rule.Text, Values: a.Values}
		switch a.Type {
		case AttributeNumber:
			field.Kind = rule.Int
		case AttributeDate:
			field.Kind = rule.Day
		case AttributeDates:
			field.Kind = rule.Set
		case AttributeFlag:
			field.Kind = rule.Bool
		case AttributeList:
			field.Kind = rule.Set
		}
		fields = append(fields, field)
		if a.isDate() {
			fields = append(fields, rule.Field{Name: field.Name + upToDate, Kind: rule.Int, Most: 366})
		}
	}
	return fields
}

const (
	ofAttribute = "attribute."
	upToDate    = ".days_to"
)

func (a Attribute) isDate() bool { return a.Type == AttributeDate || a.Type == AttributeDates }

// Attribute finds what is declared under an id.
func (p *Programme) Attribute(id string) (Attribute, bool) {
	a, ok := p.attributes[id]
	return a, ok
}

// AttributeIDs lists the ids of what is declared, in order.
func (p *Programme) AttributeIDs() []string { return slices.Sorted(maps.Keys(p.attributes)) }

// ReadJSON reads what a door was told of an attribute: a text, a whole number, true or false, or a list of texts, as its type wants; null
// is nothing, which takes it back. It returns the values in the form that they are kept in, or what is wrong, which never says them back.
func (a Attribute) ReadJSON(raw json.RawMessage) (values []string, why string) {
	var said any
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if err := dec.Decode(&said); err != nil {
		return nil, "cannot be read"
	}
	wants := map[string]string{
		AttributeText: "a text", AttributeNumber: "a whole number", AttributeFlag: "true or false", AttributeDate: `a date such as "2020-05-17" or "05-17"`,
		AttributeDates: `a list of dates such as "2020-05-17" or "05-17"`, AttributeList: "a list of texts",
	}
	several := a.Type == AttributeDates || a.Type == AttributeList
	switch said := said.(type) {
	case nil:
		return nil, ""
	case string:
		if a.Type == AttributeText || a.Type == AttributeDate {
			return a.Read([]string{said})
		}
	case json.Number:
		if a.Type == AttributeNumber {
			return a.Read([]string{said.String()})
		}
	case bool:
		if a.Type == AttributeFlag {
			return a.Read([]string{strconv.FormatBool(said)})
		}
	case []any:
		for _, v := range said {
			text, ok := v.(string)
			if !ok || !several {
				return nil, "must be " + wants[a.Type]
			}
			values = append(values, text)
		}
		if several {
			return a.Read(values)
		}
	}
	return nil, "must be " + wants[a.Type] + ", or null to clear it"
}

// Read brings values into the form that they are kept in, or says what is wrong.
func (a Attribute) Read(values []string) (kept []string, why string) {
	most := 1
	switch a.Type {
	case AttributeDates:
		most = MaxDates
	case AttributeList:
		most = card.MaxValues
	}
	if len(values) > most {
		return nil, fmt.Sprintf("holds at most %d", most)
	}
	for _, v := range values {
		v, why = a.one(strings.TrimSpace(v))
		if why != "" {
			return nil, why
		}
		kept = append(kept, v)
	}
	slices.Sort(kept)
	return slices.Compact(kept), ""
}

// one reads one value.
func (a Attribute) one(v string) (kept, why string) {
	switch a.Type {
	case AttributeNumber:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < -maxCount || n > maxCount {
			return "", "must be a whole number"
		}
		return strconv.FormatInt(n, 10), ""
	case AttributeFlag:
		if v != "true" && v != "false" {
			return "", "must be true or false"
		}
		return v, ""
	case AttributeDate, AttributeDates:
		if _, err := day.ParseYearly(v); err != nil || len(v) != len("05-17") && len(v) != len("2020-05-17") {
			return "", `must be a date such as 2020-05-17 or 05-17`
		}
		return v, ""
	}
	if why := attributeText(v); why != "" {
		return "", why
	}
	if len(a.Values) > 0 && !slices.Contains(a.Values, v) {
		return "", "must be one of " + strings.Join(a.Values, ", ")
	}
	return v, ""
}

func attributeText(v string) (why string) {
	if v == "" || !utf8.ValidString(v) || utf8.RuneCountInString(v) > card.MaxValue || strings.ContainsFunc(v, unicode.IsControl) {
		return fmt.Sprintf("must be 1 to %d characters without control characters", card.MaxValue)
	}
	return ""
}

// Said is an attribute's values as a door tells them: what ReadJSON takes.
func (a Attribute) Said(values []string) any {
	if len(values) == 0 {
		return nil
	}
	switch a.Type {
	case AttributeNumber:
		return json.Number(values[0])
	case AttributeFlag:
		return values[0] == "true"
	case AttributeDates, AttributeList:
		return values
	}
	return values[0]
}

// attributes tells what is known of a shopper beside what every profile has. A value that an older programme let in and this one does not
// is unknown to its rules.
func (k known) attributes(said card.Attributes, declared map[string]Attribute, today day.Day) {
	for id, values := range said {
		a, ok := declared[id]
		if _, why := a.Read(values); !ok || why != "" || len(values) == 0 {
			continue
		}
		name := ofAttribute + id
		switch a.Type {
		case AttributeNumber:
			n, _ := strconv.ParseInt(values[0], 10, 64) // Read has judged it
			k.whole(name, n)
		case AttributeFlag:
			k.bool(name, values[0] == "true")
		case AttributeList, AttributeDates:
			k.texts(name, values)
		case AttributeText:
			k.text(name, values[0])
		case AttributeDate:
			if on, err := day.Parse(values[0]); err == nil {
				k.day(name, on)
			}
		}
		if a.isDate() {
			k.whole(name+upToDate, daysTo(values, today))
		}
	}
}

// daysTo is how many days there are up to the first of some dates that comes round.
func daysTo(dates []string, today day.Day) int64 {
	least := int64(366)
	for _, d := range dates {
		y, _ := day.ParseYearly(d) // Read has judged it
		least = min(least, int64(y.From(today)-today))
	}
	return least
}
