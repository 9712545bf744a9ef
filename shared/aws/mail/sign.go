package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// signer writes the header of our one request with its signature (AWS Signature Version 4). The method, the path and the names of what is signed
// never change, so the text that is signed is written in one go; a test holds the signature against that of the SDK's signer.
type signer struct {
	path, host, region string

	mu  sync.Mutex
	day string // of key
	by  string // the secret that key was made from
	key []byte
}

const (
	signedAs    = "ses"
	longTime    = "20060102T150405Z"
	dayLength   = len("20060102")
	contentType = "application/json"
)

// head appends the request's header up to the empty line.
func (s *signer) head(b []byte, identity aws.Credentials, body []byte, now time.Time) []byte {
	var room [len(longTime)]byte
	at := string(now.UTC().AppendFormat(room[:0], longTime))
	names := "content-length;content-type;host;x-amz-date"
	if identity.SessionToken != "" {
		names += ";x-amz-security-token"
	}
	signature := s.signature(identity, names, at, body)
	b = append(append(append(b, "POST "...), s.path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, s.host...), "\r\nUser-Agent: regulars\r\nContent-Length: "...)
	b = append(strconv.AppendInt(b, int64(len(body)), 10), "\r\nContent-Type: "+contentType+"\r\nX-Amz-Date: "...)
	b = append(b, at...)
	if identity.SessionToken != "" {
		b = append(append(b, "\r\nX-Amz-Security-Token: "...), identity.SessionToken...)
	}
	b = append(append(b, "\r\nAuthorization: AWS4-HMAC-SHA256 Credential="...), identity.AccessKeyID...)
	b = s.scope(append(b, '/'), at)
	b = append(append(b, ", SignedHeaders="...), names...)
	b = append(append(b, ", Signature="...), signature...)
	return append(b, "\r\n\r\n"...)
}

func (s *signer) scope(b []byte, at string) []byte {
	b = append(append(b, at[:dayLength]...), '/')
	return append(append(b, s.region...), "/"+signedAs+"/aws4_request"...)
}

func (s *signer) signature(identity aws.Credentials, names, at string, body []byte) []byte {
	var room [1 << 10]byte
	b := append(append(append(room[:0], "POST\n"...), s.path...), "\n\ncontent-length:"...)
	b = append(strconv.AppendInt(b, int64(len(body)), 10), "\ncontent-type:"+contentType+"\nhost:"...)
	b = append(append(append(b, s.host...), "\nx-amz-date:"...), at...)
	if identity.SessionToken != "" {
		b = append(append(b, "\nx-amz-security-token:"...), identity.SessionToken...)
	}
	b = append(append(append(b, "\n\n"...), names...), '\n')
	sum := sha256.Sum256(body)
	b = hex.AppendEncode(b, sum[:])
	sum = sha256.Sum256(b)
	b = append(append(append(b[:0], "AWS4-HMAC-SHA256\n"...), at...), '\n')
	b = append(s.scope(b, at), '\n')
	b = hex.AppendEncode(b, sum[:])
	return hex.AppendEncode(nil, mac(s.keyOf(identity.SecretAccessKey, at[:dayLength]), b))
}

// keyOf derives the key of a day once.
func (s *signer) keyOf(secret, day string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.day != day || s.by != secret {
		key := []byte("AWS4" + secret)
		for _, part := range []string{day, s.region, signedAs, "aws4_request"} {
			key = mac(key, []byte(part))
		}
		s.day, s.by, s.key = day, secret, key
	}
	return s.key
}

func mac(key, text []byte) []byte {
	h := hmac.New(func() hash.Hash { return sha256.New() }, key)
	h.Write(text)
	return h.Sum(nil)
}
