package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/programme"
)

// Attributes of a version of the rules.
const (
	versionDocument = "d"
	versionAt       = "at" // RFC 3339: when it was published
	versionBy       = "by" // who did it
	versionNote     = "n"
)

// Version is a published version of the rules. PublishedAt is zero, and By and Note are empty, where nobody has said.
type Version struct {
	From        time.Time
	PublishedAt time.Time
	By, Note    string
	Rules       *programme.Programme // nil where Fault says why it cannot be read
	Fault       error
}

// Versions lists every version that was ever published, the earliest From first. It reads them all: what decides keeps to Programmes.
func (s *Store) Versions(ctx context.Context) ([]Version, error) {
	var list []Version
	in := QueryInput{Table: Programme, Partition: programmePartition, Prefix: "V/", Read: Strong}
	err := every(ctx, s.items, in, func(item Item) error {
		from, err := time.Parse(dueMoments, strings.TrimPrefix(item.Key.Sort, "V/"))
		if err != nil {
			return fmt.Errorf("%s: %w", item.Key, err)
		}
		v := Version{From: from, By: item.Attrs.text(versionBy), Note: item.Attrs.text(versionNote)}
		v.PublishedAt, _ = time.Parse(time.RFC3339, item.Attrs.text(versionAt)) // zero where it is missing
		v.Rules, v.Fault = programme.Load([]byte(item.Attrs.text(versionDocument)))
		list = append(list, v)
		return nil
	})
	return list, err
}
