package main

import (
	"context"
	"os"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/server"
	"github.com/regulars-dev/regulars/shared/aws/mail"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// serve is `regulars run` whose mail service is the sink, spoken to by the client and with the settings that the function has on AWS.
func serve(ctx context.Context, dir, sink string) error {
	shop.SpareProcessor(os.LookupEnv)
	ses, err := service(sink)
	if err != nil {
		return err
	}
	return server.Run(ctx, server.Options{
		Dir: dir, Port: "0", Empty: true, Speed: speed, Template: regulars.Template, Out: os.Stdout, Log: edge.NewLogger(os.Stderr, quietly), Mailer: ses,
	})
}

// service is the mail service at the sink.
func service(sink string) (func(configurationSet string) loyalty.Mailer, error) {
	env := map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_ENDPOINT_URL": sink,
	}
	cfg, err := wire.Config(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return func(set string) loyalty.Mailer { return mail.Open(cfg, set) }, err
}
