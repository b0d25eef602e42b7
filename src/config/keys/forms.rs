//! The forms that text has.

/// A form of text.
#[derive(PartialEq, Eq, Debug)]
pub struct TextFormat {
    /// What it is called.
    pub name: &'static str,
    /// A regular expression that everything of the form matches, and some other text too.
    pub pattern: &'static str,
}

pub(super) static LABEL: TextFormat = TextFormat {
    name: "word",
    pattern: r"^[^\s-]\S*$",
};
pub(super) static PATH: TextFormat = TextFormat {
    name: "absolute path",
    pattern: "^/",
};
pub(super) static VARIABLE: TextFormat = TextFormat {
    name: "name of an environment variable",
    pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
};
pub(super) static ENDPOINT: TextFormat = TextFormat {
    name: "URL",
    pattern: r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^?#]+$",
};
pub(super) static MAIL: TextFormat = TextFormat {
    name: "e-mail address",
    pattern: r"^\s*[^@\s]+@[^@\s]+\s*$",
};
pub(super) static LINE: TextFormat = TextFormat {
    name: "name of a line",
    pattern: r"\S",
};
pub(super) static INTERFACE: TextFormat = TextFormat {
    name: "name of an interface",
    pattern: r"^[^\s/:]{1,15}$",
};
pub(super) static HOST: TextFormat = TextFormat {
    name: "host name",
    pattern: r"^\s*(\*\.)?[^\s*.]+(\.[^\s*.]+)+\.?\s*$",
};
pub(super) static NETWORK_V4: TextFormat = TextFormat {
    name: "IPv4 network",
    pattern: r"^[0-9.]+(/[0-9]+)?$",
};
pub(super) static NETWORK_V6: TextFormat = TextFormat {
    name: "IPv6 network",
    pattern: r"^[0-9a-fA-F:.]+(/[0-9]+)?$",
};
pub(super) static SERVER: TextFormat = TextFormat {
    name: "address of a DNS server",
    pattern: r"^\s*([0-9.]+(:[0-9]+)?|[0-9a-fA-F:.]+|\[[0-9a-fA-F:.]+\](:[0-9]+)?)\s*$",
};
pub(super) static SOURCE_V4: TextFormat = TextFormat {
    name: "source",
    pattern: r"^\s*((interface|https|dns|stun|router)\s*$|https?://.|(interface|stun|static|file|command)\s*:\s*\S)",
};
pub(super) static SOURCE_V6: TextFormat = TextFormat {
    name: "source",
    pattern: r"^\s*((interface|https|dns|stun)\s*$|https?://.|(interface|stun|static|file|command)\s*:\s*\S)",
};
pub(super) static HOST_PART: TextFormat = TextFormat {
    name: "host part of an IPv6 address",
    pattern: r"^\s*[0-9a-fA-F:.]+\s*$",
};
pub(super) static MAC: TextFormat = TextFormat {
    name: "MAC address",
    pattern: r"^\s*[0-9a-fA-F]{2}([-:.]?[0-9a-fA-F]{2}){5}\s*$",
};

/// The grammar of sources: each form, and what is asked.
pub const SOURCES: &[(&str, &str)] = &[
    (
        "interface",
        "The address of this host that the kernel would send from: by the lowest metric, the preferred source and the \
         policy rules. No address of another uplink is published.",
    ),
    (
        "interface:NAME",
        "The addresses of one interface, whatever the kernel would send by.",
    ),
    (
        "https",
        "A built-in list of echo services of unrelated operators; another one is asked first each hour.",
    ),
    (
        "https://HOST/PATH",
        "An echo service of your choice, whose answer is an address and nothing else. On your own network (at a \
         private, loopback or link-local address) it may be http:// as well.",
    ),
    (
        "dns",
        "Names that answer with the asker's address, asked at their operators' own servers.",
    ),
    (
        "stun",
        "A built-in list of STUN servers of unrelated operators.",
    ),
    ("stun:HOST:PORT", "One STUN server."),
    (
        "router",
        "The router in front of this host, by PCP, NAT-PMP or UPnP: IPv4 only. Announcements of a new address \
         start a round at once. It counts as one operator.",
    ),
    ("static:ADDRESS[,ADDRESS]", "This address, or these."),
    (
        "file:PATH",
        "What stands in a file: an address, or several separated by white space or commas. Writing or replacing the file \
         starts a round at once.",
    ),
    (
        "command:LINE",
        "What a command line, carried out by /bin/sh, prints: an address, or several separated by white space or commas. \
         Of moored's environment it gets `PATH`, `HOME`, `LANG`, `TZ` and what `command_environment` names. Messages name \
         its program and hide the rest.",
    ),
];
