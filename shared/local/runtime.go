// Package local runs the whole system on one machine: the functions of the template with their bus, queues, schedules, stream and
// mailbox, in one process and on one folder, wired from template.yaml so that what runs here is what is deployed.
//
// A function gets the same JSON as on AWS and may do what its policy grants, no more. What was accepted survives a crash; delivery is
// at least once, as it is there. Time is a Clock: tests let the runtime stand still, Drain what is due and AdvanceTo what will be.
package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/mapped"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/together"
)

// Store is what the runtime needs of the items: the contract for the functions, the feed for the stream, and the removal of what has
// expired. store/bolt has all of it.
type Store interface {
	store.Items

	// Changes returns changes with a Seq above after, in order; none at the end.
	Changes(ctx context.Context, table store.Table, after uint64, limit int) ([]store.Change, error)

	// Keep leaves what wanted refuses out of the feed of a table. It is called before the first write.
	Keep(table store.Table, wanted func(store.Change) bool)

	// Trim forgets the changes up to upTo.
	Trim(table store.Table, upTo uint64) error

	// Watch returns a channel that is closed when the feed grows.
	Watch() <-chan struct{}

	// Sweep removes the items that have expired.
	Sweep(ctx context.Context) (int, error)
}

// Options says what a run is made of.
type Options struct {
	Template   io.Reader                      // template.yaml
	Wiring     *sam.Template                  // the template where it has been read before; nil: Template is read
	Dir        string                         // folder of queue.db; it must exist
	Store      Store                          // the items; the caller closes it after the runtime
	Clock      *Clock                         // nil: OpenClock of Dir at the real time
	Functions  map[string]Builder             // by logical id; exactly those of the template
	Parameters map[string]string              // parameters of the template that shall not have their default
	Env        map[string]string              // variables that go before the template, for every function that has them (secrets, PUBLIC_URL)
	Logger     *slog.Logger                   // nil: nothing is logged
	OnEvent    func(bus string, event []byte) // told each event of each bus once it is on disk; must not wait
	NoSync     bool                           // tests only: what was accepted survives a crash of the process but not of the machine
	Weather    *Weather                       // tests only: what may go wrong; nil lets all go well
}

// Runtime is one run. Its methods may be called by many goroutines.
type Runtime struct {
	options   Options
	template  sam.Template
	names     names
	clock     *Clock
	log       *slog.Logger
	db        *bbolt.DB
	commits   *together.Line[*change]
	functions map[string]*function
	queues    map[string]*queue // those of the template by logical id, and those in front of functions
	buses     map[string]bool
	rules     []rule
	sources   []source
	readers   map[store.Table][]*pump
	routes    []route
	tally     *tally
	mailBell  *bell

	loops  sync.WaitGroup
	ending atomic.Bool        // Close was called: nothing more is handed out
	stop   context.CancelFunc // of the loops; nil before Start
	ctx    context.Context    // of the invocations; ends when Close has waited long enough
	cancel context.CancelFunc

	mu     sync.Mutex
	active int   // pieces of work in hand
	idle   *bell // rings when active falls to 0
}

// Open reads the template, opens the folder and builds every function. Nothing runs before Start, Drain or a request.
//
// Its error names all functions that could not be built, and every part of the template that this machine does not know.
func Open(o Options) (*Runtime, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	t, err := o.wiring()
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		if o.Clock, err = OpenClock(o.Dir, time.Time{}, 1); err != nil {
			return nil, err
		}
	}
	db, err := openFile(filepath.Join(o.Dir, queueFile), o.NoSync)
	if err != nil {
		return nil, err
	}
	r := &Runtime{options: o, template: t, names: names{t, o.Parameters}, clock: o.Clock, log: o.Logger, db: db, commits: together.New[*change](maxTogether),
		functions: map[string]*function{}, queues: map[string]*queue{}, buses: map[string]bool{}, readers: map[store.Table][]*pump{},
		tally: &tally{counts: map[string]int64{}}, mailBell: newBell(), idle: newBell()}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	if err := r.wire(); err != nil {
		return nil, errors.Join(fmt.Errorf("wire the template: %w", err), db.Close())
	}
	return r, nil
}

func (o Options) wiring() (sam.Template, error) {
	if o.Wiring != nil {
		return *o.Wiring, nil
	}
	return sam.Read(o.Template)
}

// queueFile is the name of the file of queues and mailbox within the data folder.
const queueFile = "queue.db"

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = 300 * time.Millisecond

// damagedAdvice is for the file alone: what was filed lies in the store, and the stream is read again from the changes that it kept.
const damagedAdvice = "see whether the disk is well; if the file is damaged, restore a backup of the folder, or move the file away: " +
	"what waited in the queues and the mailbox goes with it, receipts and cards do not"

// openFile opens the file of the queues, or makes it. Its errors are for a person.
func openFile(path string, noSync bool) (db *bbolt.DB, err error) {
	defer func() {
		if found := recover(); found != nil { // bbolt panics over a page that it cannot make sense of
			db, err = nil, fmt.Errorf("open %s: %v (%s)", path, found, damagedAdvice)
		}
	}()
	db, err = mapped.Open(path, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType, NoSync: noSync})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open %s: %w (is another run using this folder? stop it, or name another folder)", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w (%s)", path, err, openAdvice(err))
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{metaBucket, queuesBucket, ticksBucket, cursorsBucket, mailBucket, mailIDBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if meta := tx.Bucket(metaBucket); meta.Get([]byte("file")) == nil {
			return meta.Put([]byte("file"), []byte(rand.Text()))
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", path, err), db.Close())
	}
	return db, nil
}

func openAdvice(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "this user may not write there; change the rights of the folder and of the file, or name another folder"
	case mapped.NoRoom(err):
		return "the disk is full; make room"
	}
	return damagedAdvice
}

// Clock is the time of the run.
func (r *Runtime) Clock() *Clock { return r.clock }

// Template is what the run is wired from.
func (r *Runtime) Template() sam.Template { return r.template }

// Mailbox is what the functions have sent.
func (r *Runtime) Mailbox() Mailbox { return Mailbox{r} }

// Counts are the metrics since Open: "invocations{function=send}", "errors{...}", "panics{...}" and what the functions count.
func (r *Runtime) Counts() map[string]int64 { return r.tally.all() }

// Observed lists the calls that the functions have made since Open, also those that were refused; sam.Template.CompareRights holds
// them against the policies.
func (r *Runtime) Observed() []sam.Call {
	var calls []sam.Call
	for _, f := range r.functions {
		calls = append(calls, f.guard.calls()...)
	}
	slices.SortFunc(calls, func(a, b sam.Call) int {
		return slices.Compare([]string{a.Function, a.On, a.Action}, []string{b.Function, b.On, b.Action})
	})
	return calls
}

// QueueState is what lies in a queue.
type QueueState struct {
	ID       string `json:"id"`
	Messages int    `json:"messages"` // shown or hidden
}

// Queues tells how much lies in each queue, also in the dead letters.
func (r *Runtime) Queues() ([]QueueState, error) {
	var list []QueueState
	err := r.db.View(func(tx *bbolt.Tx) error {
		for id, q := range r.queues {
			list = append(list, QueueState{id, q.count(tx)})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b QueueState) int { return slices.Compare([]string{a.ID}, []string{b.ID}) })
	return list, err
}

// Redrive puts all dead letters of a queue back into the queues they came from and returns how many.
func (r *Runtime) Redrive(ctx context.Context, id string) (int, error) {
	dead, ok := r.queues[id]
	if !ok {
		return 0, fmt.Errorf("redrive %s: no such queue", id)
	}
	n := 0
	err := r.update(ctx, func(tx *bbolt.Tx) error {
		n = 0
		numbers, _ := dead.ready(tx, r.clock.Now(), store.MaxPage)
		for _, at := range numbers {
			s, err := dead.load(tx, at)
			if err != nil {
				return err
			}
			origin, ok := r.queues[s.From]
			if !ok {
				continue
			}
			if err := dead.remove(tx, at, s); err != nil {
				return err
			}
			if _, err := origin.put(tx, r.clock.Now(), s.Body, s.Attributes, 0); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	for _, q := range r.queues {
		q.bell.ring()
	}
	return n, err
}
