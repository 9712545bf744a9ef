package mail

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// serve is an SES that answers with the handler.
func serve(t *testing.T, ses http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(ses)
	t.Cleanup(server.Close)
	return server.URL
}

func TestTheAccountIsTold(t *testing.T) {
	t.Parallel()
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/v2/email/account" {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		_, _ = io.WriteString(w, `{"EnforcementStatus":"HEALTHY","ProductionAccessEnabled":false,"SendingEnabled":true,`+
			`"SendQuota":{"Max24HourSend":200.0,"MaxSendRate":1.0,"SentLast24Hours":12.0}}`)
	})
	want := Account{Sandbox: true, Enabled: true, Standing: "HEALTHY", PerSecond: 1, PerDay: 200, Sent: 12}
	if got, err := ReadAccount(t.Context(), config(address)); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestAnAccountThatMayNotBeAskedIsAnError(t *testing.T) {
	t.Parallel()
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	if got, err := ReadAccount(t.Context(), config(address)); err == nil {
		t.Errorf("%+v", got)
	}
}
