package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/regulars-dev/regulars/events"
)

// bridge is an EventBridge that keeps what it takes. refuse says why it does not take the n-th call's entry of an id; broken says
// that the n-th call is answered with a failure.
type bridge struct {
	t      *testing.T
	mu     sync.Mutex // over what follows: calls are handled on goroutines of their own
	calls  int
	taken  []string // detail-type and metadata id
	refuse func(call int, id string) string
	broken func(call int) bool
}

func (b *bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	var in struct {
		Entries []struct {
			EventBusName, Source, DetailType, Detail string
			Time                                     float64
		}
	}
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, json.Unmarshal(body, &in)); err != nil {
		b.t.Error(err)
	}
	if r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" || len(in.Entries) == 0 || len(in.Entries) > 10 {
		b.t.Errorf("%s with %d entries", r.Header.Get("X-Amz-Target"), len(in.Entries))
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if b.broken != nil && b.broken(b.calls) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"ResourceNotFoundException","message":"no such bus"}`)
		return
	}
	var out struct {
		FailedEntryCount int
		Entries          []map[string]string
	}
	for _, e := range in.Entries {
		var detail struct {
			Metadata struct{ ID string }
			Data     map[string]any
		}
		if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil || e.EventBusName != "regulars-test" || e.Source != "regulars" || e.Time == 0 || detail.Data["card"] == nil {
			b.t.Errorf("entry %+v, %v", e, err)
		}
		if why := b.why(detail.Metadata.ID); why != "" {
			out.FailedEntryCount++
			out.Entries = append(out.Entries, map[string]string{"ErrorCode": why, "ErrorMessage": "try again"})
			continue
		}
		b.taken = append(b.taken, e.DetailType+" "+detail.Metadata.ID)
		out.Entries = append(out.Entries, map[string]string{"EventId": "x"})
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (b *bridge) why(id string) string {
	if b.refuse == nil {
		return ""
	}
	return b.refuse(b.calls, id)
}

// seen is how many calls there were, and what was taken.
func (b *bridge) seen() (int, []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls, b.taken
}

// open is a Bus over the bridge that does not wait between rounds.
func open(t *testing.T, b *bridge) *Bus {
	t.Helper()
	b.t = t
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	bus := Open(aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}, "regulars-test")
	bus.pause = func(context.Context, int) error { return nil }
	return bus
}

func some(n int) []events.Event {
	var list []events.Event
	for i := range n {
		list = append(list, events.Event{
			Type:     events.NamePointsEarned,
			Metadata: events.Metadata{ID: fmt.Sprintf("e%02d", i), OccurredAt: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC), Source: "regulars"},
			Data:     events.PointsEarned{Card: "7001", Cause: "0042/03/173", Points: 12, Balance: 12},
		})
	}
	return list
}

func TestEventsGoOutTenACallInTheirOrder(t *testing.T) {
	t.Parallel()
	b := &bridge{}
	if err := open(t, b).Publish(t.Context(), some(23)); err != nil {
		t.Fatal(err)
	}
	if calls, taken := b.seen(); calls != 3 || len(taken) != 23 || taken[0] != "points.earned.v1 e00" || taken[22] != "points.earned.v1 e22" {
		t.Errorf("%d calls took %v", calls, taken)
	}
}

func TestNothingToPublishIsNoCall(t *testing.T) {
	t.Parallel()
	b := &bridge{}
	if err := open(t, b).Publish(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if calls, _ := b.seen(); calls != 0 {
		t.Errorf("%d calls", calls)
	}
}

func TestOnlyWhatWasNotTakenIsPutAgain(t *testing.T) {
	t.Parallel()
	b := &bridge{refuse: func(call int, id string) string {
		if call == 1 && (id == "e01" || id == "e03") {
			return "ThrottlingException"
		}
		return ""
	}}
	if err := open(t, b).Publish(t.Context(), some(5)); err != nil {
		t.Fatal(err)
	}
	calls, taken := b.seen()
	if got := strings.Join(taken, ","); calls != 2 || got != strings.ReplaceAll("* e00,* e02,* e04,* e01,* e03", "*", "points.earned.v1") {
		t.Errorf("%d calls took %s", calls, got)
	}
}

func TestWhatIsNotOnTheBusIsNamedExactly(t *testing.T) {
	t.Parallel()
	b := &bridge{refuse: func(_ int, id string) string {
		if id == "e11" {
			return "InternalFailure"
		}
		return ""
	}}
	err := open(t, b).Publish(t.Context(), some(12))
	var left *Unpublished
	if !errors.As(err, &left) || len(left.Events) != 1 || left.Events[0].Metadata.ID != "e11" || !strings.Contains(err.Error(), "e11 (InternalFailure") {
		t.Fatalf("%v", err)
	}
	if calls, taken := b.seen(); len(taken) != 11 || calls != 1+maxRounds {
		t.Errorf("%d calls took %d events", calls, len(taken))
	}
}

func TestACallThatFailsLeavesTheOthersPublished(t *testing.T) {
	t.Parallel()
	b := &bridge{broken: func(call int) bool { return call <= maxRounds }}
	err := open(t, b).Publish(t.Context(), some(12))
	var left *Unpublished
	_, taken := b.seen()
	if !errors.As(err, &left) || len(left.Events) != 10 || !strings.Contains(left.Why[0], "no such bus") || len(taken) != 2 {
		t.Errorf("%v; taken %v", err, taken)
	}
}

func TestAnEventThatBreaksItsContractStopsTheWhole(t *testing.T) {
	t.Parallel()
	b := &bridge{}
	list := some(2)
	list[1].Data = events.PointsEarned{}
	err := open(t, b).Publish(t.Context(), list)
	if calls, _ := b.seen(); !errors.Is(err, events.ErrInvalid) || calls != 0 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestPatienceEndsWithTheFunctionsTime(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := pause(ctx, 30); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestCallsAreCutBySize(t *testing.T) {
	t.Parallel()
	big := entry{detail: strings.Repeat("x", maxCall/3)}
	for _, c := range []struct {
		entries []entry
		want    int
	}{
		{[]entry{big, big, big, big}, 2},
		{[]entry{{detail: strings.Repeat("x", 2*maxCall)}, big}, 1},
		{[]entry{big}, 1},
		{make([]entry, 11), 10},
	} {
		if got := batch(c.entries); got != c.want {
			t.Errorf("%d of %d entries go in one call, want %d", got, len(c.entries), c.want)
		}
	}
}
