package sam

import (
	"fmt"
	"slices"
	"strings"
)

// Call is one kind of call that a function made: "dynamodb:PutItem" on "CardsTable", "dynamodb:Query" on "CardsTable/index/due",
// "sqs:SendMessage" on "MailQueue", "events:PutEvents" on "Bus", "ses:SendEmail" on "".
type Call struct {
	Function string // logical id
	Action   string
	On       string // logical id with the path behind it; "" where the resource is not of this template
}

// The condition that narrows a right on a table to partitions of it. With the operator a call that names no partition, as a scan, passes.
const (
	LeadingKeys     = "dynamodb:LeadingKeys"
	LeadingOperator = "ForAllValues:StringEquals"
)

// Grants reports whether the statement allows an action on a resource, which is written as in Call, in some or all of it.
func (s Statement) Grants(action, on string) bool {
	return s.Effect == "Allow" && slices.Contains(s.Actions, action) && slices.ContainsFunc(s.Resources, func(v Value) bool { return grantedOn(v) == on })
}

// Grants lists what the function's own statements allow, one call for each pair of action and resource of this template.
func (f Function) Grants() []Call {
	var calls []Call
	for _, s := range f.Statements {
		if s.Effect != "Allow" {
			continue
		}
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				call := Call{Function: f.LogicalID, Action: action, On: grantedOn(resource)}
				if !slices.Contains(calls, call) {
					calls = append(calls, call)
				}
			}
		}
	}
	return calls
}

// grantedOn names the resource of this template that an ARN means: "${CardsTable.Arn}/index/due" is "CardsTable/index/due".
// ARNs that are put together by hand, as those of SES identities, name nothing of this template.
func grantedOn(arn Value) string {
	if arn.Ref != "" {
		return arn.Ref
	}
	m := placeholder.FindStringSubmatchIndex(arn.Sub)
	if m == nil || m[0] != 0 || strings.Contains(arn.Sub[m[1]:], "${") {
		return ""
	}
	return arn.Sub[m[4]:m[5]] + arn.Sub[m[1]:]
}

// Allows reports whether the function may make the call; on is written as in Call.
func (f Function) Allows(action, on string) bool {
	return slices.Contains(f.Grants(), Call{Function: f.LogicalID, Action: action, On: on})
}

// CompareRights holds the calls that were seen in a run through everything the functions do against what the template grants,
// and tells each difference in a sentence: rights missing for a call, and rights that no call needs.
func (t Template) CompareRights(seen []Call) []string {
	var differences []string
	for _, f := range t.Functions {
		grants := f.Grants()
		for _, call := range seen {
			if call.Function == f.LogicalID && !slices.Contains(grants, call) {
				differences = append(differences, fmt.Sprintf("template.yaml:%d: %s calls %s on %s and may not; grant it there",
					f.Line, f.LogicalID, call.Action, call.On))
			}
		}
		for _, grant := range grants {
			if !slices.Contains(seen, grant) {
				differences = append(differences, fmt.Sprintf("template.yaml:%d: %s may %s on %s and never does; take the right away",
					f.Line, f.LogicalID, grant.Action, grant.On))
			}
		}
	}
	slices.Sort(differences)
	return slices.Compact(differences)
}
