// Command lambda is the Lambda binary of functions/ingest.
package main

import (
	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/aws/bus"
	"github.com/regulars-dev/regulars/shared/aws/queue"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg ingest.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		return ingest.New(cfg, ingest.Deps{
			Queue: queue.Open(shop.AWS, cfg.IngestQueueURL), Bus: bus.Open(shop.AWS, cfg.BusName),
			Cards: ingest.ByIdentity(shop.Store), Inbox: shop.Store, Now: shop.Service.Now, Log: shop.Log,
		}), nil
	})
}
