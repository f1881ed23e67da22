//! The DNS servers that hosts of a VPC ask: Amazon's, or others by its DHCP options.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>

use blastmap_graph::Overlay;
use blastmap_model::{ResourceIndex, kinds::vpc::Vpc};

use super::lookup::vpc_of;
use crate::Verdict;

const AMAZON: &str = "AmazonProvidedDNS";

/// True where a subnet's VPC has DNS servers that are not Amazon's: whether they ask Amazon's is not seen.
pub fn are_own(overlay: &Overlay<'_>, subnet: ResourceIndex) -> bool {
    let vpc = vpc_of(overlay, subnet);
    vpc.is_some_and(|vpc| {
        overlay.is_unknown(vpc, SERVERS)
            || overlay
                .facts::<Vpc>(vpc)
                .is_some_and(|facts| are_own_of(&facts))
    })
}

const SERVERS: &str = "DomainNameServers";

fn are_own_of(facts: &Vpc) -> bool {
    let servers = &facts.domain_name_servers;
    !servers.is_empty() && !servers.iter().any(|server| server == AMAZON)
}

/// Whether names resolve in a VPC. Servers of its own are trusted where it had them before: that the tasks run shows that they answer.
pub fn answer(overlay: &Overlay<'_>, vpc: ResourceIndex) -> Verdict {
    let name = &overlay.resource(vpc).name;
    if overlay.is_unknown(vpc, SERVERS) {
        return Verdict::unknown(
            vpc,
            format!("check the DNS servers of VPC {name}: which they become is not known"),
        );
    }
    let Some(facts) = overlay.facts::<Vpc>(vpc) else {
        return Verdict::met();
    };
    if are_own_of(&facts) {
        let servers = facts.domain_name_servers.join(", ");
        return if are_new(overlay, vpc, &facts) {
            let text = format!(
                "check that the DNS servers {servers} answer in VPC {name}: they are not Amazon's"
            );
            Verdict::unknown(vpc, text)
        } else {
            Verdict::met()
        };
    }
    if facts.enable_dns_support == Some(false) {
        return Verdict::unmet(
            vpc,
            format!("DNS support of VPC {name} is off, so that names do not resolve"),
        );
    }
    Verdict::met()
}

fn are_new(overlay: &Overlay<'_>, vpc: ResourceIndex, facts: &Vpc) -> bool {
    let inventory = overlay.snapshot().inventory();
    if vpc.as_usize() >= inventory.resources().len() {
        return false;
    }
    let before = inventory.resource(vpc).attributes.facts::<Vpc>();
    before.is_ok_and(|before| before.domain_name_servers != facts.domain_name_servers)
}
