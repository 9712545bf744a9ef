// Package shop is the whole system on one machine, ready to serve: the functions of the template over the embedded store, with the
// pages that only one's own machine shows.
package shop

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
	"github.com/regulars-dev/regulars/shared/web"
)

// What the person at the machine may speak to directly, by its logical id in the template.
const (
	Bus        = "Bus"
	DefaultBus = "default"
	MailQueue  = "MailQueue"

	BulkMailQueue = "BulkMailQueue"
)

// File is the name of the embedded store within the data folder.
const File = "regulars.db"

// Options says where and how the shop is opened.
type Options struct {
	Dir      string                         // data folder; it must exist
	Template []byte                         // template.yaml
	Wiring   *sam.Template                  // the same where it has been read before; nil: Template is read
	URL      string                         // where the shop will answer: "http://127.0.0.1:8080"
	Clock    *local.Clock                   // nil: the real time, kept in Dir
	Env      map[string]string              // webhook secrets and other settings that go before the template's
	Logger   *slog.Logger                   // nil: nothing is logged
	OnEvent  func(bus string, event []byte) // told each event once it is on disk; must not wait
	NoSync   bool                           // for tests and simulations: what was accepted survives a crash of the process, not of the machine

	Parameters map[string]string // of the template, that shall not have their default

	beside *Beside          // what is kept beside the tables
	writes *loyalty.Letters // how the function that sends writes, told when it is built

	Weather *local.Weather             // for tests: what may go wrong; nil lets all go well
	Over    func(*bolt.DB) local.Store // for tests: what stands before the store; nil: nothing

	// Mailer makes the mail service of a configuration set for the function that sends. nil: letters go to the mailbox.
	Mailer func(configurationSet string) loyalty.Mailer

	Hooks loyalty.Hooks // calls webhooks. nil: nothing leaves the machine, and every call counts as taken
}

// Shop is the running system. Service is its use cases without any function's limits, for the person at the machine.
type Shop struct {
	Run     *local.Runtime
	Items   *bolt.DB
	Store   *store.Store
	Service *loyalty.Service
	options Options
}

// Open opens the store and builds every function. Call Run.Start to let it run, and Close in the end.
func Open(o Options) (*Shop, error) {
	if o.Clock == nil {
		var err error
		if o.Clock, err = local.OpenClock(o.Dir, time.Time{}, 1); err != nil {
			return nil, err
		}
	}
	env, err := o.environment()
	if err != nil {
		return nil, err
	}
	var how []bolt.Option
	if o.NoSync {
		how = append(how, bolt.Unsynced())
	}
	items, err := bolt.Open(filepath.Join(o.Dir, File), o.Clock.Now, how...)
	if err != nil {
		return nil, err
	}
	o.writes, o.beside = &loyalty.Letters{}, &Beside{Items: items, Store: store.New(items, o.Clock.Now), Dir: o.Dir}
	var reached local.Store = items
	if o.Over != nil {
		reached = o.Over(items)
	}
	run, err := local.Open(local.Options{
		Template: bytes.NewReader(o.Template), Wiring: o.Wiring, Dir: o.Dir, Store: reached, Weather: o.Weather, Clock: o.Clock, Functions: o.builders(), Parameters: o.Parameters, Env: env, Logger: o.Logger, OnEvent: o.OnEvent, NoSync: o.NoSync,
	})
	if err != nil {
		return nil, errors.Join(err, items.Close())
	}
	o.beside.Run = run
	service, kept := store.NewService(items, o.Clock.Now)
	service.Letters = &loyalty.Letters{From: o.writes.From, PublicURL: o.writes.PublicURL, Secrets: secretsOf(env["LINK_SECRET"])}
	service.Mailer = run.Mailer()
	return &Shop{Run: run, Items: items, Store: kept, Service: service, options: o}, nil
}

// environment adds what a deployment gets from elsewhere: the secret of unsubscribe links, made at the first start and kept.
func (o Options) environment() (map[string]string, error) {
	env := map[string]string{"PUBLIC_URL": o.URL, "SQUARE_URL": o.URL + "/webhooks/square"}
	secret, err := local.Secret(filepath.Join(o.Dir, linkSecret), func() (string, error) { return rand.Text() + rand.Text(), nil })
	if err != nil {
		return nil, fmt.Errorf("the secret of unsubscribe links: %w", err)
	}
	env["LINK_SECRET"] = secret
	env["WEBHOOK_SECRET"] = "nobody is called from here" // whoever gives Hooks signs there
	for name, value := range o.Env {
		env[name] = value
	}
	return env, nil
}

// linkSecret is the file of the secret that links and numbers are made with.
const linkSecret = "link.secret"

// LinkSecrets is the secret that the functions of the shop in dir make links and numbers with, for a command that works beside no server.
// None before the first start.
func LinkSecrets(dir string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, linkSecret))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret of unsubscribe links: %w", err)
	}
	return secretsOf(string(text)), nil
}

// secretsOf reads secrets as a function's settings do: with commas between, the one in use first.
func secretsOf(text string) (list []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// Close stops what runs and lets go of the folder.
func (s *Shop) Close() error {
	return errors.Join(s.Run.Close(), s.Items.Close())
}

// Handler is the HTTP face of the template with the pages of one machine before it: the start page, the mailbox, cards, and the
// clock. extra adds more, by pattern.
func (s *Shop) Handler(home func() Home, extra map[string]http.Handler) http.Handler {
	pages := s.pages(home)
	for pattern, h := range extra {
		pages[pattern] = h
	}
	for pattern, h := range pages {
		pages[pattern] = here(h)
	}
	return s.Run.Handler(pages)
}

// pages are those of one machine, by pattern.
func (s *Shop) pages(home func() Home) map[string]http.Handler {
	mails, previews := web.Mailbox(box{s.Run.Mailbox()}), web.Previews(proofs{s.Service})
	return map[string]http.Handler{
		"GET /{$}": web.Home(func(r *http.Request) web.HomeView { return s.home(r.Context(), home()) }),
		"/mailbox": mails, "/mailbox/": mails, web.PreviewPath: previews, web.PreviewPath + "/": previews,
		web.CardPath:        web.Cards(desk{s.Service}),
		"GET /local/clock":  s.Run.ClockHandler(),
		"POST /local/clock": s.Run.ClockHandler(),
		"GET /local/counts": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			edge.WriteJSON(w, http.StatusOK, s.Run.Counts()) // what CloudWatch would show: calls, errors, refused webhooks
		}),
	}
}

// DeadLetters tells how much lies in each queue of what failed too often.
func (s *Shop) DeadLetters() (map[string]int, error) {
	queues, err := s.Run.Queues()
	if err != nil {
		return nil, fmt.Errorf("count dead letters: %w", err)
	}
	found := map[string]int{}
	for _, q := range queues {
		if strings.HasSuffix(q.ID, "DeadLetters") {
			found[q.ID] = q.Messages
		}
	}
	return found, nil
}

// Home is what the start page shows beside what the shop knows itself.
type Home struct {
	Key   string   // of the demo till; "" shows none
	Curl  string   // one command to try
	Cards []string // numbers worth a look
}

func (s *Shop) home(ctx context.Context, h Home) web.HomeView {
	view := web.HomeView{
		Address: s.options.URL, Data: s.options.Dir, DemoKey: h.Key, Curl: h.Curl, Functions: functions(s.Run),
		Links: []web.Link{{Title: "Mailbox", URL: web.MailboxPath}, {Title: "Templates", URL: web.PreviewPath}, {Title: "API", URL: "/openapi.json"}, {Title: "Counts", URL: "/local/counts"}, {Title: "Health", URL: "/healthz"}},
	}
	if rules, err := s.Service.Programmes.At(ctx, s.Service.Now()); err == nil {
		view.Shop, view.Programme = rules.Shop.Name, rules.Programme+", from "+rules.From.Format(time.DateOnly)
	}
	for _, number := range h.Cards {
		v, err := s.Service.View(ctx, number)
		if err != nil {
			continue // a page is better with a card less
		}
		view.Cards = append(view.Cards, web.CardLink{
			Number: number, Name: strings.TrimSpace(v.Profile.Given + " " + v.Profile.Family), Points: v.Balance, Tier: v.Rules.TierName(v.Tier),
		})
	}
	return view
}
