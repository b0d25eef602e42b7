//! The program's flags.

use std::net::{IpAddr, Ipv4Addr};

use sandbox::Options;

const USAGE: &str = "\
usage: sandbox [--bind ADDRESS] [--port-base PORT] [--until-eof]

  --bind ADDRESS     listen there; default 127.0.0.1. Anyone who reaches it may do anything to it.
  --port-base PORT   DNS on that port, Domeneshop, DNSPod, DNSPod for China and control on the next four,
                     echo services from ten above; default 5300. 0: any free ports
  --until-eof        stop at the end of the standard input";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    bind: IpAddr,
    port_base: u16,
    pub(crate) until_eof: bool,
}

impl Args {
    /// The flags, or the text for whoever got them wrong.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port_base: 5300,
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_set_what_they_name() {
        let args = parse("--bind 0.0.0.0 --port-base 6000 --until-eof").unwrap();
        assert!(args.until_eof);
        assert_eq!(args.options().bind.to_string(), "0.0.0.0");
        assert_eq!(args.options().domeneshop_port, Some(6001));
    }

    #[test]
    fn a_flag_that_is_not_known_is_named_with_the_usage() {
        let text = parse("--prot-base 6000").unwrap_err();
        assert!(text.contains("--prot-base") && text.contains("usage:"));
    }
}
