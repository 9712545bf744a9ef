package queue

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

type sent struct {
	QueueUrl, MessageBody string
	DelaySeconds          int
}

// open is a Queue whose SQS shows each call and answers with status.
func open(t *testing.T, status int) (*Queue, chan sent) {
	t.Helper()
	calls := make(chan sent, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var last sent
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, json.Unmarshal(body, &last)); err != nil || r.Header.Get("X-Amz-Target") != "AmazonSQS.SendMessage" {
			t.Errorf("%v %v", r.Header, err)
		}
		calls <- last
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		sum := md5.Sum([]byte(last.MessageBody)) // the SDK checks what SQS says it received
		_ = json.NewEncoder(w).Encode(map[string]string{"MessageId": "1", "MD5OfMessageBody": hex.EncodeToString(sum[:]), "__type": "QueueDoesNotExist"})
	}))
	t.Cleanup(server.Close)
	return Open(aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}, server.URL+"/1/mail"), calls
}

func TestABodyIsSentWithItsDelay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		delay time.Duration
		want  int
	}{{0, 0}, {-time.Second, 0}, {time.Millisecond, 1}, {30 * time.Second, 30}, {time.Hour, 900}} {
		q, calls := open(t, http.StatusOK)
		if err := q.Send(t.Context(), []byte(`{"id":"m1"}`), c.delay); err != nil {
			t.Fatal(err)
		}
		if last := <-calls; last.MessageBody != `{"id":"m1"}` || last.DelaySeconds != c.want || last.QueueUrl != q.url {
			t.Errorf("%s: %+v", c.delay, last)
		}
	}
}

func TestWhatCannotBeSentIsSaid(t *testing.T) {
	t.Parallel()
	q, _ := open(t, http.StatusBadRequest)
	if err := q.Send(t.Context(), []byte("x"), 0); err == nil || errors.Is(err, ErrTooLarge) {
		t.Errorf("a queue that does not exist: %v", err)
	}
	for _, body := range [][]byte{nil, make([]byte, MaxBody+1)} {
		if err := q.Send(t.Context(), body, 0); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes: %v", len(body), err)
		}
	}
}
