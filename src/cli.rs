//! The command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Keeps this host's names moored to its address: dynamic DNS for Domeneshop and DNSPod.
#[derive(Parser, Debug)]
#[command(
    name = "moored",
    version,
    about,
    after_help = "Exit codes: 0 right; 1 internal fault or unwritable output; 2 bad command line; 69 our address could \
                  not be found out; 75 try again; 77 refused by a provider; 78 configuration is \
                  wrong. Without a configuration file the environment is enough: see the README."
)]
pub struct Cli {
    /// What applies to every command.
    #[command(flatten)]
    pub global: Global,

    /// One round, then exit with a code that cron and timers can use; quiet if everything was right
    #[arg(long)]
    pub once: bool,

    /// With --once: a line for each host that was right already, too
    #[arg(long, short, requires = "once")]
    pub verbose: bool,

    /// What to do; `run` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Args, Debug)]
pub struct Global {
    /// The configuration file
    ///
    /// Without it: `$MOORED_CONFIG`, else /etc/moored/config.toml, else
    /// `$XDG_CONFIG_HOME/moored/config.toml`, else the environment alone.
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Write nothing at any provider
    #[arg(long, global = true)]
    pub dry_run: bool,

    /// How much to log to standard error
    ///
    /// off, error, warn, info, debug, trace, or a filter such as `moored=debug`. A level shows nothing of the
    /// libraries; a filter such as `moored=info,hickory_net=warn` does.
    /// Without it: `$MOORED_LOG`, else info for the daemon and warn for every other command.
    #[arg(long, global = true, value_name = "LEVEL|FILTER")]
    pub log: Option<String>,

    /// Answer in JSON on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Keep the names right until told to stop (the default)
    Run,
    /// Show what a round would change, and why; change nothing
    Plan {
        /// End with 10 when changes are pending
        #[arg(long)]
        exit_code: bool,
    },
    /// Ask every configured source for our addresses, at once
    Detect,
    /// Check configuration, credentials, zone and permission to read for every host; write nothing
    ///
    /// Names what excludes addresses at a host: an alias, a redirect, a delegation. An account that
    /// refused its credentials is asked once more, at most once a minute; if it accepts them now, it is
    /// held back no longer, and a running daemon starts a round at once.
    Check {
        /// Look at the configuration and the secrets it names only, and ask nobody
        #[arg(long)]
        offline: bool,
    },
    /// Show or change any record of an account, of any type
    Records {
        /// The account's name in the configuration
        account: String,
        /// What to do
        #[command(subcommand)]
        action: RecordsAction,
    },
    /// Call any operation of a provider's API
    Api {
        /// The account's name in the configuration
        account: String,
        /// The operation, as --list shows it
        #[arg(required_unless_present = "list")]
        operation: Option<String>,
        /// Its parameters
        #[arg(value_name = "KEY=VALUE")]
        parameters: Vec<String>,
        /// Show every operation with its parameters
        #[arg(long)]
        list: bool,
        /// Send it even if it may change something
        #[arg(long)]
        yes: bool,
    },
    /// Turn another updater's configuration into one of moored's, on standard output
    ///
    /// Understood are ddclient.conf, inadyn.conf and ddns-updater's config.json; for the latter PERIOD,
    /// `PUBLICIP_FETCHERS` and others are taken from the environment. What is not carried over is named
    /// in comments, with its line. The result holds the secrets of the file.
    Import {
        /// The other program's file
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Show how the running daemon stands
    Status,
    /// End with 0 while the running daemon is healthy, else with 1
    Health,
    /// Tell the running daemon that it is time to look
    Poke {
        /// What our address is now, as far as you know; one of each family at the most
        ///
        /// The daemon takes it for what one independent operator says: with `confirm = 2` one of
        /// those it asks has to agree, with `confirm = 1` it is believed.
        #[arg(value_name = "ADDRESS")]
        addresses: Vec<IpAddr>,
    },
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: CompletionShell,
    },
    /// Print a page of the manual, as `man -l -` shows it
    Man {
        /// The page
        #[arg(default_value = "moored")]
        page: ManualPage,
    },
}

/// The shells there are completions for.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionShell {
    /// Bash, with bash-completion.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
}

/// The pages of the manual.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ManualPage {
    /// moored(1): the commands.
    Moored,
    /// moored.toml(5): the configuration.
    #[value(name = "moored.toml")]
    Configuration,
}

/// What `moored records` does.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum RecordsAction {
    /// Show the records of every zone, or of one zone or name
    List {
        /// A zone or a host
        name: Option<String>,
    },
    /// Add a record
    Add {
        /// The record
        #[command(flatten)]
        record: RecordArgs,
    },
    /// Replace a record's content; what is not said stays
    Set {
        /// The record
        #[command(flatten)]
        record: RecordArgs,
        /// Its identifier, where several have the name and type
        #[arg(long)]
        id: Option<String>,
    },
    /// Delete a record
    Delete {
        /// The host, fully qualified
        name: String,
        /// The type
        r#type: String,
        /// The content, where several have the name and type
        #[arg(allow_hyphen_values = true)]
        data: Option<String>,
        /// Its identifier, where several have even that
        #[arg(long)]
        id: Option<String>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

/// A record on the command line.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct RecordArgs {
    /// The host, fully qualified
    pub name: String,
    /// The type: A, AAAA, CNAME, MX, TXT, …
    pub r#type: String,
    /// The content
    #[arg(allow_hyphen_values = true)]
    pub data: String,
    /// Time to live in seconds
    #[arg(long)]
    pub ttl: Option<u32>,
    /// What else the type or the provider has, as in priority=10
    #[arg(value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

impl CompletionShell {
    /// Its completions, made from the commands above.
    pub fn completions(self) -> &'static str {
        match self {
            Self::Bash => include_str!("../contrib/completions/moored.bash"),
            Self::Zsh => include_str!("../contrib/completions/_moored"),
            Self::Fish => include_str!("../contrib/completions/moored.fish"),
        }
    }
}

impl ManualPage {
    /// Its source, for man(1), made from the commands above and from the table of the configuration's keys.
    pub fn source(self) -> &'static str {
        match self {
            Self::Moored => include_str!("../contrib/man/moored.1"),
            Self::Configuration => include_str!("../contrib/man/moored.toml.5"),
        }
    }
}
