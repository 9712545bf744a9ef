// Package dynamotest starts a DynamoDB-compatible engine for a test and makes our tables in it.
//
// The engine is the endpoint named in DYNAMODB_ENDPOINT, or else the dynoxide executable named in DYNOXIDE, or else the one that
// `make tools` puts into .tools at the root of the repository. Neither an account nor a network is needed.
package dynamotest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
)

const (
	// executable is where `make tools` installs the engine, which exists for this platform alone.
	executable = ".tools/node_modules/@dynoxide/linux-x64/dynoxide"
	platform   = "linux/amd64"

	maxStarts = 5       // ports tried; somebody else may take a free one before the engine does
	maxDials  = 100_000 // before an engine that answers nothing is given up
)

// Start returns a client of an engine with three empty tables and their names. When the test ends, the engine does too, or at a named
// endpoint the tables are deleted.
//
// Where the engine cannot be had it returns false and logs what is left out: on a platform that it does not exist for, and on a
// machine without npm. Where it can be had, and always in CI, a missing engine fails the test.
func Start(t *testing.T) (client *dynamodb.Client, tables map[store.Table]string, ok bool) {
	t.Helper()
	endpoint := os.Getenv("DYNAMODB_ENDPOINT")
	if endpoint == "" {
		path, err := find()
		if err != nil && !available() {
			t.Logf("left out: nothing of this test ran, because %v; name an engine in DYNAMODB_ENDPOINT to run it", err)
			return nil, nil, false
		}
		if err != nil {
			t.Fatal(err)
		}
		endpoint = run(t, path)
	}
	client = Client(endpoint)
	tables = map[store.Table]string{}
	for _, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		tables[table] = fmt.Sprintf("regulars-test-%s-%s", strings.ToLower(rand.Text()[:8]), table)
	}
	t.Cleanup(func() { // the context of the test has ended by then
		if err := DeleteTables(context.Background(), client, tables); err != nil {
			t.Error(err)
		}
	})
	if err := CreateTables(t.Context(), client, tables); err != nil {
		t.Fatal(err)
	}
	return client, tables, true
}

// available reports whether the engine must be here: in CI, and wherever npm could fetch it.
func available() bool {
	_, err := exec.LookPath("npm")
	return os.Getenv("CI") != "" || err == nil && runtime.GOOS+"/"+runtime.GOARCH == platform
}

// find returns the path of the engine, or says how to get it.
func find() (string, error) {
	if path := os.Getenv("DYNOXIDE"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("DYNOXIDE names no engine: %w", err)
		}
		return path, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", errors.New("the test runs outside the repository; name the engine in DYNOXIDE")
	}
	path := filepath.Join(dir, filepath.FromSlash(executable))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("there is no DynamoDB-compatible engine at %s; run `make tools`, or name one in DYNOXIDE or DYNAMODB_ENDPOINT", path)
	}
	return path, nil
}

// run starts the engine in memory on a free port and returns its address.
func run(t *testing.T, path string) string {
	t.Helper()
	var last error
	for range maxStarts {
		address, stop, err := start(path)
		if err == nil {
			t.Cleanup(stop)
			return "http://" + address
		}
		last = err
	}
	t.Fatalf("start the engine %s: %v", path, last)
	return ""
}

func start(path string) (address string, stop func(), err error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address = free.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	if err := free.Close(); err != nil {
		return "", nil, err
	}
	engine := exec.Command(path, "--host", "127.0.0.1", "--port", port)
	if err := engine.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- engine.Wait() }()
	stop = func() {
		_ = engine.Process.Kill() // it may have ended by itself
		<-ended
	}
	for range maxDials {
		if c, err := net.Dial("tcp", address); err == nil {
			return address, stop, c.Close()
		}
		select {
		case err := <-ended:
			return "", nil, fmt.Errorf("it ended at once: %w", err)
		default:
			runtime.Gosched()
		}
	}
	stop()
	return "", nil, fmt.Errorf("it does not answer at %s", address)
}

// Client returns a client of an engine that asks for no account.
func Client(endpoint string) *dynamodb.Client {
	return dynamodb.NewFromConfig(aws.Config{
		Region:       "eu-central-1",
		BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}

// CreateTables makes the three tables as the template does, without streams and expiry.
func CreateTables(ctx context.Context, client *dynamodb.Client, names map[store.Table]string) error {
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(hash, order string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &order, KeyType: types.KeyTypeRange}}
	}
	for table, name := range names {
		in := &dynamodb.CreateTableInput{
			TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: keys(store.NamePartition, store.NameSort),
			AttributeDefinitions: []types.AttributeDefinition{attribute(store.NamePartition), attribute(store.NameSort)},
		}
		if table == store.Cards {
			in.AttributeDefinitions = append(in.AttributeDefinitions, attribute(store.NameDueKey), attribute(store.NameDueAt))
			in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
				IndexName: aws.String(dynamo.DueIndex), KeySchema: keys(store.NameDueKey, store.NameDueAt),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
			}}
		}
		if _, err := client.CreateTable(ctx, in); err != nil {
			return fmt.Errorf("create table %s: %w", name, err)
		}
	}
	return nil
}

// DeleteTables undoes CreateTables. A table that is not there is no error.
func DeleteTables(ctx context.Context, client *dynamodb.Client, names map[store.Table]string) error {
	for _, name := range names {
		_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name})
		var gone *types.ResourceNotFoundException
		if err != nil && !errors.As(err, &gone) {
			return fmt.Errorf("delete table %s: %w", name, err)
		}
	}
	return nil
}
