// Command lambda is the Lambda binary of functions/send.
package main

import (
	"github.com/regulars-dev/regulars/functions/send"
	"github.com/regulars-dev/regulars/shared/aws/bus"
	"github.com/regulars-dev/regulars/shared/aws/mail"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg send.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.MailQueue = queue.Open(shop.AWS, cfg.MailQueueURL)
		shop.Service.BulkQueue = queue.Open(shop.AWS, cfg.BulkMailQueueURL)
		shop.Service.Bus = bus.Open(shop.AWS, cfg.BusName)
		shop.Service.Mailer = mail.Open(shop.AWS, cfg.ConfigurationSet)
		shop.Service.Letters = cfg.Letters()
		return send.New(shop.Service, shop.Store, shop.Log), nil
	})
}
