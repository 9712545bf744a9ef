package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/compare"
	"github.com/regulars-dev/regulars/shared/store"
)

// minBase is how many characters of a hash name a version at least.
const minBase = 8

// maxTold is how many changes of somebody else a refusal lists.
const maxTold = 20

// publishTries is how often a publication with a base is judged again after others came in between.
const publishTries = 5

// publishOver stores a version if nobody has published since the one that it was edited from. That is a condition of the write itself:
// of two who publish in the same second one is judged again, by what the other has stored. held is what holds at its From; nil: nothing.
func (h *handler) publishOver(ctx context.Context, next, held *programme.Programme, in Publication) error {
	for tries := publishTries; ; tries-- {
		p := store.Publication{From: next.From, Document: in.Document, By: in.By, Note: in.Note}
		if in.Base != "" {
			edition, err := h.store.Edition(ctx) // before the versions: who publishes between the two is noticed
			if err != nil {
				return err
			}
			if err := h.edited(ctx, next, in.Base); err != nil {
				return err
			}
			p.Over = &edition
		}
		err := h.store.PublishOver(ctx, p)
		switch {
		case errors.Is(err, store.ErrOvertaken) && in.Base != "" && tries > 1:
			continue
		case errors.Is(err, loyalty.ErrConflict) && sameAs(next, held):
			return nil // written otherwise, and saying the same
		case errors.Is(err, loyalty.ErrConflict):
			return refuse(loyalty.ErrConflict, "programme_conflict", fmt.Sprintf(
				"another programme that holds from %s is published already, and a published one never changes; give this one a later `from`", next.From.Format(time.RFC3339)))
		}
		return err
	}
}

// edited refuses a version that was edited from another one than the newest that is published: somebody else has published meanwhile,
// and would be undone. base begins the hash of what it was edited from; "" asks for nothing.
func (h *handler) edited(ctx context.Context, next *programme.Programme, base string) error {
	if base == "" {
		return nil
	}
	if len(base) < minBase {
		return refuse(loyalty.ErrInvalid, "base_invalid", "a base is what `regulars programme show` calls the version, 8 characters at least")
	}
	versions, err := h.store.Versions(ctx)
	if err != nil {
		return err
	}
	var newest, from *programme.Programme
	for _, v := range versions {
		if v.Rules == nil || v.Rules.Hash() == next.Hash() {
			continue // what cannot be read, and the same document again
		}
		if newest = v.Rules; strings.HasPrefix(newest.Hash(), base) {
			from = newest
		}
	}
	switch {
	case newest == nil || from == newest:
		return nil
	case from == nil:
		return refuse(loyalty.ErrNotFound, "base_unknown", fmt.Sprintf("no published version is called %s; `regulars programme show` tells what each is called", base))
	}
	changes, err := compare.Documents(from.Document, newest.Document)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("somebody else has published version %.8s since %.8s, which yours was edited from; take over what it changes, and name it as the base:", newest.Hash(), from.Hash())
	for i, c := range changes {
		if i == maxTold {
			said += fmt.Sprintf("\n  and %d more", len(changes)-maxTold)
			break
		}
		said += "\n  " + strings.TrimSpace(c.Section+" "+c.ID) + " " + c.What
		for _, f := range c.Fields {
			said += fmt.Sprintf("\n    %s: %q -> %q", f.Label, f.From, f.To)
		}
	}
	return refuse(loyalty.ErrConflict, "edited_meanwhile", said)
}
