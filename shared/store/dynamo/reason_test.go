package dynamo

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/regulars-dev/regulars/shared/store"
)

// What DynamoDB says of a cancelled transaction, and what our callers are told. No engine at hand gives every one of these answers.
func TestReasons(t *testing.T) {
	t.Parallel()
	key := store.Key{Table: store.Cards, Partition: "card/1", Sort: "HEAD"}
	writes := []store.Write{{Item: store.Item{Key: key}}, {Item: store.Item{Key: key}}, {Item: store.Item{Key: key}}}
	stored := encode(store.ImageOf(store.Item{Key: key, Version: 4}))
	const refused, busy, other = "refused", "busy", "try again"
	for _, c := range []struct {
		codes string
		want  string
		index int
	}{
		{"None ConditionalCheckFailed None", refused, 1},
		{"TransactionConflict None ConditionalCheckFailed", refused, 2},
		{"ConditionalCheckFailed ConditionalCheckFailed None", refused, 0},
		{"None TransactionConflict None", busy, 0},
		{"ThrottlingError TransactionConflict None", busy, 0},
		{"None ThrottlingError None", other, 0},
		{"None ValidationError TransactionConflict", other, 0},
		{"ProvisionedThroughputExceeded None None", other, 0},
		{"None None None", other, 0},
	} {
		cancelled := &types.TransactionCanceledException{}
		var codes [3]string
		if _, err := fmt.Sscan(c.codes, &codes[0], &codes[1], &codes[2]); err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			r := types.CancellationReason{Code: aws.String(code)}
			if code == codeCondition {
				r.Item = stored
			}
			cancelled.CancellationReasons = append(cancelled.CancellationReasons, r)
		}
		err := reason(writes, cancelled)
		var refusal *store.Refused
		got := other
		switch {
		case errors.As(err, &refusal):
			got = refused
			if refusal.Index != c.index || refusal.Stored == nil || refusal.Stored.Version != 4 {
				t.Errorf("%s: %+v; want index %d and what is stored", c.codes, refusal, c.index)
			}
		case errors.Is(err, store.ErrBusy):
			got = busy
		}
		if got != c.want {
			t.Errorf("%s: %v is %s; want %s", c.codes, err, got, c.want)
		}
	}
}

func TestKnownErrors(t *testing.T) {
	t.Parallel()
	tooLarge := &smithy.GenericAPIError{Code: "ValidationException", Message: "Item size to update has exceeded the maximum allowed size"}
	badToken := &smithy.GenericAPIError{Code: "ValidationException", Message: "The security token is odd"}
	for _, c := range []struct{ err, want error }{
		{&types.TransactionConflictException{}, store.ErrBusy},
		{tooLarge, store.ErrLimit},
		{badToken, nil},
		{&types.ProvisionedThroughputExceededException{}, nil},
	} {
		got := known(fmt.Errorf("operation error: %w", c.err))
		for _, kind := range []error{store.ErrBusy, store.ErrLimit, store.ErrNotFound} {
			if errors.Is(got, kind) != (kind == c.want) {
				t.Errorf("%v became %v", c.err, got)
			}
		}
		if !errors.Is(got, c.err) {
			t.Errorf("%v lost its cause %v", got, c.err)
		}
	}
}

// Something else has written into our table: it is told, not guessed at.
func TestForeignItems(t *testing.T) {
	t.Parallel()
	good := func() values {
		return encode(store.Image{"pk": "card/1", "sk": "HEAD", "v": int64(1), "n": int64(7)})
	}
	if _, err := decode(store.Cards, good()); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(values){
		"no key":     func(v values) { delete(v, "sk") },
		"no version": func(v values) { delete(v, "v") },
		"a fraction": func(v values) { v["n"] = &types.AttributeValueMemberN{Value: "1.5"} },
		"39 digits": func(v values) {
			v["n"] = &types.AttributeValueMemberN{Value: "123456789012345678901234567890123456789"}
		},
		"a truth":        func(v values) { v["n"] = &types.AttributeValueMemberBOOL{Value: true} },
		"a map":          func(v values) { v["n"] = &types.AttributeValueMemberM{} },
		"half a date":    func(v values) { v["da"] = text("2026") },
		"version a text": func(v values) { v["v"] = text("1") },
	} {
		v := good()
		spoil(v)
		if item, err := decode(store.Cards, v); err == nil {
			t.Errorf("%s: it was read as %v", what, item)
		}
	}
}
