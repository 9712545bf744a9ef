package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/infra/bench/real"
)

// What tills ask for, and how often of a hundred.
const (
	quote = iota
	checkout
	giveBack

	quotes, checkouts = 70, 25
)

// crowd is all tills. They go on from step to step, since a receipt's number is used once.
type crowd struct{ tills []*asker }

// asker is a till with what it has asked and is to ask again.
type asker struct {
	*real.Till
	kind    int
	pending *real.Request
}

func newCrowd(cards []string, most int) *crowd {
	c := &crowd{}
	for n := range most {
		c.tills = append(c.tills, &asker{Till: real.NewTill("0042", n, cards, 1)})
	}
	return c
}

// maxAnswer is how long a till waits for an answer.
const maxAnswer = 30 * time.Second

// ask lets the first n tills ask for so long.
func (c *crowd) ask(ctx context.Context, of *real.Process, n int, long time.Duration) (step, error) {
	all := step{clients: n}
	parts, failed := make([]step, n), make([]error, n)
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	began := time.Now()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { failed[i] = work(ctx, c.tills[i], of.URL, &parts[i]) })
	}
	group.Wait()
	all.took, all.memory = time.Since(began), of.Memory().Resident
	for i, p := range parts {
		if failed[i] != nil {
			return all, failed[i]
		}
		for kind := range p.kinds {
			all.kinds[kind] = append(all.kinds[kind], p.kinds[kind]...)
		}
		all.errors, all.busy, all.turned = all.errors+p.errors, all.busy+p.busy, max(all.turned, p.turned)
		if all.wrong == "" {
			all.wrong = p.wrong
		}
	}
	all.sort()
	return all, nil
}

// work is one till until ctx ends. It keeps one connection, as tills do.
func work(ctx context.Context, till *asker, url string, s *step) error {
	host := strings.TrimPrefix(url, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return fmt.Errorf("connect to the shop: %w", err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for ctx.Err() == nil {
		kind, r := till.next()
		began := time.Now()
		status, wait, said, err := exchange(conn, in, host, r)
		took := time.Since(began)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", r.Path, err)
		case status == http.StatusTooManyRequests:
			s.busy++
			s.turned = max(s.turned, took.Microseconds())
			rest(ctx, wait)
			continue
		case status/100 == 2:
			s.kinds[kind] = append(s.kinds[kind], took)
		default:
			s.errors++
			s.wrong = fmt.Sprintf("%s is answered with %d: %s", r.Path, status, strings.TrimSpace(string(said)))
		}
		till.pending = nil
	}
	return nil
}

// next is what the till asks for next, or still.
func (a *asker) next() (kind int, r real.Request) {
	if a.pending != nil {
		return a.kind, *a.pending
	}
	switch {
	case a.Chance(quotes):
		a.kind, r = quote, a.Quote()
	case a.Chance(checkouts * 100 / (100 - quotes)):
		a.kind, r = checkout, a.Checkout()
	default:
		a.kind, r = giveBack, a.Return()
	}
	a.pending = &r
	return a.kind, r
}

// exchange is one request and its answer, written and read without the bookkeeping of a client that serves everybody.
func exchange(conn net.Conn, in *bufio.Reader, host string, r real.Request) (status int, wait time.Duration, said []byte, err error) {
	if err = conn.SetDeadline(time.Now().Add(maxAnswer)); err != nil {
		return 0, 0, nil, err
	}
	head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		r.Path, host, real.TillKey, len(r.Body))
	if _, err = conn.Write(append(head, r.Body...)); err != nil {
		return 0, 0, nil, err
	}
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, 0, nil, err
	}
	defer answer.Body.Close()
	said, err = io.ReadAll(answer.Body)
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // none is no wait
	return answer.StatusCode, time.Duration(seconds) * time.Second, said, err
}

func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
