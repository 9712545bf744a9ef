package ingest

import (
	"errors"
	"io"
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Names of what is counted here. No dimension holds a text that a stranger chose.
const (
	countRefused  = "webhooks_refused"  // wrong signature, unknown vendor, too large
	countQueued   = "webhooks_queued"   // safe, and answered
	countIgnored  = "webhooks_ignored"  // understood, and nothing follows
	countParked   = "webhooks_parked"   // kept for a person; any is worth a look at the inbox
	countDone     = "webhooks_done"     // events published
	countAdjusted = "webhooks_adjusted" // receipts with an amount that no line explains
)

// door is the HTTP side.
type door struct {
	cfg Config
	d   Deps
}

func (o *door) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhooks/{vendor}", o.webhook)
	return mux
}

// webhook answers 401 for a signature that does not match and 404 for a vendor that we do not know. Whatever is signed gets 200 once it
// is in the queue or the inbox, also when nobody listens to its topic: a vendor switches off a door that answers business with errors.
// A body that not even the inbox could hold is the one exception (413), counted so that an alarm can tell. 503 means that nothing was kept, and the vendor comes again.
func (o *door) webhook(w http.ResponseWriter, r *http.Request) {
	ctx, who := r.Context(), r.PathValue("vendor")
	if !vendor.Known(who) {
		edge.Count(ctx, countRefused, 1, "vendor", "unknown", "reason", "vendor")
		edge.WriteProblem(w, edge.Problem{Status: http.StatusNotFound, Code: "unknown_vendor", Detail: "No vendor of this name sends webhooks here."})
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		edge.WriteProblem(w, edge.Problem{Status: http.StatusBadRequest, Code: "unreadable_body", Detail: "The body could not be read to its end."})
		return
	}
	secrets := o.cfg.ShopifySecrets
	if who == vendor.Square {
		secrets = o.cfg.SquareSecrets
	}
	if err := vendor.Verify(who, r.Header, o.cfg.SquareURL, body, secrets); err != nil {
		edge.Count(ctx, countRefused, 1, "vendor", who, "reason", "signature")
		edge.WriteProblem(w, edge.Problem{Status: http.StatusUnauthorized, Code: "bad_signature", Detail: "The signature does not match the body."})
		return
	}
	d := vendor.Receive(who, r.Header, body, o.d.Now())
	if !vendor.Listens(who, d.Topic) {
		edge.Count(ctx, countIgnored, 1, "vendor", who, "reason", "topic")
		edge.WriteJSON(w, http.StatusOK, answer{"ignored"})
		return
	}
	switch err := o.keep(r, d); {
	case errors.Is(err, errTooLarge):
		edge.Count(ctx, countRefused, 1, "vendor", who, "reason", "too_large")
		edge.WriteProblem(w, edge.Problem{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Detail: "The body is larger than can be kept."})
	case err != nil:
		o.d.Log.ErrorContext(ctx, "webhook could not be kept; the vendor will send it again", "vendor", who, "error", err)
		edge.WriteProblem(w, edge.Problem{Status: http.StatusServiceUnavailable, Code: "not_kept", Detail: "The delivery could not be kept. Send it again."})
	default:
		edge.WriteJSON(w, http.StatusOK, answer{"kept"})
	}
}

type answer struct {
	Status string `json:"status"`
}

// errTooLarge says that neither queue nor inbox could hold a delivery.
var errTooLarge = errors.New("larger than can be kept")

// keep queues the delivery, or parks what the queue would not take.
func (o *door) keep(r *http.Request, d vendor.Delivery) error {
	ctx := r.Context()
	message, err := vendor.WriteMessage(d, edge.Correlation(ctx))
	if err != nil {
		return err
	}
	if len(d.Body) > vendor.MaxBody || len(message) > maxParked {
		return errTooLarge
	}
	if len(message) > maxMessage {
		return o.d.park(ctx, d, message, errors.New("is larger than the queue takes; replay it"))
	}
	if err := o.d.Queue.Send(ctx, message, 0); err != nil {
		return err
	}
	edge.Count(ctx, countQueued, 1, "vendor", d.Vendor)
	return nil
}
