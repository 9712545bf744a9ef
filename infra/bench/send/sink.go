package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// sink answers SendEmail as SES does, and remembers whom it was asked for. It speaks as much HTTP as that takes and no more, since it has the same
// processors as the sender: net/http's server would take as long again as all of this.
type sink struct {
	url      string
	listener net.Listener
	open     sync.WaitGroup // connections that are not read to their end

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
	s := &sink{url: "http://" + listener.Addr().String(), listener: listener, times: map[string]int{}}
	go s.accept()
	return s, nil
}

// accept ends with close.
func (s *sink) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.open.Go(func() {
			defer conn.Close()
			s.serve(conn)
		})
	}
}

// hungUp waits until every connection of a sender that is gone has been read to its end: what a dead process has written still arrives.
func (s *sink) hungUp() { s.open.Wait() }

func (s *sink) close() { _ = s.listener.Close() }

const (
	readAhead   = 32 << 10 // a request fits
	maxRequest  = 1 << 20
	tagBefore   = `"Name":"message","Value":"`
	sizeBefore  = "Content-Length: "
	signature   = "\r\nAuthorization: AWS4-HMAC-SHA256 "
	firstLine   = "POST /v2/email/outbound-emails HTTP/1.1\r\n"
	jsonAnswer  = "\r\nContent-Type: application/json\r\nContent-Length: "
	badRequest  = "HTTP/1.1 400 Bad Request\r\nX-Amzn-ErrorType: BadRequestException" + jsonAnswer + "0\r\n\r\n"
	okPrefix    = "HTTP/1.1 200 OK" + jsonAnswer
	answerStart = `{"MessageId":"sink-`
)

// serve answers requests until the connection ends. A request that is none is answered as SES answers a bad one.
func (s *sink) serve(conn net.Conn) {
	in := bufio.NewReaderSize(conn, readAhead)
	var head, body, out []byte
	for {
		var err error
		if head, err = readHead(in, head[:0]); err != nil {
			return
		}
		_, after, _ := bytes.Cut(head, []byte(sizeBefore))
		length, _, _ := bytes.Cut(after, []byte("\r\n"))
		size, err := strconv.Atoi(string(length)) // also the error of a request without one
		if err != nil || size > maxRequest {
			_, _ = io.WriteString(conn, badRequest)
			return
		}
		body = slices.Grow(body[:0], size)[:size]
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		_, after, ok := bytes.Cut(body, []byte(tagBefore))
		id, _, closed := bytes.Cut(after, []byte(`"`))
		if ok && closed && bytes.HasPrefix(head, []byte(firstLine)) && bytes.Contains(head, []byte(signature)) {
			text := answerStart + strconv.Itoa(s.count(string(id), rawBytes(body))) + `"}`
			out = append(append(strconv.AppendInt(append(out[:0], okPrefix...), int64(len(text)), 10), "\r\n\r\n"...), text...)
		} else {
			out = append(out[:0], badRequest...)
		}
		if _, err := conn.Write(out); err != nil {
			return // the sender is gone
		}
	}
}

// readHead appends a request's lines up to the empty one.
func readHead(in *bufio.Reader, head []byte) ([]byte, error) {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return head, err
		}
		if head = append(head, line...); len(line) <= len("\r\n") {
			return head, nil
		}
	}
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
