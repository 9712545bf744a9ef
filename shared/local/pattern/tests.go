package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseTest reads one entry of a leaf: a value that must be equal, or an object that names a comparison.
func parseTest(v any) (test, error) {
	object, ok := v.(map[string]any)
	if !ok {
		if _, list := v.([]any); list {
			return nil, errors.New("a list within a list")
		}
		return func(got any, present bool) bool { return present && equal(v, got) }, nil
	}
	if len(object) != 1 {
		return nil, errors.New("a comparison has one name")
	}
	for name, operand := range object {
		switch name {
		case "exists":
			wanted, ok := operand.(bool)
			if !ok {
				return nil, errors.New("exists takes true or false")
			}
			return func(_ any, present bool) bool { return present == wanted }, nil
		case "numeric":
			return parseNumeric(operand)
		case "anything-but":
			return parseAnythingBut(operand)
		default:
			return parseText(name, operand)
		}
	}
	return nil, errors.New("unreachable: the object has one entry")
}

// textTests are the comparisons of strings: what the event holds, and the pattern's own text.
var textTests = map[string]func(got, text string) bool{
	"prefix":             strings.HasPrefix,
	"suffix":             strings.HasSuffix,
	"equals-ignore-case": strings.EqualFold,
	"wildcard":           func(got, text string) bool { return wildcard(text, got) },
}

func parseText(name string, operand any) (test, error) {
	holds, ok := textTests[name]
	if !ok {
		return nil, fmt.Errorf("%q is no comparison known here", name)
	}
	if below, ok := operand.(map[string]any); ok && len(below) == 1 && (name == "prefix" || name == "suffix") {
		text, ok := below["equals-ignore-case"].(string)
		if !ok {
			return nil, fmt.Errorf("%s takes a text or equals-ignore-case", name)
		}
		return stringTest(func(got string) bool { return holds(strings.ToLower(got), strings.ToLower(text)) }), nil
	}
	text, ok := operand.(string)
	if !ok {
		return nil, fmt.Errorf("%s takes a text", name)
	}
	return stringTest(func(got string) bool { return holds(got, text) }), nil
}

func stringTest(holds func(string) bool) test {
	return func(v any, present bool) bool {
		s, ok := v.(string)
		return present && ok && holds(s)
	}
}

// parseAnythingBut needs the field to be there: what is absent is not "anything".
func parseAnythingBut(operand any) (test, error) {
	if below, ok := operand.(map[string]any); ok {
		for name, texted := range below {
			list, isText := texts(texted)
			holds := textTests[name]
			if holds == nil || !isText || len(below) != 1 {
				return nil, errors.New("anything-but takes values, or one comparison of texts")
			}
			return stringTest(func(got string) bool {
				return !slices.ContainsFunc(list, func(text string) bool { return holds(got, text) })
			}), nil
		}
	}
	list, ok := operand.([]any)
	if !ok {
		list = []any{operand}
	}
	for _, v := range list {
		switch v.(type) {
		case string, json.Number:
		default:
			return nil, errors.New("anything-but takes texts or numbers")
		}
	}
	return func(got any, present bool) bool {
		return present && !slices.ContainsFunc(list, func(v any) bool { return equal(v, got) })
	}, nil
}

// parseNumeric reads [">", 0, "<=", 5].
func parseNumeric(operand any) (test, error) {
	list, ok := operand.([]any)
	if !ok || len(list) == 0 || len(list)%2 != 0 || len(list) > 4 {
		return nil, errors.New(`numeric takes a list such as [">", 0, "<=", 5]`)
	}
	type bound struct {
		sign string
		n    float64
	}
	var bounds []bound
	for i := 0; i < len(list); i += 2 {
		sign, isText := list[i].(string)
		number, isNumber := list[i+1].(json.Number)
		if !isText || !isNumber || !slices.Contains([]string{"=", "<", "<=", ">", ">="}, sign) {
			return nil, errors.New(`numeric takes signs =, <, <=, >, >= each with a number`)
		}
		n, err := number.Float64()
		if err != nil {
			return nil, fmt.Errorf("numeric: %w", err)
		}
		bounds = append(bounds, bound{sign, n})
	}
	return func(v any, present bool) bool {
		number, ok := v.(json.Number)
		if !present || !ok {
			return false
		}
		n, err := strconv.ParseFloat(number.String(), 64)
		for _, b := range bounds {
			holds := map[string]bool{"=": n == b.n, "<": n < b.n, "<=": n <= b.n, ">": n > b.n, ">=": n >= b.n}
			if err != nil || !holds[b.sign] {
				return false
			}
		}
		return true
	}, nil
}
