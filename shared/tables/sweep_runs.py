"""The runs of the sweep in Table Storage: the newest run, a partition of chains per run, the figures of past runs."""

import json
from collections import deque
from dataclasses import replace
from typing import Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient

from shared.compliance.summary import PastRun
from shared.errors import LedgerConflictError
from shared.sweep.words import Chain, ChainState, Run
from shared.tables.store import TableStore, storage_faults

TABLE: Final = "sweepruns"
_NEWEST, _PAST = "newest", "past"
_MOST_HISTORY = 500


class TableRunLog:
    """What the sweeps of all instances share."""

    def __init__(self, store: TableStore) -> None:
        self._store = store

    async def current(self) -> Run | None:
        """Gives the newest run, finished or not."""
        row = await _row(await self._store.table(TABLE), _NEWEST, _NEWEST)
        return _run(row) if row else None

    async def begin(self, run: Run) -> Run:
        """Makes a run the newest. Raises LedgerConflictError where another one is not finished, or has this id."""
        newest = await self.current()
        if newest and (newest.finished_at is None or newest.run_id == run.run_id):
            raise LedgerConflictError
        return await self._put(replace(run, etag=newest.etag if newest else ""))

    async def end(self, run: Run, past: PastRun | None) -> None:
        """Notes that a run has finished, and its figures for later runs' burn-down; once more does no harm.

        The figures come first: a run whose end was cut off in between is still the newest, and ends once more.
        """
        if past:
            await self._note(past)
        newest = await self.current()
        if newest and newest.run_id == run.run_id and newest.finished_at is None:
            await self._put(replace(newest, finished_at=past.at if past else run.started_at))

    async def chains(self, run_id: str) -> tuple[ChainState, ...]:
        """Gives all chains that a run has begun."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            return tuple([_state(row) async for row in _partition(table, run_id)])

    async def chain(self, run_id: str, chain: Chain) -> ChainState | None:
        """Gives one chain."""
        row = await _row(await self._store.table(TABLE), run_id, chain)
        return _state(row) if row else None

    async def open(self, state: ChainState) -> ChainState:
        """Writes down a chain's start, or gives the chain that is already there."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            try:
                answer = await table.create_entity(_chain_row(state))
                return replace(state, etag=str(answer["etag"]))
            except ResourceExistsError:
                there = await self.chain(state.run_id, state.chain)
        if there is None:
            raise LedgerConflictError
        return there

    async def advance(self, state: ChainState) -> ChainState:
        """Writes a chain's new state by compare-and-set. Raises LedgerConflictError."""
        table = await self._store.table(TABLE)
        return replace(state, etag=await _replaced(table, _chain_row(state), state.etag))

    async def history(self) -> tuple[PastRun, ...]:
        """Gives the figures of the newest past runs, the oldest first."""
        table = await self._store.table(TABLE)
        newest: deque[str] = deque(maxlen=_MOST_HISTORY)
        async with storage_faults():
            async for row in _partition(table, _PAST):
                newest.append(row["figures"])
        return tuple(sorted(map(PastRun.model_validate_json, newest), key=lambda past: past.at))

    async def forget(self, run_id: str) -> None:
        """Deletes a run's chains; its figures stay."""
        table = await self._store.table(TABLE)
        async with storage_faults():
            async for row in _partition(table, run_id):
                await table.delete_entity(row["PartitionKey"], row["RowKey"])

    async def _put(self, run: Run) -> Run:
        """Writes the newest run in place of the one that was read. Raises LedgerConflictError where it was not that."""
        table, row = await self._store.table(TABLE), _run_row(run)
        if run.etag:
            return replace(run, etag=await _replaced(table, row, run.etag))
        async with storage_faults():
            try:
                answer = await table.create_entity(row)
            except ResourceExistsError:
                raise LedgerConflictError from None
        return replace(run, etag=str(answer["etag"]))

    async def _note(self, past: PastRun) -> None:
        """Writes a run's figures down; those that were noted first stay."""
        table = await self._store.table(TABLE)
        row = {"PartitionKey": _PAST, "RowKey": past.run_id, "figures": past.model_dump_json(by_alias=True)}
        async with storage_faults():
            try:
                await table.create_entity(row)
            except ResourceExistsError:
                return


async def _row(table: TableClient, partition: str, key: str) -> TableEntity | None:
    async with storage_faults():
        try:
            return await table.get_entity(partition, key)
        except ResourceNotFoundError:
            return None


def _partition(table: TableClient, name: str) -> Any:  # noqa: ANN401 - the SDK's paged list has no public type
    return table.query_entities("PartitionKey eq @name", parameters={"name": name})


async def _replaced(table: TableClient, row: dict[str, Any], etag: str) -> str:
    async with storage_faults():
        condition = MatchConditions.IfNotModified
        answer = await table.update_entity(row, mode=UpdateMode.REPLACE, etag=etag, match_condition=condition)
    return str(answer["etag"])


def _run_row(run: Run) -> dict[str, Any]:
    return {
        "PartitionKey": _NEWEST,
        "RowKey": _NEWEST,
        "runId": run.run_id,
        "startedAt": run.started_at,
        "policyVersion": run.policy_version,
        "finishedAt": run.finished_at,
    }


def _run(row: TableEntity) -> Run:
    return Run(
        row["runId"], row["startedAt"], row["policyVersion"], row.get("finishedAt"), etag=str(row.metadata["etag"])
    )


def _chain_row(state: ChainState) -> dict[str, Any]:
    return {
        "PartitionKey": state.run_id,
        "RowKey": state.chain.value,
        "step": state.step,
        "done": state.done,
        "cursor": state.cursor,
        "counts": json.dumps(state.counts),
        "remarks": json.dumps(state.remarks),
        "notBefore": state.not_before,
        "changedAt": state.changed_at,
    }


def _state(row: TableEntity) -> ChainState:
    return ChainState(
        run_id=row["PartitionKey"],
        chain=Chain(row["RowKey"]),
        step=row["step"],
        done=row["done"],
        cursor=row["cursor"],
        counts=tuple((name, number) for name, number in json.loads(row["counts"])),
        remarks=tuple(json.loads(row["remarks"])),
        not_before=row.get("notBefore"),
        changed_at=row.get("changedAt"),
        etag=str(row.metadata["etag"]),
    )
