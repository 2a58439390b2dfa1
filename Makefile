# All tasks of developers and of CI. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
RUN_ARGUMENTS ?=
# Two workers use both cores of a small machine and do not overload a shared one.
TEST_WORKERS ?= 2
# Excludes the tests that need a server of their own.
NEEDS_NO_SERVER := not docker and not kubeflow and not cluster
# The other tests must not see any server, whatever the user's shell sets.
SERVERLESS := env -u MLFLOW_TRACKING_URI -u KF_PIPELINES_ENDPOINT -u KFP_ENDPOINT -u KUBECONFIG
COVERED := $(SERVERLESS) $(BIN)/python -m slipcover --json

# Settings of the container images; images/build also reads BUILDER, BASE_IMAGE, EXTRAS, BUILD_ARGUMENTS, PUSH, LOAD and SBOM.
IMAGES ?= python-cpu python-torch mlflow
# No registry: ".invalid" belongs to nobody and never will (RFC 2606), so nothing can be pulled from there.
REGISTRY ?= podium.invalid
# Where `make images PUSH=1` writes digests, and PODIUM_IMAGE_DIGESTS may read them.
export DIGESTS ?= build/image-digests.json
TAG ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

# The overlay in manifests/overlays that "make deploy" applies, and the kubectl command for the cluster.
OVERLAY ?= kind
KUBECTL ?= kubectl
# Namespace where Kubeflow Pipelines runs its pods.
NAMESPACE ?= kubeflow
KUSTOMIZE_VERSION ?= v5.8.0

# Folder with the commands up, down, build-image and minio, which run a test cluster on this machine.
export PODIUM_TEST_CLUSTER ?= ../shared/cluster

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "} {printf "  %-16s %s\n", $$1, $$2}'

# Every file that is installed must have a hash in requirements/. Only Podium and two packages without a wheel are built.
HASHED := --quiet --require-hashes --only-binary :all: --no-binary kfp-server-api --no-binary seqeval --no-build-isolation
UV_PIP := VIRTUAL_ENV=$(VENV) $(UV) pip
INSTALL_PODIUM := $(UV_PIP) install --compile-bytecode --system-certs --quiet --no-deps --no-build-isolation -e .
LOCKS := $(wildcard requirements/*.txt)

$(UV): requirements/build.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --disable-pip-version-check $(HASHED) -r requirements/build.txt
	@touch $(UV)

$(VENV)/.installed: $(UV) pyproject.toml requirements/podium.txt
	$(UV_PIP) install --compile-bytecode --system-certs $(HASHED) -r requirements/podium.txt
	$(INSTALL_PODIUM)
	@touch $@

$(VENV)/.installed-dev: $(UV) pyproject.toml $(LOCKS)
	$(UV_PIP) install --compile-bytecode --system-certs $(HASHED) $(foreach part,build podium torch delta networks forecasting text pretrained backbones tabicl tabpfn dev,-r requirements/$(part).txt)
	$(INSTALL_PODIUM)
	@touch $@ $(VENV)/.installed

.PHONY: install
install: $(VENV)/.installed ## Create .venv and install Podium with pinned dependencies

.PHONY: install-dev
install-dev: $(VENV)/.installed-dev ## Also install what tests, linting and type checks need

.PHONY: demo
demo: install ## Compile the pipeline and run it on the German credit data
	$(BIN)/podium compile --out build
	$(BIN)/podium run pipelines/podium/demo/german_credit.csv --target class --positive-label bad --name german-credit \
	  --time-limit 2m $(RUN_ARGUMENTS)
	@echo "Studio   $(BIN)/podium studio, which lists this run: its models, charts and predictions without code"

.PHONY: compile
compile: install ## Compile the pipelines into build/
	$(BIN)/podium compile --out build

.PHONY: golden
golden: install-dev ## Regenerate the committed compiled pipelines
	PODIUM_UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/pipelines/test_tabular_pipeline.py

.PHONY: test
test: install-dev kustomize ## Install the test dependencies and run all tests, with coverage of the library
	@# One worker runs all tests of a file, which share its runs and models; files start in the order of their names.
	$(COVERED) --out .coverage.most -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder \
	  -m "not alone and $(NEEDS_NO_SERVER)"
	$(COVERED) --out .coverage.alone -m pytest -m alone
	$(BIN)/python -m slipcover --merge .coverage.most .coverage.alone --out .coverage --fail-under 90

.PHONY: test-fast
test-fast: install-dev kustomize ## Run the tests that do not run a whole pipeline
	$(SERVERLESS) $(BIN)/python -m pytest -n $(TEST_WORKERS) -m "not slow and $(NEEDS_NO_SERVER)"

.PHONY: test-minio
test-minio: install-dev ## Run the tests of S3 stores on a real MinIO, which PODIUM_TEST_CLUSTER starts
	$(SERVERLESS) tests/with-minio $(BIN)/python -m pytest -m minio

VERSITY_VERSION ?= v1.8.0

$(BIN)/versitygw:
	GOBIN=$(abspath $(BIN)) go install github.com/versity/versitygw/cmd/versitygw@$(VERSITY_VERSION)

# For any other store: set PODIUM_TEST_S3, MINIO_ROOT_USER and MINIO_ROOT_PASSWORD, and run pytest -m minio.
.PHONY: test-versity
test-versity: install-dev $(BIN)/versitygw ## Run the tests of S3 stores on a second store, the Versity gateway (needs Go)
	$(SERVERLESS) VERSITY=$(BIN)/versitygw tests/with-versity $(BIN)/python -m pytest -m minio

.PHONY: benchmark
benchmark: install-dev ## Print the overhead of the engine, and where the time of a run of one minute goes
	$(BIN)/python -m tests.benchmark.empty_pipeline
	$(BIN)/python -m tests.benchmark.run_times --time-limit 60s

.PHONY: images
images: ## Build the container images (REGISTRY, TAG, BUILDER, BASE_IMAGE), and push or load them (PUSH, LOAD)
	REGISTRY=$(REGISTRY) TAG=$(TAG) images/build $(IMAGES)

.PHONY: digests
digests: install ## Ask the registries for the digests of the base image and of the servers in manifests/, and write them there
	$(BIN)/python images/renew_digests.py

.PHONY: test-images
test-images: install-dev ## Test the built container images and run the pipeline in them; needs a Docker API
	REGISTRY=$(REGISTRY) TAG=$(TAG) $(BIN)/python -m pytest -m docker tests/images

.PHONY: pipeline-objects
pipeline-objects: install ## Compile the pipelines into Pipeline and PipelineVersion objects in build/kubernetes/ (NAMESPACE)
	$(BIN)/python manifests/pipeline_objects.py --namespace $(NAMESPACE) --registry "$(REGISTRY)" --tag "$(TAG)" build/kubernetes

.PHONY: test-kubeflow
test-kubeflow: install-dev ## Test against a real Kubeflow Pipelines (KFP_ENDPOINT; see tests/kubeflow/conftest.py)
	KF_PIPELINES_ENDPOINT=$(KFP_ENDPOINT) $(BIN)/python -m pytest -m kubeflow tests/kubeflow

# For the tests of the manifests, if neither kubectl nor kustomize is installed.
$(BIN)/kustomize:
	GOBIN=$(abspath $(BIN)) go install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)

.PHONY: kustomize
kustomize: install-dev ## Install kustomize into .venv if neither it nor kubectl is on the PATH (needs Go)
	@command -v kubectl >/dev/null || command -v kustomize >/dev/null || $(MAKE) --no-print-directory $(BIN)/kustomize

.PHONY: deploy
deploy: ## Apply manifests/overlays/$(OVERLAY) and wait until its servers are ready
	REGISTRY=$(REGISTRY) TAG=$(TAG) manifests/deploy $(OVERLAY) "$(KUBECTL)"

.PHONY: team
team: ## Copy manifests/overlays/team for the namespace TEAM
	manifests/make-team $(TEAM)

.PHONY: undeploy
undeploy: ## Delete what "make deploy" created, except the volumes
	manifests/undeploy $(OVERLAY) "$(KUBECTL)"

.PHONY: test-cluster
test-cluster: install-dev ## Test the manifests on the cluster of KUBECONFIG; creates and deletes the namespaces podium and podium-test-runs
	$(BIN)/python -m pytest -m cluster tests/cluster

.PHONY: ci-cluster
ci-cluster: install-dev ## Start the cluster of PODIUM_TEST_CLUSTER, build the images into it, test on it and stop it
	TAG=$(TAG) tests/cluster/with-cluster $(MAKE) --no-print-directory test-cluster

.PHONY: lint
lint: install-dev ## Check style, formatting and the import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

.PHONY: format
format: install-dev ## Fix style and formatting
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: type
type: install-dev ## Check types
	$(BIN)/mypy

.PHONY: lock
lock: $(UV) ## Pin in requirements/ what pyproject.toml and the images name, and keep the other versions
	$(BIN)/python requirements/lock.py $(UV)

.PHONY: upgrade
upgrade: $(UV) ## Pin the newest versions of all dependencies that are compatible
	$(BIN)/python requirements/lock.py $(UV) --upgrade

.PHONY: audit
audit: install-dev ## Ask the package index for vulnerabilities of what is locked; those accepted are in requirements/vulnerabilities.toml
	$(BIN)/python requirements/audit.py

.PHONY: ci
ci: lint type test demo test-minio ci-cluster ## Run everything that CI runs

.PHONY: clean
clean: ## Remove everything that was built, but not .venv and runs/
	rm -rf build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
