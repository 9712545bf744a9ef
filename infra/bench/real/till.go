package real

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// Request is one that a till makes. The same again means the same.
type Request struct {
	Path string
	Body []byte
}

// Answer is what a till hears.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// maxAnswer is how long a till waits for one.
const maxAnswer = 10 * time.Second

// NewClient makes a client that keeps so many connections open.
func NewClient(connections int) *http.Client {
	return &http.Client{Timeout: maxAnswer, Transport: &http.Transport{
		MaxIdleConns: connections, MaxIdleConnsPerHost: connections, DialContext: (&net.Dialer{Timeout: maxAnswer}).DialContext,
	}}
}

// Ask makes one request. An error means that nobody knows whether it was done.
func Ask(ctx context.Context, client *http.Client, url string, r Request) (Answer, error) {
	in, err := http.NewRequestWithContext(ctx, http.MethodPost, url+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return Answer{}, err
	}
	in.Header.Set("Authorization", "Bearer "+TillKey)
	in.Header.Set("Content-Type", "application/json")
	out, err := client.Do(in)
	if err != nil {
		return Answer{}, err
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	return Answer{out.StatusCode, out.Header, body}, err
}

// Till makes up what happens at one till: the same seed gives the same requests. It is for one goroutine.
type Till struct {
	Store, Name string
	cards       []string
	luck        *rand.Rand
	sold        int
	back        int
	open        []string // receipts of which nothing has come back
}

// maxOpen is how many receipts a till remembers to take back.
const maxOpen = 64

// NewTill makes the n-th till of a store.
func NewTill(store string, n int, cards []string, seed uint64) *Till {
	return &Till{Store: store, Name: fmt.Sprintf("t%03d", n), cards: cards, luck: rand.New(rand.NewPCG(seed, uint64(n)))}
}

// Chance is true so many times of a hundred.
func (t *Till) Chance(percent int) bool { return t.luck.IntN(100) < percent }

// basket is a basket of five lines of a random card, and what it comes to.
func (t *Till) basket() (card string, lines []byte, total int) {
	var b bytes.Buffer
	for i := range 5 {
		amount := 100 + t.luck.IntN(1500)
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","sku":"40%04d","category":%q,"quantity":1,"amount":{"amount":%d,"currency":"EUR"}}`,
			i+1, t.luck.IntN(200), []string{"beans", "drinks/coffee", "drinks/tea", "mugs"}[t.luck.IntN(4)], amount)
		total += amount
	}
	return t.cards[t.luck.IntN(len(t.cards))], b.Bytes(), total
}

// Quote asks what a basket would cost.
func (t *Till) Quote() Request {
	card, lines, _ := t.basket()
	return Request{"/v1/quotes", fmt.Appendf(nil, `{"card":%q,"store":%q,"till":%q,"lines":[%s]}`, card, t.Store, t.Name, lines)}
}

// Checkout files the next receipt.
func (t *Till) Checkout() Request {
	card, lines, total := t.basket()
	t.sold++
	number := fmt.Sprintf("%06d", t.sold)
	if len(t.open) < maxOpen {
		t.open = append(t.open, number)
	}
	return Request{"/v1/checkouts", fmt.Appendf(nil, `{"receipt":{"store":%q,"till":%q,"number":%q},"card":%q,"lines":[%s],"total":{"amount":%d,"currency":"EUR"}}`,
		t.Store, t.Name, number, card, lines, total)}
}

// Return takes a line of an earlier receipt of this till back. It is a checkout while there is none.
func (t *Till) Return() Request {
	if len(t.open) == 0 {
		return t.Checkout()
	}
	number := t.open[0]
	t.open = t.open[1:]
	t.back++
	return Request{"/v1/returns", fmt.Appendf(nil, `{"return":"r%06d","receipt":{"store":%q,"till":%q,"number":%q},"lines":[{"id":"%d","quantity":1}]}`,
		t.back, t.Store, t.Name, number, 1+t.luck.IntN(5))}
}
