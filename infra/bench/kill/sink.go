package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// answering is how long the sink takes over a mail, as SES does over a network: long enough for a kill to fall between.
const answering = 15 * time.Millisecond

// sink answers SendEmail as SES does, and remembers which messages it was asked for.
type sink struct {
	url    string
	server *http.Server

	mu    sync.Mutex
	times map[string]int // message id -> mails
	all   int
}

func openSink() (*sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the sink: %w", err)
	}
	s := &sink{url: "http://" + listener.Addr().String(), times: map[string]int{}}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.server.Serve(listener) }() // ends with close
	return s, nil
}

func (s *sink) close() { _ = s.server.Close() }

// account is what SES says of an account out of the sandbox, whose quota this shop never meets.
const account = `{"ProductionAccessEnabled":true,"SendingEnabled":true,"SendQuota":{"Max24HourSend":100000000,"MaxSendRate":100000,"SentLast24Hours":0}}`

// ServeHTTP takes a mail whole or not at all: one that breaks off was not taken.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet && r.URL.Path == "/v2/email/account" {
		_, _ = io.WriteString(w, account)
		return
	}
	body, err := io.ReadAll(r.Body)
	_, after, ok := bytes.Cut(body, []byte(`"Name":"message","Value":"`))
	id, _, closed := bytes.Cut(after, []byte(`"`))
	if err != nil || !ok || !closed || r.URL.Path != "/v2/email/outbound-emails" {
		w.Header().Set("X-Amzn-ErrorType", "BadRequestException")
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	n := s.take(string(id))
	time.Sleep(answering)
	_, _ = io.WriteString(w, `{"MessageId":"sink-`+strconv.Itoa(n)+`"}`) // a sender that is gone needs no answer
}

func (s *sink) take(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times[id]++
	s.all++
	return s.all
}

func (s *sink) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

// taken is how often each message came.
func (s *sink) taken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.times)
}
