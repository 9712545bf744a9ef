package admin

import (
	"context"
	"net/http"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// TrustedTill is the till's interface for the holder of the token, who may act for every store.
func TrustedTill(service *loyalty.Service, token string) http.Handler {
	only := store.HashKey(token)
	return till.Routes(till.Deps{Service: service, Keys: till.KeysFunc(func(_ context.Context, hash string) (till.Key, error) {
		if hash != only {
			return till.Key{}, loyalty.ErrNotFound
		}
		return till.Key{Store: till.AllStores, Name: "regulars"}, nil
	})})
}
