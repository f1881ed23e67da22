//! What clients write to reach a service: how the crawl knows an address again in an environment, of which it keeps fingerprints.

use blastmap_model::Redactor;

/// The fingerprints of the ways in which a host name is written as an address, with a port where one is given. A name of one
/// word stands for too much else to be taken for an address by itself.
pub(super) fn fingerprints(redactor: &Redactor, host: &str, port: Option<i32>) -> Vec<String> {
    ways(host, port)
        .iter()
        .map(|way| redactor.fingerprint(way))
        .collect()
}

fn ways(host: &str, port: Option<i32>) -> Vec<String> {
    let mut ways = Vec::new();
    if host.contains('.') {
        ways.push(host.to_owned());
    }
    ways.extend(port.map(|port| format!("{host}:{port}")));
    for (scheme, usual) in [("http", 80), ("https", 443), ("grpc", 0)] {
        if port.is_none_or(|port| port == usual) {
            ways.push(format!("{scheme}://{host}"));
        }
        ways.extend(port.map(|port| format!("{scheme}://{host}:{port}")));
    }
    let slashed: Vec<String> = ways
        .iter()
        .filter(|way| way.contains("://"))
        .map(|way| format!("{way}/"))
        .collect();
    ways.extend(slashed);
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_in_several_ways() {
        let said = ways("orders", Some(80)).join(" ");
        assert_eq!(
            said,
            "orders:80 http://orders http://orders:80 https://orders:80 grpc://orders:80 \
             http://orders/ http://orders:80/ https://orders:80/ grpc://orders:80/"
        );
        let said = ways("orders.main.internal", None).join(" ");
        assert_eq!(
            said,
            "orders.main.internal http://orders.main.internal https://orders.main.internal grpc://orders.main.internal \
             http://orders.main.internal/ https://orders.main.internal/ grpc://orders.main.internal/"
        );
    }
}
