package events

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// EnvelopeSource is the source of every event on our own bus, whichever door it came through; rules match on it.
const EnvelopeSource = "regulars"

// Encode returns the detail of e, {"metadata": ..., "data": ...}, as it is put on the bus.
//
// Nothing leaves that Decode would refuse: it returns ErrUnknown for a type that is not published, and ErrInvalid (an *Invalid
// with every problem) for metadata or data that break the contract or are of another Go type.
func Encode(e Event) ([]byte, error) {
	s, err := Lookup(e.Type)
	if err != nil {
		return nil, err
	}
	body, ok := e.Data.(Body)
	if !ok || reflect.TypeOf(e.Data) != s.Go {
		return nil, &Invalid{Type: e.Type, Problems: []Problem{{"/data", fmt.Sprintf("must be %v, is %T", s.Go, e.Data)}}}
	}
	found := append(within("/metadata", e.Metadata.Validate()), within("/data", body.Validate())...)
	if len(found) > 0 {
		return nil, &Invalid{Type: e.Type, Problems: found}
	}
	raw, err := json.Marshal(detail{Metadata: e.Metadata, Data: e.Data})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Type, err)
	}
	if len(raw) > MaxBytes {
		return nil, &Invalid{Type: e.Type, Problems: []Problem{{"", tooLong(len(raw))}}}
	}
	return raw, nil
}

// Envelope wraps e as EventBridge would deliver it in that account and region, id and time being those of the happening. It
// serves the local bus and tests; on AWS the bus writes its own. It fails as Encode does.
func Envelope(e Event, account, region string) ([]byte, error) {
	raw, err := Encode(e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(envelope{
		Version: "0", ID: e.Metadata.ID, DetailType: e.Type, Source: EnvelopeSource, Account: account,
		Time: e.Metadata.OccurredAt.UTC().Format(time.RFC3339), Region: region, Resources: []string{}, Detail: raw,
	})
}
