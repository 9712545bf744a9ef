package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/exporter"
)

// exportFiles says into which file each kind of line goes.
var exportFiles = map[string]string{
	exporter.KindProgramme: "programmes.jsonl", exporter.KindCard: "cards.jsonl", exporter.KindShopper: "shoppers.jsonl", exporter.KindEntry: "entries.jsonl",
	exporter.KindMessage: "messages.jsonl", "checkout.completed.v1": "receipts.jsonl", "checkout.refunded.v1": "receipts.jsonl",
}

func exportCommand() *command {
	return &command{
		name: "export", args: "DIR|-", summary: "write everything as lines of JSON: cards, shoppers, receipts, returns, entries, messages",
		detail: "DIR gets a file for each kind; - writes all to the standard output. The files hold personal data and are readable by you alone. shoppers.jsonl\n" +
			"and receipts.jsonl can be read again by `regulars import`, without a map.",
		examples: []string{"regulars export backup-2026-11-21", "regulars export - | gzip > everything.jsonl.gz"},
		run:      export,
	}
}

// export writes the stream of the door line by line, so that no shop is too large for it.
func export(ctx context.Context, c *call) error {
	if err := c.words(1, 1, "the folder to write into"); err != nil {
		return err
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	if c.args[0] == "-" {
		_, err := c.exported(ctx, client, func(_ string, line []byte) error {
			_, err := c.stdout.Write(line)
			return err
		})
		return err
	}
	files, err := newFiles(c.args[0])
	if err != nil {
		return err
	}
	end, err := c.exported(ctx, client, files.write)
	if closed := files.close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(end.Counts)
	}
	c.say("Written to %s: %s, %s, %s, %s, %s, %s.", c.args[0], several(end.Counts[exporter.KindCard], "card"), several(end.Counts[exporter.KindShopper], "shopper"),
		several(end.Counts["checkout.completed.v1"], "receipt"), several(end.Counts["checkout.refunded.v1"], "return"),
		several(end.Counts[exporter.KindEntry], "entry"), several(end.Counts[exporter.KindMessage], "message"))
	return nil
}

// exported reads the export and hands each line to take with its kind. Without its last line it is not whole, which is an error.
func (c *call) exported(ctx context.Context, client *admin.Client, take func(kind string, line []byte) error) (exporter.End, error) {
	var end exporter.End
	body, err := client.Stream(ctx, http.MethodPost, "/export", nil)
	if err != nil {
		return end, err
	}
	defer body.Close()
	progress := c.newBar()
	defer progress.end()
	in, lines := bufio.NewReaderSize(body, 1<<16), int64(0)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return end, errors.New("the export broke off before its end; do not trust what was written, and run it again")
		}
		if err != nil {
			return end, fmt.Errorf("read the export: %w", err)
		}
		kind := kindOf(line)
		switch kind {
		case exporter.KindEnd:
			if err := take(kind, line); err != nil {
				return end, fmt.Errorf("write the export: %w", err)
			}
			return end, json.Unmarshal(line, &end)
		case exporter.KindFailure:
			return end, fmt.Errorf("the export broke off: %s", bytes.TrimSpace(line))
		}
		if err := take(kind, line); err != nil {
			return end, fmt.Errorf("write the export: %w", err)
		}
		lines++
		progress.show("lines", lines, 0)
	}
}

// kindOf reads the type at the beginning of a line, where the exporter puts it.
func kindOf(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte(`{"type":"`))
	kind, _, found := bytes.Cut(rest, []byte(`"`))
	if !ok || !found {
		return ""
	}
	return string(kind)
}

// files are those of one export, readable by their owner alone.
type files struct {
	dir  string
	open map[string]*bufio.Writer
	raw  []*os.File
}

// newFiles begins all files of an export. One that is there already is never written over: it may be the only backup.
func newFiles(dir string) (*files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder %s: %w", dir, plainPathError(err))
	}
	f := &files{dir: dir, open: map[string]*bufio.Writer{}}
	for _, name := range exportFiles {
		if f.open[name] != nil {
			continue
		}
		made, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return nil, errors.Join(fmt.Errorf("%s holds an export already; name a new folder", dir), f.close())
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("write into %s: %w", dir, plainPathError(err)), f.close())
		}
		f.raw, f.open[name] = append(f.raw, made), bufio.NewWriter(made)
	}
	return f, nil
}

// write puts a line into the file of its kind. A kind that this program does not know is an error, not a loss.
func (f *files) write(kind string, line []byte) error {
	if kind == exporter.KindEnd {
		return nil
	}
	to := f.open[exportFiles[kind]]
	if to == nil {
		return fmt.Errorf("a line of the unknown kind %q", kind)
	}
	_, err := to.Write(line)
	return err
}

func (f *files) close() error {
	var faults []error
	for _, w := range f.open {
		faults = append(faults, w.Flush())
	}
	for _, file := range f.raw {
		faults = append(faults, file.Close())
	}
	return errors.Join(faults...)
}
