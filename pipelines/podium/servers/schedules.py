"""Recurring runs on Kubeflow Pipelines, by name."""

from dataclasses import dataclass
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, kubeflow_errors
from podium.servers.kubeflow import Kubeflow, Version, reference, runtime
from podium_ml.errors import SettingsError

# Fields of a standard cron expression; Kubeflow wants one more in front, for the seconds.
_CRON_FIELDS = 5


@dataclass(frozen=True)
class Schedule:
    """A recurring run.

    Attributes:
        name: Its name, which is also the name of the project and of the registered model.
        schedule_id: Id on the server.
        cron: When it runs: minute, hour, day of month, month, day of week, in UTC.
        enabled: Whether it starts runs.
        link: Its page in the user interface.
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
        connections: Settings of the servers.
    """

    def __init__(self, kubeflow: Kubeflow, connections: Connections) -> None:
        self._kubeflow, self._connections = kubeflow, connections

    def __iter__(self) -> Any:
        return (self._describe(recurring) for recurring in self._kubeflow.schedules())

    def create(
        self, name: str, cron: str, version: Version, *, arguments: dict[str, Any], description: str
    ) -> Schedule:
        """Create a recurring run, which runs one at a time and does not make up for missed runs.

        Args:
            name: Name of the schedule.
            cron: Cron expression of five fields, in UTC.
            version: Pipeline version to run.
            arguments: Parameters of the pipeline.
            description: Description of the runs, shown in the user interface.

        Raises:
            SettingsError: The expression is invalid, or there already is a schedule of that name.
            ServerError: The server cannot be reached, or rejects the request.
        """
        expression = kubeflow_cron(cron)
        if any(schedule.name == name for schedule in self):
            raise SettingsError(
                f"There already is a schedule named {name}.", f"Delete it first: podium delete {name}"
            )
        import kfp_server_api as api

        with kubeflow_errors("The schedule cannot be created", self._kubeflow.host):
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
            created = self._api.recurring_run_service_create_recurring_run(recurring_run=body)
        return self._describe(created)

    def find(self, name: str) -> Schedule:
        """Return a schedule by its name.

        Raises:
            ServerError: There is no such schedule.
        """
        return self._describe(self._find(name))

    def pause(self, name: str) -> None:
        """Pause a schedule until it is resumed; a run in progress continues."""
        found = self.find(name)
        with kubeflow_errors(f"{name} cannot be paused", self._kubeflow.host):
            self._api.recurring_run_service_disable_recurring_run(found.schedule_id)

    def resume(self, name: str) -> None:
        """Resume a paused schedule, from its next scheduled time on."""
        found = self.find(name)
        with kubeflow_errors(f"{name} cannot be resumed", self._kubeflow.host):
            self._api.recurring_run_service_enable_recurring_run(found.schedule_id)

    def delete(self, name: str) -> None:
        """Delete a schedule; its runs and models are kept."""
        found = self.find(name)
        with kubeflow_errors(f"{name} cannot be deleted", self._kubeflow.host):
            self._api.recurring_run_service_delete_recurring_run(found.schedule_id)

    def trigger(self, name: str) -> str:
        """Start an additional run of a schedule now and return the id of the run."""
        found = self._find(name)
        uploaded = found.pipeline_version_reference
        version = Version(uploaded.pipeline_id, uploaded.pipeline_version_id, "", "", is_new=False)
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
        found = [recurring for recurring in self._kubeflow.schedules() if recurring.display_name == name]
        if not found:
            raise ServerError(
                f"There is no schedule {name} on {self._kubeflow.host}.", "See `podium schedules`."
            )
        return found[0]

    def _describe(self, recurring: Any) -> Schedule:
        trigger = recurring.trigger and recurring.trigger.cron_schedule
        return Schedule(
            name=str(recurring.display_name),
            schedule_id=str(recurring.recurring_run_id),
            cron=usual_cron(str(trigger.cron)) if trigger else "",
            enabled=str(recurring.status) == "ENABLED",
            link=self._kubeflow.link(f"recurringrun/details/{recurring.recurring_run_id}"),
        )


def kubeflow_cron(cron: str) -> str:
    """Return a cron expression with a field for the seconds in front.

    Raises:
        SettingsError: The expression does not have five fields.

    >>> kubeflow_cron("0 3 * * 1")
    '0 0 3 * * 1'
    """
    fields = cron.split()
    if len(fields) != _CRON_FIELDS:
        raise SettingsError(
            f"cron: '{cron}' has {len(fields)} fields, not five.",
            "Write minute, hour, day of month, month and day of week: '0 3 * * 1' means Mondays at 03:00.",
        )
    return " ".join(["0", *fields])


def usual_cron(expression: str) -> str:
    """Return an expression without the field for the seconds if that is 0.

    >>> usual_cron("0 0 3 * * 1")
    '0 3 * * 1'
    """
    fields = expression.split()
    return " ".join(fields[1:]) if len(fields) > _CRON_FIELDS and fields[0] == "0" else expression
