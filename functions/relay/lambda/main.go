// Command lambda is the Lambda binary of functions/relay.
package main

import (
	"github.com/regulars-dev/regulars/functions/relay"
	"github.com/regulars-dev/regulars/shared/aws/bus"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
	"github.com/regulars-dev/regulars/shared/store"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg relay.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.MailQueue = queue.Open(shop.AWS, cfg.MailQueueURL)
		shop.Service.Bus = bus.Open(shop.AWS, cfg.BusName)
		return relay.New(shop.Service, store.HeadChange, store.ExpiringChange, store.PlaceChange, shop.Log), nil
	})
}
