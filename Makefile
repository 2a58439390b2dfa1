# Everything that a developer or CI does. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
RUN_ARGUMENTS ?=
# Both cores of a small machine, and not one more than a shared one has to give.
TEST_WORKERS ?= 2
# Marks of tests that need servers of their own.
NEEDS_NO_SERVER := not docker and not kubeflow and not cluster
# The others are to see no server, whatever the user's shell knows.
ALONE := env -u MLFLOW_TRACKING_URI -u KF_PIPELINES_ENDPOINT -u KFP_ENDPOINT -u KUBECONFIG

# Of the container images; images/build takes BUILDER, BASE_IMAGE, EXTRAS, BUILD_ARGUMENTS, PUSH and LOAD as well.
IMAGES ?= python-cpu python-torch mlflow
REGISTRY ?= podium
TAG ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

# Which of manifests/overlays "make deploy" takes, and what kubectl calls the cluster.
OVERLAY ?= kind
KUBECTL ?= kubectl
# Namespace in which Kubeflow Pipelines runs pods.
NAMESPACE ?= kubeflow
KUSTOMIZE_VERSION ?= v5.8.0

# A folder with the commands up, down, build-image and minio: a cluster for tests on this machine.
export PODIUM_TEST_CLUSTER ?= ../shared/cluster

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "} {printf "  %-16s %s\n", $$1, $$2}'

$(UV): constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt uv
	@touch $(UV)

$(VENV)/.installed: $(UV) pyproject.toml constraints.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --compile-bytecode --system-certs -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(UV) pyproject.toml constraints.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --compile-bytecode --system-certs -c constraints.txt -e ".[torch,delta]" --group dev
	@touch $@ $(VENV)/.installed

.PHONY: install
install: $(VENV)/.installed ## Make .venv and install Podium, pinned

.PHONY: install-dev
install-dev: $(VENV)/.installed-dev ## Install what tests, lint and types need as well

.PHONY: demo
demo: install ## Compile the pipeline and run it on the German credit data
	$(BIN)/podium compile --out build
	$(BIN)/podium run pipelines/podium/demo/german_credit.csv --target class --positive-label bad --name german-credit \
	  --time-limit 2m $(RUN_ARGUMENTS)

.PHONY: compile
compile: install ## Compile the pipelines into build/
	$(BIN)/podium compile --out build

.PHONY: golden
golden: install-dev ## Rewrite the committed compiled pipelines
	PODIUM_UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/pipelines/test_tabular_pipeline.py

.PHONY: test
test: install-dev kustomize ## Install what tests need and run them all, with coverage of the library
	$(ALONE) $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal -m "not slow and $(NEEDS_NO_SERVER)" --cov --cov-report=
	@# Whole runs one after another: they use both cores, and some are about time.
	$(ALONE) $(BIN)/python -m pytest -m slow --cov --cov-append --cov-report=term:skip-covered --cov-fail-under=90

.PHONY: test-fast
test-fast: install-dev kustomize ## Run the tests that run no whole pipeline
	$(ALONE) $(BIN)/python -m pytest -n $(TEST_WORKERS) -m "not slow and $(NEEDS_NO_SERVER)"

.PHONY: test-minio
test-minio: install-dev ## Run the tests that use an S3 store on a real MinIO, which PODIUM_TEST_CLUSTER starts
	$(ALONE) tests/with-minio $(BIN)/python -m pytest -m minio

.PHONY: benchmark
benchmark: install-dev ## Print what the engine itself costs, stage by stage
	$(BIN)/python -m tests.benchmark.empty_pipeline

.PHONY: images
images: ## Build the container images (REGISTRY, TAG, BUILDER, BASE_IMAGE), bring them to a cluster (PUSH, LOAD)
	REGISTRY=$(REGISTRY) TAG=$(TAG) images/build $(IMAGES)

.PHONY: test-images
test-images: install-dev ## Test the container images that were built, and run the pipeline in them; needs a Docker API
	REGISTRY=$(REGISTRY) TAG=$(TAG) $(BIN)/python -m pytest -m docker tests/images

.PHONY: pipeline-objects
pipeline-objects: install ## Compile the pipelines into Pipeline and PipelineVersion objects, build/kubernetes/ (NAMESPACE)
	$(BIN)/python manifests/pipeline_objects.py --namespace $(NAMESPACE) --registry "$(REGISTRY)" --tag "$(TAG)" build/kubernetes

.PHONY: test-kubeflow
test-kubeflow: install-dev ## Test against a real Kubeflow Pipelines (KFP_ENDPOINT; tests/kubeflow/conftest.py says what else)
	KF_PIPELINES_ENDPOINT=$(KFP_ENDPOINT) $(BIN)/python -m pytest -m kubeflow tests/kubeflow

# Only where neither kubectl nor kustomize is there, for the tests of the manifests.
$(BIN)/kustomize:
	GOBIN=$(abspath $(BIN)) go install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)

.PHONY: kustomize
kustomize: install-dev ## Install kustomize into .venv if neither it nor kubectl is on the PATH (needs Go)
	@command -v kubectl >/dev/null || command -v kustomize >/dev/null || $(MAKE) --no-print-directory $(BIN)/kustomize

.PHONY: deploy
deploy: ## Apply manifests/overlays/$(OVERLAY) and wait until its servers are ready
	REGISTRY=$(REGISTRY) TAG=$(TAG) manifests/deploy $(OVERLAY) "$(KUBECTL)"

.PHONY: undeploy
undeploy: ## Delete what "make deploy" made, but not the volumes
	manifests/undeploy $(OVERLAY) "$(KUBECTL)"

.PHONY: test-cluster
test-cluster: install-dev ## Test the manifests on the cluster of KUBECONFIG; makes and deletes the namespaces podium and podium-test-runs
	$(BIN)/python -m pytest -m cluster tests/cluster

.PHONY: ci-cluster
ci-cluster: install-dev ## Start the cluster of PODIUM_TEST_CLUSTER, build the images into it, test on it, and end it
	TAG=$(TAG) tests/cluster/with-cluster $(MAKE) --no-print-directory test-cluster

.PHONY: lint
lint: install-dev ## Check style, formatting and the import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

.PHONY: format
format: install-dev ## Mend style and formatting
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: type
type: install-dev ## Check types
	$(BIN)/mypy

.PHONY: lock
lock: $(UV) ## Choose the newest versions that fit together and pin them
	$(UV) pip compile --quiet --system-certs --upgrade --all-extras --group dev --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links pyproject.toml -o constraints.txt

.PHONY: ci
ci: lint type test demo test-minio ci-cluster ## What CI runs

.PHONY: clean
clean: ## Remove what was built, not .venv and not runs/
	rm -rf build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
