// Command sbom writes what the program is made of to the standard output, as a CycloneDX document. It asks the Go tool and the module
// cache alone, so it needs no network once the program has been built. A licence that it does not know, or that may not be used
// here, is an error.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	list, err := modules(context.Background(), ".")
	if err == nil {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		err = out.Encode(bill(list))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}
