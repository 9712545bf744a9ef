package dynamo

import (
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/regulars-dev/regulars/shared/store"
)

// asked is whether DynamoDB shall say what a call consumed.
func (d *DB) asked() types.ReturnConsumedCapacity {
	if d.told == nil {
		return types.ReturnConsumedCapacityNone
	}
	return types.ReturnConsumedCapacityIndexes
}

func (d *DB) tellRead(t store.Table, c *types.ConsumedCapacity) {
	if d.told != nil && c != nil {
		d.told(t, store.Units{ReadHalves: halves(c.CapacityUnits)})
	}
}

func (d *DB) tellWrite(t store.Table, c *types.ConsumedCapacity) {
	if d.told == nil || c == nil {
		return
	}
	index := int64(0)
	for _, of := range c.GlobalSecondaryIndexes {
		index += halves(of.CapacityUnits) / 2
	}
	d.told(t, store.Units{Writes: halves(c.CapacityUnits)/2 - index, IndexWrites: index})
}

// tellTransact tells of each table; DynamoDB names it as we named it in the call.
func (d *DB) tellTransact(all []types.ConsumedCapacity) {
	for t, name := range d.tables {
		for n := range all {
			if aws.ToString(all[n].TableName) == name {
				d.tellWrite(t, &all[n])
			}
		}
	}
}

// halves makes an integer of DynamoDB's figure, of which half a unit is the smallest part.
func halves(units *float64) int64 {
	return int64(math.Round(2 * aws.ToFloat64(units)))
}
