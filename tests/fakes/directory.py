"""A directory in memory, with the ways in which Graph leaves one in doubt."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shared.directory_user import (
    DirectoryGroup,
    DirectoryRole,
    DirectoryUser,
    StoredPhone,
    Undetermined,
    UserAbsent,
    UserAmbiguous,
    UserDeleted,
    UserState,
)
from shared.errors import TransientError
from shared.messages.change_request import UserKey
from shared.phone.number import PhoneNumber
from shared.phone.phone_type import PhoneType
from shared.plan import Remove, Write
from shared.ports import WriteAnswer, WriteCertainty

WRITTEN = WriteAnswer(WriteCertainty.WRITTEN)


@dataclass
class Person:
    """One user with everything that the directory knows."""

    user: DirectoryUser
    employee_id: str = ""
    phones: dict[PhoneType, PhoneNumber] = field(default_factory=dict)
    roles: tuple[DirectoryRole, ...] = ()
    other_methods: tuple[str, ...] = ("microsoftAuthenticatorAuthenticationMethod",)
    groups: tuple[DirectoryGroup, ...] = ()
    undetermined: frozenset[Undetermined] = frozenset()
    deleted: bool = False

    def state(self, phones: tuple[StoredPhone, ...]) -> UserState:
        """Gives what a decision depends on, with the phones that the reader sees."""
        return UserState(self.user, phones, self.roles, self.other_methods, self.groups, self.undetermined)


def answer_of(found: list[Person]) -> Person | UserAbsent | UserDeleted | UserAmbiguous:
    """Chooses among those who answer to a key: one who is there hides the deleted ones, as in Graph."""
    candidates = [person for person in found if not person.deleted] or found
    if len(candidates) != 1:
        return UserAmbiguous(len(candidates)) if candidates else UserAbsent()
    (person,) = candidates
    return UserDeleted(person.user.id) if person.deleted else person


@dataclass
class MemoryDirectory:
    """Users by id. `answers` are used up by writes, `read_faults` by reads of a state, `blind_reads` by reads back."""

    people: list[Person]
    writes: list[tuple[str, Write]] = field(default_factory=list)
    answers: list[tuple[bool, WriteAnswer | TransientError]] = field(default_factory=list)
    read_faults: list[Exception] = field(default_factory=list)
    read_back_faults: list[Exception] = field(default_factory=list)
    before_write: Callable[[], object] = lambda: None
    reads: int = 0

    async def read_state(self, user: UserKey) -> UserState | UserAbsent | UserDeleted | UserAmbiguous:
        self.reads += 1
        if self.read_faults:
            raise self.read_faults.pop(0)
        found = answer_of([person for person in self.people if _answers(person, user)])
        return found.state(_stored(found)) if isinstance(found, Person) else found

    async def read_phones(self, user_id: str) -> tuple[StoredPhone, ...]:
        if self.read_back_faults:
            raise self.read_back_faults.pop(0)
        return _stored(self.person(user_id))

    async def write(self, user_id: str, write: Write) -> WriteAnswer:
        """Answers as told: (whether the write lands, the answer or the exception)."""
        self.before_write()
        lands, answer = self.answers.pop(0) if self.answers else (True, WRITTEN)
        if lands:
            self.writes.append((user_id, write))
            _apply(self.person(user_id), write)
        if isinstance(answer, TransientError):
            raise answer
        return answer

    def person(self, user_id: str) -> Person:
        return next(person for person in self.people if person.user.id == user_id)


def _answers(person: Person, key: UserKey) -> bool:
    known = {person.user.id, person.user.user_principal_name.lower(), person.employee_id}
    return (key.value.lower() if key.user_principal_name else key.value) in known


def _stored(person: Person) -> tuple[StoredPhone, ...]:
    return tuple(StoredPhone(phone_type, number) for phone_type, number in person.phones.items())


def _apply(person: Person, write: Write) -> None:
    if isinstance(write, Remove):
        for phone_type in write.phone_types:
            person.phones.pop(phone_type, None)
    else:
        person.phones[write.phone_type] = write.number
