package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/infra/regulars/server"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local/shop"
)

// serve is `regulars run` under a profiler.
func serve(ctx context.Context, s settings) error {
	shop.SpareProcessor(os.LookupEnv)
	file, err := profileOf(s.profile)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	err = server.Run(ctx, server.Options{
		Dir: s.dir, Port: "0", Empty: true, Template: regulars.Template, Out: os.Stdout, Log: edge.NewLogger(os.Stderr, slog.LevelWarn),
	})
	pprof.StopCPUProfile()
	return errors.Join(err, file.Close())
}

// basket is what both a quote and a checkout carry, as far as reading it goes.
type basket struct {
	Receipt *struct{ Store, Till, Number string } `json:"receipt,omitempty"`
	Card    string                                `json:"card"`
	Store   string                                `json:"store,omitempty"`
	Till    string                                `json:"till,omitempty"`
	Lines   []sold                                `json:"lines"`
	Total   *amount                               `json:"total,omitempty"`
}

type sold struct {
	ID       string  `json:"id"`
	SKU      string  `json:"sku"`
	Category string  `json:"category"`
	Quantity int64   `json:"quantity"`
	Amount   *amount `json:"amount"`
}

type amount struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// bare answers every request with what it has read, and does nothing else.
func bare(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	plain := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b basket
		if err := json.NewDecoder(r.Body).Decode(&b); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(b) // a caller that has gone away is not our fault
	})}
	fmt.Printf("Regulars is open at http://%s\n", listener.Addr())
	go func() {
		<-ctx.Done()
		_ = plain.Close()
	}()
	if err := plain.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
