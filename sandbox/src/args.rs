//! The program's flags.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use sandbox::{IDLE_TIMEOUT, Options};

const USAGE: &str = "\
usage: sandbox [--bind ADDRESS] [--port-base PORT] [--idle-timeout SECONDS] [--strict-user-agents] [--until-eof]

  --bind ADDRESS          listen there; default 127.0.0.1. Anyone who reaches it may do anything to it.
  --port-base PORT        DNS on that port, Domeneshop, DNSPod, DNSPod for China and control on the next four,
                          echo services from ten above; default 5300. 0: any free ports
  --idle-timeout SECONDS  close a connection on which nothing comes for that long; default 5
  --strict-user-agents    DNSPod answers 403 to a User-Agent that does not have the documented form,
                          Name/Version(email); without this it takes any
  --until-eof             stop at the end of the standard input";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    bind: IpAddr,
    port_base: u16,
    idle_timeout: Duration,
    strict_user_agents: bool,
    pub(crate) until_eof: bool,
}

impl Args {
    /// The flags, or the text for whoever got them wrong.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port_base: 5300,
            idle_timeout: IDLE_TIMEOUT,
            strict_user_agents: false,
            until_eof: false,
        };
        while let Some(flag) = args.next() {
            let mut value = || {
                args.next()
                    .ok_or_else(|| format!("{flag} needs a value\n\n{USAGE}"))
            };
            match flag.as_str() {
                "--bind" => {
                    let value = value()?;
                    let bind = value.parse();
                    parsed.bind = bind.map_err(|_| format!("{value:?} is not an IP address"))?;
                }
                "--port-base" => {
                    let value = value()?;
                    let port = value.parse().ok().filter(|port| *port <= u16::MAX - 20);
                    parsed.port_base = port.ok_or_else(|| format!("{value:?} is no port"))?;
                }
                "--idle-timeout" => {
                    let value = value()?;
                    let seconds = value.parse().ok().filter(|seconds| *seconds > 0);
                    let seconds = seconds.ok_or_else(|| {
                        format!("{value:?} is not a number of whole seconds, at least 1")
                    })?;
                    parsed.idle_timeout = Duration::from_secs(seconds);
                }
                "--strict-user-agents" => parsed.strict_user_agents = true,
                "--until-eof" => parsed.until_eof = true,
                "--help" | "-h" => return Err(USAGE.to_owned()),
                _ => return Err(format!("{flag:?} is not known\n\n{USAGE}")),
            }
        }
        Ok(parsed)
    }

    pub(crate) fn options(&self) -> Options {
        let port = |above: u16| (self.port_base != 0).then(|| self.port_base + above);
        Options {
            bind: self.bind,
            dns_port: port(0),
            domeneshop_port: port(1),
            dnspod_port: port(2),
            dnspod_china_port: port(3),
            control_port: port(4),
            echo_port: port(10),
            idle_timeout: self.idle_timeout,
            strict_user_agents: self.strict_user_agents,
        }
    }
}

#[cfg(test)]
mod tests {
    use sandbox::IDLE_TIMEOUT;

    use super::Args;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_set_what_they_name() {
        let args = parse(
            "--bind 0.0.0.0 --port-base 6000 --idle-timeout 75 --strict-user-agents --until-eof",
        )
        .unwrap();
        assert!(args.until_eof);
        assert!(args.options().strict_user_agents);
        assert_eq!(args.options().idle_timeout.as_secs(), 75);
        assert_eq!(args.options().bind.to_string(), "0.0.0.0");
        assert_eq!(args.options().domeneshop_port, Some(6001));
    }

    #[test]
    fn without_flags_any_user_agent_will_do_and_idle_connections_are_closed_after_the_default_time()
    {
        let options = parse("").unwrap().options();
        assert!(!options.strict_user_agents);
        assert_eq!(options.idle_timeout, IDLE_TIMEOUT);
        assert!(parse("--idle-timeout 0").is_err());
    }

    #[test]
    fn a_flag_that_is_not_known_is_named_with_the_usage() {
        let text = parse("--prot-base 6000").unwrap_err();
        assert!(text.contains("--prot-base") && text.contains("usage:"));
    }
}
