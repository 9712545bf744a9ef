// Command lambda is the Lambda binary of functions/campaign.
package main

import (
	"github.com/regulars-dev/regulars/functions/campaign"
	"github.com/regulars-dev/regulars/shared/aws/wire"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/start"
)

func main() {
	start.Main(func(lookup func(string) (string, bool)) (edge.Handler, error) {
		var cfg campaign.Config
		shop, err := wire.Open(&cfg, lookup)
		if err != nil {
			return nil, err
		}
		return campaign.New(shop.Service, shop.Store, shop.Store.Authors, shop.Log), nil
	})
}
