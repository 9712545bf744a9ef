package local

import (
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/local/sam"
)

// What stands for AWS where there is none.
const (
	region  = "local"
	account = "000000000000"
)

// pseudo are CloudFormation's own parameters as they are here.
var pseudo = map[string]string{
	"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": "aws", "AWS::URLSuffix": "localhost", "AWS::StackName": "regulars",
}

// names says what the names of a template mean on this machine: a resource is called by its logical id, a parameter has its default
// or what Options.Parameters gives.
type names struct {
	template   sam.Template
	parameters map[string]string
}

// lookup is what sam.Value.Resolve asks.
func (n names) lookup(name, attr string) (string, error) {
	if text, ok := pseudo[name]; ok {
		return text, nil
	}
	if text, ok := n.parameters[name]; ok {
		return text, nil
	}
	if p, ok := n.template.Parameter(name); ok {
		if !p.HasDefault {
			return "", fmt.Errorf("the parameter %s has no default and no value; give it one", name)
		}
		return p.Default, nil
	}
	r, ok := n.template.Resource(name)
	if !ok {
		return "", fmt.Errorf("%s is neither a resource nor a parameter", name)
	}
	switch attr {
	case "Arn", "StreamArn":
		return arnOf(r), nil
	default:
		return name, nil
	}
}

func (n names) text(v sam.Value) (string, error) { return v.Resolve(n.lookup) }

// arnOf writes an ARN of the right shape for a resource.
func arnOf(r sam.Resource) string {
	service, kind := "cloudformation", "resource/"
	switch r.Type {
	case "AWS::DynamoDB::Table":
		service, kind = "dynamodb", "table/"
	case "AWS::SQS::Queue":
		service, kind = "sqs", ""
	case "AWS::Events::EventBus":
		service, kind = "events", "event-bus/"
	case "AWS::Serverless::Function":
		service, kind = "lambda", "function:"
	}
	return arn(service, kind+r.LogicalID)
}

func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource
}

// logical takes the logical id out of what a reference, an ARN or a plain name became; "default" and plain names stay.
func logical(name string) string {
	name = name[strings.LastIndexByte(name, ':')+1:]
	return name[strings.LastIndexByte(name, '/')+1:]
}

// environment resolves the variables of a function. What Options.Env says of a name goes before the template; a secret without such
// a word is left out, so that the function itself tells that it is missing.
func (n names) environment(f sam.Function, given map[string]string) (map[string]string, error) {
	env := make(map[string]string, len(f.Env))
	for name, value := range f.Env {
		if text, ok := given[name]; ok {
			env[name] = text
			continue
		}
		if value.Secret() != "" {
			continue
		}
		text, err := n.text(value)
		if err != nil {
			return nil, fmt.Errorf("environment %s of %s: %w", name, f.LogicalID, err)
		}
		env[name] = text
	}
	return env, nil
}
