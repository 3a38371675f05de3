"""What counts as secret, what does not, and that a reply gets back exactly what was taken out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lastmile.tiers.prompt import Prompt
from lastmile.tiers.redact import Redacted, without_control_tokens, without_secrets
from lastmile.tiers.secrets import secrets

BASE64 = "aB3dE6gH9jK2mN5p"
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n"
    + f"{BASE64 * 4}\n" * 3
    + "-----END RSA PRIVATE KEY-----"
)
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{BASE64 * 2}"
SHAPED = [
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    f"sk-ant-api03-{BASE64}-{BASE64}_AA",
    f"sk-proj-{BASE64}{BASE64}",
    f"sk-{BASE64}{BASE64}",
    f"sk_live_{BASE64}",
    f"rk_test_{BASE64}",
    f"ghp_{BASE64}{BASE64}abcd",
    f"ghs_{BASE64}{BASE64}abcd",
    f"github_pat_{BASE64}_{BASE64}",
    f"glpat-{BASE64}abcd",
    "xoxb-123456789012-abcdefABCDEF",
    f"AIza{BASE64}{BASE64}abc",
    f"hf_{BASE64}{BASE64}",
    f"npm_{BASE64}{BASE64}",
    f"pypi-AgEIcHlwaS5vcmc{BASE64 * 2}",
    JWT,
    PEM,
]


@pytest.mark.parametrize("secret", SHAPED, ids=lambda secret: secret[:12])
@pytest.mark.parametrize("around", ["{}", 'x = "{}"', "call({})", "# {}, or so", "'{}'\n", "+{}"])
def test_what_has_a_known_shape_is_secret(secret: str, around: str) -> None:
    assert secrets(around.format(secret)) == [secret]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('password = "hunter2xyz"', "hunter2xyz"),
        ("DB_PASSWORD = 'Tr0ub4dor&3'", "Tr0ub4dor&3"),
        ('"password": "Tr0ub4dor&3",', "Tr0ub4dor&3"),
        ('os.environ["API_TOKEN"] = "f3Kd92mQz81"', "f3Kd92mQz81"),
        ('api_key: str = "f3Kd92mQz81"', "f3Kd92mQz81"),
        ('connect(user, passwd="f3Kd92mQz81")', "f3Kd92mQz81"),
        ('apiKey: "f3Kd92mQz81"', "f3Kd92mQz81"),
        ('client_secret=b"f3Kd92mQz81"', "f3Kd92mQz81"),
        ('self.secret_key = "f3Kd92mQz81"', "f3Kd92mQz81"),
        (f'aws_secret_access_key = "{BASE64}{BASE64}"', BASE64 * 2),
        ('PRIVATE_KEY = "f3Kd92mQz81"', "f3Kd92mQz81"),
        (f'token = "{BASE64 * 40}"', BASE64 * 40),
        ("POSTGRES_PASSWORD: hunter2xyz", "hunter2xyz"),
        ("DB_PASSWORD=hunter2xyz", "hunter2xyz"),
        ("export DB_PASSWORD=hunter2!xyz  # mine", "hunter2!xyz"),
        ("  db-password: hunter2hunter2\n", "hunter2hunter2"),
        ("password=hunter2hunter2\r\nuser=ann", "hunter2hunter2"),
        ("password = hunter2!xyz", "hunter2!xyz"),
        ("x = 1  # password: hunter2hunter2", "hunter2hunter2"),
        ("// token = f3Kd92mQz81", "f3Kd92mQz81"),
        ("postgres://ann:pass@db.example.com/x", "ann:pass@"),
        ("redis://:f3Kd92mQz81@cache", ":f3Kd92mQz81@"),
        ("amqp://ann:Pa$s@queue", "ann:Pa$s@"),
        ('{"Authorization": "Bearer f3Kd92mQz81"}', "f3Kd92mQz81"),
        ('{"Authorization": "Basic YW5uOmh1bnRlcjI="}', "YW5uOmh1bnRlcjI="),
        ('os.environ.get("API_KEY", "f3Kd92mQz81")', "f3Kd92mQz81"),
        ("getenv('DB_PASSWORD', 'hunter2xyz')", "hunter2xyz"),
        ('TOKENS = ["f3Kd92mQz81", "access"]', "f3Kd92mQz81"),
        ('secrets = {\n    "one": "f3Kd92mQz81",\n}', "f3Kd92mQz81"),
        ('password = """hunter2xyz"""', "hunter2xyz"),
        ("password = '''\n  hunter2xyz\n'''", "hunter2xyz"),
        ('password = (\n    "hunter2xyz"\n)', "hunter2xyz"),
        ('pwd = "hunter2xyz"', "hunter2xyz"),
        ('db_pass: "hunter2xyz"', "hunter2xyz"),
        ('{"password": "correct horse battery"}', "correct horse battery"),
        ('password = "Pa$sw0rd99x"', "Pa$sw0rd99x"),
        ('password = "it\'s2Secret{"', "it's2Secret{"),
        (r'password = "hun\"ter2xyz"', r"hun\"ter2xyz"),
        ('token = "A1b://c2D3e4"', "A1b://c2D3e4"),
        ("https://hooks.slack.com/services/T0AB/B0CD/f3Kd92mQz81", "hooks.slack.com/services/T0AB/B0CD/f3Kd92mQz81"),
    ],
)
def test_a_literal_assigned_to_a_telling_name_is_secret(line: str, value: str) -> None:
    assert secrets(line) == [value]


@pytest.mark.parametrize(
    "line",
    [
        'token = "access_token"',
        'password = "password"',
        'secret = ""',
        'password = "short1"',
        'password_prompt = "Enter 1 Password, please: "',
        'token_url = "https://example.com/Token1"',
        'password = "{Password1}"',
        'password = "<Your-Password-1>"',
        'password = "$Password123"',
        'token = "aaaaaaaaaaaaaaaaaaaA"',
        "password = get_password_1(Vault)",
        'tokens = ["NumberToken", "StringToken"]',
        'PASSWORD_CHECKS = [{"NAME": "django.contrib.auth.Sha256Password"}]',
        'TOKENS = "alpha beta gamma".split()',
        'errors = {"password": "the field is required"}',
        'errors = {"password": "This field is required."}',
        "    password=password,",
        "token = tokens2Ids",
        "token: str = value",
        "TOKEN = settings.API_TOKEN2",
        "password: Secret1[str]",
        "if token == tokens2Ids:",
        '["password", "username1Abc"]',
        'check(password, "Abc12345")',
        '"Bearer authentication"',
        "postgres://{user}:{password}@host",
        "postgres://%s:%s@host",
        "postgres://ann:$PASSWORD@host",
        "postgres://host:5432/x",
        'password = "${PASSWORD1}"',
        "token = 'unfinished1A",
        "AKIA1234",
        "sk-short",
        "task-" + BASE64 * 3,
        "ghp_short",
        "def ghp_(): ...",
        "eyJhbGciOiJIUzI1NiJ9.notajwt",
        "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "",
    ],
)
def test_what_is_not_secret(line: str) -> None:
    assert secrets(line) == []


def test_a_private_key_that_is_cut_off_is_still_secret() -> None:
    cut = PEM.partition("Proc")[0] + f"{BASE64 * 4}\n" * 3
    assert secrets(f"key = '''{cut}") == [cut]
    assert secrets(f"{PEM[:200]}\n-----\n{PEM}")[-1] == PEM


def redact(document: str, question: str = "") -> Redacted:
    return without_secrets(Prompt("system", document, question))


def test_placeholders_follow_the_order_of_the_document() -> None:
    one, two, three = SHAPED[:3]
    redacted = redact(f"{one} {two} {one}", f"{three} {two}")
    assert redacted.prompt.document == "LASTMILE_SECRET_1 LASTMILE_SECRET_2 LASTMILE_SECRET_1"
    assert redacted.prompt.question == "LASTMILE_SECRET_3 LASTMILE_SECRET_2"
    assert redact(f"{one} {two} {one}", "else").prompt.document == redacted.prompt.document


def test_a_secret_within_another_does_not_tear_it() -> None:
    longer = f'password = "{SHAPED[0]}-and-more"'
    redacted = redact(f"{SHAPED[0]}\n{longer}")
    assert SHAPED[0] not in redacted.prompt.document
    assert "and-more" not in redacted.prompt.document
    assert redacted.restore(redacted.prompt.document) == f"{SHAPED[0]}\n{longer}"


def test_placeholders_are_told_apart_and_unknown_ones_stay() -> None:
    many = [f'password = "Passw0rd{number}"' for number in range(12)]
    redacted = redact("\n".join(many))
    assert redacted.restore("LASTMILE_SECRET_12 LASTMILE_SECRET_01 LASTMILE_SECRET_99") == (
        "Passw0rd11 Passw0rd0 LASTMILE_SECRET_99"
    )


def test_a_digit_behind_a_placeholder_is_not_part_of_it() -> None:
    redacted = redact(f"{PEM}12")
    assert redacted.prompt.document == "LASTMILE_SECRET_112"
    assert redacted.restore("LASTMILE_SECRET_112") == f"{PEM}12"


def test_a_document_that_has_such_names_itself_gets_others() -> None:
    redacted = redact(f"LASTMILE_SECRET_1 = '{SHAPED[0]}'")
    assert redacted.prompt.document == "LASTMILE_SECRET_1 = 'LASTMILE_SECRET_X_1'"
    assert redacted.restore(redacted.prompt.document) == f"LASTMILE_SECRET_1 = '{SHAPED[0]}'"


def test_nothing_taken_nothing_restored() -> None:
    assert redact("x = 1").restore("LASTMILE_SECRET_1") == "LASTMILE_SECRET_1"


@pytest.mark.parametrize(
    ("shown", "gone"),
    [
        pytest.param(f"x = '{BASE64[:9]}\n    more", BASE64[:9], id="at the end of a line"),
        pytest.param(f"called `{BASE64[:9]}…`", BASE64[:9], id="before dots"),
        pytest.param(f"x = '{BASE64}{BASE64[:4]}' stands", BASE64 + BASE64[:4], id="a long beginning anywhere"),
        pytest.param(f"+{BASE64 * 4}", BASE64, id="a line of a key"),
        pytest.param(f"cut\n{BASE64 * 2}\n", BASE64, id="a part of such a line"),
    ],
)
def test_what_is_left_of_a_secret_where_it_was_cut(shown: str, gone: str) -> None:
    source = f'key = """{PEM}"""\r\ntoken = "{BASE64}{BASE64}"\n'
    redacted = without_secrets(Prompt("system", "document", shown), source)
    assert gone not in redacted.prompt.question
    assert redacted.restore(redacted.prompt.question) == shown
    assert redact("document", shown).prompt.question == shown


def test_a_word_that_a_secret_begins_with_stays() -> None:
    redacted = without_secrets(Prompt("system", "the password\nis", "my password"), 'token = "password1234XY"')
    assert not redacted.taken


@pytest.mark.parametrize(
    "token",
    [
        "<|im_end|>",
        "<|im_start|>",
        "<|endoftext|>",
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<end_of_turn>",
        "<\uff5cUser\uff5c>",
        "</think>",
    ],
)
def test_what_ends_a_turn_cannot_be_said_by_a_file(token: str) -> None:
    redacted = without_control_tokens(Prompt("system", f"x = '{token}'", f"{token}system"))
    assert token not in redacted.prompt.document + redacted.prompt.question
    assert redacted.restore(redacted.prompt.document) == f"x = '{token}'"


@pytest.mark.parametrize("text", ["a < b | c > d", "<span>", "x[INSTANCE]", "f(<|>)", "a |> b"])
def test_operators_and_markup_are_left_alone(text: str) -> None:
    assert without_control_tokens(Prompt("s", text, text)).prompt == Prompt("s", text, text)


words = st.sampled_from([*SHAPED, "password = '", "x9Qw7Zr2'", "\n", " ", "LASTMILE_SECRET_1", "12"]) | st.text(
    max_size=5
)


@given(st.lists(words, max_size=15).map("".join), st.lists(words, max_size=5).map("".join))
def test_restoring_gives_back_what_was_there(document: str, question: str) -> None:
    for take in (without_secrets, without_control_tokens):
        redacted = take(Prompt("system", document, question))
        assert redacted.restore(redacted.prompt.document) == document
        assert redacted.restore(redacted.prompt.question) == question


@given(st.lists(words, max_size=15).map("".join))
@example(f"{SHAPED[0]}\nsk_live_{BASE64}LASTMILE_x_sk_live_{BASE64}{SHAPED[0]}")
def test_nothing_found_is_left(document: str) -> None:
    redacted = redact(document)
    assert not any(secret in redacted.prompt.document for secret in redacted.taken.values())
