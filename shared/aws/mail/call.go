package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
)

// caller makes the one call of this package: SendEmail, signed by the SDK's signer. The SDK's client takes each request through its
// middleware, 69 KB and 386 allocations for an e-mail of 9 KB (BenchmarkMail; here 35 KB and 170), and nothing of that is needed for one
// fixed request that is never repeated.
type caller struct {
	address  string // of SendEmail
	region   string
	identity aws.CredentialsProvider
	client   aws.HTTPClient
	signer   *v4.Signer
}

const (
	sendEmail      = "/v2/email/outbound-emails"
	signedAs       = "ses"
	maxAnswerBytes = 64 << 10
)

// newCaller takes the address of SES from the SDK's own table, unless the configuration names one.
func newCaller(cfg aws.Config) *caller {
	c := &caller{region: cfg.Region, identity: cfg.Credentials, client: cfg.HTTPClient, signer: v4.NewSigner()}
	if c.client == nil {
		c.client = http.DefaultClient
	}
	if cfg.BaseEndpoint != nil {
		c.address = strings.TrimSuffix(*cfg.BaseEndpoint, "/") + sendEmail
		return c
	}
	found, err := sesv2.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), sesv2.EndpointParameters{Region: &cfg.Region})
	if err == nil { // a region that there is not has no address, and every mail says so
		c.address = strings.TrimSuffix(found.URI.String(), "/") + sendEmail
	}
	return c
}

// answer is a refusal of SES.
type answer struct {
	status  int
	code    string // MessageRejected; "" where it gives none
	message string
}

func (a *answer) Error() string {
	return fmt.Sprintf("SES says %d %s %s", a.status, a.code, a.message)
}

var errRegion = errors.New("SES has no address in this region; look at AWS_REGION")

// send makes the call once and returns SES's id of the mail. Its error is an *answer where SES has answered.
func (c *caller) send(ctx context.Context, in *sesv2.SendEmailInput) (string, error) {
	if c.address == "" {
		return "", errRegion
	}
	req, err := c.signed(ctx, requestOf(in))
	if err != nil {
		return "", err
	}
	got, err := c.client.Do(req)
	if err != nil {
		return "", err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, maxAnswerBytes))
	if got.StatusCode != http.StatusOK {
		return "", refusal(got, text)
	}
	var out struct{ MessageId string } //nolint:revive // SES's own name
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return out.MessageId, nil
}

func (c *caller) signed(ctx context.Context, body []byte) (*http.Request, error) {
	identity, err := c.identity.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body)) // known to lie in memory, so it leaves with its header
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "regulars")
	hash := sha256.Sum256(body)
	return req, c.signer.SignHTTP(ctx, identity, req, hex.EncodeToString(hash[:]), signedAs, c.region, time.Now())
}

// refusal reads what SES says of a mail that it did not take.
func refusal(got *http.Response, text []byte) error {
	var said struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"` // also as Message
	}
	_ = json.Unmarshal(text, &said) // a proxy's page has no code, and its status tells
	a := &answer{status: got.StatusCode, message: said.Message}
	for _, code := range []string{got.Header.Get("X-Amzn-ErrorType"), said.Code, said.Type} {
		if a.code != "" {
			break
		}
		code, _, _ = strings.Cut(code, ":") // MessageRejected:http://...
		a.code = code[strings.LastIndexByte(code, '#')+1:]
	}
	return a
}

// requestBytes is about what a request has beside the mail, its addresses and tags.
const requestBytes = 1 << 10

// requestOf writes the request as SES reads it, in one piece of memory. Fields that this package never sets are not written.
func requestOf(in *sesv2.SendEmailInput) []byte {
	b := make([]byte, 0, base64.StdEncoding.EncodedLen(len(in.Content.Raw.Data))+requestBytes)
	b = append(b, `{"Content":{"Raw":{"Data":"`...)
	b = base64.StdEncoding.AppendEncode(b, in.Content.Raw.Data)
	b = append(b, `"}},"Destination":{"ToAddresses":[`...)
	for i, to := range in.Destination.ToAddresses {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, &to)
	}
	b = append(b, `]},"EmailTags":[`...)
	for i, tag := range in.EmailTags {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"Name":`...), tag.Name)
		b = append(appendText(append(b, `,"Value":`...), tag.Value), '}')
	}
	b = append(b, ']')
	if in.ConfigurationSetName != nil {
		b = appendText(append(b, `,"ConfigurationSetName":`...), in.ConfigurationSetName)
	}
	return append(appendText(append(b, `,"FromEmailAddress":`...), in.FromEmailAddress), '}')
}

func appendText(b []byte, s *string) []byte {
	text, err := json.Marshal(*s)
	if err != nil {
		return append(b, `""`...) // a string always has JSON
	}
	return append(b, text...)
}
