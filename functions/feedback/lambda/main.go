// Command lambda is the Lambda binary of functions/feedback.
package main

import (
	"github.com/regulars-dev/regulars/functions/feedback"
	"github.com/regulars-dev/regulars/shared/aws/bus"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg feedback.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		shop.Service.Bus = bus.Open(shop.AWS, cfg.BusName)
		return feedback.New(shop.Service, shop.Store, shop.Log), nil
	})
}
