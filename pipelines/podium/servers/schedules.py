"""Recurring runs on Kubeflow Pipelines, by name."""

from dataclasses import dataclass
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, kubeflow_errors
from podium.servers.kubeflow import Kubeflow, Version, reference, runtime
from podium_ml.errors import SettingsError

# Of a cron expression as everybody knows it; Kubeflow wants one more field in front, the second.
_CRON_FIELDS = 5


@dataclass(frozen=True)
class Schedule:
    """A recurring run.

    Attributes:
        name: Its name, which is also that of the project and of the registered model.
        schedule_id: Id on the server.
        cron: When it runs: minute, hour, day of month, month, day of week, in UTC.
        enabled: Whether it runs at all.
        link: Its page.
    """

    name: str
    schedule_id: str
    cron: str
    enabled: bool
    link: str


class Schedules:
    """The recurring runs of a server.

    Args:
        kubeflow: The server.
        connections: Where the servers are.
    """

    def __init__(self, kubeflow: Kubeflow, connections: Connections) -> None:
        self._kubeflow, self._connections = kubeflow, connections

    def __iter__(self) -> Any:
        return (self._describe(one) for one in self._kubeflow.schedules())

    def create(
        self, name: str, cron: str, version: Version, *, arguments: dict[str, Any], description: str
    ) -> Schedule:
        """Make a recurring run: one at a time, and none to make up for those that were missed.

        Args:
            name: Its name.
            cron: When it runs, in five fields, in UTC.
            version: What it runs.
            arguments: Parameters of the pipeline.
            description: What is being run.

        Raises:
            SettingsError: The expression is wrong, or there is a schedule of that name.
            ServerError: The server refuses.
        """
        expression = kubeflow_cron(cron)
        if any(one.name == name for one in self):
            raise SettingsError(
                f"There is a schedule {name} already.", f"Remove it first: podium delete {name}"
            )
        import kfp_server_api as api

        with kubeflow_errors("The schedule cannot be made", self._kubeflow.host):
            body = api.V2beta1RecurringRun(
                display_name=name,
                description=description,
                experiment_id=self._kubeflow.experiment(name),
                pipeline_version_reference=reference(version),
                runtime_config=runtime(arguments, self._connections),
                service_account=self._connections["service account of runs"] or None,
                mode=api.RecurringRunMode.ENABLE,
                trigger=api.V2beta1Trigger(cron_schedule=api.V2beta1CronSchedule(cron=expression)),
                max_concurrency="1",
                no_catchup=True,
            )
            made = self._api.recurring_run_service_create_recurring_run(recurring_run=body)
        return self._describe(made)

    def find(self, name: str) -> Schedule:
        """Return a schedule by its name.

        Raises:
            ServerError: There is none.
        """
        return self._describe(self._find(name))

    def pause(self, name: str) -> None:
        """Let a schedule start no run until it is resumed; one that goes on is not ended."""
        found = self.find(name)
        with kubeflow_errors(f"{name} cannot be paused", self._kubeflow.host):
            self._api.recurring_run_service_disable_recurring_run(found.schedule_id)

    def resume(self, name: str) -> None:
        """Let a paused schedule start runs again, from its next time on."""
        found = self.find(name)
        with kubeflow_errors(f"{name} cannot be resumed", self._kubeflow.host):
            self._api.recurring_run_service_enable_recurring_run(found.schedule_id)

    def delete(self, name: str) -> None:
        """Remove a schedule; its runs and models stay."""
        found = self.find(name)
        with kubeflow_errors(f"{name} cannot be removed", self._kubeflow.host):
            self._api.recurring_run_service_delete_recurring_run(found.schedule_id)

    def trigger(self, name: str) -> str:
        """Start a run of a schedule now, besides its times, and return the run's id."""
        found = self._find(name)
        made = found.pipeline_version_reference
        version = Version(made.pipeline_id, made.pipeline_version_id, "", "", is_new=False)
        return self._kubeflow.start(
            version,
            title=f"{name} (triggered)",
            experiment=name,
            arguments=dict(found.runtime_config.parameters or {}),
            description=str(found.description or ""),
        )

    @property
    def _api(self) -> Any:
        return self._kubeflow.client._recurring_run_api

    def _find(self, name: str) -> Any:
        found = [one for one in self._kubeflow.schedules() if one.display_name == name]
        if not found:
            raise ServerError(
                f"There is no schedule {name} on {self._kubeflow.host}.", "See `podium schedules`."
            )
        return found[0]

    def _describe(self, made: Any) -> Schedule:
        trigger = made.trigger and made.trigger.cron_schedule
        return Schedule(
            name=str(made.display_name),
            schedule_id=str(made.recurring_run_id),
            cron=usual_cron(str(trigger.cron)) if trigger else "",
            enabled=str(made.status) == "ENABLED",
            link=self._kubeflow.link(f"recurringrun/details/{made.recurring_run_id}"),
        )


def kubeflow_cron(cron: str) -> str:
    """Return a cron expression with the second in front.

    Raises:
        SettingsError: It has not five fields.

    >>> kubeflow_cron("0 3 * * 1")
    '0 0 3 * * 1'
    """
    fields = cron.split()
    if len(fields) != _CRON_FIELDS:
        raise SettingsError(
            f"cron: '{cron}' has {len(fields)} fields, not five.",
            "Write minute, hour, day of month, month and day of week: '0 3 * * 1' is Mondays at 3.",
        )
    return " ".join(["0", *fields])


def usual_cron(expression: str) -> str:
    """Return an expression without the second, where that is 0.

    >>> usual_cron("0 0 3 * * 1")
    '0 3 * * 1'
    """
    fields = expression.split()
    return " ".join(fields[1:]) if len(fields) > _CRON_FIELDS and fields[0] == "0" else expression
