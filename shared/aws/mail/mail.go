// Package mail hands e-mails to Amazon SES, once each.
//
// SES has no token by which it would know a repeat, so a call is never repeated here: what the answer leaves open is said to be
// open, and the message's record settles it.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Bounds of SES on tags: their count is our own, their length SES's.
const (
	maxTags = 10
	maxTag  = 256 // characters of a name or a value
)

// TagMessage is the tag that carries the message's id; SES's reports bring it back.
const TagMessage = "message"

// Mail is a loyalty.Mailer over SES.
type Mail struct {
	ses              *caller
	configurationSet string
	cfg              aws.Config // for the SDK's client, which asks for the quota
}

var (
	_ loyalty.Mailer = (*Mail)(nil)
	_ loyalty.Quotas = (*Mail)(nil)
)

// Open makes a Mail. The configuration set is what makes SES report on the bus; without one nothing is ever settled by feedback.
func Open(cfg aws.Config, configurationSet string) *Mail {
	return &Mail{ses: newCaller(cfg), configurationSet: configurationSet, cfg: cfg}
}

// Mail sends the raw message and returns SES's id for it.
//
// loyalty.ErrRefused: SES will never take this message. loyalty.ErrThrottled: SES did not take it and may later, because of its rate,
// its daily quota, or something that a person has to mend first; the text says which. Any other error leaves it unknown whether
// the message went out.
func (m *Mail) Mail(ctx context.Context, e loyalty.Envelope) (string, error) {
	tags, err := tagsOf(e)
	if err != nil {
		return "", err
	}
	in := &sesv2.SendEmailInput{
		Content:          &types.EmailContent{Raw: &types.RawMessage{Data: e.Raw}},
		Destination:      &types.Destination{ToAddresses: []string{e.To}},
		FromEmailAddress: &e.From,
		EmailTags:        tags,
	}
	if m.configurationSet != "" {
		in.ConfigurationSetName = &m.configurationSet
	}
	id, err := m.ses.send(ctx, in)
	if err != nil {
		return "", fmt.Errorf("message %s: %w", e.ID, judge(err))
	}
	return id, nil
}

// tagsOf lists the tags in a fixed order. SES refuses the whole mail for one letter outside its alphabet, so that is found here.
func tagsOf(e loyalty.Envelope) ([]types.MessageTag, error) {
	all := map[string]string{TagMessage: e.ID}
	for name, value := range e.Tags {
		all[name] = value
	}
	if len(all) > maxTags {
		return nil, fmt.Errorf("%w: message %s has %d tags; at most %d", loyalty.ErrRefused, e.ID, len(all), maxTags)
	}
	var out []types.MessageTag
	for name, value := range all {
		if !validTag(name) || !validTag(value) {
			return nil, fmt.Errorf("%w: message %s: tag %q = %q; SES takes 1 to %d of A-Z a-z 0-9 _ -", loyalty.ErrRefused, e.ID, name, value, maxTag)
		}
		out = append(out, types.MessageTag{Name: aws.String(name), Value: aws.String(value)})
	}
	slices.SortFunc(out, func(a, b types.MessageTag) int { return strings.Compare(*a.Name, *b.Name) })
	return out, nil
}

func validTag(s string) bool {
	return s != "" && len(s) <= maxTag && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// judge gives SES's answer its kind, and the words that help whoever reads it.
func judge(err error) error {
	var said *answer
	if !errors.As(err, &said) {
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" || errors.Is(err, errRegion) {
			return fmt.Errorf("%w: SES cannot be reached: %w", loyalty.ErrThrottled, err) // nothing was sent on no connection
		}
		return fmt.Errorf("SES did not answer, the mail may have gone out: %w", err)
	}
	refused := func(why string) error { return fmt.Errorf("%w: %s: %w", loyalty.ErrRefused, why, err) }
	later := func(why string) error { return fmt.Errorf("%w: %s: %w", loyalty.ErrThrottled, why, err) }
	switch said.code {
	case "TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException":
		return later("SES's rate or daily quota is used up")
	case "MessageRejected":
		if strings.Contains(said.message, "not verified") {
			return refused("an address is not verified; while the account is in the SES sandbox, sender and recipient must be: " +
				"verify them, or ask AWS for production access")
		}
		return refused("SES does not take this message")
	case "MailFromDomainNotVerifiedException":
		return refused("the MAIL FROM domain is not verified: set its MX record, or take it off the identity")
	case "BadRequestException":
		return refused("SES finds the address or the message malformed")
	case "SendingPausedException", "AccountSuspendedException":
		return later("sending is paused for this account or configuration set: look at the reputation dashboard of SES")
	case "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed": // the SDK's client would set its clock by the answer
		return later("SES does not take the signature: set this machine's clock, which may be five minutes wrong at most, or mend the secret key")
	case "NotFoundException":
		return later("the configuration set or identity does not exist: deploy the stack, or mend MAIL_CONFIGURATION_SET")
	}
	if said.status >= 400 && said.status < 500 {
		return later("SES did not accept the call") // rights, credentials that are unknown or have ended
	}
	return fmt.Errorf("SES failed, the mail may have gone out: %w", err)
}
