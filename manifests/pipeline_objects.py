"""Write each pipeline as Kubernetes objects, Pipeline and PipelineVersion, one per file.

GitOps tools can apply them to a Kubeflow Pipelines that stores pipelines in Kubernetes
(``--pipelinesStoreKubernetes=true``). The name of a version ends in a hash of the package, so that equal packages give
the same object.
"""

import argparse
import hashlib
import tempfile
from pathlib import Path

import yaml
from kfp import compiler
from kfp.compiler.compiler_utils import KubernetesManifestOptions

from podium.images import image_names
from podium.packages import compile_package, form_help, load_pipeline, name_image
from podium_ml.kinds import KINDS

LABELS = {
    "app.kubernetes.io/name": "podium",
    "app.kubernetes.io/component": "pipeline",
    "app.kubernetes.io/part-of": "podium",
}


def write(folder: Path, namespace: str, images: dict[str, str]) -> list[Path]:
    """Write the objects of all pipelines.

    Args:
        folder: Where to write them; created if it does not exist.
        namespace: Namespace of the objects.
        images: Full names of the container images, by short name.

    Returns:
        Paths of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in KINDS:
        with tempfile.TemporaryDirectory() as scratch:
            package = compile_package(name, scratch, images=images)
            digest = hashlib.sha256(package.read_bytes()).hexdigest()[:12]
            pipeline = load_pipeline(name, images=images, on_cluster=True)
            path = Path(scratch) / "objects.yaml"
            title = pipeline.pipeline_spec.pipeline_info.name
            compiler.Compiler().compile(
                pipeline,
                str(path),
                kubernetes_manifest_format=True,
                kubernetes_manifest_options=KubernetesManifestOptions(
                    pipeline_name=title,
                    pipeline_version_name=f"{title}-{digest}",
                    namespace=namespace,
                    include_pipeline_manifest=True,
                ),
            )
            name_image(path, images["python-cpu"])
            objects = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        for one in objects:
            one["metadata"]["labels"] = LABELS
            if one["kind"] == "PipelineVersion":
                one["spec"]["description"] = form_help(name)
            target = folder / f"{name}-{one['kind'].lower()}.yaml"
            target.write_text(yaml.safe_dump(one, sort_keys=False, width=120), encoding="utf-8")
            paths.append(target)
    return paths


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--namespace", default="kubeflow", help="namespace where Kubeflow Pipelines looks for pipelines"
    )
    parser.add_argument("--registry", default="", help="registry of the images")
    parser.add_argument("--tag", default="", help="tag of the images")
    arguments = parser.parse_args()
    for path in write(arguments.folder, arguments.namespace, image_names(arguments.registry, arguments.tag)):
        print(path)


if __name__ == "__main__":
    main()
