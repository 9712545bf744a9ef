package vendor

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// queued is a delivery as it lies in the queue and the inbox. Fields may be added if they may be missing. The body is packed, because
// a large Shopify order is more than a queue takes and packs to a tenth.
type queued struct {
	Vendor      string            `json:"vendor"`
	Topic       string            `json:"topic,omitempty"`
	Shop        string            `json:"shop,omitempty"`
	EventID     string            `json:"event_id,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	ReceivedAt  time.Time         `json:"received_at"`
	Correlation string            `json:"correlation_id,omitempty"`
	Packed      []byte            `json:"body_gzip"`
}

// WriteMessage makes a queue message of a delivery.
func WriteMessage(d Delivery, correlation string) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(d.Body); err != nil {
		return nil, fmt.Errorf("pack the body: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the body: %w", err)
	}
	q := queued{Vendor: d.Vendor, Topic: d.Topic, Shop: d.Shop, EventID: d.EventID, ReceivedAt: d.ReceivedAt, Correlation: correlation,
		Packed: packed.Bytes(), Headers: map[string]string{}}
	for name := range d.Headers {
		q.Headers[name] = d.Headers.Get(name)
	}
	return json.Marshal(q)
}

// ReadMessage is the reverse of WriteMessage. An error means that the message never was one of ours.
func ReadMessage(message []byte) (d Delivery, correlation string, err error) {
	var q queued
	if err := json.Unmarshal(message, &q); err != nil {
		return Delivery{}, "", errors.New("is no message of the ingest queue")
	}
	r, err := gzip.NewReader(bytes.NewReader(q.Packed))
	if err != nil {
		return Delivery{}, "", errors.New("holds no packed body")
	}
	body, err := io.ReadAll(io.LimitReader(r, MaxBody+1)) // one more, so that Parse sees what is too long
	if err != nil {
		return Delivery{}, "", errors.New("holds a body that does not unpack")
	}
	d = Delivery{Vendor: q.Vendor, Topic: q.Topic, Shop: q.Shop, EventID: q.EventID, ReceivedAt: q.ReceivedAt, Headers: http.Header{}, Body: body}
	for name, value := range q.Headers {
		d.Headers.Set(name, value)
	}
	return d, q.Correlation, nil
}
