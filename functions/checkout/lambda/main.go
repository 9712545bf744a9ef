// Command lambda is the Lambda binary of functions/checkout.
package main

import (
	"github.com/regulars-dev/regulars/functions/checkout"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg checkout.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		return checkout.New(shop.Service, shop.Store, shop.Log), nil
	})
}
