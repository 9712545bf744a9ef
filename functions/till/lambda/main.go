// Command lambda is the Lambda binary of functions/till.
package main

import (
	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg till.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.Letters = &loyalty.Letters{Secrets: cfg.LinkSecrets}
		shop.Service.MailQueue = queue.Open(shop.AWS, cfg.MailQueueURL)
		return till.New(till.Deps{Service: shop.Service, Keys: shop.Store, Misses: shop.Store, Log: shop.Log}), nil
	})
}
