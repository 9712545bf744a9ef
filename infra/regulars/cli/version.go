package cli

import (
	"context"
	"runtime/debug"
	"strings"
)

func versionCommand() *command {
	return &command{
		name: "version", local: true, summary: "say which version this is", run: version,
		detail: "It reads what the build has put into the program: the module's version, the Go that built it, and the revision of the sources.",
	}
}

// build is what is known of this program.
type build struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
}

// built reads what the Go tool has written into the program. A build without version control leaves the revision out.
func built() build {
	b := build{Version: "unknown", Go: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version, b.Go = info.Main.Version, strings.TrimPrefix(info.GoVersion, "go")
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "development"
	}
	return b
}

func version(_ context.Context, c *call) error {
	if err := c.words(0, 0, ""); err != nil {
		return err
	}
	b := built()
	if c.json {
		return c.writeJSON(b)
	}
	c.say("regulars %s, built with Go %s", b.Version, b.Go)
	if b.Revision != "" {
		changed := ""
		if b.Modified {
			changed = ", with changes that are not committed"
		}
		c.say("revision %s of %s%s", b.Revision, b.Time, changed)
	}
	return nil
}
