package law

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store"
)

// stores are the tables of the store and what each has beside its keys.
var stores = map[store.Table]struct{ index, stream bool }{
	store.Cards: {index: true, stream: true}, store.Records: {stream: true}, store.Programme: {},
}

// dueIndex is the name that shared/store/dynamo asks for; brokenIndex holds both together.
const dueIndex = "due"

// brokenTables holds the tables against the store's contract and its production adapter.
func brokenTables(h House) []Finding {
	var findings []Finding
	seen := map[store.Table]bool{}
	for _, t := range h.template.Tables {
		name := store.Table(t.Store)
		want, ok := stores[name]
		if !ok {
			findings = append(findings, inTemplate(t.Line, t.LogicalID+" is no table of the store", "take it away, or name it in shared/store"))
			continue
		}
		seen[name] = true
		r, _ := h.template.Resource(t.LogicalID)
		for _, rule := range []struct {
			kept bool
			do   string
		}{
			{t.Hash == store.NamePartition && t.Range == store.NameSort, fmt.Sprintf("make %s the HASH and %s the RANGE key", store.NamePartition, store.NameSort)},
			{t.TTL == store.NameExpires, "enable TimeToLiveSpecification on " + store.NameExpires + ", or what expires stays for ever"},
			{!want.stream || t.Stream == "NEW_AND_OLD_IMAGES", "stream NEW_AND_OLD_IMAGES: who reads it compares both"},
			{want.index == (len(t.Indexes) == 1) && len(t.Indexes) < 2, "declare exactly the indexes that the store asks"},
			{r.Properties.At("BillingMode").Text() == "PAY_PER_REQUEST", "set BillingMode PAY_PER_REQUEST"},
			{r.Properties.At("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled").Bool(), "enable point-in-time recovery"},
			{r.Properties.At("SSESpecification", "SSEEnabled").Bool(), "enable SSESpecification"},
			{r.Properties.At("DeletionProtectionEnabled").Exists(), "set DeletionProtectionEnabled, true in prod"},
			{r.Attributes.At("DeletionPolicy").Text() == "Retain" && r.Attributes.At("UpdateReplacePolicy").Text() == "Retain", "set DeletionPolicy and UpdateReplacePolicy to Retain"},
		} {
			if !rule.kept {
				findings = append(findings, inTemplate(t.Line, t.LogicalID+" is not what the store needs", rule.do))
			}
		}
		for _, index := range t.Indexes {
			findings = append(findings, h.brokenIndex(t, index)...)
		}
	}
	for name := range stores {
		if !seen[name] {
			findings = append(findings, Finding{File: templateFile, What: fmt.Sprintf("the store's table %s is missing", name), Do: "add it"})
		}
	}
	return findings
}

// brokenIndex also looks for the index's name in the adapter: a slip there is an empty answer on some engines, not an error.
func (h House) brokenIndex(t sam.Table, index sam.Index) []Finding {
	var findings []Finding
	if index.Name != dueIndex || index.Hash != store.NameDueKey || index.Range != store.NameDueAt || index.Projection != "KEYS_ONLY" {
		findings = append(findings, inTemplate(index.Line, fmt.Sprintf("index %s of %s is not the store's", index.Name, t.LogicalID),
			fmt.Sprintf("call it %s, over %s and %s, KEYS_ONLY", dueIndex, store.NameDueKey, store.NameDueAt)))
	}
	if !h.says("shared/store/dynamo", index.Name) {
		findings = append(findings, inTemplate(index.Line, fmt.Sprintf("shared/store/dynamo never asks the index %q", index.Name), "use the same name in both"))
	}
	return findings
}

// says reports that a text stands as a string in a production file of a folder.
func (h House) says(folder, text string) bool {
	found := false
	for _, name := range h.packages()[folder] {
		ast.Inspect(h.syntax[name], func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Value == strconv.Quote(text) {
				found = true
			}
			return !found
		})
	}
	return found
}

// nameProperties are the properties by which a resource gets a name of its own.
var nameProperties = []string{
	"Name", "TableName", "QueueName", "FunctionName", "TopicName", "LogGroupName", "AlarmName", "ArchiveName", "RoleName", "BucketName", "DashboardName",
}

// brokenNames finds names that a second stage in the same account would want too.
func brokenNames(h House) []Finding {
	var findings []Finding
	for _, r := range h.template.Resources {
		for _, property := range nameProperties {
			if n := r.Properties.At(property); n.Exists() && !slices.Contains(n.Value.Refs(), "Stage") {
				findings = append(findings, inTemplate(n.Line, fmt.Sprintf("%s is called %s in every stage", r.LogicalID, n.Text()), "take the name away, or put ${Stage} into it"))
			}
		}
	}
	for _, s := range h.template.Schedules {
		if !s.OmitName && !slices.Contains(s.Name.Refs(), "Stage") {
			findings = append(findings, inTemplate(s.Line, fmt.Sprintf("schedule %s.%s has the same name in every stage", s.Function, s.Event), "add OmitName: true (SAM calls it by its logical id otherwise), or a Name with ${Stage}"))
		}
	}
	return findings
}

// brokenLogs wants a group with an end for every function and an owner for every group.
func brokenLogs(h House) []Finding {
	var findings []Finding
	groups := h.ofType("AWS::Logs::LogGroup")
	owned := map[string]bool{}
	for _, f := range h.template.Functions {
		id := f.LogGroup.Target()
		owned[id] = true
		if !slices.ContainsFunc(groups, func(r sam.Resource) bool { return r.LogicalID == id }) {
			findings = append(findings, inTemplate(f.Line, f.LogicalID+" logs to a group that AWS makes and that never forgets", "set LoggingConfig.LogGroup to a group of this template"))
		}
	}
	for _, api := range h.ofType("AWS::Serverless::HttpApi") {
		access := api.Properties.At("AccessLogSettings")
		owned[access.At("DestinationArn").Value.Target()] = true
		if strings.Contains(access.At("Format").Text(), "$context.path") {
			findings = append(findings, inTemplate(access.Line, "the access log keeps paths, which hold card numbers and tokens", "log $context.routeKey"))
		}
	}
	for _, r := range groups {
		if r.Properties.At("RetentionInDays").Int(0) < 1 {
			findings = append(findings, inTemplate(r.Line, r.LogicalID+" keeps logs for ever", "set RetentionInDays"))
		}
		if !owned[r.LogicalID] {
			findings = append(findings, inTemplate(r.Line, "nobody logs to "+r.LogicalID, "take it away"))
		}
	}
	return findings
}

// brokenParameters looks at what a deployment may choose. A slip in a parameter shows in the change set, not after it.
func brokenParameters(h House) []Finding {
	var findings []Finding
	for _, p := range h.template.Parameters {
		say := func(what, do string) { findings = append(findings, inTemplate(p.Line, p.Name+" "+what, do)) }
		if p.Pattern == "" && len(p.Allowed) == 0 && !p.Bounded {
			say("takes anything", "add AllowedPattern or AllowedValues, or MinValue and MaxValue")
		}
		if re, err := regexp.Compile(p.Pattern); err != nil || p.HasDefault && !re.MatchString(p.Default) {
			say("has a default that its own pattern refuses", "mend either")
		}
		if strings.Contains(p.Name, "Secret") && !p.NoEcho {
			say("would be shown to everybody who looks at the stack", "add NoEcho: true")
		}
		text := h.texts[templateFile]
		if !regexp.MustCompile(`(!Ref |\$\{)` + p.Name + `\b`).MatchString(text) {
			say("is asked for and not used", "take it away")
		}
	}
	return findings
}
