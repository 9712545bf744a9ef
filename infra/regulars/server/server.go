// Package server runs the whole shop on one machine for `regulars run`: it opens or begins the data folder, serves until it is told
// to stop, and says what there is to see.
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// Options is what the command line says.
type Options struct {
	Dir      string    // data folder; made if missing
	Host     string    // "127.0.0.1" if empty
	Port     string    // "8080" if empty; "0" takes a free one
	At       time.Time // start of a virtual clock; zero goes on with the kept one
	Speed    int64     // virtual seconds in a real one; 0 means 1
	Empty    bool      // begin without the demo shop
	Template []byte    // template.yaml
	Env      map[string]string
	Out      io.Writer    // what a person reads
	Log      *slog.Logger // what goes wrong

	// Mailer makes the mail service of a configuration set. nil: e-mails go to the mailbox.
	Mailer func(configurationSet string) loyalty.Mailer
}

// Run serves until ctx ends. What was accepted is on disk whenever it stops, however it stops.
func Run(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if err := writable(o.Dir); err != nil {
		return err
	}
	listener, url, err := o.listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	clock, err := local.OpenClock(o.Dir, o.At, max(o.Speed, 1))
	if err != nil {
		return err
	}
	first, seeded, err := o.begin(ctx, clock)
	if err != nil {
		return err
	}
	secret, err := local.Secret(filepath.Join(o.Dir, "webhook.secret"), func() (string, error) { return rand.Text(), nil })
	if err != nil {
		return err
	}
	env := map[string]string{"SHOPIFY_SECRETS": secret, "SQUARE_SECRETS": secret}
	for name, value := range o.Env {
		env[name] = value
	}
	s, err := shop.Open(shop.Options{Dir: o.Dir, Template: o.Template, URL: url, Clock: clock, Env: env, Logger: o.Log, OnEvent: o.tell, Mailer: o.Mailer})
	if err != nil {
		return err
	}
	if first {
		fmt.Fprintf(o.Out, "Made a small shop: %d cards, %d receipts, %d returns.\n", seeded.Cards, seeded.Receipts, seeded.Returns)
	}
	return errors.Join(o.serve(ctx, s, listener, url), s.Close())
}

// writable finds a folder in which nothing can be kept before anything else trips over it.
func writable(dir string) error {
	probe, err := os.CreateTemp(dir, "start-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return fmt.Errorf("the data folder %s cannot be written to: %w (change the rights of the folder, or name another with --data)", dir, err)
	}
	return nil
}

func (o Options) serve(ctx context.Context, s *shop.Shop, listener net.Listener, url string) error {
	key, err := o.demoKey(ctx, s.Store, s.Service.Now())
	if err != nil {
		return err
	}
	token := rand.Text()
	door := admin.Handler(admin.Deps{
		Items: s.Items, Service: s.Service, Now: s.Service.Now, Random: rand.Reader, Token: token,
		Till:   till.Routes(till.Deps{Service: s.Service, Keys: loyalty.KeysFunc(everyStore), Authors: s.Store.Authors, Log: o.Log}),
		Replay: replayer(s).Process, Redo: redoer(s), DeadLetters: s.DeadLetters, Dead: s.Run, Beside: s.Beside(),
		Fault: func(ctx context.Context, err error) {
			o.Log.ErrorContext(ctx, "a change was made, and its end is not on record", "error", err)
		},
	})
	home := shop.Home{Key: key}
	if home.Cards, err = known(ctx, s); err != nil {
		return err
	}
	if len(home.Cards) > 0 {
		home.Curl = curl(url, key, home.Cards[0])
	}
	handler := s.Handler(func() shop.Home { return home }, map[string]http.Handler{"/local/": door})
	me := admin.Server{URL: url, Key: token, PID: os.Getpid()}
	if err := me.Write(o.Dir); err != nil {
		return err
	}
	defer me.Remove(o.Dir)
	s.Run.Start()
	o.greet(url, home)
	return s.Run.Serve(ctx, listener, handler)
}

// replayer is what stands behind the ingest queue, for payloads that were saved. It publishes as an operator.
func replayer(s *shop.Shop) ingest.Deps {
	return ingest.Deps{Bus: s.Run.Bus(shop.Bus), Cards: ingest.ByIdentity(s.Store), Inbox: s.Store, Now: s.Service.Now}
}

// redoer puts a letter of the inbox back in front of the function that could not do it.
func redoer(s *shop.Shop) func(ctx context.Context, function string, message []byte) error {
	return func(ctx context.Context, function string, message []byte) error {
		switch function {
		case "send":
			return s.Run.Send(ctx, shop.MailQueue, message, nil, 0)
		case "feedback":
			e, err := edge.ReadEnvelope(message)
			if err != nil {
				return fmt.Errorf("%w: %w", loyalty.ErrInvalid, err)
			}
			return s.Run.Publish(ctx, shop.DefaultBus, local.Entry{Source: e.Source, DetailType: e.DetailType, Detail: e.Detail, Time: e.Time})
		}
		return fmt.Errorf("%w: no function %s takes letters back", loyalty.ErrRefused, function)
	}
}

// listen opens the port. It never listens beyond this machine unless a host was named.
func (o Options) listen() (net.Listener, string, error) {
	host, port := o.Host, o.Port
	if host == "" {
		host = "127.0.0.1"
	}
	if port == "" {
		port = "8080"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, "", fmt.Errorf("port %s is taken, perhaps by another `regulars run`; stop that, or choose another: PORT=8081 make run", port)
	}
	if err != nil {
		return nil, "", fmt.Errorf("listen on %s: %w", net.JoinHostPort(host, port), err)
	}
	shown := host
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		shown = "127.0.0.1"
	}
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return listener, "http://" + net.JoinHostPort(shown, port), nil
}

// known lists the demo's cards that this store holds; none in a shop of one's own.
func known(ctx context.Context, s *shop.Shop) ([]string, error) {
	numbers, err := demo.Numbers()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(numbers, func(n string) bool {
		_, err := s.Store.Open(ctx, n, false)
		return err != nil
	}), nil
}

// begin makes the store of a new folder: the demo shop, or an empty one. It is made beside its place and moved there when it is whole,
// so that a start which is cut off begins anew.
func (o Options) begin(ctx context.Context, clock *local.Clock) (first bool, seeded demo.Seeded, err error) {
	path := filepath.Join(o.Dir, shop.File)
	if _, err := os.Stat(path); err == nil || o.Empty {
		return false, seeded, nil
	}
	fresh := path + ".seeding"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, seeded, fmt.Errorf("remove what a start left behind: %w", err)
	}
	items, err := bolt.Open(fresh, clock.Now, bolt.Feed()) // no feed: half a year of coupons is not mailed at once
	if err != nil {
		return false, seeded, err
	}
	seeded, err = demo.Seed(ctx, items, clock.Now(), o.progress)
	if err := errors.Join(err, items.Close()); err != nil {
		return false, seeded, fmt.Errorf("make the demo shop: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return false, seeded, fmt.Errorf("put the demo shop in its place: %w", err)
	}
	return true, seeded, nil
}

// demoKey is a key for every store, made at the first start and kept where only this user reads it.
func (o Options) demoKey(ctx context.Context, kept *store.Store, now time.Time) (string, error) {
	return local.Secret(filepath.Join(o.Dir, "demo.key"), func() (string, error) {
		secret, err := admin.MakeSecret(rand.Reader)
		if err != nil {
			return "", err
		}
		if err := kept.PutTillKey(ctx, store.TillKey{Hash: store.HashKey(secret), Store: "*", Name: "demo", CreatedAt: now}); err != nil {
			return "", fmt.Errorf("store the demo key: %w", err)
		}
		return secret, nil
	})
}

// everyStore lets the person at the machine act for every store; the admin's token has been looked at already.
func everyStore(context.Context, string) (loyalty.TillKey, error) {
	return loyalty.TillKey{Store: loyalty.AllStores, Name: "this machine", May: loyalty.AllRights}, nil
}
