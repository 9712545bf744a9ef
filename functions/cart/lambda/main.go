// Command lambda is the Lambda binary of functions/cart.
package main

import (
	"github.com/regulars-dev/regulars/functions/cart"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg cart.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.MailQueue = queue.Open(shop.AWS, cfg.MailQueueURL)
		return cart.New(shop.Service, shop.Store, shop.Log), nil
	})
}
