package wire_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/regulars-dev/regulars/shared/aws/wire"
)

type settings struct {
	Cards     string `env:"CARDS_TABLE"`
	Programme string `env:"PROGRAMME_TABLE" default:""`
}

func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
}

func TestAllThatIsMissingIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := wire.Open(&settings{}, environment(nil))
	if err == nil || !strings.Contains(err.Error(), "CARDS_TABLE") || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("%v", err)
	}
}

// One read goes out at the start where the function knows the rules' table, and a start survives that it fails.
func TestTheProgrammeIsReadAhead(t *testing.T) {
	t.Parallel()
	for programme, want := range map[string]int64{"rules": 1, "": 0} {
		var calls atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.WriteHeader(http.StatusBadRequest) // not tried again
			_, _ = w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no such table"}`))
		}))
		t.Cleanup(server.Close)
		env := map[string]string{
			"CARDS_TABLE": "cards", "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": server.URL,
		}
		if programme != "" {
			env["PROGRAMME_TABLE"] = programme
		}
		var cfg settings
		shop, err := wire.Open(&cfg, environment(env))
		if err != nil || cfg.Cards != "cards" || shop.Service.Cards == nil || shop.AWS.Region != "eu-central-1" {
			t.Errorf("%+v, %v", cfg, err)
		}
		if got := calls.Load(); got != want {
			t.Errorf("with table %q: %d calls; want %d", programme, got, want)
		}
	}
}
