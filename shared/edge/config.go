package edge

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// LoadConfig fills the struct that dst points at from the environment: a field tagged `env:"NAME"` takes what lookup says of NAME,
// or its `default:"..."` when the name is unset or empty. Fields are string, int, int64, bool, time.Duration or []string (commas).
//
// The error names every missing and every unreadable name at once, and dst is then not to be used.
func LoadConfig(dst any, lookup func(name string) (string, bool)) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("load configuration: %T is no pointer to a struct", dst)
	}
	var faults []string
	v = v.Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, ok := field.Tag.Lookup("env")
		if !ok {
			continue
		}
		text, set := lookup(name)
		if !set || text == "" {
			fallback, optional := field.Tag.Lookup("default")
			if !optional {
				faults = append(faults, name+" is not set")
				continue
			}
			text = fallback
		}
		if err := setField(v.Field(i), text); err != nil {
			faults = append(faults, fmt.Sprintf("%s is %v", name, err))
		}
	}
	if len(faults) > 0 {
		return errors.New("load configuration: " + strings.Join(faults, "; "))
	}
	return nil
}

// setField never repeats text in its error: it may be a secret.
func setField(f reflect.Value, text string) error {
	switch f.Interface().(type) {
	case string:
		f.SetString(text)
	case int, int64:
		n, err := strconv.ParseInt(text, 10, f.Type().Bits())
		if err != nil {
			return errors.New("not a whole number")
		}
		f.SetInt(n)
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("neither true nor false")
		}
		f.SetBool(b)
	case time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return errors.New("not a duration such as 90s or 24h")
		}
		f.SetInt(int64(d))
	case []string:
		var list []string
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		f.Set(reflect.ValueOf(list))
	default:
		return fmt.Errorf("for a field of type %s, which configuration does not know", f.Type())
	}
	return nil
}
