package local_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func seen(c edge.Change) string { return fmt.Sprintf("%s %v=%v", c.Name, c.Keys["pk"], c.New["n"]) }

func TestChangesComeInOrderWithBothImages(t *testing.T) {
	t.Parallel()
	var got []string
	var last edge.Change
	b := open(t, "", start, only(edge.Mux{Changes: edge.Changes(func(_ context.Context, c edge.Change) error {
		got, last = append(got, seen(c)), c
		return nil
	})}))
	for n := range int64(12) {
		b.put("A", n)
	}
	b.put("B", 1)
	b.drain()
	want := []string{"INSERT A=0"}
	for n := 1; n < 12; n++ {
		want = append(want, fmt.Sprintf("MODIFY A=%d", n))
	}
	if d := cmp.Diff(append(want, "INSERT B=1"), got); d != "" {
		t.Error(d)
	}
	b.put("B", 2)
	b.drain()
	if last.Table != "CardsTable" || last.Old["n"] != int64(1) || last.New["v"] != int64(2) || last.Keys["sk"] != "HEAD" || !last.At.Equal(start) {
		t.Errorf("got %+v", last)
	}
}

func TestAPoisonChangeStandsAsideAlone(t *testing.T) {
	t.Parallel()
	var done []string
	tries := 0
	b := open(t, "", start, only(edge.Mux{Changes: func(ctx context.Context, payload []byte) ([]byte, error) {
		return edge.Changes(func(_ context.Context, c edge.Change) error {
			if c.New["n"] == int64(4) {
				tries++
				return errNotNow
			}
			done = append(done, fmt.Sprint(c.New["n"]))
			return nil
		})(ctx, payload)
	}}))
	for n := range int64(9) {
		b.put(fmt.Sprint("card", n), n)
	}
	b.drain()
	if d := cmp.Diff([]string{"0", "1", "2", "3"}, done); d != "" {
		t.Errorf("before the retries: %s", d)
	}
	b.advance(10 * time.Second)
	if d := cmp.Diff([]string{"0", "1", "2", "3", "5", "6", "7", "8"}, done); d != "" {
		t.Error(d)
	}
	// five records from 4 on, then two, then it alone, and two more tries of it
	if tries != 5 {
		t.Errorf("%d tries", tries)
	}
	if d := cmp.Diff(map[string]int{"Lost": 1}, b.lying()); d != "" {
		t.Error(d)
	}
}

func TestAFunctionThatFailsWhollyIsHalvedToTheCulprit(t *testing.T) {
	t.Parallel()
	var sizes []int
	b := open(t, "", start, only(edge.Mux{Changes: func(_ context.Context, payload []byte) ([]byte, error) {
		sizes = append(sizes, strings.Count(string(payload), `"eventID"`))
		if strings.Contains(string(payload), `"poison"`) {
			return nil, errNotNow
		}
		return []byte(`{"batchItemFailures":[]}`), nil
	}}))
	for _, key := range []string{"a", "b", "c", "d", "e", "poison", "g", "h"} {
		b.put(key, 1)
	}
	b.drain()
	b.advance(time.Minute)
	if d := cmp.Diff([]int{8, 4, 4, 2, 1, 2, 1, 1, 1, 2}, sizes); d != "" {
		t.Error(d)
	}
}

func TestTheCursorSurvivesACrash(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	b.put("A", 1)
	b.drain()
	b.put("A", 2)
	var got []string
	after := open(t, b.crash(), start, only(edge.Mux{Changes: edge.Changes(func(_ context.Context, c edge.Change) error {
		got = append(got, seen(c))
		return nil
	})}))
	after.drain()
	if d := cmp.Diff([]string{"MODIFY A=2"}, got); d != "" {
		t.Error(d)
	}
}

func TestWhatExpiresIsSweptAndFilteredOut(t *testing.T) {
	t.Parallel()
	changes := 0
	b := open(t, "", start, only(edge.Mux{Changes: edge.Changes(func(_ context.Context, c edge.Change) error {
		changes++
		if c.Expired {
			t.Error("the filter lets no removal through")
		}
		return nil
	})}))
	item := store.Item{Key: store.Key{Table: store.Cards, Partition: "CART", Sort: "1"}, Expires: start.Add(time.Hour), Attrs: store.Attrs{"n": int64(1)}}
	if _, err := b.store.Put(context.Background(), item, store.IfAbsent()); err != nil {
		t.Fatal(err)
	}
	b.advance(12 * time.Hour)
	if _, err := b.store.Get(context.Background(), item.Key, store.Strong); err == nil {
		t.Error("it still lies there")
	}
	if changes != 1 {
		t.Errorf("%d changes", changes)
	}
}

// A record is what AWS's own types read, and so is its window; what an item holds comes through whole.
func TestARecordIsAsAWSWritesIt(t *testing.T) {
	t.Parallel()
	var got []events.DynamoDBEventRecord
	b := open(t, "", start, only(edge.Mux{Changes: func(_ context.Context, payload []byte) ([]byte, error) {
		var e events.DynamoDBEvent
		err := json.Unmarshal(payload, &e)
		got = append(got, e.Records...)
		return []byte(`{"batchItemFailures":[]}`), err
	}}))
	text := "a \"quoted\" \\ line\nwith <&> \x01 and ü, 日本"
	item := store.Item{Key: store.Key{Table: store.Cards, Partition: "A", Sort: "HEAD"}, Attrs: store.Attrs{"n": int64(-7), "s": text, "b": []byte{0, 255}}}
	for range 2 {
		if _, err := b.store.Put(context.Background(), item, store.Always()); err != nil {
			t.Fatal(err)
		}
	}
	b.drain()
	if len(got) != 2 {
		t.Fatalf("%d records", len(got))
	}
	for n, r := range got {
		if r.AWSRegion == "" || r.EventID == "" || r.EventVersion != "1.1" || !strings.Contains(r.EventSourceArn, ":table/CardsTable/stream/") ||
			r.EventSource != "aws:dynamodb" || !r.Change.ApproximateCreationDateTime.Equal(start) || r.Change.SizeBytes == 0 ||
			r.Change.StreamViewType != "NEW_AND_OLD_IMAGES" || r.Change.Keys["sk"].String() != "HEAD" || r.UserIdentity != nil {
			t.Errorf("record %d: %+v", n, r)
		}
		is := r.Change.NewImage
		if is["s"].String() != text || is["n"].Number() != "-7" || !bytes.Equal(is["b"].Binary(), []byte{0, 255}) || is["v"].Number() != fmt.Sprint(n+1) {
			t.Errorf("record %d holds %+v", n, is)
		}
	}
	if got[0].EventName != edge.Insert || got[0].Change.OldImage != nil || got[1].EventName != edge.Modify || got[1].Change.OldImage["v"].Number() != "1" {
		t.Errorf("got %+v", got)
	}
}

// The feed is forgotten when the last of a table's readers has read it, and not before.
func TestTheFeedWaitsForItsSlowestReader(t *testing.T) {
	t.Parallel()
	const changes = 1_200
	second := `
  SlowFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Changes: {Type: DynamoDB, Properties: {Stream: !GetAtt CardsTable.StreamArn, StartingPosition: TRIM_HORIZON, BatchSize: 500}}
  Hidden:`
	clock, slow := local.NewClock(start), true
	items, err := bolt.Open(t.TempDir()+"/items.db", clock.Now, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	run, err := local.Open(local.Options{Template: strings.NewReader(strings.Replace(small, "\n  Hidden:", second, 1)), Dir: t.TempDir(), Store: items, Clock: clock,
		NoSync: true, Functions: map[string]local.Builder{
			"WorkFunction": func(local.FunctionEnv) (edge.Handler, error) { return nothing, nil },
			"SlowFunction": func(local.FunctionEnv) (edge.Handler, error) {
				return func(context.Context, []byte) ([]byte, error) {
					if slow {
						return nil, errNotNow
					}
					return []byte("null"), nil
				}, nil
			},
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	for n := range int64(changes) {
		item := store.Item{Key: store.Key{Table: store.Cards, Partition: "A", Sort: "HEAD"}, Attrs: store.Attrs{"n": n}}
		if _, err := items.Put(context.Background(), item, store.Always()); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []bool{true, false} { // whether the first change is kept
		slow = want
		if err := run.AdvanceTo(context.Background(), clock.Now().Add(2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		left, err := items.Changes(context.Background(), store.Cards, 0, 1)
		if err != nil || len(left) != 1 || (left[0].Seq == 1) != want {
			t.Errorf("while the slow one waits: %v; kept %+v, %v", want, left, err)
		}
	}
}
