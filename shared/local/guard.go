package local

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store"
)

// Denied is a call that the function's policy in the template does not grant. AWS would refuse it in the same way.
type Denied struct {
	Function string // logical id
	Action   string // "dynamodb:PutItem"
	On       string // "CardsTable", "CardsTable/index/due", "MailQueue", "Bus"; for mail the sender
	Line     int    // of the statement to change, or of the function where no statement names the resource
}

func (d *Denied) Error() string {
	return fmt.Sprintf("%s may not call %s on %s: grant it at template.yaml line %d", d.Function, d.Action, d.On, d.Line)
}

// ErrorCode is what AWS calls it.
func (d *Denied) ErrorCode() string { return "AccessDeniedException" }

// guard holds the calls of one function against its policy and remembers them all, also the refused ones.
type guard struct {
	function sam.Function
	names    names
	granted  map[sam.Call]bool

	mu   sync.Mutex
	seen map[sam.Call]bool
}

func newGuard(f sam.Function, n names) *guard {
	g := &guard{function: f, names: n, granted: map[sam.Call]bool{}, seen: map[sam.Call]bool{}}
	for _, call := range f.Grants() {
		g.granted[call] = true
	}
	return g
}

// check returns *Denied if the policy does not grant the action.
func (g *guard) check(action, on string) error {
	call := sam.Call{Function: g.function.LogicalID, Action: action, On: on}
	g.mu.Lock()
	g.seen[call] = true
	g.mu.Unlock()
	if g.granted[call] {
		return nil
	}
	return &Denied{Function: call.Function, Action: action, On: on, Line: g.line(func(s sam.Statement) bool {
		return slices.ContainsFunc(s.Resources, func(v sam.Value) bool { return v.Target() == strings.SplitN(on, "/", 2)[0] })
	})}
}

// checkMail also holds the sender against the condition on ses:FromAddress.
func (g *guard) checkMail(from string) error {
	const action = "ses:SendEmail"
	if err := g.check(action, ""); err != nil {
		return &Denied{Function: g.function.LogicalID, Action: action, On: from, Line: g.function.Line}
	}
	sends := func(s sam.Statement) bool { return slices.Contains(s.Actions, action) }
	for _, s := range g.function.Statements {
		if !sends(s) {
			continue
		}
		allowed := true
		for _, c := range s.Conditions {
			if c.Key != "ses:FromAddress" || c.Operator != "StringEquals" {
				continue
			}
			allowed = false
			for _, v := range c.Values {
				text, err := g.names.text(v)
				allowed = allowed || err == nil && strings.EqualFold(text, from)
			}
		}
		if allowed {
			return nil
		}
	}
	return &Denied{Function: g.function.LogicalID, Action: action, On: "from " + from, Line: g.line(sends)}
}

// checkLeading holds a call that is granted against the partitions that its statements name. A statement without any is for all of them.
func (g *guard) checkLeading(action, on, partition string) error {
	grants := func(s sam.Statement) bool { return s.Grants(action, on) }
	for _, s := range g.function.Statements {
		if !grants(s) {
			continue
		}
		i := slices.IndexFunc(s.Conditions, func(c sam.Condition) bool { return c.Key == sam.LeadingKeys })
		if i < 0 || s.Conditions[i].Operator == sam.LeadingOperator && slices.ContainsFunc(s.Conditions[i].Values, func(v sam.Value) bool {
			text, err := g.names.text(v)
			return err == nil && partition != "" && text == partition
		}) {
			return nil
		}
	}
	return &Denied{Function: g.function.LogicalID, Action: action, On: on + " (" + partition + ")", Line: g.line(grants)}
}

// line is the first statement that fits, or the function.
func (g *guard) line(fits func(sam.Statement) bool) int {
	if i := slices.IndexFunc(g.function.Statements, fits); i >= 0 {
		return g.function.Statements[i].Line
	}
	return g.function.Line
}

func (g *guard) calls() []sam.Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []sam.Call
	for call := range g.seen {
		list = append(list, call)
	}
	return list
}

// guardedItems is the store as one function may use it.
type guardedItems struct {
	items  store.Items
	guard  *guard
	tables map[store.Table]string // logical ids
}

var _ store.Ordered = guardedItems{}

// check asks for an action on a table or its index; partition is what the call names there, "" where it looks at all.
func (g guardedItems) check(action string, table store.Table, path, partition string) error {
	on := g.tables[table] + path
	if err := g.guard.check(action, on); err != nil {
		return err
	}
	return g.guard.checkLeading(action, on, partition)
}

// Get implements store.Items.
func (g guardedItems) Get(ctx context.Context, key store.Key, read store.Read) (store.Item, error) {
	if err := g.check("dynamodb:GetItem", key.Table, "", key.Partition); err != nil {
		return store.Item{}, err
	}
	return g.items.Get(ctx, key, read)
}

// Query implements store.Items.
func (g guardedItems) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	if err := g.check("dynamodb:Query", in.Table, "", in.Partition); err != nil {
		return store.Page{}, err
	}
	return g.items.Query(ctx, in)
}

// writeAction is what the production adapter calls: only an update lets the version grow over whatever is there.
func writeAction(c store.Condition) string {
	if c == store.Always() {
		return "dynamodb:UpdateItem"
	}
	return "dynamodb:PutItem"
}

// Put implements store.Items.
func (g guardedItems) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	if err := g.check(writeAction(cond), item.Key.Table, "", item.Key.Partition); err != nil {
		return store.Item{}, err
	}
	return g.items.Put(ctx, item, cond)
}

// PutInOrder implements store.Ordered, as far as the store itself does. Without a right for one of the writes none is done.
func (g guardedItems) PutInOrder(ctx context.Context, writes []store.Write) (done int, err error) {
	for _, w := range writes {
		if err := g.check(writeAction(w.If), w.Item.Key.Table, "", w.Item.Key.Partition); err != nil {
			return 0, err
		}
	}
	return store.PutInOrder(ctx, g.items, writes)
}

// Transact implements store.Items.
func (g guardedItems) Transact(ctx context.Context, writes []store.Write) error {
	for _, w := range writes {
		action := writeAction(w.If)
		if w.Check {
			action = "dynamodb:ConditionCheckItem"
		}
		if err := g.check(action, w.Item.Key.Table, "", w.Item.Key.Partition); err != nil {
			return err
		}
	}
	return g.items.Transact(ctx, writes)
}

// Due implements store.Items.
func (g guardedItems) Due(ctx context.Context, in store.DueInput) (store.Page, error) {
	if err := g.check("dynamodb:Query", store.Cards, "/index/due", ""); err != nil {
		return store.Page{}, err
	}
	return g.items.Due(ctx, in)
}

// Scan implements store.Items.
func (g guardedItems) Scan(ctx context.Context, in store.ScanInput) (store.Page, error) {
	if err := g.check("dynamodb:Scan", in.Table, "", ""); err != nil {
		return store.Page{}, err
	}
	return g.items.Scan(ctx, in)
}
