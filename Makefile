# Regulars: every chore is a target here, and `make help` lists them. Nothing needs an account or docker.

TOOLS       := $(CURDIR)/.tools
STATICCHECK := $(TOOLS)/bin/staticcheck
ENGINE      := $(TOOLS)/node_modules/@dynoxide/linux-x64/dynoxide

STATICCHECK_VERSION := v0.8.2
ENGINE_VERSION      := 1.2.1
VULNCHECK_VERSION   := v1.9.0

# Where SAM wants the file "bootstrap" of the function that it builds; by hand it is build/<LogicalId>.
ARTIFACTS_DIR ?= $(CURDIR)/build/$(@:build-%=%)

# The DynamoDB-compatible engine exists as a binary for one platform; elsewhere its suite is left out, and said so.
PLATFORM   := $(shell uname -sm | tr ' ' -)
HAS_ENGINE := $(if $(and $(filter Linux-x86_64,$(PLATFORM)),$(shell command -v npm)),yes)

.DEFAULT_GOAL := help
.PHONY: help run test test-dynamodb check bench bench-rules bench-offers bench-till-quote bench-till bench-backtest bench-render bench-units bench-limits bench-segment bench-send bench-exactly-once sweep kill converge build tools deploy clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: ## start the whole system on this machine: http://127.0.0.1:8080 (PORT and HOST change it)
	@go build -o build/regulars ./infra/regulars
	@exec ./build/regulars run

test: $(if $(HAS_ENGINE),engine) ## all tests; no account, no docker, nothing skipped
	@if [ -n "$$DYNAMODB_ENDPOINT" ]; then echo "DynamoDB suite: in, against $$DYNAMODB_ENDPOINT"; \
	elif [ -x "$${DYNOXIDE:-$(ENGINE)}" ]; then echo "DynamoDB suite: in, against dynoxide $(ENGINE_VERSION)"; \
	elif [ -n "$(HAS_ENGINE)" ]; then echo "DynamoDB suite: its engine could not be fetched, so it will fail; DYNAMODB_ENDPOINT=... names another"; \
	else echo "DynamoDB suite: LEFT OUT, its engine comes by npm and runs on Linux-x86_64 only; DYNAMODB_ENDPOINT=... make test-dynamodb runs it against any other"; fi
	go test ./...

test-dynamodb: ## the DynamoDB suite against the engine at DYNAMODB_ENDPOINT (DynamoDB Local, AWS's own)
	@if [ -z "$$DYNAMODB_ENDPOINT" ]; then echo "say where: DYNAMODB_ENDPOINT=http://127.0.0.1:8000 make test-dynamodb"; exit 2; fi
	go test -count=1 ./shared/store/...

check: $(STATICCHECK) ## vet, staticcheck and format; cfn-lint where it is installed
	go vet ./...
	$(STATICCHECK) ./...
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (gofmt -w mends it):"; echo "$$unformatted"; exit 1; fi
	@if command -v cfn-lint >/dev/null; then echo "cfn-lint template.yaml"; cfn-lint template.yaml; \
	else echo "template.yaml: cfn-lint is not installed, only our own law has looked at it (pip install cfn-lint)"; fi

# All at once they are to show that each still works: the long ones are cut short, and by themselves take their own size.
bench: CARDS := 20000
bench: MESSAGES := 2000
bench: DURATION := 9s
bench: bench-rules bench-offers bench-till-quote bench-till bench-backtest bench-render bench-units bench-limits bench-segment bench-send bench-exactly-once ## all measurements, each beside something measured in the same run

# The last line of a benchmark's figures: the metric named ratio, which is ours divided by what it is compared to.
ratio = awk '{print} {for (i = 1; i < NF; i++) if ($$(i+1) == "ratio") r = $$i} END {print "ratio=" r}'

bench-rules: ## a condition of the rule tree against hand-written Go
	@go test -run '^$$' -bench Rule -benchmem ./shared/rule | $(ratio)

bench-offers: ## baskets of 5, 20 and 50 lines under 1, 12 and 110 offers; one line a size
	@go run ./infra/bench/offers

bench-till-quote: ## the same baskets through the till's handler on the embedded store, beside the bare engine
	@go run ./infra/bench/offers till

bench-till: ## the running shop asked by 1 to 256 tills at once: percentiles, throughput, where the knee is; DURATION=10m for long
	@go build -o build/regulars ./infra/regulars
	@go build -o build/bench-till ./infra/bench/till
	@./build/bench-till $(if $(DURATION),-duration $(DURATION)) $(if $(PROFILE),-profile $(PROFILE))

bench-backtest: ## a draft of the rules over generated receipts: rows a second and the most memory it took
	@go run ./infra/bench/backtest

bench-render: ## one e-mail, text and HTML, against hand-written append
	@go test -run '^$$' -bench 'Render$$' -benchmem ./shared/message | $(ratio)

bench-units: ## request units of a typical year of one card; the last line has the figures
	@go run ./infra/bench/units

bench-segment: ## who is in a segment, among a million cards: seconds, and cents by the public rules
	@go run ./infra/bench/segment $(if $(CARDS),-cards $(CARDS))

bench-limits: ## what codes and hard limits cost beside a plain checkout
	@go run ./infra/bench/limits

bench-send: ## 20,000 and 100,000 e-mails to a sink that speaks SES, the sender killed in the middle
	@go run ./infra/bench/send $(if $(MESSAGES),-messages $(MESSAGES))

bench-exactly-once: ## random histories with duplicates, crashes, stale reads and several workers
	@go run ./infra/bench/exactlyonce

HISTORIES ?= 10000

sweep: ## every story of worlds under every kind of fault at each of its outside calls, and under pairs of them: some minutes
	@go test -count=1 ./shared/kit -run TestSweep -args -whole

KILLS ?= 50

kill: ## the running shop under load, killed KILLS=50 times: nothing answered is lost, no e-mail goes out twice
	@go build -o build/bench-kill ./infra/bench/kill
	@./build/bench-kill -kills $(KILLS) $(if $(SEED),-seed $(SEED))

# Worlds of their own: SEEDS of them from FIRST on, CHECKOUTS receipts in each; DYNAMODB=http://... plays over such an engine,
# and REPLAY=1 decides everything again in the end of each.
simulate: SEEDS     ?= 10
simulate: FIRST     ?= 1
simulate: CHECKOUTS ?= 10000
simulate: ## whole shops with everything in them going wrong: SEEDS=100 is a million checkouts, and takes its time
	@go run ./infra/bench/world -seeds $(SEEDS) -first $(FIRST) -checkouts $(CHECKOUTS) $(if $(REPLAY),-replay) $(if $(DYNAMODB),-dynamodb $(DYNAMODB))

converge: ## histories in order and in disorder end the same: HISTORIES=10000 of them, some minutes
	@go run ./infra/bench/converge -histories $(HISTORIES)

# SAM calls these by the function's logical id. Small and stripped, because cold pages of the file are most of a cold start;
# without the version-control stamp the same code gives the same bytes, and an unchanged function is not deployed again.
define lambda
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -buildvcs=false -tags lambda.norpc -trimpath -ldflags "-s -w" \
		-o "$(ARTIFACTS_DIR)/bootstrap" ./functions/$(1)/lambda
endef

LAMBDAS := build-TillFunction build-CheckoutFunction build-IngestFunction build-CartFunction build-AnniversaryFunction \
	build-BroadcastFunction build-JourneyFunction build-SendFunction build-FeedbackFunction build-RelayFunction build-TallyFunction \
	build-CampaignFunction build-PersonFunction
.PHONY: $(LAMBDAS)

build: $(LAMBDAS) ## every Lambda binary for arm64, as build/<LogicalId>/bootstrap

build-TillFunction:
	$(call lambda,till)

build-CheckoutFunction:
	$(call lambda,checkout)

build-IngestFunction:
	$(call lambda,ingest)

build-CartFunction:
	$(call lambda,cart)

build-AnniversaryFunction:
	$(call lambda,anniversary)

build-BroadcastFunction:
	$(call lambda,broadcast)
build-JourneyFunction:
	$(call lambda,journey)

build-SendFunction:
	$(call lambda,send)

build-FeedbackFunction:
	$(call lambda,feedback)

build-RelayFunction:
	$(call lambda,relay)

build-CampaignFunction:
	$(call lambda,campaign)

build-PersonFunction:
	$(call lambda,person)

build-TallyFunction:
	$(call lambda,tally)

.PHONY: sbom vulncheck
sbom: ## what the programs are made of, with licences, as build/sbom.json (CycloneDX)
	@mkdir -p build
	@go run ./infra/sbom >build/sbom.json.part && mv build/sbom.json.part build/sbom.json && echo build/sbom.json

# Its exit code is 3 where something was found; any other but 0 means that it could not look, mostly for want of its database.
vulncheck: $(TOOLS)/bin/govulncheck-$(VULNCHECK_VERSION) ## known vulnerabilities in code that is called; asks vuln.go.dev
	@$< ./...; code=$$?; if [ $$code -ne 0 ] && [ $$code -ne 3 ]; then \
	echo "NOT CHECKED: govulncheck could not look; is its database at https://vuln.go.dev reachable from here? (see above)"; fi; exit $$code

$(TOOLS)/bin/govulncheck-$(VULNCHECK_VERSION):
	@mkdir -p $(TOOLS)/bin/govulncheck.part
	@GOBIN=$(TOOLS)/bin/govulncheck.part go install golang.org/x/vuln/cmd/govulncheck@$(VULNCHECK_VERSION) || \
	{ echo "NOT CHECKED: govulncheck $(VULNCHECK_VERSION) could not be fetched (see above)"; exit 1; }
	@mv $(TOOLS)/bin/govulncheck.part/govulncheck $@ && rmdir $(TOOLS)/bin/govulncheck.part

deploy: ## sam build and deploy of stage dev (STAGE=prod for prod, see samconfig.toml)
	sam build
	sam deploy $(if $(filter prod,$(STAGE)),--config-env prod)

tools: $(if $(HAS_ENGINE),engine) $(STATICCHECK) ## fetch the tools that tests and checks use into .tools

.PHONY: engine
engine:
	@[ -x "$(ENGINE)" ] || npm install --prefix "$(TOOLS)" --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
		@dynoxide/linux-x64@$(ENGINE_VERSION) || echo "npm could not fetch @dynoxide/linux-x64@$(ENGINE_VERSION)"

$(STATICCHECK):
	GOBIN=$(TOOLS)/bin go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)

clean: ## remove what was built; tools and the shop's data in .regulars stay
	rm -rf build .aws-sam
