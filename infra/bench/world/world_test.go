package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"testing/cryptotest"

	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
	"github.com/regulars-dev/regulars/shared/store/dynamotest"
)

// few is how many receipts the worlds of tests have.
const few = 300

// digest is a sum over every item that lies anywhere.
func digest(ctx context.Context, items store.Items) (string, error) {
	sum := sha256.New()
	for _, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		in := store.ScanInput{Table: table, Segments: 1, Read: store.Strong}
		for {
			page, err := items.Scan(ctx, in)
			if err != nil {
				return "", err
			}
			for _, item := range page.Items {
				text, err := json.Marshal(item)
				if err != nil {
					return "", err
				}
				fmt.Fprintf(sum, "%s %s\n", table, text)
			}
			if in.After = page.Next; page.Next == "" {
				break
			}
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// The same seed is the same world, to the last item. It has the process's secrets for itself, so it runs alone.
func TestSameSeedSameWorld(t *testing.T) {
	ends := map[string]tally{}
	for range 2 {
		cryptotest.SetGlobalRandom(t, 1)
		var end string
		told, err := play(t.Context(), setting{seed: 7, checkouts: few, replay: true, dir: t.TempDir(), keep: func(ctx context.Context, w *kit.World) (err error) {
			end, err = digest(ctx, w.Items)
			return err
		}})
		if err != nil {
			t.Fatal(err)
		}
		ends[end] = told
	}
	if len(ends) != 1 {
		t.Errorf("two worlds of one seed ended in %d ways: %v", len(ends), ends)
	}
}

// A world over DynamoDB's engine is as right as one over the embedded store.
func TestWorldOverDynamoDB(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if !ok {
		return
	}
	told, err := play(t.Context(), setting{seed: 3, checkouts: few / 3, dir: t.TempDir(), items: dynamo.New(client, tables)})
	if err != nil {
		t.Fatal(err)
	}
	if told.injected() == 0 {
		t.Error("nothing went wrong in it")
	}
}
