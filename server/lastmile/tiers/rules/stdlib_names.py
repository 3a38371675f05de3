"""Which module of the standard library a name comes from, where that is beyond doubt.

Only names that people import by themselves are listed, and none that is a word of its own: `index`,
`count`, `main` and `e` are names of the library too, and importing them would pass every check and
be wrong. Names that two modules share (``Event``, ``Lock``, ``Queue``) are nobody's. Runs in the
worker process, since it looks into modules.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType

# One line a module.
_TABLE = """
abc: ABC ABCMeta abstractmethod
argparse: ArgumentParser ArgumentTypeError
ast: NodeTransformer NodeVisitor literal_eval
base64: b64decode b64encode urlsafe_b64decode urlsafe_b64encode
collections: ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque namedtuple
collections.abc: AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection Coroutine Generator Hashable \
Iterable Iterator Mapping MutableMapping MutableSequence MutableSet Reversible Sequence Sized
concurrent.futures: ProcessPoolExecutor ThreadPoolExecutor as_completed
configparser: ConfigParser RawConfigParser
contextlib: AbstractAsyncContextManager AbstractContextManager AsyncExitStack ExitStack aclosing asynccontextmanager \
closing contextmanager nullcontext redirect_stderr redirect_stdout suppress
copy: deepcopy
csv: DictReader DictWriter
ctypes: CDLL POINTER
dataclasses: dataclass asdict astuple
datetime: timedelta timezone tzinfo
decimal: Decimal InvalidOperation ROUND_DOWN ROUND_HALF_EVEN ROUND_HALF_UP
enum: Enum IntEnum IntFlag StrEnum
fractions: Fraction
functools: cached_property lru_cache partial partialmethod reduce singledispatch singledispatchmethod total_ordering \
update_wrapper wraps
getpass: getpass getuser
hashlib: blake2b md5 sha1 sha256 sha512
heapq: heapify heappop heappush heapreplace
html.parser: HTMLParser
http: HTTPStatus
http.server: BaseHTTPRequestHandler ThreadingHTTPServer
importlib: import_module
inspect: isawaitable isclass iscoroutinefunction isfunction ismethod
io: BytesIO StringIO TextIOWrapper
ipaddress: IPv4Address IPv4Network IPv6Address IPv6Network ip_address ip_network
itertools: accumulate chain combinations dropwhile filterfalse groupby islice pairwise permutations starmap takewhile \
zip_longest
json: JSONDecodeError JSONDecoder JSONEncoder
math: ceil floor isclose isfinite isinf isnan sqrt
multiprocessing.pool: ThreadPool
numbers: Integral Number Rational
operator: attrgetter itemgetter methodcaller
pathlib: Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath
pprint: pformat pprint
random: randint randrange
secrets: token_bytes token_hex token_urlsafe
shutil: copyfile copyfileobj copytree rmtree
statistics: fmean
string: ascii_letters ascii_lowercase ascii_uppercase
struct: calcsize
subprocess: CalledProcessError CompletedProcess DEVNULL PIPE Popen TimeoutExpired check_call check_output
tempfile: NamedTemporaryFile TemporaryDirectory TemporaryFile mkdtemp mkstemp
textwrap: dedent
threading: Thread
time: monotonic perf_counter
traceback: format_exc print_exc
types: FrameType FunctionType MappingProxyType MethodType ModuleType SimpleNamespace TracebackType
typing: Annotated Any AnyStr ClassVar Concatenate Dict Final ForwardRef FrozenSet Generic List Literal NamedTuple \
NewType NoReturn Optional ParamSpec Protocol Tuple Type TypeAlias TypeGuard TypeVar TypedDict Union TYPE_CHECKING \
get_args get_origin get_type_hints runtime_checkable
unittest: TestCase
unittest.mock: AsyncMock MagicMock
urllib.parse: parse_qs parse_qsl quote_plus unquote unquote_plus urldefrag urlencode urljoin urlparse urlsplit \
urlunparse urlunsplit
urllib.request: urlopen urlretrieve
uuid: UUID uuid1 uuid3 uuid4 uuid5
weakref: WeakKeyDictionary WeakSet WeakValueDictionary
xml.etree.ElementTree: ElementTree
zoneinfo: ZoneInfo
"""
# Classes that have their module's name: their use decides.
_NAMESAKES = {"datetime": "datetime", "copy": "copy", "pprint": "pprint", "getpass": "getpass"}
# Modules that do something when they are imported, that take long, or that nobody means.
_NEVER = frozenset(
    {"antigravity", "this", "idlelib", "test", "turtledemo", "turtle", "tkinter", "lib2to3", "ensurepip"}
)


def home(name: str) -> str:
    """Give the one module that the name comes from; empty where there is none or more than one."""
    return _homes().get(name, "")


def is_module(name: str) -> bool:
    """Tell whether the name is a module of the standard library that people import whole."""
    return name in sys.stdlib_module_names and not name.startswith("_") and name not in _NEVER


@cache
def exports(module: str) -> frozenset[str]:
    """Give the public names of a top module of the standard library, less the modules in it."""
    if not is_module(module):
        return frozenset()
    try:
        found = import_module(module)
    except ImportError:
        return frozenset()
    names = frozenset(getattr(found, "__all__", ()) or (name for name in vars(found) if not name.startswith("_")))
    # ``urllib.parse`` is there once somebody imported it; ``os.path`` is always there.
    return names - {name for name in names if _is_inner(found, name)}


def innermost(name: str, chain: Sequence[str]) -> str:
    """Give the module that a dotted use of a name reaches into: ``xml.etree.ElementTree`` of ``xml`` and the rest."""
    module = name
    for part in chain:
        if part not in _submodules(module):
            break
        module = f"{module}.{part}"
    return module


@cache
def _submodules(module: str) -> frozenset[str]:
    """Give the public modules that a package of the standard library holds."""
    spec = find_spec(module) if is_module(module.partition(".")[0]) else None
    places = None if spec is None else spec.submodule_search_locations
    return frozenset(item.name for item in iter_modules(places)) if places else frozenset()


def _is_inner(module: ModuleType, name: str) -> bool:
    value = getattr(module, name, None)
    return isinstance(value, ModuleType) and value.__name__.startswith(f"{module.__name__}.")


@cache
def _homes() -> Mapping[str, str]:
    rows = (line.partition(": ") for line in _TABLE.strip().splitlines())
    listed = {name: module for module, _colon, names in rows for name in names.split()}
    return MappingProxyType(listed | _NAMESAKES)
