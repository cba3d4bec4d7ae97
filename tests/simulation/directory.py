"""A directory whose answers get lost, whose writes land late, and whose reads may be old."""

import asyncio
from dataclasses import dataclass, field

from shared.change.writing import types_of
from shared.directory_user import DirectoryUser, StoredPhone, UserAbsent, UserAmbiguous, UserDeleted, UserState
from shared.errors import DirectoryThrottledError
from shared.messages.change_request import UserKey
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Create, Remove, Replace, Write
from shared.ports import WriteAnswer, WriteCertainty
from tests.fakes.directory import WRITTEN, Person, answer_of
from tests.simulation.faults import Faults
from tests.simulation.history import CURRENT, Current, History, Op

_LOST = WriteAnswer(WriteCertainty.UNCERTAIN)
_CONFLICT = WriteAnswer(WriteCertainty.UNCERTAIN, 409, "phoneNumberNotUnique")
# Graph gives up on a write after a minute, and a read was never seen older than some seconds.
_LATEST_LANDING = 55.0
_LONGEST_STALENESS = 20.0

type Phones = dict[PhoneType, PhoneNumber]


@dataclass
class SimulatedDirectory:
    """Users and their phones, as a port of the change service."""

    people: list[Person]
    history: History
    faults: Faults
    # Users whose writes Graph refuses for good.
    refused: frozenset[str] = frozenset()
    _before: dict[str, tuple[float, Phones]] = field(default_factory=dict)
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._people = {person.user.id: person for person in self.people}
        self._keys: dict[str, list[Person]] = {}
        for person in self.people:
            for key in (person.user.id, person.user.user_principal_name.lower(), person.employee_id):
                self._keys.setdefault(key, []).append(person)

    def person(self, user_id: str) -> Person:
        return self._people[user_id]

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
        async def read() -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
            known = self._keys.get(user.value.lower() if user.user_principal_name else user.value, [])
            found = answer_of(known)
            return found.state(self._shown(found)) if isinstance(found, Person) else found

        return await self.faults.around(read, self.faults.graph)

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        async def read() -> tuple[StoredPhone, ...]:
            return self._shown(self.person(user_id))

        return await self.faults.around(read, self.faults.graph)

    async def user(self, user_id: str) -> DirectoryUser | None:
        return self._people[user_id].user

    async def manager_of(self, user_id: str) -> DirectoryUser | None:
        del user_id
        return None

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        await self.faults.delay()
        self.faults.crash_point()
        if self.faults.strikes(self.faults.rates.throttled):
            raise DirectoryThrottledError(retry_after=self.faults.rng.choice([1.0, 5.0, 60.0, None]))
        if user_id in self.refused:
            return WriteAnswer(WriteCertainty.REFUSED, 403, "accessDenied")
        if self.faults.strikes(self.faults.rates.lost_write):
            return self._lost(user_id, write)
        answer = self._land(user_id, write, CURRENT.get())
        self.faults.crash_point()
        if answer is WRITTEN and self.faults.strikes(self.faults.rates.conflict_409):
            return _CONFLICT
        return answer

    def _lost(self, user_id: str, write: Write) -> WriteAnswer:
        """The write takes effect at once, later, or never; nobody is told which."""
        current = CURRENT.get()
        when = self.faults.rng.choice(["at once", "late", "never"])
        if when == "at once":
            self._land(user_id, write, current)
        elif when == "late":
            task = asyncio.create_task(self._land_late(user_id, write, current))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        return _LOST

    async def _land_late(self, user_id: str, write: Write, current: Current) -> None:
        await asyncio.sleep(self.faults.rng.uniform(1, _LATEST_LANDING))
        self._land(user_id, write, current)

    def _land(self, user_id: str, write: Write, current: Current) -> WriteAnswer:
        phones = self.person(user_id).phones
        if refusal := _refusal(phones, write):
            return refusal
        if self.faults.strikes(self.faults.rates.stale_read):
            self._before[user_id] = asyncio.get_running_loop().time(), dict(phones)
        for phone_type in types_of(write):
            value = None if isinstance(write, Remove) else write.number
            self.history.note(
                Op.WRITE,
                user=user_id,
                phone_type=phone_type,
                value=value,
                sequence=current.sequence,
                label=current.label,
                undoes=current.undoes,
                at=asyncio.get_running_loop().time(),
            )
            if value is None:
                phones.pop(phone_type, None)
            else:
                phones[phone_type] = value
        return WRITTEN

    def _shown(self, person: Person) -> tuple[StoredPhone, ...]:
        """Gives the phones, or for a while after a write, now and then, those that stood there before."""
        since, before = self._before.get(person.user.id, (float("-inf"), {}))
        age = asyncio.get_running_loop().time() - since
        old = age < _LONGEST_STALENESS and self.faults.rng.random() > age / _LONGEST_STALENESS
        phones = before if old else person.phones
        return tuple(StoredPhone(phone_type, number) for phone_type, number in phones.items())


def _refusal(phones: Phones, write: Write) -> WriteAnswer | None:
    """Refuses what Graph refuses: adding what is there, changing what is not, mobile going before alternate mobile."""
    match write:
        case Create(phone_type, _) if phone_type in phones:
            return WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest")
        case Create(PhoneType.ALTERNATE_MOBILE, _) if PhoneType.MOBILE not in phones:
            return WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest")
        case Replace(phone_type, _, _) if phone_type not in phones:
            return WriteAnswer(WriteCertainty.REFUSED, 404, "itemNotFound")
        case Remove(types, _) if PhoneType.MOBILE in types and PhoneType.ALTERNATE_MOBILE in phones:
            return WriteAnswer(WriteCertainty.REFUSED, 400, "badRequest")
        case _:
            return None
