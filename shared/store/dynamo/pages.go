package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/regulars-dev/regulars/shared/store"
)

// Query implements store.Items.
func (d *DB) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	in, err := store.CheckQuery(in)
	if err != nil {
		return store.Page{}, err
	}
	table, err := d.table(in.Table)
	if err != nil {
		return store.Page{}, err
	}
	call := &dynamodb.QueryInput{
		TableName: table, KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: values{":p": text(in.Partition)},
		ConsistentRead: aws.Bool(bool(in.Read)), ScanIndexForward: aws.Bool(!in.Backward), Limit: aws.Int32(int32(in.Limit)),
		ReturnConsumedCapacity: d.asked(),
	}
	if in.Prefix != "" {
		call.KeyConditionExpression = aws.String("pk = :p AND begins_with(sk, :s)")
		call.ExpressionAttributeValues[":s"] = text(in.Prefix)
	}
	if in.After != "" {
		call.ExclusiveStartKey = keyValues(store.Key{Partition: in.Partition, Sort: in.After})
	}
	out, err := d.client.Query(ctx, call)
	if err != nil {
		return store.Page{}, fmt.Errorf("query %s/%s: %w", in.Table, in.Partition, err)
	}
	d.tellRead(in.Table, out.ConsumedCapacity)
	page, err := decodePage(in.Table, out.Items)
	if err != nil || len(out.LastEvaluatedKey) == 0 {
		return page, err
	}
	key, err := decodeKey(in.Table, out.LastEvaluatedKey)
	page.Next = key.Sort
	return page, err
}

// Due implements store.Items.
func (d *DB) Due(ctx context.Context, in store.DueInput) (store.Page, error) {
	in, err := store.CheckDue(in)
	if err != nil || in.From == in.To {
		return store.Page{}, err
	}
	table, err := d.table(store.Cards)
	if err != nil {
		return store.Page{}, err
	}
	shard := store.DueKey(in.Kind, in.Shard)
	call := &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String(DueIndex), Limit: aws.Int32(int32(in.Limit)), ReturnConsumedCapacity: d.asked(),
		// There is no "from this, below that" for an index key, so its end comes along and is dropped below.
		KeyConditionExpression:    aws.String("dk = :k AND da BETWEEN :from AND :to"),
		ExpressionAttributeValues: values{":k": text(shard), ":from": text(in.From), ":to": text(in.To)},
	}
	if in.From == "" { // which is no value for a key
		call.KeyConditionExpression = aws.String("dk = :k AND da < :to")
		delete(call.ExpressionAttributeValues, ":from")
	}
	if in.After != "" {
		parts, err := store.ParseCursor(in.After, shard, 4)
		if err != nil {
			return store.Page{}, err
		}
		call.ExclusiveStartKey = keyValues(store.Key{Partition: parts[2], Sort: parts[3]})
		call.ExclusiveStartKey[store.NameDueKey] = text(shard)
		call.ExclusiveStartKey[store.NameDueAt] = text(parts[1])
	}
	out, err := d.client.Query(ctx, call)
	if err != nil {
		return store.Page{}, fmt.Errorf("due %s: %w", shard, err)
	}
	d.tellRead(store.Cards, out.ConsumedCapacity)
	return duePage(in, shard, out)
}

// duePage ends at the first item that lies at the end of the question.
func duePage(in store.DueInput, shard string, out *dynamodb.QueryOutput) (store.Page, error) {
	var page store.Page
	for _, found := range out.Items {
		key, err := decodeKey(store.Cards, found)
		if err != nil {
			return page, err
		}
		at, err := textOf(found, store.NameDueAt)
		if err != nil {
			return page, err
		}
		if at >= in.To {
			return page, nil
		}
		page.Items = append(page.Items, store.Item{Key: key, Due: store.Due{Kind: in.Kind, At: at}})
	}
	if len(out.LastEvaluatedKey) == 0 {
		return page, nil
	}
	last, err := decodeKey(store.Cards, out.LastEvaluatedKey)
	if err != nil {
		return page, err
	}
	at, err := textOf(out.LastEvaluatedKey, store.NameDueAt)
	page.Next = store.Cursor(shard, at, last.Partition, last.Sort)
	return page, err
}

// Scan implements store.Items.
func (d *DB) Scan(ctx context.Context, in store.ScanInput) (store.Page, error) {
	in, err := store.CheckScan(in)
	if err != nil {
		return store.Page{}, err
	}
	table, err := d.table(in.Table)
	if err != nil {
		return store.Page{}, err
	}
	scope := fmt.Sprintf("%s %d/%d", in.Table, in.Segment, in.Segments)
	call := &dynamodb.ScanInput{
		TableName: table, Segment: aws.Int32(int32(in.Segment)), TotalSegments: aws.Int32(int32(in.Segments)),
		Limit: aws.Int32(int32(in.Limit)), ConsistentRead: aws.Bool(bool(in.Read)), ReturnConsumedCapacity: d.asked(),
	}
	if in.After != "" {
		parts, err := store.ParseCursor(in.After, scope, 3)
		if err != nil {
			return store.Page{}, err
		}
		call.ExclusiveStartKey = keyValues(store.Key{Partition: parts[1], Sort: parts[2]})
	}
	out, err := d.client.Scan(ctx, call)
	if err != nil {
		return store.Page{}, fmt.Errorf("scan %s: %w", scope, err)
	}
	d.tellRead(in.Table, out.ConsumedCapacity)
	page, err := decodePage(in.Table, out.Items)
	if err != nil || len(out.LastEvaluatedKey) == 0 {
		return page, err
	}
	last, err := decodeKey(in.Table, out.LastEvaluatedKey)
	page.Next = store.Cursor(scope, last.Partition, last.Sort)
	return page, err
}

func decodePage(t store.Table, found []map[string]types.AttributeValue) (store.Page, error) {
	var page store.Page
	for _, f := range found {
		item, err := decode(t, f)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, item)
	}
	return page, nil
}
