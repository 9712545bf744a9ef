package main

import (
	"fmt"
	"strings"
)

// document is a CycloneDX 1.5 bill of materials. It carries no moment and no serial number, so the same sources give the same bytes.
type document struct {
	Format   string      `json:"bomFormat"`
	Spec     string      `json:"specVersion"`
	Version  int         `json:"version"`
	Metadata metadata    `json:"metadata"`
	Parts    []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type     string   `json:"type"`
	Ref      string   `json:"bom-ref"`
	Name     string   `json:"name"`
	Version  string   `json:"version,omitempty"`
	Scope    string   `json:"scope,omitempty"` // required, or excluded: in no program
	Purl     string   `json:"purl,omitempty"`
	Licences []choice `json:"licenses,omitempty"`
}

type choice struct {
	Expression string `json:"expression"` // SPDX
}

// bill writes the modules down in their order.
func bill(list []module) document {
	const self = "github.com/regulars-dev/regulars"
	d := document{Format: "CycloneDX", Spec: "1.5", Version: 1, Metadata: metadata{component{Type: "application", Ref: self, Name: self}}}
	for _, m := range list {
		purl := "pkg:golang/" + m.Path + "@" + m.Version
		c := component{Type: "library", Ref: purl, Name: m.Path, Version: m.Version, Scope: "excluded", Purl: purl,
			Licences: []choice{{strings.Join(m.Licences, " AND ")}}}
		if m.Shipped {
			c.Scope = "required"
		}
		d.Parts = append(d.Parts, c)
	}
	return d
}

// page is infra/licences.md.
func page(list []module) string {
	var b strings.Builder
	b.WriteString("# Licences of what Regulars is built from\n\nWritten by `go test ./infra/sbom -update` from the licence texts in the module cache; a test holds it to them. All licences of a\nline apply. Allowed are " +
		strings.Join(allowed, ", ") + ".\n\n| module | version | licence | where |\n|---|---|---|---|\n")
	for _, m := range list {
		where := "tests"
		if m.Shipped {
			where = "programs"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.Path, m.Version, strings.Join(m.Licences, " AND "), where)
	}
	return b.String()
}
