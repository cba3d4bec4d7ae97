"""sendMail accepts, keeps the mail as a file, and lets nobody send from a mailbox that is not theirs."""

import email
import json
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.internet_message_header import InternetMessageHeader
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody

from local.graph.server import Graph
from tests.contract.graph.names import ANNA, BEN, SENDER

CAMEL = {"message": {"subject": "Hello", "toRecipients": [{"emailAddress": {"address": "a@example.org"}}]}}


def kept(folder: Path) -> list[EmailMessage]:
    files = sorted(folder.glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default) for file in files]


async def test_a_mail_of_the_sdk_becomes_a_readable_eml_file(sdk: Any, tmp_path: Path) -> None:
    message = Message(
        subject="Ihre Rufnummer wurde geändert",
        body=ItemBody(content_type=BodyType.Html, content="<p>Grüße · 您好</p>"),
        to_recipients=[Recipient(email_address=EmailAddress(address="anna@contoso.com", name="Anna Äbel"))],
        cc_recipients=[Recipient(email_address=EmailAddress(address="ben@contoso.com"))],
        internet_message_headers=[InternetMessageHeader(name="x-event-id", value="42")],
    )
    await sdk.users.by_user_id(SENDER).send_mail.post(
        SendMailPostRequestBody(message=message, save_to_sent_items=False)
    )
    (mail,) = kept(tmp_path / "mail")
    assert (mail["Subject"], mail["From"], mail["x-event-id"]) == ("Ihre Rufnummer wurde geändert", SENDER, "42")
    assert (mail["To"], mail["Cc"]) == ("Anna Äbel <anna@contoso.com>", "ben@contoso.com")
    assert mail.get_content_type() == "text/html"
    assert mail.get_content().strip() == "<p>Grüße · 您好</p>"


@pytest.mark.parametrize(
    "body",
    [
        CAMEL,
        {"Message": CAMEL["message"], "SaveToSentItems": False},
        {"message": {**CAMEL["message"], "body": {"contentType": "Text", "content": "x"}}, "saveToSentItems": True},
    ],
)
async def test_both_spellings_are_taken_and_202_has_no_body(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await http.post(f"/users/{SENDER}/sendMail", json=body)
    assert (answer.status_code, answer.content) == (202, b"")


async def test_files_sort_in_the_order_of_acceptance(http: httpx.AsyncClient, tmp_path: Path) -> None:
    for number in range(12):
        body = {"message": {**CAMEL["message"], "subject": f"mail {number}"}}
        await http.post(f"/users/{SENDER}/sendMail", json=body)
    assert [mail["Subject"] for mail in kept(tmp_path / "mail")] == [f"mail {number}" for number in range(12)]
    assert list((tmp_path / "mail").glob(".*")) == [], "no draft is left behind"


async def test_attachments_are_kept(http: httpx.AsyncClient, tmp_path: Path) -> None:
    attachment = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "logo.png",
        "contentType": "image/png",
        "contentBytes": "iVBORw==",
    }
    await http.post(f"/users/{SENDER}/sendMail", json={"message": {**CAMEL["message"], "attachments": [attachment]}})
    (mail,) = kept(tmp_path / "mail")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["logo.png"]


@pytest.mark.parametrize("sender", [BEN, "ben@contoso.com", "stranger@contoso.com"])
async def test_a_mailbox_outside_the_scope_is_denied_as_exchange_denies_it(sdk: Any, sender: str) -> None:
    recipient = Recipient(email_address=EmailAddress(address="a@example.org"))
    body = SendMailPostRequestBody(message=Message(subject="x", to_recipients=[recipient]))
    with pytest.raises(ODataError) as denied:
        await sdk.users.by_user_id(sender).send_mail.post(body)
    assert denied.value.response_status_code == 403
    assert denied.value.error.code == "ErrorAccessDenied"


async def test_mail_send_reaches_every_mailbox_of_the_tenant_and_no_other(
    graph: Graph, http: httpx.AsyncClient
) -> None:
    http.headers["Authorization"] = f"Bearer {graph.token('Mail.Send')}"
    assert (await http.post(f"/users/{ANNA}/sendMail", json=CAMEL)).status_code == 202
    unknown = await http.post("/users/stranger@contoso.com/sendMail", json=CAMEL)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "ErrorInvalidUser")
    assert [mail.sender for mail in graph.mails] == ["anna@contoso.com"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"toRecipients": []}, "ErrorInvalidRecipients"),
        ({"toRecipients": [{"emailAddress": {"address": "nobody at all"}}]}, "ErrorInvalidRecipients"),
        ({"subject": "a\nBcc: eve@example.org"}, "ErrorInvalidRequest"),
        ({"internetMessageHeaders": [{"name": "Subject", "value": "x"}]}, "ErrorInvalidRequest"),
        ({"attachments": [{"name": "x", "contentBytes": "***"}]}, "BadRequest"),
        ({"colour": "red"}, "BadRequest"),
    ],
)
async def test_a_mail_that_cannot_be_sent_is_400(http: httpx.AsyncClient, change: dict[str, Any], code: str) -> None:
    answer = await http.post(f"/users/{SENDER}/sendMail", json={"message": {**CAMEL["message"], **change}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize("body", [{}, {"saveToSentItems": True}, {"message": CAMEL["message"], "colour": "red"}])
async def test_a_body_without_a_message_or_with_more_is_400(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await http.post(f"/users/{SENDER}/sendMail", json=body)).status_code == 400


async def test_the_control_side_tells_what_was_sent_and_not_what_it_said(
    http: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    message = {**CAMEL["message"], "body": {"contentType": "text", "content": "secret words"}}
    await http.post(f"/users/{SENDER}/sendMail", json={"message": message, "saveToSentItems": False})
    answer = await control.get("mail")
    (mail,) = answer.json()
    assert (mail["to"], mail["subject"], mail["savedToSentItems"]) == (["a@example.org"], "Hello", False)
    assert mail["file"].endswith(".eml")
    assert "secret" not in json.dumps(mail)
