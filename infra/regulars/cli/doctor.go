package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
)

// finding is one line of the doctor.
type finding struct {
	State string `json:"state"` // ok, warn, fail, or n/a for what does not apply here
	What  string `json:"what"`
	Text  string `json:"text"`
}

const (
	fine = "ok"
	warn = "warn"
	bad  = "fail"
	none = "n/a"
)

func doctorCommand() *command {
	var template string
	return &command{
		name: "doctor", summary: "see whether all is well with the data folder, the store and the machine",
		detail: "Each line says what was looked at and, where it is not well, what to do. The lines are the same on one machine and with --aws; n/a is\n" +
			"what does not apply there. It exits with 3 if anything fails; a warning does not count.",
		flags: func(f *flag.FlagSet) {
			f.StringVar(&template, "template", "", "look at this `FILE` too, not only at the template that is built in")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			list := c.inOrder(c.examine(ctx, template))
			failed := false
			for _, f := range list {
				failed = failed || f.State == bad
				if !c.json {
					c.say("%-5s %-10s %s", f.State, f.What, f.Text)
				}
			}
			if c.json {
				if err := c.writeJSON(list); err != nil {
					return err
				}
			}
			if failed {
				return errFound
			}
			return nil
		},
	}
}

// doctor gathers findings.
type doctor struct {
	*call
	list []finding
}

func (d *doctor) find(state, what, format string, args ...any) {
	d.list = append(d.list, finding{state, what, fmt.Sprintf(format, args...)})
}

// examine looks at everything in turn. One thing that is ill keeps nothing else from being looked at, unless it hangs on it.
func (c *call) examine(ctx context.Context, template string) []finding {
	d := &doctor{call: c}
	if c.aws {
		d.deployment(ctx)
		d.templates(template)
		d.clockSane()
		return d.list
	}
	d.folder()
	_, server, running := admin.Find(ctx, c.data)
	client, leave, err := c.shop(ctx, false)
	switch {
	case err != nil && !admin.HasStore(c.data):
		d.find(warn, "store", "there is none yet; `regulars run` makes one")
	case err != nil:
		d.find(bad, "store", "%v", err)
	default:
		defer leave()
		if running {
			d.find(fine, "store", "open in the running server at %s (process %d)", server.URL, server.PID)
		} else {
			d.find(fine, "store", "opens, %s", size(filepath.Join(c.data, admin.StoreFile)))
		}
		d.contents(ctx, client)
	}
	d.templates(template)
	d.clockSane()
	if !running {
		d.port()
	}
	return d.list
}

// deployment is reached by its tables alone; queues and alarms are CloudWatch's to tell.
func (d *doctor) deployment(ctx context.Context) {
	client, leave, err := d.shop(ctx, false)
	if err != nil {
		d.find(bad, "store", "%v", err)
		return
	}
	defer leave()
	d.find(fine, "store", "tables named by the environment; what follows was read from them")
	d.contents(ctx, client)
	d.mailAccount(ctx)
}

// contents is what every store must hold for a till to be answered.
func (d *doctor) contents(ctx context.Context, client *admin.Client) {
	d.programme(ctx, client)
	d.keys(ctx, client)
	d.inbox(ctx, client)
	d.deadLetters(ctx, client)
}

// probeBytes is what must still fit on the disk: the growth of both files in a busy minute.
const probeBytes = 1 << 20

// folder must be there, have room and be ours to write to, and be closed to others, for it holds personal data and keys of the run.
func (d *doctor) folder() {
	info, err := os.Stat(d.data)
	switch {
	case errors.Is(err, os.ErrNotExist):
		d.find(warn, "folder", "%s does not exist yet; `regulars run` makes it, or name another with --data", d.data)
		return
	case err != nil:
		d.find(bad, "folder", "%s: %v", d.data, plainPathError(err))
		return
	case !info.IsDir():
		d.find(bad, "folder", "%s is a file, not a folder; name another with --data", d.data)
		return
	}
	probe, err := os.CreateTemp(d.data, "doctor-*")
	if err != nil {
		d.find(bad, "folder", "%s cannot be written to: %v; change its owner or rights", d.data, plainPathError(err))
		return
	}
	_, err = probe.Write(make([]byte, probeBytes))
	err = errors.Join(err, probe.Sync(), probe.Close())
	os.Remove(probe.Name())
	if err != nil {
		d.find(bad, "folder", "%s takes no more: %v; make room on its disk", d.data, plainPathError(err))
		return
	}
	if info.Mode().Perm()&0o077 != 0 {
		d.find(warn, "folder", "%s is open to other users of this machine and holds personal data; chmod 700 %s", d.data, d.data)
		return
	}
	d.find(fine, "folder", "%s can be written to, by you alone", d.data)
}

func size(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "of unknown size"
	}
	return fmt.Sprintf("%.1f MB", float64(info.Size())/1e6)
}

// programme must be published: without one no checkout can be decided, and tills are told to try again for ever.
func (d *doctor) programme(ctx context.Context, client *admin.Client) {
	var held admin.Published
	err := client.Do(ctx, http.MethodGet, "/programme", nil, &held)
	switch {
	case admin.Code(err) == "no_programme":
		d.find(bad, "programme", "none is published, so no checkout can be decided; `regulars programme publish FILE`")
	case err != nil:
		d.find(bad, "programme", "%v", err)
	case held.From.After(d.shopNow()):
		d.find(warn, "programme", "the first one holds from %s only; until then it stands in", held.From.Format(dateTime))
	default:
		d.find(fine, "programme", "%s holds since %s, in %s, with %s", held.Document.Programme, held.From.Format(dateTime), held.Document.Currency, contents(held.Document))
	}
}

// shopNow is the time by which the shop works.
func (d *doctor) shopNow() time.Time {
	if clock, err := d.clock(); err == nil && !d.aws {
		return clock()
	}
	return d.now() // clockSane tells what is wrong
}

// keys are only warned of: a shop that takes events from its bus alone needs none.
func (d *doctor) keys(ctx context.Context, client *admin.Client) {
	var keys []admin.Key
	if err := client.Do(ctx, http.MethodGet, "/keys", nil, &keys); err != nil {
		d.find(bad, "keys", "%v", err)
		return
	}
	good := 0
	for _, k := range keys {
		if k.RevokedAt == nil {
			good++
		}
	}
	if good == 0 {
		d.find(warn, "keys", "no till can call: there is no key; `regulars key create --store ID`")
		return
	}
	d.find(fine, "keys", "%s good, %d revoked", several(good, "key"), len(keys)-good)
}

// inbox holds what needs a person. It is a warning, since nothing stands still because of it.
func (d *doctor) inbox(ctx context.Context, client *admin.Client) {
	var letters []admin.Letter
	if err := client.Do(ctx, http.MethodGet, "/inbox", nil, &letters); err != nil {
		d.find(bad, "inbox", "%v", err)
		return
	}
	if len(letters) > 0 {
		d.find(warn, "inbox", "%s for a person, the newest of %s; `regulars inbox`", several(len(letters), "letter"), letters[0].At.Format(dateTime))
		return
	}
	d.find(fine, "inbox", "empty: everything that came was understood")
}

// deadLetters are messages that no function could do, however often; they do not come again by themselves.
func (d *doctor) deadLetters(ctx context.Context, client *admin.Client) {
	var queues map[string]int
	err := client.Do(ctx, http.MethodGet, "/dead-letters", nil, &queues)
	if err == nil && len(queues) == 0 && !d.aws { // no server runs
		queues, err = local.DeadIn(d.data)
	}
	if err != nil {
		d.find(bad, "queues", "%v", err)
		return
	}
	var list []string
	for _, id := range slices.Sorted(maps.Keys(queues)) {
		if queues[id] > 0 {
			list = append(list, several(queues[id], "message")+" in "+id)
		}
	}
	switch {
	case len(list) > 0:
		d.find(bad, "queues", "%s failed too often; `regulars inbox dead` lists them", strings.Join(list, ", "))
	case d.aws: // CloudWatch's to tell
	case queues == nil:
		d.find(none, "queues", "nothing was ever queued in this folder")
	default:
		d.find(fine, "queues", "no dead letters")
	}
}

// templates reads the template as `regulars run` does, so that a fault is told before the start is tried.
func (d *doctor) templates(path string) {
	text, what := regulars.Template, "the built-in template.yaml"
	if path != "" {
		what = path
		var err error
		if text, err = os.ReadFile(filepath.Clean(path)); err != nil {
			d.find(bad, "template", "%s: %v", path, plainPathError(err))
			return
		}
	}
	t, err := sam.Read(bytes.NewReader(text))
	if err != nil {
		d.find(bad, "template", "%s: %v", what, err)
		return
	}
	d.find(fine, "template", "%s has %s and %s", what, several(len(t.Functions), "function"), several(len(t.Tables), "table"))
}

// oldest is before any build of this program: a clock that shows less was never set.
var oldest = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clockSane finds a machine whose clock was never set, and a shop that runs on a clock of its own.
func (d *doctor) clockSane() {
	now := d.now()
	if now.Before(oldest) {
		d.find(bad, "clock", "this machine shows %s; set its clock, or receipts get a wrong day", now.Format(dateTime))
		return
	}
	if d.aws {
		d.find(fine, "clock", "%s; AWS refuses whoever is five minutes off", now.UTC().Format(time.RFC3339))
		return
	}
	if shopNow, err := d.clock(); err != nil {
		d.find(bad, "clock", "%v", err)
		return
	} else if ahead := shopNow().Sub(now); ahead.Abs() > time.Minute {
		d.find(warn, "clock", "the shop runs on a clock of its own, which shows %s; remove clock.json to go back to the real time", shopNow().Format(dateTime))
		return
	}
	d.find(fine, "clock", "%s", now.UTC().Format(time.RFC3339))
}

// port is where a server would listen. It is looked at only while none of ours does.
func (d *doctor) port() {
	port := "8080"
	if text, ok := d.lookup("PORT"); ok && text != "" {
		port = text
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		d.find(warn, "port", "%s is taken by another program; choose another: PORT=8081 regulars run", port)
		return
	}
	l.Close()
	d.find(fine, "port", "%s is free for `regulars run`", port)
}
