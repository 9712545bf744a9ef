package law

import (
	"fmt"
	"strings"
)

// decoder is a reader of what strangers, other systems or earlier versions have written.
type decoder struct {
	reads  string // what it reads
	folder string
	target string // the fuzz target that tries it
}

// decoders lists every reader whose input is not ours to choose. A new one gets a line here.
var decoders = []decoder{
	{"bodies of HTTP requests", "functions/till", "FuzzBodies"},
	{"requests as API Gateway hands them on", "shared/edge", "FuzzHTTP"},
	{"what queues, streams and buses hand on", "shared/edge", "FuzzTriggers"},
	{"JSON bodies", "shared/edge", "FuzzDecodeJSON"},
	{"items of a stream", "shared/edge", "FuzzImage"},
	{"JSON without unknown fields", "shared/strict", "FuzzDecode"},
	{"what people do at the doors for people", "shared/acts", "FuzzServe"},
	{"signatures of webhooks", "shared/vendor", "FuzzVerify"},
	{"bodies of webhooks", "shared/vendor", "FuzzParse"},
	{"webhooks on their queue", "functions/ingest", "FuzzReadMessage"},
	{"reports of the mail service", "functions/feedback", "FuzzReport"},
	{"published events", "events", "FuzzDecode"},
	{"what is read without reflection", "shared/quick", "FuzzRead"},
	{"events of queues and streams, the quick way", "shared/edge", "FuzzBothWays"},
	{"records of messages", "shared/message", "FuzzRecord"},
	{"orders of messages", "shared/message", "FuzzParseOrder"},
	{"a programme's YAML", "shared/programme/yamldoc", "FuzzRead"},
	{"trees of rules", "shared/rule", "FuzzRule"},
	{"recurrences", "shared/recur", "FuzzParse"},
	{"schedules of the template", "shared/local/schedule", "FuzzParse"},
	{"templates of messages", "shared/message", "FuzzCheck"},
	{"a shop's own HTML", "shared/message", "FuzzFreeHTML"},
	{"tokens of unsubscribe links", "shared/message", "FuzzParseToken"},
	{"tokens of every purpose", "shared/message", "FuzzTokens"},
	{"what a scanner gives", "shared/ids", "FuzzScan"},
	{"codes that people type", "shared/ids", "FuzzNormaliseCode"},
	{"payment cards in any text", "shared/ids", "FuzzBlankPaymentCards"},
	{"amounts", "shared/money", "FuzzParse"},
	{"days", "shared/day", "FuzzParse"},
	{"maps of imports", "infra/regulars/importer", "FuzzReadMap"},
	{"CSV and JSON lines of imports", "infra/regulars/importer", "FuzzReadReceipts"},
	{"event files of imports", "infra/regulars/importer", "FuzzPlanEvents"},
	{"files of lists", "infra/regulars/cli", "FuzzListFile"},
	{"mails in the mailbox", "shared/web", "FuzzOpenMail"},
	{"stored items of every age", "shared/store", "FuzzReaders"},
	{"changes of stored items", "shared/store", "FuzzImage"},
	{"the embedded store's items", "shared/store/bolt", "FuzzDecodeItem"},
	{"the embedded store's changes", "shared/store/bolt", "FuzzDecodeChange"},
	{"what waits on one machine", "shared/local", "FuzzStored"},
	{"patterns of bus rules", "shared/local/pattern", "FuzzPattern"},
	{"template.yaml", "shared/local/sam", "FuzzRead"},
}

// brokenDecoders finds readers that nothing tries, and those whose finds are not kept: a stored corpus is tried by every plain test run.
func brokenDecoders(h House) []Finding {
	var findings []Finding
	for _, d := range decoders {
		has, corpus := false, d.folder+"/testdata/fuzz/"+d.target+"/"
		stored := 0
		for name, text := range h.texts {
			rest, within := strings.CutPrefix(name, d.folder+"/")
			if within && strings.HasSuffix(name, "_test.go") && !strings.Contains(rest, "/") && strings.Contains(text, "\nfunc "+d.target+"(f *testing.F)") {
				has = true
			}
			if strings.HasPrefix(name, corpus) {
				stored++
			}
		}
		if !has {
			findings = append(findings, Finding{File: d.folder, What: fmt.Sprintf("nothing tries the reader of %s with any text", d.reads), Do: "write func " + d.target})
		}
		if stored == 0 {
			findings = append(findings, Finding{File: corpus, What: fmt.Sprintf("%s keeps no corpus for %s", d.target, d.reads), Do: "let it run for a while and keep some of what it finds"})
		}
	}
	return findings
}
