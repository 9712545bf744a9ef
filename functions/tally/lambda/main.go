// Command lambda is the Lambda binary of functions/tally.
package main

import (
	"github.com/regulars-dev/regulars/functions/tally"
	"github.com/regulars-dev/regulars/shared/aws/bus"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
	"github.com/regulars-dev/regulars/shared/store"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg tally.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.Bus = bus.Open(shop.AWS, cfg.BusName)
		return tally.New(shop.Service, store.MessageChange, shop.Log), nil
	})
}
