"""What rules call cannot be made to reach machines that only we can reach. A real server listens on loopback."""

import datetime
import ssl
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from flexie import safehttp
from tests.endpoint import Endpoint, listening

NOT_PUBLIC = """
127.0.0.1 127.255.0.3 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.127.255.255
192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 192.88.99.1 224.0.0.1 239.1.2.3 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 fe80::1 fe80::1%1 fc00::1 fd12:3456::1 fec0::1
ff02::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2001:0:7f00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808
3fff::1 100::1 5f00::1
""".split()  # noqa: SIM905
PUBLIC = "8.8.8.8 93.184.215.14 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 64:ff9b::808:808".split()  # noqa: SIM905


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as endpoint:
        yield endpoint


def post(url: str, timeout: float = 5.0, **more: object) -> int:
    return safehttp.post(url, {}, b"{}", timeout=timeout, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_known_as_such(address: str) -> None:
    assert not safehttp.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert safehttp.is_public(address)


@given(st.ip_addresses(v=6, network="::ffff:0:0/96") | st.ip_addresses(v=6, network="2002::/16"))
def test_no_address_that_stands_for_another_is_public(address: object) -> None:
    assert not safehttp.is_public(str(address))


@given(st.ip_addresses(v=4))
def test_nat64_is_as_public_as_what_it_stands_for(address: object) -> None:
    assert safehttp.is_public(f"64:ff9b::{address}") == safehttp.is_public(str(address))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "127.1", "0", "localhost", "LOCALHOST", "[::1]",
     "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]"],
)  # fmt: skip
def test_no_spelling_of_loopback_is_connected_to(endpoint: Endpoint, host: str) -> None:
    with pytest.raises(safehttp.Forbidden, match="private network"):
        post(f"http://{host}:{endpoint.port}/")
    assert endpoint.posts == []


@pytest.mark.parametrize(
    "host", ["0177.0.0.1", "017700000001", "%31%32%37.0.0.1", "127.0.0.1%00.example.com", "127。0。0。1"]
)
def test_other_spellings_are_not_even_addresses(endpoint: Endpoint, host: str) -> None:
    with pytest.raises((safehttp.Forbidden, safehttp.NoAnswer)):
        post(f"http://{host}:{endpoint.port}/")
    assert endpoint.posts == []


@pytest.mark.parametrize("resolved", ["0177.0.0.1", "017700000001", "2130706433"])
def test_numbers_as_the_system_reads_them_are_refused(resolved: str) -> None:
    with pytest.raises((safehttp.Forbidden, ValueError)):
        safehttp._check(safehttp._resolved(resolved, 80), False)


@pytest.mark.parametrize(
    "url",
    ["http://example.com@127.0.0.1:{}/", "http://user:secret@example.com:{}/", "http://127.0.0.1:{}\\@example.com/",
     "http://example.com:80@127.0.0.1:{}/", "http://[::1]:{}/", "http://127.0.0.1:{}#@example.com/",
     "http://127.0.0.1:{}?@example.com/", "http://127.0.0.1:{}\r\nHost: example.com/", "http://127.0.0.1 :{}/"],
)  # fmt: skip
def test_tricks_with_names_before_the_host_reach_nobody(endpoint: Endpoint, url: str) -> None:
    written = url.format(endpoint.port)
    with pytest.raises(safehttp.Forbidden):
        post(written)
    with pytest.raises(safehttp.Forbidden):
        safehttp.refuse(written)
    assert endpoint.posts == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "javascript:alert(1)", "//example.com/", "",
     "http://", "http:///x", "https://exa mple.com/", "http://example.com:0/", "http://example.com:65536/",
     "https://example.com/" + "x" * 2_000, "unix:///run/redis.sock"],
)  # fmt: skip
def test_only_http_and_https_are_addresses(url: str) -> None:
    with pytest.raises(safehttp.Forbidden):
        safehttp.refuse(url)
    with pytest.raises(safehttp.Forbidden):
        post(url)


def test_cloud_metadata_is_refused_before_anything_is_connected() -> None:
    began = time.monotonic()
    with pytest.raises(safehttp.Forbidden):
        post("http://169.254.169.254/latest/meta-data/")
    assert time.monotonic() - began < 1


class Rebinding:
    """A name server that answers differently each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0)


def test_the_checked_address_itself_is_connected_to(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is public when it is checked, and loopback whenever it is asked for again."""
    tried: list[tuple[str, int]] = []

    def unreachable(address: tuple[str, int], *_: object, **__: object) -> None:
        tried.append(address)
        raise OSError("there is no internet here")

    monkeypatch.setattr("socket.create_connection", unreachable)
    resolver = Rebinding(["93.184.215.14", "2606:4700::1111"], ["127.0.0.1"], ["127.0.0.1"])
    with pytest.raises(safehttp.NoAnswer):
        post(f"http://rebind.example:{endpoint.port}/", resolver=resolver)
    assert tried == [("93.184.215.14", endpoint.port), ("2606:4700::1111", endpoint.port)]
    assert resolver.asked == 1


def test_a_second_answer_of_the_name_server_is_never_asked_for(endpoint: Endpoint) -> None:
    resolver = Rebinding(["127.0.0.1"], ["127.0.0.2"])
    url = f"http://rebind.example:{endpoint.port}/hook"
    assert post(url, resolver=resolver, allow_private=True) == 204
    assert resolver.asked == 1
    assert endpoint.posts[0].headers["host"] == f"rebind.example:{endpoint.port}"


@pytest.mark.parametrize("addresses", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["8.8.8.8", "::1"]])
def test_one_private_address_among_several_is_enough_to_refuse(endpoint: Endpoint, addresses: list[str]) -> None:
    with pytest.raises(safehttp.Forbidden):
        post(f"http://both.example:{endpoint.port}/", resolver=Rebinding(addresses))
    assert endpoint.posts == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(endpoint: Endpoint, status: int) -> None:
    endpoint.answers, endpoint.location = [status], f"http://127.0.0.1:{endpoint.port}/inside"
    assert post(endpoint.url, allow_private=True) == status
    assert [arrived.path for arrived in endpoint.posts] == ["/hook"]


def test_an_answer_that_drips_in_ends_with_the_time(endpoint: Endpoint) -> None:
    endpoint.answers = [-1]
    began = time.monotonic()
    with pytest.raises(safehttp.NoAnswer, match=r"within 0\.3 seconds"):
        post(endpoint.url, timeout=0.3, allow_private=True)
    assert time.monotonic() - began < 1.5
    assert endpoint.gave_up.wait(5)


def test_a_proxy_of_the_environment_is_passed_over(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(endpoint.url, allow_private=True) == 204
        assert (len(endpoint.posts), proxy.posts) == (1, [])


def test_ipv6_is_reached_by_its_number() -> None:
    try:
        with listening("::1") as endpoint:
            assert post(f"http://[::1]:{endpoint.port}/", allow_private=True) == 204
            assert endpoint.posts[0].headers["host"] == f"[::1]:{endpoint.port}"
    except OSError:
        pytest.skip("this machine has no IPv6")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hook.example, with its key, that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.example")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    path = tmp_path_factory.mktemp("tls") / "hook.pem"
    no_password = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, no_password)
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Endpoint]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with listening(tls=server) as endpoint:
        yield endpoint


def test_the_certificate_must_be_for_the_name_and_not_for_the_address(secure: Endpoint, certificate: Path) -> None:
    ours = ssl.create_default_context(cafile=str(certificate))
    to_loopback = {"allow_private": True, "tls": ours}
    url = f"https://{{}}:{secure.port}/hook"
    assert post(url.format("hook.example"), resolver=Rebinding(["127.0.0.1"]), **to_loopback) == 204
    assert secure.posts[0].headers["host"] == f"hook.example:{secure.port}"
    with pytest.raises(safehttp.NoAnswer, match="certificate"):
        post(url.format("other.example"), resolver=Rebinding(["127.0.0.1"]), **to_loopback)
    assert len(secure.posts) == 1


def test_a_certificate_that_nobody_vouches_for_is_no_proof(secure: Endpoint) -> None:
    url = f"https://hook.example:{secure.port}/"
    with pytest.raises(safehttp.NoAnswer, match="certificate"):
        post(url, resolver=Rebinding(["127.0.0.1"]), allow_private=True)
    assert secure.posts == []
