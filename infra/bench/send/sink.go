package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// sink answers SendEmail as SES does, and remembers whom it was asked for.
type sink struct {
	url    string
	server *http.Server
	open   atomic.Int64

	mu          sync.Mutex
	times       map[string]int // message id -> mails
	all         int
	size        int
	first, last time.Time // of this life of the sender
	at          int       // mails after which then is called
	then        func()
}

func openSink() (*sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the sink: %w", err)
	}
	s := &sink{url: "http://" + listener.Addr().String(), times: map[string]int{}}
	s.server = &http.Server{Handler: s, ConnState: s.follow}
	go func() { _ = s.server.Serve(listener) }() // ends with close
	return s, nil
}

// follow counts the connections that are open.
func (s *sink) follow(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.open.Add(-1)
	}
}

// hungUp waits until every connection of a sender that is gone has been read to its end: what a dead process has written still arrives.
func (s *sink) hungUp() {
	for s.open.Load() > 0 {
		time.Sleep(look)
	}
}

func (s *sink) close() { _ = s.server.Close() }

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const tagBefore = `"Name":"message","Value":"`

// ServeHTTP takes a mail. A request that is none is answered as SES answers a bad one.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	_, err := io.Copy(body, r.Body)
	_, after, ok := bytes.Cut(body.Bytes(), []byte(tagBefore))
	id, _, closed := bytes.Cut(after, []byte(`"`))
	w.Header().Set("Content-Type", "application/json")
	if err != nil || !ok || !closed || r.URL.Path != "/v2/email/outbound-emails" || r.Header.Get("Authorization") == "" {
		w.Header().Set("X-Amzn-ErrorType", "BadRequestException")
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	n := s.count(string(id), rawBytes(body.Bytes()))
	_, _ = io.WriteString(w, `{"MessageId":"sink-`+strconv.Itoa(n)+`"}`) // a sender that is gone needs no answer
}

// rawBytes is how long the mail is, without its base64.
func rawBytes(body []byte) int {
	_, after, _ := bytes.Cut(body, []byte(`"Data":"`))
	end := bytes.IndexByte(after, '"')
	return max(0, end) / 4 * 3
}

func (s *sink) count(id string, size int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = time.Now()
	if s.first.IsZero() {
		s.first = s.last
	}
	s.times[id]++
	s.size += size
	if s.all++; s.all == s.at && s.then != nil {
		go s.then()
	}
	return s.all
}

func (s *sink) after(mails int, then func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.then = mails, then
}

// turn is how long this life of the sender took, and begins the next one.
func (s *sink) turn() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := s.last.Sub(s.first)
	s.first = time.Time{}
	return took
}

func (s *sink) distinct() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times)
}

func (s *sink) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

func (s *sink) average() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size / max(1, s.all)
}

// accepted lists the messages taken so far, as JSON.
func (s *sink) accepted() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.times))
	for id := range s.times {
		ids = append(ids, id)
	}
	text, err := json.Marshal(ids)
	if err != nil {
		return nil // texts always have JSON
	}
	return text
}

// memory is what the system says of a process, in KiB.
type memory struct{ Peak, Anonymous int }

// memoryOf reads it from /proc; where there is none it is 0.
func memoryOf(pid int) memory {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}
	}
	var m memory
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // a line that is no figure is 0
		switch name {
		case "VmHWM":
			m.Peak = n
		case "RssAnon":
			m.Anonymous = n
		}
	}
	return m
}
