package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/regulars-dev/regulars/shared/store"
)

// Codes with which DynamoDB says why a transaction was cancelled.
const (
	codeCondition = "ConditionalCheckFailed"
	codeConflict  = "TransactionConflict"
	codeThrottled = "ThrottlingError"
	codeNone      = "None"
)

// Transact implements store.Items. The client gives each call a token of its own, so that what it repeats by itself is done once.
func (d *DB) Transact(ctx context.Context, writes []store.Write) error {
	if err := store.CheckTransact(writes); err != nil {
		return err
	}
	items := make([]types.TransactWriteItem, len(writes))
	for n, w := range writes {
		table, err := d.table(w.Item.Key.Table)
		if err != nil {
			return err
		}
		items[n] = transactItem(table, w)
	}
	out, err := d.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items, ReturnConsumedCapacity: d.asked()})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		err = reason(writes, cancelled)
	}
	if err != nil {
		return fmt.Errorf("transact %d writes: %w", len(writes), known(err))
	}
	d.tellTransact(out.ConsumedCapacity)
	return nil
}

func transactItem(table *string, w store.Write) types.TransactWriteItem {
	const allOld = types.ReturnValuesOnConditionCheckFailureAllOld
	g := guardOf(w.If)
	if w.Check {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: table, Key: keyValues(w.Item.Key), ConditionExpression: g.expression, ExpressionAttributeValues: g.values,
			ReturnValuesOnConditionCheckFailure: allOld,
		}}
	}
	if w.If == store.Always() {
		u := updateOf(w.Item)
		return types.TransactWriteItem{Update: &types.Update{
			TableName: table, Key: keyValues(w.Item.Key), UpdateExpression: &u.expression, ExpressionAttributeNames: u.names,
			ExpressionAttributeValues: u.values,
		}}
	}
	w.Item.Version = w.If.Version() + 1
	return types.TransactWriteItem{Put: &types.Put{
		TableName: table, Item: encode(store.ImageOf(w.Item)), ConditionExpression: g.expression, ExpressionAttributeValues: g.values,
		ReturnValuesOnConditionCheckFailure: allOld,
	}}
}

// reason finds the error of the contract among the reasons for which a transaction was cancelled, one for each write. A condition that
// does not hold comes before a clash, because trying again will not mend it.
func reason(writes []store.Write, cancelled *types.TransactionCanceledException) error {
	busy := len(cancelled.CancellationReasons) > 0
	for n, r := range cancelled.CancellationReasons {
		switch aws.ToString(r.Code) {
		case codeCondition:
			if n < len(writes) {
				return refusal(writes[n].Item.Key, n, r.Item)
			}
		case codeConflict, codeThrottled, codeNone, "":
		default:
			busy = false
		}
	}
	for _, r := range cancelled.CancellationReasons {
		if busy && aws.ToString(r.Code) == codeConflict {
			return fmt.Errorf("%w: %w", store.ErrBusy, cancelled)
		}
	}
	return cancelled
}
