package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/desk"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
)

// Shop is what every function works with: the use cases over the tables that its environment names. Ports beyond the tables (bus,
// queue, mail) are for the function to fill in, so that no other links their clients.
type Shop struct {
	AWS     aws.Config
	Service *loyalty.Service
	Store   *store.Store
	Items   store.Items // for what looks through whole tables
	Log     *slog.Logger
}

// primeTimeout bounds the read ahead of the first call. Init has ten seconds, and a slow start is worse than an unread programme.
const primeTimeout = 3 * time.Second

// Open fills settings, the function's Config, from the environment and makes the shop. lookup is os.LookupEnv.
//
// It reads the programme once, if the function knows its table: init runs at full speed, so the connection and the rules that the
// first call needs are had for a tenth of what they would cost there. That this read may fail is no error; the call reads again.
//
// The error names all that is missing in the environment at once.
func Open(settings any, lookup func(string) (string, bool)) (Shop, error) {
	cfg, err := Config(lookup)
	if err := errors.Join(edge.LoadConfig(settings, lookup), err); err != nil {
		return Shop{}, fmt.Errorf("start from the environment: %w", err)
	}
	tables := tablesOf(lookup)
	items := dynamo.New(dynamodb.NewFromConfig(cfg), tables)
	service, kept := store.NewService(items, time.Now)
	if tables[store.Programme] != "" {
		ctx, cancel := context.WithTimeout(context.Background(), primeTimeout)
		defer cancel()
		_, _ = service.Programmes.At(ctx, time.Now())
	}
	log := edge.NewLogger(os.Stderr, slog.LevelInfo)
	service.Trail = desk.Trail(log)
	return Shop{AWS: cfg, Service: service, Store: kept, Items: items, Log: log}, nil
}

// variables name the tables.
var variables = map[store.Table]string{
	store.Cards: "CARDS_TABLE", store.Records: "RECORDS_TABLE", store.Programme: "PROGRAMME_TABLE",
}

func tablesOf(lookup func(string) (string, bool)) map[store.Table]string {
	tables := map[store.Table]string{}
	for table, variable := range variables {
		if name, ok := lookup(variable); ok && name != "" {
			tables[table] = name
		}
	}
	return tables
}

// Items is the store of a deployment, for a person who works on it from elsewhere: CARDS_TABLE, RECORDS_TABLE and PROGRAMME_TABLE as the
// template's outputs name them, and the person's own credentials. The error names all that is missing at once.
func Items(lookup func(string) (string, bool)) (store.Items, error) {
	cfg, err := Config(lookup)
	tables, faults := tablesOf(lookup), []error{err}
	for _, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		if tables[table] == "" {
			faults = append(faults, errors.New("not set: "+variables[table]+"; the stack's outputs name the tables"))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return dynamo.New(dynamodb.NewFromConfig(cfg), tables), nil
}
