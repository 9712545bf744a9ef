package mail

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// open is a Mail whose SES is the handler.
func open(t *testing.T, ses http.HandlerFunc) *Mail {
	t.Helper()
	server := httptest.NewServer(ses)
	t.Cleanup(server.Close)
	return Open(config(server.URL), "regulars-test")
}

func config(address string) aws.Config {
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &address,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret", SessionToken: "session"}, nil
		}),
	}
}

func envelope() loyalty.Envelope {
	return loyalty.Envelope{
		ID: "m1", From: "cards@shop.example", To: "ana@shopper.example", Raw: []byte("Subject: Hi\r\n\r\nHello"),
		Tags: map[string]string{"message": "m1", "campaign": "welcome"},
	}
}

func TestTheRawMessageGoesOutWithItsTags(t *testing.T) {
	t.Parallel()
	seen := make(chan map[string]any, 1)
	m := open(t, func(w http.ResponseWriter, r *http.Request) {
		var got map[string]any
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, json.Unmarshal(body, &got)); err != nil {
			t.Error(err)
		}
		seen <- got
		if r.Method != http.MethodPost || r.URL.Path != "/v2/email/outbound-emails" || !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/ses/aws4_request") ||
			r.Header.Get("X-Amz-Security-Token") != "session" {
			t.Errorf("%s %s %v", r.Method, r.URL.Path, r.Header)
		}
		_, _ = io.WriteString(w, `{"MessageId":"0102-ses"}`)
	})
	id, err := m.Mail(t.Context(), envelope())
	if err != nil || id != "0102-ses" {
		t.Errorf("%q, %v", id, err)
	}
	want := map[string]any{
		"ConfigurationSetName": "regulars-test",
		"Content":              map[string]any{"Raw": map[string]any{"Data": "U3ViamVjdDogSGkNCg0KSGVsbG8="}},
		"Destination":          map[string]any{"ToAddresses": []any{"ana@shopper.example"}},
		"FromEmailAddress":     "cards@shop.example",
		"EmailTags": []any{
			map[string]any{"Name": "campaign", "Value": "welcome"},
			map[string]any{"Name": "message", "Value": "m1"},
		},
	}
	if diff := cmp.Diff(want, <-seen); diff != "" {
		t.Error(diff)
	}
}

func TestEveryAnswerHasItsKindAndIsAskedForOnce(t *testing.T) {
	t.Parallel()
	unknown := errors.New("neither refused nor to be tried again")
	for _, c := range []struct {
		status        int
		code, message string
		kind          error
		says, saysNot string
	}{
		{429, "TooManyRequestsException", "slow down", loyalty.ErrThrottled, "quota", ""},
		{400, "LimitExceededException", "Daily message quota exceeded", loyalty.ErrThrottled, "quota", ""},
		{400, "MessageRejected", "Email address is not verified. The following identities failed the check", loyalty.ErrRefused, "sandbox", ""},
		{400, "MessageRejected", "Transaction failed: contains a virus", loyalty.ErrRefused, "virus", "sandbox"},
		{400, "MailFromDomainNotVerifiedException", "no MX", loyalty.ErrRefused, "MX record", ""},
		{400, "BadRequestException", "Illegal address", loyalty.ErrRefused, "malformed", ""},
		{400, "SendingPausedException", "paused", loyalty.ErrThrottled, "reputation", ""},
		{400, "AccountSuspendedException", "suspended", loyalty.ErrThrottled, "paused", ""},
		{404, "NotFoundException", "Configuration set does not exist", loyalty.ErrThrottled, "MAIL_CONFIGURATION_SET", ""},
		{403, "AccessDeniedException", "not authorized", loyalty.ErrThrottled, "did not accept", ""},
		{403, "InvalidSignatureException", "Signature expired: 20261122T023000Z is now earlier than", loyalty.ErrThrottled, "clock", ""},
		{403, "SignatureDoesNotMatch", "", loyalty.ErrThrottled, "secret key", ""},
		{500, "InternalServiceErrorException", "oops", unknown, "may have gone out", ""},
		{503, "", "", unknown, "may have gone out", ""},
	} {
		var calls atomic.Int32
		m := open(t, func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			if c.code != "" {
				w.Header().Set("X-Amzn-Errortype", c.code)
			}
			w.WriteHeader(c.status)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": c.message})
		})
		_, err := m.Mail(t.Context(), envelope())
		kind := unknown
		for _, k := range []error{loyalty.ErrThrottled, loyalty.ErrRefused} {
			if errors.Is(err, k) {
				kind = k
			}
		}
		if err == nil || kind != c.kind || !strings.Contains(err.Error(), c.says) || c.saysNot != "" && strings.Contains(err.Error(), c.saysNot) {
			t.Errorf("%d %s: %v; want %v and ...%s...", c.status, c.code, err, c.kind, c.says)
		}
		if calls.Load() != 1 {
			t.Errorf("%d %s: sent %d times", c.status, c.code, calls.Load())
		}
	}
}

func TestAConnectionThatBreaksLeavesTheMailInDoubt(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	m := open(t, func(http.ResponseWriter, *http.Request) {
		calls.Add(1)
		panic(http.ErrAbortHandler) // SES took it, and the answer was lost
	})
	_, err := m.Mail(t.Context(), envelope())
	if err == nil || errors.Is(err, loyalty.ErrThrottled) || errors.Is(err, loyalty.ErrRefused) || calls.Load() != 1 {
		t.Errorf("after %d calls: %v", calls.Load(), err)
	}
}

func TestNoConnectionMeansNotSent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.URL
	server.Close()
	if _, err := Open(config(address), "").Mail(t.Context(), envelope()); !errors.Is(err, loyalty.ErrThrottled) {
		t.Errorf("%v", err)
	}
}

func TestATagThatSESWouldRefuseIsFoundBefore(t *testing.T) {
	t.Parallel()
	m := open(t, func(http.ResponseWriter, *http.Request) { t.Error("SES was asked") })
	for _, tags := range []map[string]string{
		{"campaign": "spring sale"}, {"campaign": ""}, {"cämpaign": "a"}, {"campaign": strings.Repeat("a", maxTag+1)},
	} {
		e := envelope()
		e.Tags = tags
		if _, err := m.Mail(t.Context(), e); !errors.Is(err, loyalty.ErrRefused) {
			t.Errorf("%v: %v", tags, err)
		}
	}
}

// Of an answer without its header the code is in the body, as SES's other front doors write it.
func TestACodeInTheBodyCounts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"__type":"com.amazonaws.sesv2#MessageRejected","message":"no"}`, `{"code":"MessageRejected:http://x","Message":"no"}`} {
		m := open(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, text)
		})
		if _, err := m.Mail(t.Context(), envelope()); !errors.Is(err, loyalty.ErrRefused) || !strings.Contains(err.Error(), "MessageRejected no") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Without an address of its own the mail service is where the SDK's table has it.
func TestTheAddressIsTheRegions(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{
		"eu-central-1": "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails",
		"cn-north-1":   "https://email.cn-north-1.amazonaws.com.cn/v2/email/outbound-emails",
	} {
		cfg := config("")
		cfg.BaseEndpoint, cfg.Region = nil, region
		if got := Open(cfg, "").ses.address; got != want {
			t.Errorf("%s: %q, want %q", region, got, want)
		}
	}
}

func BenchmarkMail(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"MessageId":"0102-ses"}`)
	}))
	defer server.Close()
	m := Open(config(server.URL), "regulars-test")
	e := envelope()
	e.Raw = []byte(strings.Repeat("The beans of this month grew on the western slopes.\r\n", 170))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Mail(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}
