// Package regulars holds what both deployments are made from: the template that AWS gets, and that a run on one machine wires itself by.
package regulars

import _ "embed" // the template

// Template is template.yaml as it was when the binary was built.
//
//go:embed template.yaml
var Template []byte
