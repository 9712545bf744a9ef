// Command lambda is the Lambda binary of functions/journey.
package main

import (
	"time"

	"github.com/regulars-dev/regulars/functions/journey"
	"github.com/regulars-dev/regulars/shared/aws/bus"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
	"github.com/regulars-dev/regulars/shared/hook"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg journey.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.Bus, shop.Service.Hooks = bus.Open(shop.AWS, cfg.BusName), hook.New(time.Now, cfg.WebhookSecrets...)
		shop.Service.MailQueue = queue.Open(shop.AWS, cfg.MailQueueURL)
		return journey.New(shop.Service, shop.Log), nil
	})
}
