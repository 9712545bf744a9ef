package law

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/local/sam"
)

// callsFor says which calls of an AWS client need a right. A right that stands for none of them is granted in vain.
var callsFor = map[string][]string{
	"dynamodb:GetItem":            {"GetItem"},
	"dynamodb:Query":              {"Query"},
	"dynamodb:Scan":               {"Scan"},
	"dynamodb:PutItem":            {"PutItem", "TransactWriteItems"},
	"dynamodb:UpdateItem":         {"UpdateItem", "TransactWriteItems"},
	"dynamodb:ConditionCheckItem": {"TransactWriteItems"},
	"sqs:SendMessage":             {"SendMessage", "SendMessageBatch"},
	"events:PutEvents":            {"PutEvents"},
	"ses:SendEmail":               {"SendEmail"},
	"ses:GetAccount":              {"GetAccount"},
}

// clientFor is the SDK package behind the rights of a service.
var clientFor = map[string]string{
	"dynamodb": awsSDK + "/service/dynamodb", "sqs": awsSDK + "/service/sqs",
	"events": awsSDK + "/service/eventbridge", "ses": awsSDK + "/service/sesv2",
}

// wholeAccount are the rights that AWS gives on no resource by name; they only read.
var wholeAccount = []string{"ses:GetAccount"}

// guardRoom asks for rights where there is no AWS to do it.
const guardRoom = "shared/local"

// brokenGuard holds three lists together: the calls that adapters make, the rights they need, and the rights that the run on one
// machine asks for. A right that is forgotten there shows for the first time in production.
func brokenGuard(h House) []Finding {
	var findings []Finding
	rights := map[string][]string{}
	for action, calls := range callsFor {
		for _, call := range calls {
			rights[call] = append(rights[call], action)
		}
	}
	made := h.awsCalls()
	for _, call := range slices.Sorted(maps.Keys(made)) {
		if len(rights[call]) == 0 {
			findings = append(findings, h.at(made[call], "an adapter calls "+call+", for which no right is known", "add it to callsFor in infra/law/rights.go, and to the guard in "+guardRoom))
		}
		for _, action := range slices.Sorted(slices.Values(rights[call])) {
			if !h.says(guardRoom, action) {
				findings = append(findings, h.at(made[call], fmt.Sprintf("an adapter calls %s, and %s never asks for %s", call, guardRoom, action), "let the guard there ask as AWS would"))
			}
		}
	}
	return findings
}

// awsCalls lists the calls that adapters make and where: whoever calls a client writes its input, as dynamodb.GetItemInput.
func (h House) awsCalls() map[string]token.Pos {
	calls := map[string]token.Pos{}
	for _, name := range h.goFiles(false) {
		if isKit(module+path.Dir(name)) || strings.HasPrefix(name, "infra/") {
			continue
		}
		var clients []string
		for _, spec := range h.syntax[name].Imports {
			if full, _ := strconv.Unquote(spec.Path.Value); path.Dir(full) == awsSDK+"/service" {
				clients = append(clients, path.Base(full))
			}
		}
		ast.Inspect(h.syntax[name], func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if s, ok := literal.Type.(*ast.SelectorExpr); ok {
				client, _ := s.X.(*ast.Ident)
				if call, isInput := strings.CutSuffix(s.Sel.Name, "Input"); isInput && client != nil && slices.Contains(clients, client.Name) {
					calls[call] = literal.Pos()
				}
			}
			return true
		})
	}
	return calls
}

// brokenRights looks at what can be seen without running: every right is one that an adapter can use, on a resource with a name
// that the function has been told. Whether each is used, and none is missing, is shown by a run: sam.Template.CompareRights.
func brokenRights(h House) []Finding {
	var findings []Finding
	calls := h.awsCalls()
	for _, f := range h.template.Functions {
		for _, name := range f.PolicyTemplates {
			findings = append(findings, inTemplate(f.Line, fmt.Sprintf("%s is granted %s, which grants more than it says", f.LogicalID, name), "write the statements out"))
		}
		for _, s := range f.Statements {
			findings = append(findings, h.brokenStatement(f, s, calls)...)
		}
		findings = append(findings, unreachable(h, f)...)
	}
	return findings
}

// brokenStatement looks at each action and each resource of a statement.
func (h House) brokenStatement(f sam.Function, s sam.Statement, calls map[string]token.Pos) []Finding {
	var findings []Finding
	say := func(what, do string) { findings = append(findings, inTemplate(s.Line, f.LogicalID+": "+what, do)) }
	for _, c := range s.Conditions {
		if c.Key == sam.LeadingKeys && (c.Operator != sam.LeadingOperator || len(c.Values) == 0 || slices.Contains(s.Actions, "dynamodb:Scan")) {
			say("a right narrowed by "+sam.LeadingKeys+" is granted wider than it reads", "use "+sam.LeadingOperator+" with the partitions, and not for a scan, which names none")
		}
	}
	for _, action := range s.Actions {
		possible, ok := callsFor[action]
		if !ok {
			say(action+" is no right that our adapters use", "name the exact action, without *; add a new one to callsFor in infra/law/rights.go")
		} else if !slices.ContainsFunc(possible, func(call string) bool { return calls[call].IsValid() }) {
			say("no adapter calls "+strings.Join(possible, " or ")+", which "+action+" is for", "take the right away")
		}
		if slices.Contains(wholeAccount, action) {
			continue
		}
		if action == "ses:SendEmail" {
			findings = append(findings, brokenMailRight(f, s)...)
			continue
		}
		for _, resource := range s.Resources {
			if _, named := h.template.Resource(resource.Target()); !named {
				say(action+" on "+resource.String()+" names nothing of this template", "name the resource with !GetAtt")
			}
		}
	}
	return findings
}

// brokenMailRight wants both things that SES asks for, and the one sender.
func brokenMailRight(f sam.Function, s sam.Statement) []Finding {
	var findings []Finding
	for _, part := range []string{":identity/", ":configuration-set/"} {
		if !slices.ContainsFunc(s.Resources, func(v sam.Value) bool {
			return strings.Contains(v.String(), part) && !strings.HasSuffix(v.String(), "*")
		}) {
			findings = append(findings, inTemplate(s.Line, f.LogicalID+": ses:SendEmail names no arn with "+part, "SES checks the identity and the configuration set"))
		}
	}
	from := f.Env["MAIL_FROM"].String()
	if !slices.ContainsFunc(s.Conditions, func(c sam.Condition) bool {
		return c.Key == "ses:FromAddress" && len(c.Values) == 1 && c.Values[0].String() == from && from != ""
	}) {
		findings = append(findings, inTemplate(s.Line, f.LogicalID+": ses:SendEmail may use any sender", "add the condition StringEquals ses:FromAddress with the value of MAIL_FROM"))
	}
	return findings
}

// unreachable compares what a function has been told with what it may touch: a table, queue or bus is in both or in neither.
func unreachable(h House, f sam.Function) []Finding {
	told, granted := map[string]int{}, map[string]int{}
	for name, value := range f.Env {
		if pointsTo(name) != "" {
			told[value.Target()] = value.Line
		}
	}
	for _, s := range f.Statements {
		for _, resource := range s.Resources {
			if id := resource.Target(); id != "" && h.isTold(id) {
				granted[id] = s.Line
			}
		}
	}
	var findings []Finding
	for _, id := range slices.Sorted(maps.Keys(told)) {
		if _, ok := granted[id]; !ok {
			findings = append(findings, inTemplate(told[id], fmt.Sprintf("%s is told of %s and may do nothing with it", f.LogicalID, id), "grant the calls it makes, or take the name away"))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(granted)) {
		if _, ok := told[id]; !ok {
			findings = append(findings, inTemplate(granted[id], fmt.Sprintf("%s has rights on %s and is not told its name", f.LogicalID, id), "take the statement away, or give it the name"))
		}
	}
	return findings
}

// isTold reports that a resource is one that functions learn of by their environment.
func (h House) isTold(id string) bool {
	r, _ := h.template.Resource(id)
	return slices.Contains([]string{"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::Events::EventBus"}, r.Type)
}

// brokenClients follows the imports of each binary. Every client it links costs a cold start whether it is used or not.
func brokenClients(h House) []Finding {
	var findings []Finding
	imports := h.imports()
	for _, f := range h.template.Functions {
		main := "functions/" + f.Name + "/lambda"
		if _, ok := imports[main]; !ok {
			continue // brokenFunctions says so
		}
		linked := reach(imports, main)
		rights := map[string]bool{}
		for _, g := range f.Grants() {
			service, _, _ := strings.Cut(g.Action, ":")
			rights[service] = true
		}
		for _, service := range slices.Sorted(maps.Keys(clientFor)) {
			client := clientFor[service]
			switch {
			case linked[client] && !rights[service]:
				findings = append(findings, Finding{File: main + "/main.go", What: fmt.Sprintf("the binary links %s, and %s has no right of %s", path.Base(client), f.LogicalID, service), Do: "import only the clients it calls"})
			case !linked[client] && rights[service]:
				findings = append(findings, inTemplate(f.Line, fmt.Sprintf("%s has rights of %s and does not link %s", f.LogicalID, service, path.Base(client)), "take the rights away, or wire the client"))
			}
		}
	}
	return findings
}

// imports maps each of our folders to everything it imports: folders of ours by their path, others in full.
func (h House) imports() map[string][]string {
	all := map[string][]string{}
	for folder, files := range h.packages() {
		all[folder] = []string{}
		for _, name := range files {
			if constrained(h.syntax[name]) {
				continue
			}
			for _, spec := range h.syntax[name].Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				all[folder] = append(all[folder], strings.TrimPrefix(imported, module))
			}
		}
	}
	return all
}

// constrained reports a build constraint that keeps a file out of ordinary builds, as //go:build ignore does.
func constrained(file *ast.File) bool {
	return slices.ContainsFunc(file.Comments, func(c *ast.CommentGroup) bool {
		return c.Pos() < file.Package && strings.Contains(c.List[0].Text, "go:build ignore")
	})
}

// reach is everything that is linked into a folder's binary.
func reach(imports map[string][]string, from string) map[string]bool {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(folder string) {
		for _, next := range imports[folder] {
			if !seen[next] {
				seen[next] = true
				walk(next)
			}
		}
	}
	walk(from)
	return seen
}
