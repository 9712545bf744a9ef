package mail

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
)

// caller makes the one call of this package: SendEmail, signed and sent by hand. The SDK's client takes each request through its middleware and
// net/http's, 69 KB and 386 allocations for an e-mail of 9 KB (BenchmarkMail), and nothing of that is needed for one fixed request that is
// never repeated.
type caller struct {
	address  string // of SendEmail
	identity aws.CredentialsProvider
	signer   signer
	lines    *lines
}

const (
	sendEmail      = "/v2/email/outbound-emails"
	maxAnswerBytes = 64 << 10
)

// newCaller takes the address of SES from the SDK's own table, unless the configuration names one. A region that there is not has no address, and
// every mail says so.
func newCaller(cfg aws.Config) *caller {
	c := &caller{identity: cfg.Credentials}
	if cfg.BaseEndpoint != nil {
		c.address = strings.TrimSuffix(*cfg.BaseEndpoint, "/") + sendEmail
	} else {
		found, err := sesv2.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), sesv2.EndpointParameters{Region: &cfg.Region})
		if err != nil {
			return c
		}
		c.address = strings.TrimSuffix(found.URI.String(), "/") + sendEmail
	}
	u, err := url.Parse(c.address)
	if err != nil {
		c.address = ""
		return c
	}
	c.lines, c.signer = newLines(cfg, u), signer{path: u.EscapedPath(), host: u.Host, region: cfg.Region}
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

// headBytes is the room before a body for the header of its request, so that both leave as one piece.
const headBytes = 2 << 10

// pieces are requests that have been sent, for the next ones to be written into.
var pieces = sync.Pool{New: func() any { return new([]byte) }}

// send makes the call once and returns SES's id of the mail. Its error is an *answer where SES has answered.
func (c *caller) send(ctx context.Context, in *sesv2.SendEmailInput) (string, error) {
	if c.address == "" {
		return "", errRegion
	}
	identity, err := c.identity.Retrieve(ctx)
	if err != nil {
		return "", err
	}
	piece, _ := pieces.Get().(*[]byte)
	defer pieces.Put(piece)
	*piece = appendRequest(slices.Grow((*piece)[:0], headBytes)[:headBytes], in)
	var room [headBytes]byte
	head := c.signer.head(room[:0], identity, (*piece)[headBytes:], time.Now())
	request := *piece
	if from := headBytes - len(head); from >= 0 {
		request = request[from:]
		copy(request, head)
	} else { // a token of some KB
		request = slices.Concat(head, request[headBytes:])
	}
	got, text, err := c.lines.call(ctx, request)
	if err != nil && got == nil {
		return "", err
	}
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

// appendRequest adds the request's body as SES reads it. Fields that this package never sets are not written.
func appendRequest(b []byte, in *sesv2.SendEmailInput) []byte {
	b = slices.Grow(b, base64.StdEncoding.EncodedLen(len(in.Content.Raw.Data))+requestBytes)
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
