import type { IoKind } from '../types';

/** What methods of a type do: those not named here only look at their object. */
export interface TypeMethods {
  /** Types by the last part of their name. */
  types: string;
  /** Change their object; '*' for all. */
  changes?: string;
  /** What those named in `outside` reach; without names, all. */
  io?: IoKind;
  outside?: string;
  /** Leave something behind that shows in which order they were called. */
  ordered?: string;
}

const READ = 'read read1 readline readlines readinto readall __next__';
const WRITE = 'write writelines truncate';

export const TYPES: readonly TypeMethods[] = [
  { types: 'list array', changes: 'append extend insert remove pop clear sort reverse fromlist frombytes byteswap' },
  { types: 'dict defaultdict OrderedDict Counter ChainMap WeakValueDictionary', changes: 'update setdefault pop popitem clear move_to_end subtract' },
  { types: 'set', changes: 'add discard remove pop clear update difference_update intersection_update symmetric_difference_update' },
  { types: 'deque', changes: 'append appendleft pop popleft extend extendleft insert remove rotate clear reverse' },
  { types: 'bytearray', changes: 'append extend insert remove pop clear reverse' },
  { types: 'str bytes int float bool complex tuple frozenset range memoryview NoneType Decimal Fraction datetime date timedelta time Pattern Match UUID struct_time Namespace SimpleNamespace Enum' }, // prettier-ignore
  { types: 'ndarray', changes: 'sort fill resize put itemset partition setfield byteswap', io: 'disk', outside: 'tofile dump' },
  { types: 'DataFrame Series', changes: 'insert pop update', io: 'disk', outside: 'to_csv to_parquet to_excel to_json to_pickle to_hdf to_feather', ordered: 'to_csv to_parquet to_excel to_json to_pickle to_hdf to_feather' }, // prettier-ignore
  { types: '_Hash HASH HMAC Compress Decompress _BlakeHash', changes: 'update compress decompress flush' },
  { types: 'Random RandomState Generator SystemRandom', changes: 'seed setstate set_state jumpahead' },
  { types: 'TextIOWrapper BufferedReader BufferedWriter BufferedRandom FileIO GzipFile BZ2File LZMAFile _TemporaryFileWrapper', io: 'disk', outside: `${READ} ${WRITE} seek flush close`, changes: `${READ} ${WRITE} seek`, ordered: `${WRITE} flush` }, // prettier-ignore
  {
    types: 'ZipFile TarFile',
    io: 'disk',
    changes: 'write writestr add addfile extract extractall open',
    ordered: 'write writestr add addfile extractall',
  },
  { types: 'StringIO BytesIO', changes: `${READ} ${WRITE} seek close` },
  { types: '_writer writer DictWriter', changes: '*' },
  { types: 'PosixPath WindowsPath Path', io: 'disk', outside: 'open read_text read_bytes write_text write_bytes exists is_file is_dir stat lstat unlink mkdir rmdir touch iterdir glob rglob rename replace symlink_to chmod resolve', ordered: 'rename replace rmdir symlink_to' }, // prettier-ignore
  { types: 'Session Client AsyncClient ClientSession', io: 'network', ordered: 'post put patch delete' },
  { types: 'Response HTTPResponse', io: 'network', outside: `${READ} iter_content iter_lines`, changes: READ },
  { types: 'HTTPConnection HTTPSConnection socket SSLSocket SMTP FTP', io: 'network', changes: '*', ordered: 'send sendall sendto sendmail' },
  { types: 'Connection', io: 'database', ordered: '*' },
  { types: 'Cursor', io: 'database', changes: 'execute executemany fetchone fetchmany fetchall __next__', ordered: '*' },
  { types: 'Popen', io: 'subprocess', changes: 'communicate wait poll send_signal terminate kill' },
  { types: 'generator iterator list_iterator map filter zip enumerate reversed', changes: '__next__ send throw close' },
];

/** Of an object whose type is not known: names that mean one thing on nearly every type that has them. */
export const CHANGING_METHODS = words(
  'append extend insert remove pop clear sort reverse add discard update setdefault popitem popleft appendleft extendleft rotate subtract difference_update ' +
    'intersection_update symmetric_difference_update fill resize itemset move_to_end put put_nowait get_nowait task_done writerow writerows acquire release notify set_value',
);
export const LOOKING_METHODS = words(
  'items keys values copy count index most_common elements total union intersection difference symmetric_difference issubset issuperset isdisjoint ' +
    'split rsplit strip lstrip rstrip join lower upper title capitalize casefold swapcase replace format format_map startswith endswith find rfind rindex splitlines ' +
    'partition rpartition zfill ljust rjust center expandtabs translate encode decode isdigit isalpha isalnum isspace isupper islower isnumeric isdecimal isidentifier istitle ' +
    'removeprefix removesuffix hex bit_length bit_count to_bytes is_integer as_integer_ratio conjugate ' +
    'sum mean std var min max prod any all argmin argmax argsort cumsum cumprod dot reshape ravel flatten astype tolist item transpose squeeze take repeat round clip nonzero trace view diagonal swapaxes searchsorted ' +
    'group groups groupdict start end span match search fullmatch findall finditer sub subn ' +
    'head tail iterrows itertuples groupby merge isna notna fillna dropna sort_values reset_index set_index apply agg unique nunique value_counts describe quantile rolling ewm pivot_table melt to_numpy to_dict ' +
    'isoformat strftime date time timestamp total_seconds weekday isoweekday toordinal timetuple hexdigest digest ' +
    'with_suffix with_name with_stem joinpath relative_to as_posix sqrt ln log10 exp quantize normalize limit_denominator',
);
export const FILE_METHODS = words(`${READ} ${WRITE} seek read_text read_bytes write_text write_bytes exists is_file is_dir stat unlink mkdir rmdir touch iterdir glob rglob flush close to_csv to_parquet savefig open`); // prettier-ignore
export const NETWORK_METHODS = words('urlopen getresponse recv recvfrom send sendall connect request');
export const DATABASE_METHODS = words('execute executemany executescript fetchone fetchall fetchmany commit rollback cursor');
/** Of files, sockets and cursors: what is taken from them is gone. */
export const STREAM_METHODS = words(`${READ} ${WRITE} seek recv recvfrom send sendall getresponse request fetchone fetchmany fetchall`);
export const ORDERED_METHODS = words(`${WRITE} flush rename replace rmdir send sendall commit rollback executemany executescript execute to_csv to_parquet savefig post put patch delete`); // prettier-ignore
/** Those whose path decides where they write: two with different paths do not meet. */
export const PATH_METHODS = words('write_text write_bytes unlink mkdir touch');
export const DRAWING_METHODS = words(
  'random uniform normal standard_normal integers randint randrange randn rand choice choices sample shuffle permutation permuted gauss normalvariate expovariate ' +
    'poisson exponential standard_exponential beta gamma standard_gamma binomial multivariate_normal lognormal triangular betavariate gammavariate lognormvariate weibull bytes spawn rvs getrandbits ' +
    'random_sample laplace geometric chisquare dirichlet multinomial rayleigh logistic gumbel pareto power zipf vonmises vonmisesvariate paretovariate weibullvariate random_integers standard_cauchy standard_t hypergeometric negative_binomial',
);
/** Names that mean nothing but a draw, whatever the object. */
export const SURE_DRAWS = words(
  'standard_normal integers randint randrange randn permutation gauss normalvariate expovariate shuffle standard_exponential getrandbits rvs multivariate_normal lognormal',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
