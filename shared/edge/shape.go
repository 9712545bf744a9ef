package edge

import (
	"bytes"
	"encoding/json"
	"errors"
)

// shape is by what a payload is told apart.
type shape struct {
	source     string // of the first record
	shard      bool
	detailType bool
	request    bool
}

// shapeOf looks at the fields of a payload's outermost object. It stops at the first record, for batches are long, and whoever takes the
// payload reads it once more.
func shapeOf(payload []byte) (s shape, err error) {
	dec := json.NewDecoder(bytes.NewReader(payload))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return s, errors.Join(errors.New("it is no JSON object"), err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return s, err
		}
		if name == "Records" {
			if s.source, err = sourceOf(dec); err != nil || s.source != "" {
				return s, err
			}
			continue
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return s, err
		}
		said := len(value) > 0 && string(value) != `""` && string(value) != "null"
		switch name {
		case "shardId":
			s.shard = said
		case "detail-type":
			s.detailType = said
		case "requestContext":
			s.request = said
		}
	}
	_, err = dec.Token()
	return s, err
}

// sourceOf reads who sent the first of a list of records. Of an empty list it reads all, and knows nobody.
func sourceOf(dec *json.Decoder) (string, error) {
	t, err := dec.Token()
	if _, nested := t.(json.Delim); err != nil || !nested {
		return "", err // null, or a word: no shape known here
	}
	if t != json.Delim('[') {
		return "", errors.New("its Records are no list")
	}
	var first struct {
		EventSource string `json:"eventSource"`
	}
	if dec.More() {
		if err := dec.Decode(&first); err != nil || first.EventSource != "" {
			return first.EventSource, err
		}
	}
	for dec.More() {
		var other json.RawMessage
		if err := dec.Decode(&other); err != nil {
			return "", err
		}
	}
	_, err = dec.Token()
	return "", err
}
