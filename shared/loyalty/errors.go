package loyalty

import (
	"errors"
	"fmt"
)

// The kinds of error that travel. A handler turns the kind into an answer, an acknowledgement or a dead letter; whatever is of
// none of these kinds means "try again with the same cause".
var (
	ErrInvalid   = errors.New("invalid")     // the input is wrong and stays wrong
	ErrDuplicate = errors.New("duplicate")   // done before; callers may treat it as success
	ErrConflict  = errors.New("conflict")    // the id is known with other content
	ErrNotFound  = errors.New("not found")   // no such card, receipt, ...
	ErrRefused   = errors.New("refused")     // understood, and not allowed
	ErrMerged    = errors.New("merged")      // the card was merged into another: open its number again
	errMoved     = errors.New("has changed") // the item is no longer the one that was read; never leaves this room
)

// Error is an error with a code that programs may rely on and a sentence for the person who can act.
type Error struct {
	Kind   error  // one of the Err... above
	Code   string // stable, snake_case
	Detail string // what is wrong, with which thing, and what to do
}

func (e *Error) Error() string { return e.Detail }

// Unwrap lets errors.Is see the kind.
func (e *Error) Unwrap() error { return e.Kind }

func refuse(kind error, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}
