//! The tables and their keys, in the order of the manual.

use super::{
    ConfigKey, Fallback, KeyKind, KeyTable, TextFormat,
    forms::{
        ENDPOINT, HOST, HOST_PART, INTERFACE, LABEL, LINE, MAC, MAIL, NETWORK_V4, NETWORK_V6, PATH,
        SERVER, SOURCE_V4, SOURCE_V6, VARIABLE,
    },
};

/// Every table there is.
pub const TABLES: &[KeyTable] = &[
    KeyTable {
        path: "",
        repeats: false,
        about: "These stand before the first table: TOML counts every line after a table's head to it.",
        keys: &[
            key(
                "interval",
                KeyKind::Duration("1s", "1d"),
                Fallback::Default("\"5m\""),
                "\"5m\"",
                "How often this host's own address is looked at if nothing happens. A round starts by itself when an \
                 interface has a new address, a source's file is written or replaced, a router that is a source \
                 announces a change, or the host wakes up from suspend; and soon after whatever else the kernel says \
                 of addresses, links and default routes.",
            ),
            key(
                "verify",
                KeyKind::Duration("1s", "30d"),
                Fallback::Default("\"1h\""),
                "\"1h\"",
                "How often the zone's own name servers are asked whether they answer what was written.",
            ),
            key(
                "audit",
                KeyKind::Duration("1s", "30d"),
                Fallback::Default("\"24h\""),
                "\"24h\"",
                "How often the records themselves are listed at the provider and compared.",
            ),
            key(
                "timeout",
                KeyKind::Duration("100ms", "5m"),
                Fallback::Default("\"10s\""),
                "\"10s\"",
                "How long any one request may take.",
            ),
            key(
                "state_dir",
                KeyKind::Text(&PATH),
                Fallback::Described(
                    "`$STATE_DIRECTORY`, as systemd sets it, else `$XDG_STATE_HOME/moored`, else `~/.local/state/moored`, \
                     and /var/lib/moored for root.",
                ),
                "\"/var/lib/moored\"",
                "Where moored remembers what it wrote. It cannot change while the daemon runs.",
            ),
            key(
                "command_environment",
                KeyKind::Texts(&VARIABLE),
                Fallback::Default("[]"),
                "[\"ROUTER_PASSWORD\"]",
                "Which of the variables that moored was started with the commands of `command:` sources get as well. They always \
                 get `PATH`, `HOME`, `LANG` and `TZ`, and no other: credentials may be among them.",
            ),
        ],
    },
    KeyTable {
        path: "ipv4",
        repeats: false,
        about: "How this host's IPv4 address is found out.",
        keys: &[
            sources(&SOURCE_V4),
            CONFIRM,
            ACCEPT,
            only(&NETWORK_V4, "[\"84.212.0.0/16\"]"),
            exclude(&NETWORK_V4, "[\"84.212.7.0/24\", \"84.212.9.9\"]"),
            ON_ABSENT,
        ],
    },
    KeyTable {
        path: "ipv6",
        repeats: false,
        about: "How this host's IPv6 address is found out.",
        keys: &[
            sources(&SOURCE_V6),
            CONFIRM,
            ACCEPT,
            only(&NETWORK_V6, "[\"2a01:79c::/32\"]"),
            exclude(&NETWORK_V6, "[\"2a01:79c:1::/48\"]"),
            ON_ABSENT,
            key(
                "prefer",
                KeyKind::Choice(&["stable", "temporary"]),
                Fallback::Default("\"stable\""),
                "\"stable\"",
                "Which of an interface's addresses to publish: the stable one, or the temporary one that changes every \
                 day or so.",
            ),
        ],
    },
    KeyTable {
        path: "dns",
        repeats: false,
        about: "Whom to ask what the zones' names have.",
        keys: &[key(
            "servers",
            KeyKind::Texts(&SERVER),
            Fallback::Default("[]"),
            "[\"127.0.0.1\", \"[::1]:5300\"]",
            "Servers to ask instead of each zone's own, where those cannot be reached; with a port if it is not 53.",
        )],
    },
    KeyTable {
        path: "domeneshop",
        repeats: true,
        about: "An account at Domeneshop.",
        keys: &[
            name("\"domeneshop\""),
            key(
                "token",
                KeyKind::Secret,
                Fallback::Required,
                "\"sandbox\"",
                "The API token, made at https://www.domeneshop.no/admin?view=api.",
            ),
            key(
                "secret",
                KeyKind::Secret,
                Fallback::Required,
                "\"sandbox-secret\"",
                "The secret that belongs to the token.",
            ),
            endpoint(
                Fallback::Default("\"https://api.domeneshop.no/v0\""),
                "\"https://api.domeneshop.no/v0\"",
            ),
            key(
                "update",
                KeyKind::Choice(&["auto", "dyndns", "records"]),
                Fallback::Default("\"auto\""),
                "\"auto\"",
                "How records are written. `auto` uses the short way, dyndns, where it loses nothing, and the records \
                 API elsewhere; `dyndns` and `records` use only the one. With `dyndns` no host may be a wildcard, \
                 have a `ttl` or say `create = false`.",
            ),
            VIA,
            HOSTS,
        ],
    },
    host_table("domeneshop.host", &DOMENESHOP_HOST),
    device_table("domeneshop.host.ipv6"),
    KeyTable {
        path: "dnspod",
        repeats: true,
        about: "An account at DNSPod.",
        keys: &[
            name("\"dnspod\""),
            key(
                "site",
                KeyKind::Choice(&["international", "china"]),
                Fallback::Default("\"international\""),
                "\"international\"",
                "`international` is api.dnspod.com, `china` is dnsapi.cn. It sets the endpoint and the line.",
            ),
            key(
                "token",
                KeyKind::Secret,
                Fallback::Described("`user_token` must be there."),
                "\"12345,0123456789abcdef\"",
                "An API token, written as its ID, a comma and the token itself.",
            ),
            key(
                "user_token",
                KeyKind::Secret,
                Fallback::Described("`token` must be there."),
                "\"730060,e1a8a$f14d\"",
                "The older form, of the international site only.",
            ),
            endpoint(
                Fallback::Described("https://api.dnspod.com or https://dnsapi.cn, as `site` says."),
                "\"https://api.dnspod.com\"",
            ),
            key(
                "line",
                KeyKind::Text(&LINE),
                Fallback::Described(
                    "`default`, or `默认` on the site for China: the one for everybody.",
                ),
                "\"default\"",
                "The line whose records are kept.",
            ),
            key(
                "contact",
                KeyKind::Text(&MAIL),
                Fallback::Required,
                "\"me@example.com\"",
                "Whom DNSPod may write to when a program misbehaves. Where the environment is the configuration and this \
                 is not set, it is `moored@` and the first host.",
            ),
            VIA,
            HOSTS,
        ],
    },
    host_table("dnspod.host", &DNSPOD_HOST),
    device_table("dnspod.host.ipv6"),
];

const fn key(
    name: &'static str,
    kind: KeyKind,
    without: Fallback,
    example: &'static str,
    about: &'static str,
) -> ConfigKey {
    ConfigKey {
        name,
        kind,
        without,
        example,
        about,
    }
}

const fn sources(form: &'static TextFormat) -> ConfigKey {
    key(
        "sources",
        KeyKind::Texts(form),
        Fallback::Default("[\"interface\", \"https\", \"dns\"]"),
        "[\"interface\", \"https\", \"dns\"]",
        "Whom to ask, in order, as SOURCES below has them; the first acceptable answer proposes. `[]` switches the family \
         off; in the variable that is the word `none`.",
    )
}

const CONFIRM: ConfigKey = key(
    "confirm",
    KeyKind::Integer(1, i64::MAX, 1),
    Fallback::Default("2"),
    "2",
    "How many independent operators must say the same before an answer from outside that is new is believed. It does not \
     apply to `interface`, `static`, `file` and `command`. If the sources are of fewer operators, that is an error.",
);

const ACCEPT: ConfigKey = key(
    "accept",
    KeyKind::Choice(&["global", "any"]),
    Fallback::Default("\"global\""),
    "\"global\"",
    "`global` publishes nothing that the Internet cannot reach; `any` publishes private, carrier-grade NAT, unique \
     local and documentation addresses too.",
);

const fn only(form: &'static TextFormat, example: &'static str) -> ConfigKey {
    key(
        "only",
        KeyKind::Texts(form),
        Fallback::Default("[]"),
        example,
        "Networks an address must lie in, if any are given.",
    )
}

const fn exclude(form: &'static TextFormat, example: &'static str) -> ConfigKey {
    key(
        "exclude",
        KeyKind::Texts(form),
        Fallback::Default("[]"),
        example,
        "Networks an address must not lie in.",
    )
}

const ON_ABSENT: ConfigKey = key(
    "on_absent",
    KeyKind::Choice(&["keep", "remove"]),
    Fallback::Default("\"keep\""),
    "\"keep\"",
    "What to do with the records when this host is known to have no address of this family any more. Not being able to \
     find out never removes anything.",
);

const fn name(default: &'static str) -> ConfigKey {
    key(
        "name",
        KeyKind::Text(&LABEL),
        Fallback::Default(default),
        "\"home\"",
        "What the account is called in reports and commands: one word that starts with no hyphen. No two have the same name.",
    )
}

const fn endpoint(without: Fallback, example: &'static str) -> ConfigKey {
    key(
        "endpoint",
        KeyKind::Text(&ENDPOINT),
        without,
        example,
        "The base address of the API. `http://` is accepted on your own network only.",
    )
}

const VIA: ConfigKey = key(
    "via",
    KeyKind::Text(&INTERFACE),
    Fallback::Described("the routing table decides."),
    "\"eth1\"",
    "On a host with several uplinks: the interface that the hosts' addresses are found out over. Every question about the \
     address leaves by it and by nothing else, for which it takes a default route by it in any routing table; the source `interface` means its addresses only; and while it is not there or down, the records stay as they are. It needs no \
     privilege since Linux 5.7 (before: CAP_NET_RAW). Names of services are looked up by the system's resolver, requests \
     to the provider take the usual way, and `static`, `file` and `command` say the same whatever the interface.",
);

const HOSTS: ConfigKey = key(
    "hosts",
    KeyKind::Texts(&HOST),
    Fallback::Described("at least one host must stand in a table of its own, `[[….host]]`."),
    "[\"home.example.com\"]",
    "The names to keep at this host's addresses.",
);

const fn host_table(path: &'static str, keys: &'static [ConfigKey]) -> KeyTable {
    KeyTable {
        path,
        repeats: true,
        about: "A host that needs more than its name.",
        keys,
    }
}

static DOMENESHOP_HOST: [ConfigKey; 6] = host_keys(KeyKind::Integer(60, 604_800, 60));
static DNSPOD_HOST: [ConfigKey; 6] = host_keys(KeyKind::Integer(1, 604_800, 1));

const fn host_keys(ttl: KeyKind) -> [ConfigKey; 6] {
    [
        key(
            "name",
            KeyKind::Text(&HOST),
            Fallback::Required,
            "\"nas.example.com\"",
            "The host's name.",
        ),
        key(
            "ipv4",
            KeyKind::Switch,
            Fallback::Default("true"),
            "false",
            "`false` leaves its A records alone.",
        ),
        key(
            "ipv6",
            KeyKind::Device,
            Fallback::Default("true"),
            "{ host = \"::5054:ff:fe12:3456\" }",
            "`false` leaves its AAAA records alone, `true` is this host's own address, and a table is another device behind the \
             same prefix.",
        ),
        key(
            "ttl",
            ttl,
            Fallback::Described("what the record has stays."),
            "300",
            "The time to live of its records, in seconds.",
        ),
        key(
            "create",
            KeyKind::Switch,
            Fallback::Default("true"),
            "false",
            "`false` creates no record that is not there.",
        ),
        key(
            "via",
            KeyKind::Text(&INTERFACE),
            Fallback::Described("the account's."),
            "\"eth2\"",
            "The same for this host alone.",
        ),
    ]
}

const fn device_table(path: &'static str) -> KeyTable {
    KeyTable {
        path,
        repeats: false,
        about: "Another device behind this network's prefix, told by its host part or by its MAC address: one of both. \
                Usually written in one line, `ipv6 = { host = \"…\" }`.",
        keys: &DEVICE,
    }
}

static DEVICE: [ConfigKey; 3] = [
    key(
        "host",
        KeyKind::Text(&HOST_PART),
        Fallback::Described("`mac` must be there."),
        "\"::5054:ff:fe12:3456\"",
        "The last bits of its address.",
    ),
    key(
        "mac",
        KeyKind::Text(&MAC),
        Fallback::Described("`host` must be there."),
        "\"52:54:00:12:34:56\"",
        "Its MAC address, if it makes its address from that (EUI-64).",
    ),
    key(
        "prefix",
        KeyKind::Integer(48, 64, 1),
        Fallback::Default("64"),
        "56",
        "How many bits come from this host's own address. Where the device is in another subnet, fewer; `host` says the subnet \
         then, and with `mac` it is zero.",
    ),
];
