package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

// askLong asks a door that may look at every card before it answers, and shows how far it is.
func askLong[T any](ctx context.Context, c *call, client *admin.Client, method, path string, body any) (T, error) {
	var none T
	lines, err := client.Stream(ctx, method, path+admin.Lines, body)
	if err != nil {
		return none, err
	}
	defer lines.Close()
	end, err := follow(c, lines, "cards", "the answer broke off; look what became of it before you ask again", func(l admin.AnswerLine[T]) (bool, int64, string) {
		return l.Answer != nil, l.Done, l.Error
	})
	if err != nil {
		return none, err
	}
	return *end.Answer, nil
}

// follow reads a long answer of the door, which is lines of T, shows how far it is, and returns the line that ends it. look tells of a line
// whether it is that one, how many units are done by it, and why the door broke off, "" if it did not. brokeOff is what to say of an
// answer without an end.
func follow[T any](c *call, body io.Reader, unit, brokeOff string, look func(T) (end bool, done int64, failed string)) (T, error) {
	progress, in := c.newBar(), json.NewDecoder(body)
	defer progress.end()
	for {
		var line T
		if err := in.Decode(&line); errors.Is(err, io.EOF) {
			return line, errors.New(brokeOff)
		} else if err != nil {
			return line, fmt.Errorf("read the answer: %w", err)
		}
		end, done, failed := look(line)
		switch {
		case failed != "":
			return line, errors.New(failed)
		case end:
			return line, nil
		}
		progress.show(unit, done, 0)
	}
}
