package law

import (
	"encoding/json"
	"fmt"
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
				Properties struct{ Metrics [][]string }
			}
		}
		text := r.Properties.At("DashboardBody").Text()
		if err := json.Unmarshal([]byte(text), &body); err != nil || len(body.Widgets) == 0 {
			findings = append(findings, inTemplate(r.Line, fmt.Sprintf("the body of %s cannot be read: %v", r.LogicalID, err), "write it as JSON with widgets"))
		}
		for _, w := range body.Widgets {
			for _, m := range w.Properties.Metrics {
				if len(m) == 4 && m[0] != edge.Namespace {
					continue
				}
				if len(m) != 4 || m[2] != "FunctionName" {
					findings = append(findings, inTemplate(r.Line, fmt.Sprintf("%v names no function", m), "write namespace, metric, FunctionName and the function"))
					continue
				}
				id := strings.Trim(m[3], "${}")
				folder := "functions/" + strings.ToLower(strings.TrimSuffix(id, "Function"))
				if !h.says(folder, m[1]) && !h.says("shared/edge/desk", m[1]) {
					findings = append(findings, inTemplate(r.Line, id+" emits no "+m[1], "name a metric that it counts"))
				}
			}
		}
	}
	return findings
}
