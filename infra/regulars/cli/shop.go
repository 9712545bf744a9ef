package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/aws/mail"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// shop returns a client of the shop: of a deployment with --aws, else of the one whose data lies in c.data, which is the running server
// if there is one, or the store itself, opened for this command. The caller calls leave.
func (c *call) shop(ctx context.Context, create bool) (*admin.Client, func(), error) {
	client, leave, err := c.reach(ctx, create)
	if err == nil {
		client.By = c.person()
	}
	return client, leave, err
}

// person is who types, as far as the machine knows it, for the record of what people change.
func (c *call) person() string {
	for _, name := range []string{byVariable, "USER", "LOGNAME", "USERNAME"} {
		if who, _ := c.lookup(name); who != "" {
			return who
		}
	}
	return ""
}

// byVariable names the person who types.
const byVariable = "REGULARS_BY"

// reach finds the shop.
func (c *call) reach(ctx context.Context, create bool) (client *admin.Client, leave func(), err error) {
	if c.aws {
		items, err := wire.Items(c.lookup)
		if err != nil {
			return nil, nil, fmt.Errorf("reach the deployment: %w", err)
		}
		token := rand.Text()
		var cfg struct {
			LinkSecrets []string `env:"LINK_SECRET" default:""`
			MailFrom    string   `env:"MAIL_FROM" default:""`
			PublicURL   string   `env:"PUBLIC_URL" default:""`
		}
		if err := edge.LoadConfig(&cfg, c.lookup); err != nil {
			return nil, nil, err
		}
		deps := admin.Offline(items, c.now, token)
		deps.Fault = c.unrecorded
		deps.Service.Letters = &loyalty.Letters{From: cfg.MailFrom, PublicURL: cfg.PublicURL, Secrets: cfg.LinkSecrets}
		if cfg.MailFrom != "" {
			account, err := wire.Config(c.lookup)
			if err != nil {
				return nil, nil, fmt.Errorf("reach the deployment's mail service: %w", err)
			}
			deps.Service.Mailer = mail.Open(account, "") // no configuration set: nothing is reported of a test
		}
		return admin.Direct(admin.Handler(deps), token), func() {}, nil
	}
	if client, _, ok := admin.Find(ctx, c.data); ok {
		return client, func() {}, nil
	}
	db, err := c.open(create)
	if err != nil {
		return nil, nil, err
	}
	now, err := c.clock()
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	secrets, err := shop.LinkSecrets(c.data)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	token := rand.Text()
	deps := admin.Offline(db, now, token)
	deps.Fault = c.unrecorded
	deps.Service.Letters = &loyalty.Letters{Secrets: secrets}
	deps.Beside = &shop.Beside{Items: db, Store: store.New(db, now), Dir: c.data}
	client = admin.Direct(admin.Handler(deps), token)
	return client, func() { c.close(db) }, nil
}

// unrecorded says that a change was made and that its line in the record stays open.
func (c *call) unrecorded(_ context.Context, err error) {
	fmt.Fprintf(c.stderr, "regulars: this was done, and its end is not on record: %v\n", err)
}

// clock is the shop's: the one that `regulars run` keeps in the folder if it runs on a virtual one, else this machine's.
func (c *call) clock() (func() time.Time, error) {
	if _, err := os.Stat(filepath.Join(c.data, "clock.json")); err != nil {
		return c.now, nil
	}
	kept, err := local.OpenClock(c.data, time.Time{}, 1)
	if err != nil {
		return nil, err
	}
	return kept.Now, nil
}

// close lets go of the store. What was answered is on disk already, so a failure is told and changes nothing.
func (c *call) close(db *bolt.DB) {
	if err := db.Close(); err != nil {
		fmt.Fprintf(c.stderr, "regulars: %v\n", err)
	}
}

// open opens the store of c.data for this process alone.
func (c *call) open(create bool, options ...bolt.Option) (*bolt.DB, error) {
	if !admin.HasStore(c.data) {
		if !create {
			return nil, fmt.Errorf("there is no shop in %s; `regulars run` makes one, or name its folder with --data", c.data)
		}
		if err := os.MkdirAll(c.data, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the shop: %w", err)
		}
	}
	path := filepath.Join(c.data, admin.StoreFile)
	db, err := bolt.Open(path, c.now, options...)
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("the store %s is already open, most likely by `regulars run`, which does not answer this command; stop it first (Ctrl-C where it runs), then repeat this", path)
	}
	return db, err
}

// say writes a line of the answer.
func (c *call) say(format string, args ...any) { fmt.Fprintf(c.stdout, format+"\n", args...) }

// writeJSON writes the answer for programs.
func (c *call) writeJSON(v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	c.say("%s", body)
	return nil
}

// table writes rows in columns; the first row is the head.
func (c *call) table(rows [][]string) {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	w.Flush()
}

// several writes a count with its noun: "1 receipt", "3 entries".
func several[N int | int64](n N, noun string) string {
	stem, ends := strings.CutSuffix(noun, "y")
	switch {
	case n == 1:
		return "1 " + noun
	case ends && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e"): // days and keys, but entries
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
