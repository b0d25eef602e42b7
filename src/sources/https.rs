//! The echo services built in for the source `https`: unrelated operators, asked over HTTPS, each
//! of which answers with the caller's address and nothing else.

use crate::core::address::family::Family;

/// An operator and where it answers.
#[derive(Clone, Copy, Debug)]
pub struct HttpsOperator {
    /// Who runs it.
    pub name: &'static str,
    /// Where it answers about IPv4.
    pub v4: &'static str,
    /// Where it answers about IPv6; the connection is forced into the family all the same.
    pub v6: &'static str,
}

impl HttpsOperator {
    /// The address to ask about a family.
    pub fn url(self, family: Family) -> &'static str {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }
}

/// Each is run by somebody else and answers with text, from the operators' own pages. The order is
/// the order in which they are asked.
pub const OPERATORS: [HttpsOperator; 6] = [
    HttpsOperator {
        name: "ipify",
        v4: "https://api.ipify.org/",
        v6: "https://api6.ipify.org/",
    },
    HttpsOperator {
        name: "Cloudflare",
        v4: "https://ipv4.icanhazip.com/",
        v6: "https://ipv6.icanhazip.com/",
    },
    HttpsOperator {
        name: "ident.me",
        v4: "https://v4.ident.me/",
        v6: "https://v6.ident.me/",
    },
    HttpsOperator {
        name: "ifconfig.co",
        v4: "https://ifconfig.co/ip",
        v6: "https://ifconfig.co/ip",
    },
    HttpsOperator {
        name: "IPinfo",
        v4: "https://ipinfo.io/ip",
        v6: "https://v6.ipinfo.io/ip",
    },
    HttpsOperator {
        name: "wtfismyip",
        v4: "https://ipv4.text.wtfismyip.com/",
        v6: "https://ipv6.text.wtfismyip.com/",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_another_one_and_speaks_https() {
        for (position, operator) in OPERATORS.iter().enumerate() {
            for family in Family::ALL {
                assert!(
                    operator.url(family).starts_with("https://"),
                    "{}",
                    operator.name
                );
            }
            let others = &OPERATORS[position + 1..];
            assert!(
                others
                    .iter()
                    .all(|it| it.name != operator.name && it.v4 != operator.v4)
            );
        }
    }
}
