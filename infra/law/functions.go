package law

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/local/sam"
)

// brokenFunctions holds the template's functions against the folders of functions/, the Makefile and the sample events.
func brokenFunctions(h House) []Finding {
	var findings []Finding
	folders := h.folders("functions")
	names := map[string]bool{}
	for _, f := range h.template.Functions {
		names[f.Name] = true
		findings = append(findings, brokenBuild(f, h.texts["Makefile"])...)
		if !slices.Contains(folders, f.Name) {
			findings = append(findings, inTemplate(f.Line, f.LogicalID+" has no folder functions/"+f.Name, "write it, or take the resource away"))
			continue
		}
		findings = append(findings, h.brokenFolder(f)...)
	}
	for _, folder := range folders {
		if !names[folder] {
			findings = append(findings, Finding{File: "functions/" + folder, What: "no function of template.yaml is called after it", Do: "add its resource to the template"})
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^build-([A-Za-z]+):`).FindAllStringSubmatch(h.texts["Makefile"], -1) {
		if _, ok := h.template.Function(m[1]); !ok {
			findings = append(findings, Finding{File: "Makefile", What: "build-" + m[1] + " builds no function of template.yaml", Do: "take the target away"})
		}
	}
	return findings
}

// brokenBuild looks at what SAM needs to build and start a function.
func brokenBuild(f sam.Function, makefile string) []Finding {
	var findings []Finding
	recipe := regexp.MustCompile(`(?m)^build-` + f.LogicalID + `:[^\n]*\n\t\$\(call lambda,` + f.Name + `\)$`)
	if !recipe.MatchString(makefile) {
		findings = append(findings, Finding{File: "Makefile", What: "no target build-" + f.LogicalID, Do: "add it with $(call lambda," + f.Name + ")"})
	}
	if !regexp.MustCompile(`(?m)^LAMBDAS :=(.*\\\n)*.*build-` + f.LogicalID + `\b`).MatchString(makefile) {
		findings = append(findings, Finding{File: "Makefile", What: "LAMBDAS lacks build-" + f.LogicalID, Do: "add it, or make build leaves it out"})
	}
	for _, want := range []struct{ what, got, want string }{
		{"BuildMethod", f.BuildMethod, "makefile"}, {"Handler", f.Handler, "bootstrap"},
		{"Runtime", f.Runtime, "provided.al2023"}, {"Architectures", strings.Join(f.Architectures, ","), "arm64"},
	} {
		if want.got != want.want {
			findings = append(findings, inTemplate(f.Line, fmt.Sprintf("%s of %s is %q", want.what, f.LogicalID, want.got), "make it "+want.want))
		}
	}
	return findings
}

// brokenFolder looks at the files of one function.
func (h House) brokenFolder(f sam.Function) []Finding {
	var findings []Finding
	folder := "functions/" + f.Name + "/"
	for _, file := range []string{f.Name + ".go", f.Name + "_test.go", "lambda/main.go", "testdata/event.json"} {
		if _, ok := h.texts[folder+file]; !ok {
			findings = append(findings, Finding{File: folder + file, What: "there is none", Do: "every function has one"})
		}
	}
	if handler, ok := h.syntax[folder+f.Name+".go"]; ok && !declares(handler, "New") {
		findings = append(findings, Finding{File: folder + f.Name + ".go", What: "it exports no func New", Do: "make New(...) edge.Handler, which the binary and the run on one machine both call"})
	}
	if event, ok := h.texts[folder+"testdata/event.json"]; ok {
		shape := shapeOf(event)
		if !slices.ContainsFunc(f.Events, func(e sam.Event) bool {
			return e.Type == shape || shape == "event" && (e.Rule != nil || e.Schedule != nil)
		}) {
			findings = append(findings, Finding{File: folder + "testdata/event.json", What: "nothing that wakes " + f.LogicalID + " looks like this", Do: "put there an event as AWS delivers it"})
		}
	}
	return findings
}

// declares reports that a file has a function of that name, not a method.
func declares(file *ast.File, name string) bool {
	return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && f.Name.Name == name
	})
}

// shapeOf tells by an event's shape which type of SAM event delivers it; "event" stands for rules and schedules, "" for none.
func shapeOf(text string) string {
	var e struct {
		Context    json.RawMessage `json:"requestContext"`
		DetailType string          `json:"detail-type"`
		Records    []struct {
			Source string `json:"eventSource"`
		}
	}
	if json.Unmarshal([]byte(text), &e) != nil {
		return ""
	}
	switch {
	case len(e.Context) > 0:
		return "HttpApi"
	case e.DetailType != "":
		return "event"
	case len(e.Records) > 0:
		return map[string]string{"aws:sqs": "SQS", "aws:dynamodb": "DynamoDB"}[e.Records[0].Source]
	}
	return ""
}

// setting is one field of a Config struct.
type setting struct {
	optional   bool // it has a default
	documented bool
	pos        ast.Node
}

// settings reads the Config struct of a function's package, by environment name. ok is false where there is none.
func (h House) settings(name string) (found map[string]setting, ok bool) {
	found = map[string]setting{}
	for _, file := range h.packages()["functions/"+name] {
		for _, d := range h.syntax[file].Decls {
			general, _ := d.(*ast.GenDecl)
			if general == nil {
				continue
			}
			for _, s := range general.Specs {
				spec, _ := s.(*ast.TypeSpec)
				if spec == nil || spec.Name.Name != "Config" {
					continue
				}
				if body, isStruct := spec.Type.(*ast.StructType); isStruct {
					ok = true
					maps.Copy(found, fieldsOf(body))
				}
			}
		}
	}
	return found, ok
}

// fieldsOf reads the tags that edge.LoadConfig reads.
func fieldsOf(body *ast.StructType) map[string]setting {
	found := map[string]setting{}
	for _, field := range body.Fields.List {
		if field.Tag == nil {
			continue
		}
		text, _ := strconv.Unquote(field.Tag.Value) // the parser has accepted it
		tag := reflect.StructTag(text)
		if name := tag.Get("env"); name != "" {
			_, optional := tag.Lookup("default")
			found[name] = setting{optional, field.Doc.Text()+field.Comment.Text() != "", field}
		}
	}
	return found
}

// brokenSettings holds the environment of each function against its Config, and each name against what it points to.
func brokenSettings(h House) []Finding {
	var findings []Finding
	for _, f := range h.template.Functions {
		read, ok := h.settings(f.Name)
		if !ok {
			findings = append(findings, Finding{File: "functions/" + f.Name, What: "there is no type Config struct", Do: "declare what the function reads from its environment"})
		}
		for _, name := range slices.Sorted(maps.Keys(f.Env)) {
			value := f.Env[name]
			if _, known := read[name]; ok && !known {
				findings = append(findings, inTemplate(value.Line, f.LogicalID+" is given "+name+", which its Config does not read", "take it away, or add the field"))
			}
			if want := pointsTo(name); want != "" && value.Target() != want {
				findings = append(findings, inTemplate(value.Line, fmt.Sprintf("%s of %s is %s", name, f.LogicalID, value), "point it to "+want))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(read)) {
			field := read[name]
			if _, given := f.Env[name]; !given && !field.optional {
				findings = append(findings, h.at(field.pos.Pos(), "Config wants "+name+", which template.yaml does not give "+f.LogicalID, "add it under Environment.Variables"))
			}
			if !field.documented {
				findings = append(findings, h.at(field.pos.Pos(), name+" is not explained", "say what it is and what an empty one means"))
			}
		}
	}
	return findings
}

// pointsTo is the resource that a name means: CARDS_TABLE is CardsTable, MAIL_QUEUE_URL is MailQueue. Other names are free.
func pointsTo(name string) string {
	switch {
	case name == "BUS_NAME":
		return "Bus"
	case strings.HasSuffix(name, "_TABLE"), strings.HasSuffix(name, "_QUEUE_URL"):
		id := ""
		for _, word := range strings.Split(strings.TrimSuffix(name, "_URL"), "_") {
			id += word[:1] + strings.ToLower(word[1:])
		}
		return id
	}
	return ""
}
