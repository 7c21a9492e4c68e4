//! A range of addresses in CIDR notation (RFC 4632, 3.1; RFC 4291, 2.3).

use std::{fmt, net::IpAddr, str::FromStr};

/// An address with the length of its prefix, for example `10.0.0.0/8`; a single address when the prefix is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `address` lies in the range. An IPv4 address may come in its IPv6 dress (`::ffff:10.0.0.1`), as it does
    /// from a socket that serves both.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
            (_, address) => masked(address, self.prefix) == self.address,
        }
    }

    fn whole(address: IpAddr) -> u8 {
        if address.is_ipv4() { 32 } else { 128 }
    }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == Self::whole(self.address) {
            self.address.fmt(f)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("expected an address or a range such as 10.0.0.0/8 or fd00::/8, found {text:?}");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| expected())?;
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|prefix| *prefix <= Self::whole(address))
                .ok_or_else(expected)?,
            Some(_) => return Err(expected()),
            None => Self::whole(address),
        };
        let network = Self {
            address: masked(address, prefix),
            prefix,
        };
        if network.address != address {
            return Err(format!(
                "expected a range without host bits: write {network} in place of {text}"
            ));
        }
        if address.to_canonical() != address {
            return Err(format!("expected an IPv4 range in its own notation, found {text:?}"));
        }
        Ok(network)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_holds_what_shares_its_prefix() {
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("192.168.1.128/25", "192.168.1.129"));
        assert!(!holds("192.168.1.128/25", "192.168.1.127"));
        assert!(holds("fd00::/8", "fdab::1"));
        assert!(!holds("fd00::/8", "fe80::1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8"));
        assert!(holds("::/0", "2001:db8::1"));
    }

    #[test]
    fn a_single_address_holds_itself_alone() {
        assert!(holds("127.0.0.1", "127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("::1", "::1"));
        assert!(!holds("::1", "127.0.0.1"));
    }

    #[test]
    fn an_ipv4_address_is_known_in_its_ipv6_dress() {
        assert!(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(!holds("::/0", "::ffff:10.1.2.3"));
    }

    #[test]
    fn what_is_not_a_range_is_refused() {
        for text in [
            "",
            "proxy",
            "10.0.0.0/33",
            "10.0.0/8",
            "fd00::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
        ] {
            assert!(text.parse::<Network>().unwrap_err().contains("such as"), "{text}");
        }
        assert!(
            "::ffff:10.0.0.1"
                .parse::<Network>()
                .unwrap_err()
                .contains("own notation")
        );
    }

    #[test]
    fn host_bits_are_refused_with_the_range_that_was_meant() {
        assert!(
            "10.1.2.3/8"
                .parse::<Network>()
                .unwrap_err()
                .contains("write 10.0.0.0/8")
        );
    }

    proptest! {
        #[test]
        fn every_network_prints_as_it_parses(bits: u32, prefix in 0_u8..=32) {
            let network = Network { address: masked(IpAddr::V4(bits.into()), prefix), prefix };
            prop_assert_eq!(network.to_string().parse::<Network>(), Ok(network));
            prop_assert!(network.contains(IpAddr::V4(bits.into())));
        }

        #[test]
        fn no_text_makes_the_parser_fall(text in "[0-9a-f.:/]{0,24}") {
            let _ = text.parse::<Network>();
        }
    }
}
