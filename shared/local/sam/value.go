package sam

import (
	"fmt"
	"regexp"
	"strings"
)

// Value is one scalar of the template, as far as it can be known without AWS. At most one of Text, Ref and Sub is set.
type Value struct {
	Text string // plain text, a number or a boolean as it is written
	Ref  string // what !Ref or !GetAtt names: a logical id, a parameter or a pseudo parameter such as "AWS::Region"
	Attr string // the attribute that !GetAtt asks of Ref ("Arn", "Secret.ARN"); "" for !Ref
	Sub  string // text of !Sub or !Join with its ${Name} and ${Name.Attr} in place
	Line int    // line of the template it stands on, from 1
}

// placeholder finds ${Name} and ${Name.Attr}; ${!Name} is CloudFormation's way to write a plain ${Name}.
var placeholder = regexp.MustCompile(`\$\{(!?)([A-Za-z0-9:]+)(?:\.([A-Za-z0-9.]+))?\}`)

// IsZero reports that the value is absent or an empty text.
func (v Value) IsZero() bool { return v.Text == "" && v.Ref == "" && v.Sub == "" }

// String writes the value the way !Sub would, so that two values that mean the same are written the same.
func (v Value) String() string {
	switch {
	case v.Ref != "" && v.Attr != "":
		return "${" + v.Ref + "." + v.Attr + "}"
	case v.Ref != "":
		return "${" + v.Ref + "}"
	case v.Sub != "":
		return v.Sub
	}
	return v.Text
}

// Refs lists every logical id, parameter and pseudo parameter the value depends on, in the order they stand.
func (v Value) Refs() []string {
	if v.Ref != "" {
		return []string{v.Ref}
	}
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(v.Sub, -1) {
		if m[1] == "" {
			names = append(names, m[2])
		}
	}
	return names
}

// Target is the one logical id the value points to, or "" if it is plain text or depends on several.
func (v Value) Target() string {
	if refs := v.Refs(); len(refs) == 1 {
		return refs[0]
	}
	return ""
}

// Secret is the logical id of the secret that a dynamic reference ({{resolve:secretsmanager:...}}) reads at deployment, or ""
// for every other value. Resolve leaves the braces in place, so a caller that runs without AWS asks here first.
func (v Value) Secret() string {
	if !strings.HasPrefix(v.String(), "{{resolve:secretsmanager:") {
		return ""
	}
	return v.Target()
}

// Resolve gives the text of the value where lookup says what a name means (attr is "" for !Ref).
// It fails with the first name that lookup refuses.
func (v Value) Resolve(lookup func(name, attr string) (string, error)) (string, error) {
	if v.Ref != "" {
		text, err := lookup(v.Ref, v.Attr)
		if err != nil {
			return "", fmt.Errorf("line %d: %w", v.Line, err)
		}
		return text, nil
	}
	if v.Sub == "" {
		return v.Text, nil
	}
	var failed error
	text := placeholder.ReplaceAllStringFunc(v.Sub, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		if m[1] != "" {
			return "${" + strings.TrimPrefix(found, "${!")
		}
		text, err := lookup(m[2], m[3])
		if err != nil && failed == nil {
			failed = fmt.Errorf("line %d: %w", v.Line, err)
		}
		return text
	})
	if failed != nil {
		return "", failed
	}
	return text, nil
}
