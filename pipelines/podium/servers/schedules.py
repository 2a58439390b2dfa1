"""Recurring runs on Kubeflow Pipelines, by name."""

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, kubeflow_errors
from podium.servers.kubeflow import Kubeflow, Version, reference, runtime
from podium_ml.errors import SettingsError

# Fields of a standard cron expression; Kubeflow wants one more in front, for the seconds.
_CRON_FIELDS = 5
# What a schedule gives each of its runs: whichever of the pipeline's fields it was made with is the one that is set.
_OF_RUNS = (
    "experiment_id",
    "pipeline_version_reference",
    "pipeline_spec",
    "runtime_config",
    "service_account",
    "plugins_input",
)


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
        """Create a recurring run, which starts one run at a time.

        A time that passes while the last run is still in progress, or while Kubeflow is down, starts a run late; if
        several pass, only the last of them does.

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

    def pause(self, name: str) -> None:
        """Pause a schedule until it is resumed; a run in progress continues.

        Raises:
            ServerError: There is no such schedule, or the server rejects the request.
        """
        found = self._find(name)
        with kubeflow_errors(f"{name} cannot be paused", self._kubeflow.host):
            for recurring in found:
                self._api.recurring_run_service_disable_recurring_run(recurring.recurring_run_id)

    def resume(self, name: str) -> None:
        """Resume a paused schedule, from its next scheduled time on.

        Kubeflow starts a run for the latest time that passed while a schedule was paused. Only a schedule made after
        that time does not, so a new one with the same settings takes the place of the paused one.

        Raises:
            ServerError: There is no such schedule, or the server rejects the request.
        """
        paused = self._find(name)
        if paused[0].status == "ENABLED":
            return
        with kubeflow_errors(f"{name} cannot be resumed", self._kubeflow.host):
            self._api.recurring_run_service_create_recurring_run(recurring_run=_renewed(paused[0]))
        self._delete(name, paused)

    def delete(self, name: str) -> None:
        """Delete a schedule; its runs, also one in progress, and its models are kept.

        Raises:
            ServerError: There is no such schedule, or the server rejects the request.
        """
        self._delete(name, self._find(name))

    def trigger(self, name: str) -> str:
        """Start an additional run of a schedule now, with all settings of the schedule, and return the id of the run.

        Raises:
            ServerError: There is no such schedule, or the server rejects the request.
        """
        import kfp_server_api as api

        found = self._find(name)[0]
        with kubeflow_errors(f"{name} cannot be triggered", self._kubeflow.host):
            run = api.V2beta1Run(
                display_name=f"{name} (triggered)", description=found.description, **_settings(found)
            )
            return str(self._kubeflow.client._run_api.run_service_create_run(run=run).run_id)

    @property
    def _api(self) -> Any:
        return self._kubeflow.client._recurring_run_api

    def _find(self, name: str) -> list[Any]:
        """Return all recurring runs of a name, newest first: more than one only if a command was interrupted."""
        known = list(self._kubeflow.schedules())
        found = [recurring for recurring in known if recurring.display_name == name]
        if not found:
            near = difflib.get_close_matches(name, {str(one.display_name) for one in known})
            hint = f"Did you mean {', '.join(near)}?" if near else "See `podium schedules`."
            raise ServerError(f"There is no schedule {name} on {self._kubeflow.host}.", hint)
        return found

    def _delete(self, name: str, found: list[Any]) -> None:
        # Kubernetes would delete the run in progress together with its schedule.
        with kubeflow_errors(f"{name} cannot be deleted", self._kubeflow.host):
            for recurring in found:
                self._api.recurring_run_service_delete_recurring_run(
                    recurring.recurring_run_id, propagation_policy="ORPHAN"
                )

    def _describe(self, recurring: Any) -> Schedule:
        trigger = recurring.trigger and recurring.trigger.cron_schedule
        return Schedule(
            name=str(recurring.display_name),
            schedule_id=str(recurring.recurring_run_id),
            cron=usual_cron(str(trigger.cron)) if trigger else "",
            enabled=recurring.status == "ENABLED",
            link=self._kubeflow.link(f"recurringrun/details/{recurring.recurring_run_id}"),
        )


def _settings(recurring: Any) -> dict[str, Any]:
    return {field: getattr(recurring, field) for field in _OF_RUNS}


def _renewed(recurring: Any) -> Any:
    """Return a new, enabled recurring run like another one."""
    import kfp_server_api as api

    for trigger in (recurring.trigger.cron_schedule, recurring.trigger.periodic_schedule):
        # Kubeflow counts missed times from the start, if there is one.
        if trigger and trigger.start_time and trigger.start_time < datetime.now(UTC):
            trigger.start_time = None
    return api.V2beta1RecurringRun(
        display_name=recurring.display_name,
        description=recurring.description,
        mode=api.RecurringRunMode.ENABLE,
        trigger=recurring.trigger,
        max_concurrency=recurring.max_concurrency,
        no_catchup=recurring.no_catchup,
        **_settings(recurring),
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
