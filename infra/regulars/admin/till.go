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
	return till.Routes(till.Deps{Service: service, Keys: loyalty.KeysFunc(func(_ context.Context, hash string) (loyalty.TillKey, error) {
		if hash != only {
			return loyalty.TillKey{}, loyalty.ErrNotFound
		}
		return loyalty.TillKey{Store: loyalty.AllStores, Name: "regulars", May: loyalty.AllRights}, nil
	})})
}
