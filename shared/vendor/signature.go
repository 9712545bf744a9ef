package vendor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
)

// ErrSignature says that a body is not from whom it claims to be. It never says why: the sender of a forgery learns nothing.
var ErrSignature = errors.New("signature does not match")

// Verify checks that the vendor signed body, as raw bytes as they came. Any of secrets may have signed, so that one can be rolled;
// empty ones do not count and without any nothing is accepted. url is the notification URL as registered with Square, byte for
// byte; Shopify does not sign it. Square's older header x-square-signature (SHA-1) never counts.
//
// It returns ErrSignature, or ErrUnknownVendor. The time it takes tells nothing about the secrets.
func Verify(vendor string, headers http.Header, url string, body []byte, secrets []string) error {
	var given []string
	var signed []byte
	switch vendor {
	case Shopify:
		given, signed = headerValues(headers, "X-Shopify-Hmac-Sha256"), body
	case Square:
		if url == "" {
			return fmt.Errorf("%w: the notification URL is not set", ErrSignature)
		}
		given, signed = headerValues(headers, "X-Square-Hmacsha256-Signature"), append([]byte(url), body...)
	default:
		return fmt.Errorf("%w %q", ErrUnknownVendor, vendor)
	}
	if len(given) != 1 { // two signatures come from somebody who tries
		return ErrSignature
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(given[0])
	if err != nil {
		return ErrSignature
	}
	match := false
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(signed)
		if hmac.Equal(mac.Sum(nil), sum) && secret != "" {
			match = true
		}
	}
	if !match {
		return ErrSignature
	}
	return nil
}

// Sign returns the header that Verify accepts; it serves the replay command and tests, which stand in for the vendor.
func Sign(vendor, url string, body []byte, secret string) (name, value string) {
	name, prefix := "X-Shopify-Hmac-Sha256", ""
	if vendor == Square {
		name, prefix = "X-Square-Hmacsha256-Signature", url
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(prefix))
	mac.Write(body)
	return name, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
