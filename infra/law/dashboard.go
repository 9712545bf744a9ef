package law

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/edge"
)

// brokenDashboard reads each dashboard of the template and holds its metrics of our own against the functions that it says emit them. A
// metric that nobody emits is an empty graph, which looks like a quiet night.
func brokenDashboard(h House) []Finding {
	var findings []Finding
	for _, r := range h.ofType("AWS::CloudWatch::Dashboard") {
		var body struct {
			Widgets []struct {
				Properties struct {
					Metrics [][]string
					Alarms  []string
				}
			}
		}
		text := r.Properties.At("DashboardBody").Text()
		if err := json.Unmarshal([]byte(text), &body); err != nil || len(body.Widgets) == 0 {
			findings = append(findings, inTemplate(r.Line, fmt.Sprintf("the body of %s cannot be read: %v", r.LogicalID, err), "write it as JSON with widgets"))
		}
		shown := map[string]bool{}
		for _, w := range body.Widgets {
			for _, a := range w.Properties.Alarms {
				shown[a] = true
			}
			for _, m := range w.Properties.Metrics {
				if len(m) == 4 && m[0] != edge.Namespace {
					continue
				}
				if len(m) != 4 || m[2] != "FunctionName" {
					findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%v names no function", m), "write namespace, metric, FunctionName and the function"))
					continue
				}
				if id := strings.Trim(m[3], "${}"); !h.emits(id, m[1]) {
					findings = append(findings, inTemplate(r.Line, id+" emits no "+m[1], "name a metric that it counts"))
				}
			}
		}
		for _, a := range h.ofType("AWS::CloudWatch::Alarm") {
			if !shown["${"+a.LogicalID+".Arn}"] {
				findings = append(findings, inTemplate(a.Line, r.LogicalID+" does not show "+a.LogicalID, "add its Arn to the widget of alarms"))
			}
		}
	}
	return findings
}

// emits reports that a function, by its logical id, counts a metric of ours: in its own folder, in that of another function whose doors it
// has, or where all of them put what they cannot do.
func (h House) emits(id, metric string) bool {
	folder := "functions/" + strings.ToLower(strings.TrimSuffix(id, "Function"))
	rooms := []string{folder, "shared/edge/desk"}
	for _, name := range h.packages()[folder] {
		for _, i := range h.syntax[name].Imports {
			if room, ok := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module+"functions/"); ok {
				rooms = append(rooms, "functions/"+room)
			}
		}
	}
	return slices.ContainsFunc(rooms, func(room string) bool { return h.says(room, metric) })
}
