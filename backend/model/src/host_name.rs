//! Host names, by which records, distributions and links lead to balancers, Cloud Map services and one another.

use crate::ResourceId;

/// The id by which something goes that is reached at this host name, however that is written: in any case, with or without the
/// dot at its end, and with `dualstack.` before a balancer's.
///
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html>
pub fn host_name_id(name: &str) -> ResourceId {
    let name = plain_host_name(name);
    let balancer = name
        .strip_prefix("dualstack.")
        .filter(|own| own.contains(".elb."));
    ResourceId::new(&format!("dns:{}", balancer.unwrap_or(&name)))
}

/// A host name in lower case, without dots at its end; Route 53 writes `\052` for an asterisk.
///
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>
pub fn plain_host_name(name: &str) -> String {
    let name = name.trim().replace("\\052", "*").to_lowercase();
    let is_end = |own: char| own == '.' || own.is_whitespace();
    name.trim_end_matches(is_end).to_owned()
}

/// True for text that can be a host name and nothing else: the value of a TXT record is quoted, that of others has spaces.
pub fn is_host_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte);
    !text.is_empty() && text.replace("\\052", "*").bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_however_it_is_written() {
        let cases = [
            (
                "Web-1.eu-west-1.elb.amazonaws.com",
                "dns:web-1.eu-west-1.elb.amazonaws.com",
            ),
            (
                "dualstack.web-1.eu-west-1.elb.amazonaws.com.",
                "dns:web-1.eu-west-1.elb.amazonaws.com",
            ),
            ("dualstack.example.com", "dns:dualstack.example.com"),
            ("\\052.Example.com.", "dns:*.example.com"),
        ];
        for (name, id) in cases {
            assert_eq!(host_name_id(name).as_str(), id);
        }
    }

    #[test]
    fn a_value_that_is_no_host_name_is_told_from_one() {
        let cases = [
            ("web.example.com.", true),
            ("\\052.example.com", true),
            ("\"v=spf1 -all\"", false),
            ("10 mail.example.com", false),
            ("\"token\"", false),
            ("", false),
        ];
        for (value, expected) in cases {
            assert_eq!(is_host_name(value), expected, "{value}");
        }
    }
}
