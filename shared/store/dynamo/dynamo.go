// Package dynamo keeps the items of store.Items in DynamoDB, each method being one call.
//
// An item lies in its table as
//
//	pk, sk   S  the key
//	v        N  the version
//	dk, da   S  "kind#shard" and the date of the due index, on the cards table alone; absent if the item is not due
//	ttl      N  when it expires, in seconds since 1970; absent if never
//	_names   S  only after a put under Always: the names of the attributes that count, each with a comma behind it
//
// and its attributes under their own names as S, N or B. The index "due" has the keys dk and da and projects keys only.
//
// A put under Always cannot know the version it will get, so it is an update that adds one to v, and an update removes only what it
// names. What it does not name stays in the table unseen, because _names says what counts, until the next put under another condition
// writes the item anew. An item always put so keeps the attributes it ever had: such items have few, and always the same.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/regulars-dev/regulars/shared/store"
)

// DueIndex is the name of the due index on the cards table.
const DueIndex = "due"

// DB is a store.Items over DynamoDB tables. It may be used by many goroutines at once.
type DB struct {
	client *dynamodb.Client
	tables map[store.Table]string
	told   func(store.Table, store.Units)
}

var _ store.Items = (*DB)(nil)

// Option sets what New leaves open.
type Option func(*DB)

// CountUnits asks DynamoDB with each call what it consumed, and tells it after those that were answered. Refused calls are answered
// without a figure.
func CountUnits(told func(store.Table, store.Units)) Option {
	return func(d *DB) { d.told = told }
}

// New returns the store over the tables named in tables. A call on a table that has no name there fails.
func New(client *dynamodb.Client, tables map[store.Table]string, options ...Option) *DB {
	d := &DB{client: client, tables: tables}
	for _, set := range options {
		set(d)
	}
	return d
}

func (d *DB) table(t store.Table) (*string, error) {
	if name := d.tables[t]; name != "" {
		return &name, nil
	}
	return nil, fmt.Errorf("the DynamoDB table for %s has no name here; configure it", t)
}

// Get implements store.Items.
func (d *DB) Get(ctx context.Context, key store.Key, read store.Read) (store.Item, error) {
	if err := store.CheckKey(key); err != nil {
		return store.Item{}, err
	}
	table, err := d.table(key.Table)
	if err != nil {
		return store.Item{}, err
	}
	out, err := d.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: table, Key: keyValues(key), ConsistentRead: aws.Bool(bool(read)), ReturnConsumedCapacity: d.asked(),
	})
	if err != nil {
		return store.Item{}, fmt.Errorf("get %s: %w", key, known(err))
	}
	d.tellRead(key.Table, out.ConsumedCapacity)
	if len(out.Item) == 0 {
		return store.Item{}, fmt.Errorf("%w: %s", store.ErrNotFound, key)
	}
	return decode(key.Table, out.Item)
}

// Put implements store.Items.
func (d *DB) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	if err := store.CheckPut(item, cond); err != nil {
		return store.Item{}, err
	}
	table, err := d.table(item.Key.Table)
	if err != nil {
		return store.Item{}, err
	}
	if !item.Expires.IsZero() {
		item.Expires = item.Expires.UTC()
	}
	if cond == store.Always() {
		return d.update(ctx, table, item)
	}
	item.Version = cond.Version() + 1
	g := guardOf(cond)
	out, err := d.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: table, Item: encode(store.ImageOf(item)), ConditionExpression: g.expression, ExpressionAttributeValues: g.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld, ReturnConsumedCapacity: d.asked(),
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return store.Item{}, refusal(item.Key, 0, failed.Item)
	}
	if err != nil {
		return store.Item{}, fmt.Errorf("put %s: %w", item.Key, known(err))
	}
	d.tellWrite(item.Key.Table, out.ConsumedCapacity)
	return item, nil
}

// update puts an item whatever is there.
func (d *DB) update(ctx context.Context, table *string, item store.Item) (store.Item, error) {
	u := updateOf(item)
	out, err := d.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: keyValues(item.Key), UpdateExpression: &u.expression, ExpressionAttributeNames: u.names,
		ExpressionAttributeValues: u.values, ReturnValues: types.ReturnValueUpdatedNew, ReturnConsumedCapacity: d.asked(),
	})
	if err != nil {
		return store.Item{}, fmt.Errorf("put %s: %w", item.Key, known(err))
	}
	d.tellWrite(item.Key.Table, out.ConsumedCapacity)
	version, ok := out.Attributes[store.NameVersion].(*types.AttributeValueMemberN)
	if !ok {
		return store.Item{}, fmt.Errorf("put %s: it was stored, but DynamoDB did not say its version", item.Key)
	}
	if item.Version, err = strconv.ParseInt(version.Value, 10, 64); err != nil {
		return store.Item{}, fmt.Errorf("put %s: its version: %w", item.Key, err)
	}
	return item, nil
}

// refusal makes *store.Refused of what DynamoDB found in the way.
func refusal(key store.Key, index int, found map[string]types.AttributeValue) error {
	refused := &store.Refused{Key: key, Index: index}
	if len(found) > 0 {
		stored, err := decode(key.Table, found)
		if err != nil {
			return fmt.Errorf("refused, but what is stored cannot be read: %w", err)
		}
		refused.Stored = &stored
	}
	return refused
}

// known turns errors of DynamoDB into those of the contract where there is one.
func known(err error) error {
	var conflict *types.TransactionConflictException
	if errors.As(err, &conflict) {
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	// The size of an item with its hidden attributes is known to DynamoDB alone.
	if err != nil && strings.Contains(err.Error(), "ValidationException") && strings.Contains(err.Error(), "size") {
		return fmt.Errorf("%w: %w", store.ErrLimit, err)
	}
	return err
}
