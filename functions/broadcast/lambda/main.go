// Command lambda is the Lambda binary of functions/broadcast.
package main

import (
	"github.com/regulars-dev/regulars/functions/broadcast"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg broadcast.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.BroadcastQueue = queue.Open(shop.AWS, cfg.BroadcastQueueURL)
		shop.Service.BulkQueue = queue.Open(shop.AWS, cfg.BulkMailQueueURL)
		return broadcast.New(shop.Service, shop.Log), nil
	})
}
