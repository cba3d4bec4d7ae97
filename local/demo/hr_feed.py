"""The demo's HR feed: what producers really send, the good, the late and the broken."""

import random
from datetime import datetime, timedelta

import phonenumbers

from local.demo import hold_story, people_story
from local.demo.company import DOMAIN, Company
from local.demo.feed_writer import FeedWriter, HrFeed, RawMessage
from local.demo.moves import Move
from local.demo.numbers import fixed_line_number, in_graphs_format, mobile_number, premium_rate_number

ORDINARY_CHANGES = 36
# Long enough that the first request is put off, short enough that a demo does not drag.
_READ_FAULTS = 3
# The demo's policy blocks how it begins.
_FROM_THE_FRAUD_RANGE = "+49 1555 0123456"


def written_feed(company: Company, seed: int, now: datetime) -> HrFeed:
    """Writes the feed for the demo's company; the same seed gives the same requests, times apart.

    Some of the company's people change on the way: one becomes an administrator, another leaves.
    """
    return _Story(company, _draw(seed), now).write()


def plain_feed(company: Company, seed: int, now: datetime) -> HrFeed:
    """Writes ordinary changes for a company that is not the demo's own, and touches nobody in it."""
    writer = FeedWriter(company, _draw(seed), now)
    for _ in range(min(len(company.ordinary), ORDINARY_CHANGES)):
        writer.ordinary_change()
    return writer.feed


def _draw(seed: int) -> random.Random:
    return random.Random(seed + 1)  # noqa: S311 - a demo's choices, not a secret


class _Story(FeedWriter):
    """One method a case that the demo is to show."""

    def write(self) -> HrFeed:
        # First, so that no throttling comes in between and lets the second request wait as long as the first.
        self._older_request_that_arrives_late()
        ordinary = [self.ordinary_change() for _ in range(ORDINARY_CHANGES)]
        self.feed.forecast.append(ordinary[0]["requestId"])
        for told in hold_story.CASES:
            told(self)
        for case in (
            self._unknown_and_ambiguous_users,
            self._numbers_that_policy_refuses,
            self._numbers_that_nobody_can_read,
            self._requester_that_may_not,
            self._repeats_and_a_reused_id,
            self._out_of_time,
            self._dry_run_and_effective_date,
            self._compare_and_set,
            self._second_phones,
            self._removals,
            self._number_that_is_taken,
            self._number_in_the_reason,
            self._already_correct,
        ):
            case()
        for told in people_story.CASES:
            told(self)
        self._unreadable_messages()
        self._graph_out_of_order()
        hold_story.one_too_many(self, ordinary)
        hold_story.last_of_all(self)
        return self.feed

    def _unknown_and_ambiguous_users(self) -> None:
        stranger = {"usageLocation": "DE", "employeeId": "999999"}
        self.change(stranger, region="DE")
        self.row(stranger, userPrincipalName=f"nobody.known@{DOMAIN}", phoneNumber="+44 7911 123456")
        first, second = self.someone(), self.someone()
        second["employeeId"] = first["employeeId"]
        self.change(first)

    def _numbers_that_policy_refuses(self) -> None:
        self.row(self.someone(), phoneNumber=in_graphs_format(premium_rate_number("GB")))
        self.row(
            self.someone(), phoneNumber=in_graphs_format(premium_rate_number("DE")).replace("+49 ", "0"), region="DE"
        )
        self.row(self.someone(), phoneNumber=in_graphs_format(mobile_number("CU", self.draw)))
        self.row(self.someone(), phoneNumber=in_graphs_format(fixed_line_number("FR", self.draw)))
        user = self.someone()
        self.row(user, phoneNumber=f"{in_graphs_format(self.new_mobile(user))} ext. 12")
        self.row(self.someone(), phoneNumber=_FROM_THE_FRAUD_RANGE)

    def _numbers_that_nobody_can_read(self) -> None:
        user = self.someone()
        right = in_graphs_format(self.new_mobile(user))
        for wrong in (right.replace("0", "O", 1) + "O", right[:-4], f"{right} / {right[:-1]}7", "see intranet", ""):
            self.row(self.someone(), phoneNumber=wrong)

    def _requester_that_may_not(self) -> None:
        user = self.someone()
        self.row(user, phoneNumber=in_graphs_format(self.new_mobile(user)), requestedBy="canteen-kiosk")
        self.row(self.someone(), operation="remove", requestedBy="servicedesk")

    def _repeats_and_a_reused_id(self) -> None:
        user = self.someone()
        first = self.change(user)
        self.feed.rows.append(dict(first))
        self.feed.rows.append({**first, "phoneNumber": in_graphs_format(self.new_mobile(user))})

    def _older_request_that_arrives_late(self) -> None:
        """The first request meets a directory that fails, and waits; the second one overtakes it."""
        user = self.someone()
        self.change(user, reason="Form 17, first version")
        self.change(user, reason="Form 17, corrected")
        match = {"method": "GET", "path": "/users/{id}/authentication/phoneMethods", "user": user["userPrincipalName"]}
        self.feed.faults.append({"match": match, "times": _READ_FAULTS, "status": 500, "code": "internalServerError"})

    def _out_of_time(self) -> None:
        expired, tomorrow = self.someone(), self.someone()
        self.change(
            expired,
            requestedAt=self.at(timedelta(days=-9)),
        )
        self.change(
            tomorrow,
            requestedAt=self.at(timedelta(days=1)),
        )

    def _dry_run_and_effective_date(self) -> None:
        tried, later = self.someone(), self.someone()
        self.change(tried, dryRun="true")
        self.change(
            later,
            effectiveAt=self.at(timedelta(seconds=25)),
        )

    def _compare_and_set(self) -> None:
        right, wrong = self.someone(), self.someone()
        for user, current in ((right, right["phoneMethods"][0]["phoneNumber"]), (wrong, "+49 1512 3456789")):
            self.change(user, ifCurrent=current)

    def _second_phones(self) -> None:
        """An alternate mobile phone needs a mobile phone, which may come with the request before."""
        both, none = self.someone(), self.someone()
        both["phoneMethods"], none["phoneMethods"] = [], []
        self.change(both)
        self.held(self.change(both, phoneType="alternateMobile"), Move("team-lead"))
        self.change(none, phoneType="alternateMobile")
        office = self.someone()
        desk = fixed_line_number(office["usageLocation"], self.draw)
        row = self.row(office, phoneNumber=f"{in_graphs_format(desk)} ext 12", phoneType="office")
        self.feed.forecast.append(row["requestId"])

    def _removals(self) -> None:
        leaver, kept = self.someone(), self.someone()
        leaver["accountEnabled"] = False
        leaver["methods"], kept["methods"] = [], ["password", "email"]
        self.row(leaver, operation="remove", reason="Last day of work")
        last_method = self.row(kept, operation="remove")
        alone = self.someone()
        alone["methods"] = []
        only_method = self.change(alone, reason="Has nothing but this phone")
        self.feed.forecast += [only_method["requestId"], last_method["requestId"]]
        self.row(self.someone(), operation="remove", phoneType="mobile")
        self.row(self.someone(), operation="remove", phoneType="office")
        default = self.someone()
        default["defaultMethod"] = "mobile"
        self.row(default, operation="remove", phoneType="mobile")

    def _number_that_is_taken(self) -> None:
        """Both may sign in by SMS: Graph answers 409, and has written the number all the same."""
        holder, user = self.someone(), self.someone()
        holder["smsSignIn"] = user["smsSignIn"] = True
        self.row(user, phoneNumber=holder["phoneMethods"][0]["phoneNumber"])

    def _number_in_the_reason(self) -> None:
        user = self.someone()
        number = phonenumbers.format_number(self.new_mobile(user), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        self.row(user, phoneNumber=number, reason=f"User called: new number is {number}")

    def _already_correct(self) -> None:
        user = self.someone()
        self.row(user, phoneNumber=user["phoneMethods"][0]["phoneNumber"])

    def _unreadable_messages(self) -> None:
        self.feed.raw += [
            RawMessage("RAW-0001", b"<change><phone>none</phone></change>"),
            RawMessage("RAW-0002", "requestId=1;number=keine".encode("utf-16")),
            RawMessage("RAW-0003", b'{"schemaVersion": "2.0", "requestId": "RAW-0003", "changes": []}'),
            RawMessage("RAW-0004", b'{"schemaVersion": "1.0", "requestId": "RAW-0004", "operation": "set"}'),
        ]

    def _graph_out_of_order(self) -> None:
        """Graph throttles, for a moment and for longer, and loses one answer after it has written."""
        phones, one_phone = "/users/{id}/authentication/phoneMethods", "/users/{id}/authentication/phoneMethods/{id}"
        throttled = {"times": 1, "status": 429, "code": "TooManyRequests"}
        for reason, method, path, fault in (
            ("Graph asks for two seconds", "GET", phones, {**throttled, "retryAfter": "2"}),
            ("Graph asks for six seconds", "PATCH", one_phone, {**throttled, "retryAfter": "6"}),
            ("The answer to this one gets lost", "PATCH", one_phone, {"times": 1, "drop": True, "effect": "applied"}),
        ):
            user = self.someone()
            self.change(user, reason=reason)
            match = {"method": method, "path": path, "user": user["userPrincipalName"]}
            self.feed.faults.append({"match": match, **fault})
