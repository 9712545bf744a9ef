package local_test

import (
	"context"
	"errors"
	"testing"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store"
)

// A right that is narrowed to partitions of a table ends there, as it does on AWS: also within a transaction.
func TestARightOnPartitionsEndsThere(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	item := func(partition string) store.Item {
		return store.Item{Key: store.Key{Table: store.Records, Partition: partition, Sort: "1"}, Attrs: store.Attrs{"n": int64(1)}}
	}
	put := func(partition string) error {
		_, err := b.env.Items.Put(context.Background(), item(partition), store.IfAbsent())
		return err
	}
	if err := put("notes"); err != nil {
		t.Error(err)
	}
	var denied *local.Denied
	if err := put("keys"); !errors.As(err, &denied) || denied.On != "RecordsTable (keys)" {
		t.Errorf("got %v", err)
	}
	writes := []store.Write{{Item: item("notes2"), If: store.IfAbsent()}}
	if err := b.env.Items.Transact(context.Background(), writes); !errors.As(err, &denied) {
		t.Errorf("got %v", err)
	}
}
