package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// labels are fields whose name in the document does not say enough by itself.
var labels = map[string]string{
	"per": "for each", "times": "multiplied by", "when": "only when", "on": "taken off", "every": "for every full", "after": "measured after other offers",
	"min_basket": "from a basket of", "min_pieces": "from so many pieces", "cap": "at most", "cap_piece": "at most a piece", "coupon": "only with a coupon",
	"months": "months to live", "lines/skus": "articles", "lines/categories": "categories", "lines/not_skus": "not articles", "lines/not_categories": "not categories",
	"lines/kinds": "kinds of line", "lines/brands": "brands", "lines/tags": "tags", "from": "first day", "until": "last day", "group": "one of the group",
	"stack": "together with others", "grant/offer": "grants a coupon to", "grant/days": "days the coupon is good", "message/template": "sends the e-mail",
	"calling_code": "calling code", "cards/secret": "the secret of card numbers",
}

// defaults are what a field means that is left out, by section: where it is written out, nothing is different.
var defaults = map[string]map[string]string{
	"offers":    {"each": "piece", "pieces": "1", "stack": "common", "times": "0", "priority": "0", "free/pieces": "1"},
	"campaigns": {"message/days": "3"},
	"pricing":   {"combine": "best", "prices": "with_tax"},
	"points":    {"combine": "best", "on": "net", "claim_days": "30", "warn_days": "30", "books/points": "1", "books/expected": "100"},
	"cards":     {"prefix": "04"},
}

// asSet are lists whose order says nothing.
var asSet = []string{
	"skus", "categories", "kinds", "brands", "tags", "not_skus", "not_categories", "not_brands", "not_tags", "days", "month_days", "publish", inAnyOrder,
}

const inAnyOrder = "values" // the name of values of which one is meant

// flat is a member as its fields by path, each as text. What is left out, false or the default is not there at all.
func flat(section string, v any) map[string]string {
	fields := map[string]string{}
	if tree, ok := v.(map[string]any); ok {
		below(fields, "", tree)
	} else if said := say(section, v); said != "" {
		fields[""] = said
	}
	for path, usual := range defaults[section] {
		if fields[path] == usual {
			delete(fields, path)
		}
	}
	if section == "cards" && fields["secret"] != "" { // named by its whole path, so that it is kept to itself
		fields["cards/secret"] = fields["secret"]
		delete(fields, "secret")
	}
	return fields
}

func below(fields map[string]string, path string, tree map[string]any) {
	for name, v := range tree {
		inner, isTree := v.(map[string]any)
		if isTree && name != "when" {
			below(fields, path+name+"/", inner)
		} else if said := say(name, v); said != "" {
			fields[path+name] = said
		}
	}
}

// say is a value in words; "" for one that says nothing.
func say(name string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return ""
	case json.Number:
		return v.String()
	case string:
		return decimal(v)
	case []any:
		return sayList(name, v)
	case map[string]any:
		if name == "when" {
			return condition(v)
		}
		return sayTree(v)
	}
	return fmt.Sprint(v)
}

// decimal is a decimal without zeros at its end, so that "12.50" and 12.5 are the same; any other text stays as it is.
func decimal(text string) string {
	whole, fraction, isDecimal := strings.Cut(text, ".")
	if !isDecimal || whole == "" || fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return text
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return whole
	}
	if len(fraction) == 1 {
		fraction += "0" // as money is written
	}
	return whole + "." + fraction
}

func sayList(name string, list []any) string {
	var said []string
	for _, v := range list {
		said = append(said, say("", v))
	}
	if slices.Contains(asSet, name) {
		slices.Sort(said)
	}
	between := ", "
	if len(list) > 0 {
		if _, nested := list[0].(map[string]any); nested {
			between = "; "
		}
	}
	return strings.Join(said, between)
}

// sayTree is what stands in a list, such as a step: "from 50, percent 5".
func sayTree(tree map[string]any) string {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if v := say(name, tree[name]); v != "" {
			said = append(said, strings.ReplaceAll(name, "_", " ")+" "+v)
		}
	}
	return strings.Join(said, ", ")
}

// ops are the comparisons of conditions in words.
var ops = map[string]string{
	"eq": "is", "ne": "is not", "lt": "below", "lte": "at most", "gt": "above", "gte": "at least", "in": "is one of", "not_in": "is none of",
	"contains": "has", "between": "is between", "exists": "is known", "unknown": "is not known",
}

// condition is a marketer's rule in one line: "receipt.total at least 25 and shopper.consents has offers".
func condition(tree map[string]any) string {
	for _, group := range []struct{ name, between string }{{"all", " and "}, {"any", " or "}} {
		if list, ok := tree[group.name].([]any); ok {
			var said []string
			for _, v := range list {
				inner, _ := v.(map[string]any)
				text := condition(inner)
				if strings.Contains(text, " and ") || strings.Contains(text, " or ") {
					text = "(" + text + ")"
				}
				said = append(said, text)
			}
			slices.Sort(said)
			return strings.Join(said, group.between)
		}
	}
	if inner, ok := tree["not"].(map[string]any); ok {
		return "not (" + condition(inner) + ")"
	}
	op, _ := tree["op"].(string)
	values := ""
	if op == "in" || op == "not_in" {
		values = inAnyOrder
	}
	said, known := ops[op]
	if !known {
		said = op
	}
	return strings.TrimSpace(fmt.Sprintf("%v %s %s", tree["field"], said, say(values, tree["value"])))
}
