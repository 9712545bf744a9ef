package loyaltytest

import (
	"context"
	"sync"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Hooks are the receivers of webhooks. An id that comes twice has to say the same.
type Hooks struct {
	Err error // of every call; nil takes them

	t     *testing.T
	mu    sync.Mutex
	calls []loyalty.HookCall
	known map[string]string
}

// Call implements loyalty.Hooks.
func (h *Hooks) Call(_ context.Context, call loyalty.HookCall) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil {
		h.known = map[string]string{}
	}
	if before, repeated := h.known[call.ID]; repeated && before != string(call.Body) {
		h.t.Errorf("call %s says two things:\n%s\n%s", call.ID, before, call.Body)
	}
	h.known[call.ID] = string(call.Body)
	h.calls = append(h.calls, call)
	return h.Err
}

// Calls are all that came, repeats too.
func (h *Hooks) Calls() []loyalty.HookCall {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]loyalty.HookCall(nil), h.calls...)
}
