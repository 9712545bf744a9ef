package dynamo

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/regulars-dev/regulars/shared/store"
)

// values are named values of DynamoDB, of an item or an expression.
type values = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func integer(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func keyValues(k store.Key) values {
	return values{store.NamePartition: text(k.Partition), store.NameSort: text(k.Sort)}
}

// encode turns an image into DynamoDB's values. The item has been checked, so there are no other types.
func encode(m store.Image) values {
	out := make(values, len(m))
	for name, value := range m {
		switch v := value.(type) {
		case string:
			out[name] = text(v)
		case int64:
			out[name] = integer(v)
		case []byte:
			if v == nil {
				v = []byte{} // which DynamoDB keeps, where nil would not be sent
			}
			out[name] = &types.AttributeValueMemberB{Value: v}
		}
	}
	return out
}

// decode reads an item. It fails on types that this package does not write.
func decode(t store.Table, found values) (store.Item, error) {
	m := make(store.Image, len(found))
	for name, value := range found {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			m[name] = v.Value
		case *types.AttributeValueMemberN:
			n, err := strconv.ParseInt(v.Value, 10, 64)
			if err != nil {
				return store.Item{}, fmt.Errorf("attribute %q of an item in %s: %w", name, t, err)
			}
			m[name] = n
		case *types.AttributeValueMemberB:
			m[name] = append([]byte{}, v.Value...)
		default:
			return store.Item{}, fmt.Errorf("attribute %q of an item in %s is a %T, which we never write", name, t, value)
		}
	}
	return store.ItemOf(t, m)
}

// textOf reads one part of a key.
func textOf(found values, name string) (string, error) {
	if v, ok := found[name].(*types.AttributeValueMemberS); ok {
		return v.Value, nil
	}
	return "", fmt.Errorf("a key without %q in it", name)
}

func decodeKey(t store.Table, found values) (store.Key, error) {
	partition, err := textOf(found, store.NamePartition)
	if err != nil {
		return store.Key{}, err
	}
	sort, err := textOf(found, store.NameSort)
	return store.Key{Table: t, Partition: partition, Sort: sort}, err
}

// guard is a condition in DynamoDB's words.
type guard struct {
	expression *string
	values     values
}

func guardOf(c store.Condition) guard {
	switch c.Kind() {
	case 'a':
		return guard{expression: aws.String("attribute_not_exists(pk)")}
	case 'v':
		return guard{expression: aws.String("v = :v"), values: values{":v": integer(c.Version())}}
	}
	return guard{}
}

// update is a put under Always in DynamoDB's words.
type update struct {
	expression string
	names      map[string]string
	values     values
}

// optional are the parts of an item that a put without them has to remove.
var optional = []string{store.NameDueKey, store.NameDueAt, store.NameExpires}

func updateOf(i store.Item) update {
	m := store.ImageOf(i)
	m[store.NameVisible] = store.Visible(i.Attrs)
	for _, name := range []string{store.NamePartition, store.NameSort, store.NameVersion} {
		delete(m, name)
	}
	u := update{names: map[string]string{"#v": store.NameVersion}, values: values{":one": integer(1)}}
	sets, removes := []string(nil), ""
	encoded := encode(m)
	for n, name := range slices.Sorted(maps.Keys(encoded)) {
		at := strconv.Itoa(n)
		u.names["#"+at], u.values[":"+at] = name, encoded[name]
		sets = append(sets, "#"+at+" = :"+at)
	}
	for _, name := range optional {
		if _, present := m[name]; !present {
			u.names["#"+name] = name
			removes += ", #" + name
		}
	}
	u.expression = "ADD #v :one SET " + strings.Join(sets, ", ")
	if removes != "" {
		u.expression += " REMOVE " + removes[2:]
	}
	return u
}
