package store

// Size is the number of bytes that DynamoDB counts for an item, by its public rules: names and strings in UTF-8, binary by
// length, a number about one byte for two significant digits and one more.
func Size(i Item) int {
	n := keySize(i.Key) + len(NameVersion) + numberSize(i.Version)
	if i.Due != (Due{}) {
		n += dueSize(i)
	}
	if !i.Expires.IsZero() {
		n += len(NameExpires) + numberSize(i.Expires.Unix())
	}
	for name, value := range i.Attrs {
		n += len(name)
		switch v := value.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		case int64:
			n += numberSize(v)
		}
	}
	return n
}

func keySize(k Key) int {
	return len(NamePartition) + len(k.Partition) + len(NameSort) + len(k.Sort)
}

// dueSize is what the keys of the due index take in an item.
func dueSize(i Item) int {
	return len(NameDueKey) + len(DueKey(i.Due.Kind, DueShard(i.Key))) + len(NameDueAt) + len(i.Due.At)
}

// numberSize counts significant digits, so 120,000 is as short as 12; a minus sign takes a byte of its own.
func numberSize(n int64) int {
	if n == 0 {
		return 1
	}
	sign := 0
	if n < 0 {
		sign = 1
	}
	for n%10 == 0 {
		n /= 10
	}
	digits := 0
	for ; n != 0; n /= 10 {
		digits++
	}
	return (digits+1)/2 + 1 + sign
}
