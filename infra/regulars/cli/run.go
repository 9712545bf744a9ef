package cli

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/server"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/shop"
)

// settings of the environment that go before the template's.
var passed = []string{"SHOPIFY_SECRETS", "SQUARE_SECRETS", "SQUARE_URL", "MAIL_FROM", "PUBLIC_URL"}

func runCommand() *command {
	var at, template string
	var speed int64
	var empty, verbose bool
	return &command{
		name:    "run",
		local:   true,
		summary: "run the whole system on this machine",
		detail: "Serves on http://127.0.0.1:8080; the environment variables PORT and HOST change that, and only HOST opens it to other\n" +
			"machines. A first start makes a small shop to play with. Everything lies in the data folder and survives any stop.\n\n" +
			"The clock can be a virtual one: --at sets it (never backwards), --speed lets it run faster. It is kept with the data.\n" +
			"SHOPIFY_SECRETS, SQUARE_SECRETS, SQUARE_URL, MAIL_FROM and PUBLIC_URL are taken from the environment where they are set. So is\n" +
			"REGULARS_DATA, by every command, in place of --data. GOGC and GOMEMLIMIT bound its memory as they do for every Go program; without\n" +
			"GOGC it is 200, which saves processor time while e-mails go out.",
		examples: []string{"regulars run", "PORT=8081 regulars run --data /tmp/shop --empty", "regulars run --at 2026-12-24T08:00:00+01:00 --speed 3600"},
		flags: func(set *flag.FlagSet) {
			set.StringVar(&at, "at", "", "begin at this `TIME`, such as 2026-12-24T08:00:00+01:00")
			set.Int64Var(&speed, "speed", 1, "`N` virtual seconds in a real one")
			set.BoolVar(&empty, "empty", false, "begin without the demo shop")
			set.BoolVar(&verbose, "verbose", false, "log each step of each receipt and e-mail")
			set.StringVar(&template, "template", "", "another template.yaml than the one built in (`FILE`)")
		},
		run: func(ctx context.Context, c *call) error {
			if len(c.args) > 0 {
				return usage("run takes no arguments, only flags")
			}
			o := server.Options{Dir: c.data, Speed: speed, Empty: empty, Template: regulars.Template, Out: c.stdout, Env: map[string]string{}}
			var err error
			if at != "" {
				if o.At, err = time.Parse(time.RFC3339, at); err != nil {
					return usage("--at %s is no time such as 2026-12-24T08:00:00+01:00", at)
				}
			}
			if speed < 1 {
				return usage("--speed %d: the clock runs forward, once as fast or faster", speed)
			}
			if template != "" {
				if o.Template, err = os.ReadFile(template); err != nil {
					return err
				}
			}
			level := slog.LevelWarn
			if verbose {
				level = slog.LevelInfo
			}
			o.Log = edge.NewLogger(c.stderr, level)
			o.Host, _ = c.lookup("HOST")
			o.Port, _ = c.lookup("PORT")
			for _, name := range passed {
				if value, ok := c.lookup(name); ok {
					o.Env[name] = value
				}
			}
			shop.SpareProcessor(c.lookup)
			return server.Run(ctx, o)
		},
	}
}
