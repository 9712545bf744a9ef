package vendor_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"testing"

	"github.com/regulars-dev/regulars/shared/vendor"
)

const notifyURL = "https://loyalty.teas.example/webhooks/square"

func mac(key, text string) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func b64(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

// Each row: which header with which value, which secrets are set, and whether it passes.
func TestOnlyTheVendorsSignatureOverTheRawBodyPasses(t *testing.T) {
	t.Parallel()
	const body = "{\"title\":\"Tee f\u00fcr zwei \u2615\"}\n"
	const shopify, square = "X-Shopify-Hmac-Sha256", "X-Square-Hmacsha256-Signature"
	sha := hmac.New(sha1.New, []byte("key"))
	sha.Write([]byte(notifyURL + body))
	for _, row := range []struct {
		what, vendor, header, value string
		secrets                     []string
		passes                      bool
	}{
		{"as Shopify sends it", "shopify", shopify, b64(mac("key", body)), []string{"key"}, true},
		{"header in lower case", "shopify", "x-shopify-hmac-sha256", b64(mac("key", body)), []string{"key"}, true},
		{"header in capitals", "shopify", "X-SHOPIFY-HMAC-SHA256", b64(mac("key", body)), []string{"key"}, true},
		{"secret being rolled", "shopify", shopify, b64(mac("old", body)), []string{"new", "old"}, true},
		{"wrong secret", "shopify", shopify, b64(mac("other", body)), []string{"key"}, false},
		{"no secret set", "shopify", shopify, b64(mac("", body)), nil, false},
		{"empty secret set", "shopify", shopify, b64(mac("", body)), []string{""}, false},
		{"empty beside a good one", "shopify", shopify, b64(mac("", body)), []string{"", "key"}, false},
		{"newline trimmed", "shopify", shopify, b64(mac("key", body[:len(body)-1])), []string{"key"}, false},
		{"hex", "shopify", shopify, hex.EncodeToString(mac("key", body)), []string{"key"}, false},
		{"cut short", "shopify", shopify, b64(mac("key", body)[:16]), []string{"key"}, false},
		{"empty", "shopify", shopify, "", []string{"key"}, false},
		{"under another name", "shopify", "X-Hmac", b64(mac("key", body)), []string{"key"}, false},
		{"Square's for Shopify", "shopify", square, b64(mac("key", body)), []string{"key"}, false},
		{"as Square sends it", "square", square, b64(mac("key", notifyURL+body)), []string{"key"}, true},
		{"header as documented", "square", "x-square-hmacsha256-signature", b64(mac("key", notifyURL+body)), []string{"key"}, true},
		{"URL with a slash more", "square", square, b64(mac("key", notifyURL+"/"+body)), []string{"key"}, false},
		{"body alone", "square", square, b64(mac("key", body)), []string{"key"}, false},
		{"SHA-1 header", "square", "x-square-signature", b64(sha.Sum(nil)), []string{"key"}, false},
		{"SHA-1 in the new header", "square", square, b64(sha.Sum(nil)), []string{"key"}, false},
	} {
		err := vendor.Verify(row.vendor, http.Header{row.header: {row.value}}, notifyURL, []byte(body), row.secrets)
		if row.passes != (err == nil) || err != nil && !errors.Is(err, vendor.ErrSignature) {
			t.Errorf("%s: %v", row.what, err)
		}
	}
	good := b64(mac("key", body))
	if vendor.Verify("shopify", http.Header{shopify: {good, good}}, "", []byte(body), []string{"key"}) == nil {
		t.Error("two signatures pass")
	}
	if vendor.Verify("square", http.Header{square: {b64(mac("key", body))}}, "", []byte(body), []string{"key"}) == nil {
		t.Error("Square passes without a notification URL")
	}
	if err := vendor.Verify("stripe", nil, "", nil, []string{"key"}); !errors.Is(err, vendor.ErrUnknownVendor) {
		t.Errorf("got %v", err)
	}
}

func TestWhatWeSignForAReplayPasses(t *testing.T) {
	t.Parallel()
	for _, who := range []string{vendor.Shopify, vendor.Square} {
		name, value := vendor.Sign(who, notifyURL, []byte("{}"), "key")
		if err := vendor.Verify(who, http.Header{name: {value}}, notifyURL, []byte("{}"), []string{"key"}); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("shopify", "X-Shopify-Hmac-Sha256", b64(mac("key", "{}")), "{}")
	f.Add("square", "x-square-hmacsha256-signature", b64(mac("key", notifyURL+"{}")), "{}")
	f.Fuzz(func(t *testing.T, who, header, value, body string) {
		err := vendor.Verify(who, http.Header{header: {value}}, notifyURL, []byte(body), []string{"another key"})
		if err == nil {
			t.Fatal("passes without the key")
		}
	})
}
