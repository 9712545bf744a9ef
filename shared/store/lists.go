package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// listsPartition holds an item for each list, by its id. Who is on it stands with the shoppers.
const (
	listsPartition = "lists"
	listDoc        = "d" // JSON of loyalty.List
)

// List reads a list.
func (s *Store) List(ctx context.Context, id string) (loyalty.List, loyalty.Version, error) {
	item, err := s.items.Get(ctx, Key{Table: Programme, Partition: listsPartition, Sort: id}, Strong)
	if err != nil {
		return loyalty.List{}, 0, known(err)
	}
	l, err := readList(item)
	return l, loyalty.Version(item.Version), err
}

func readList(item Item) (l loyalty.List, err error) {
	if err = json.Unmarshal([]byte(item.Attrs.text(listDoc)), &l); err != nil {
		return l, fmt.Errorf("%s: %w", item.Key, err)
	}
	l.ID = item.Key.Sort
	return l, nil
}

// AllLists reads all lists but those that are gone.
func (s *Store) AllLists(ctx context.Context) ([]loyalty.List, error) {
	list := []loyalty.List{}
	err := every(ctx, s.items, QueryInput{Table: Programme, Partition: listsPartition, Read: Strong}, func(item Item) error {
		l, err := readList(item)
		if !l.Gone {
			list = append(list, l)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the lists: %w", err)
	}
	return list, nil
}

// PutList stores a list.
func (s *Store) PutList(ctx context.Context, l loyalty.List, version loyalty.Version) (loyalty.Version, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return 0, err
	}
	stored, err := s.items.Put(ctx, Item{Key: Key{Table: Programme, Partition: listsPartition, Sort: l.ID}, Attrs: Attrs{listDoc: string(body)}}, over(version))
	return loyalty.Version(stored.Version), known(err)
}
